from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from doors.documents import Block, Document, Fields, Heading, Note, Table
from legal.models import Controller, Experiment
from legal.models.experiment import GROUNDS
from legal.papers.giving import day, language, letterhead


def register(rows: Sequence[Experiment]) -> Document:
    """All that was tried, with what was found."""
    us = Controller.current()
    table = Table(
        [_("Title"), _("Legal basis"), _("From"), _("Until"), *map(_short, GROUNDS), _("Result")],
        [
            [
                *(row.title, row.legal_basis, day(row.starts_on), day(row.last_day)),
                *(str(label) for _name, _verdict, label, _words in row.judgements()),
                str(row.get_result_display()),
            ]
            for row in rows
        ],
        (4, 4, 2, 2, 2, 2, 2, 2),
    )
    return Document(
        title=_("Register of experiments"),
        blocks=[letterhead(us), table if rows else Note(_("Nothing is being tried, and nothing was."))],
        made_at=timezone.now(),
        language=language(),
        exercise=us.exercise,
        data={"experiments": [as_object(row) for row in rows]},
    )


def paper(row: Experiment) -> Document:
    """One experiment: why, on what ground of law, until when, and its three judgements."""
    us = Controller.current()
    blocks: list[Block] = [
        letterhead(us),
        Fields(
            [
                (_("Purpose"), row.purpose),
                (_("Legal basis"), " · ".join(filter(None, (row.legal_basis, _act(row))))),
                (_("Where"), row.perimeter or "—"),
                (_("Personal data concerned"), row.personal_data),
                (_("From"), day(row.starts_on)),
                (_("Until"), day(row.ends_on)),
                (_("Stopped on"), " · ".join(filter(None, (day(row.stopped_on), row.stopped_why)))),
            ]
        ),
        Heading(_("Evaluation on three grounds")),
        Fields(
            [
                (str(name).capitalize(), f"{label}. {words}".strip())
                for name, _verdict, label, words in row.judgements()
            ]
        ),
        Heading(_("Result")),
        Fields([(str(row.get_result_display()).capitalize(), row.result_words or "—")]),
    ]
    return Document(
        title=_("Experiment: %(title)s") % {"title": row.title},
        blocks=blocks,
        made_at=timezone.now(),
        language=language(),
        exercise=row.exercise or us.exercise,
        data=as_object(row),
    )


def as_object(row: Experiment) -> dict[str, object]:
    plain = (
        *("title", "purpose", "legal_basis", "perimeter", "personal_data", "starts_on", "ends_on"),
        *("stopped_on", "stopped_why", "result", "result_words", "exercise"),
    )
    judged = {
        ground: {"verdict": getattr(row, ground), "words": getattr(row, f"{ground}_words")}
        for ground in GROUNDS
    }
    return {"id": row.pk, **{name: getattr(row, name) for name in plain}, "order": _act(row)} | {
        "evaluations": judged
    }


def _act(row: Experiment) -> str:
    return row.authorisation.number if row.authorisation else ""


def _short(ground: str) -> str:
    return {"technical": _("Technical"), "operational": _("Operational"), "legal": _("Legal")}[ground]
