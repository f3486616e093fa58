"""One range of a file over HTTP (RFC 9110 §14), and of it only what may be given."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from doors.problems import Refused

WANTED = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")
# One answer is held in memory: some seconds of the heaviest camera are far below. A player asks again for more.
AT_MOST = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    end: int  # the byte after the last

    @property
    def size(self) -> int:
        return self.end - self.start


def wanted(header: str | None, allowed: list[Span], at_most: int = AT_MOST) -> Span:
    """The bytes to send. Raises Refused for more than one range, for none, and for what is outside.

    Without a range the whole file would be asked for, and that is more than the minutes that were granted.
    """
    found = WANTED.fullmatch((header or "").strip())
    if found is None:
        raise Refused(
            _("Recordings are given by the range of bytes."),
            what_to_do=_("Ask for the ranges of the playlist, one in each request."),
            status=416,
            code="range-needed",
        )
    start = int(found[1])
    end = int(found[2]) + 1 if found[2] else None
    span = next((span for span in allowed if span.start <= start < span.end), None)
    if span is None or (end is not None and end <= start):
        raise Refused(
            _("These bytes are not among the minutes that were asked for."),
            what_to_do=_("Ask for the ranges of the playlist."),
            status=416,
            code="range-outside",
        )
    return Span(start, min(span.end, start + at_most, end if end is not None else span.end))
