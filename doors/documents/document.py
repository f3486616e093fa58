from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise

from doors.documents import odt, pdf
from doors.documents.blocks import Block

FORMAT = "nice-supervision-document/1"


@dataclass(frozen=True)
class Document:
    """A paper of the centre. The same document gives the same bytes each time, so that its hash can be kept.

    `made_at` is the moment on the paper; `data` is what a program wants to know, in the JSON only. Words are in
    `language` already: build the blocks under `translation.override(language)`.
    """

    title: str
    blocks: Sequence[Block]
    made_at: dt.datetime
    number: str = ""
    language: str = "fr"
    # Says on every page that it proves nothing.
    exercise: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return str(settings.CENTRE_NAME)

    def pdf(self) -> bytes:
        """PDF/A-2u, its fonts inside."""
        return pdf.render(self)

    def odt(self) -> bytes:
        return odt.render(self)

    def json(self) -> bytes:
        said = {
            "format": FORMAT,
            "title": self.title,
            "number": self.number,
            "issuer": self.issuer,
            "language": self.language,
            "made_at": timezone.localtime(self.made_at).isoformat(),
            "exercise": self.exercise,
            "data": self.data,
            "blocks": [block.as_object() for block in self.blocks],
        }
        return json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True, default=_plain).encode()


def _plain(value: object) -> str:
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Promise | uuid.UUID):
        return str(value)
    raise TypeError(f"{value!r} has no place in a document")


class Format(NamedTuple):
    content_type: str
    render: Callable[[Document], bytes]


# By the end of the file's name.
FORMATS: Mapping[str, Format] = {
    "pdf": Format("application/pdf", Document.pdf),
    "odt": Format("application/vnd.oasis.opendocument.text", Document.odt),
    "json": Format("application/json", Document.json),
}
