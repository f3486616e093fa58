from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from doors.documents import Block, Document, Heading, Note, Table, Text
from legal.models import Controller
from legal.papers.giving import language, letterhead, moment
from legal.state.registers import Standing
from legal.state.sheet import Answer


def paper(answers: list[Answer], others: list[Standing]) -> Document:
    """The nine points with what was found, and the rows behind each figure."""
    now, us = timezone.now(), Controller.current()
    blocks: list[Block] = [
        letterhead(us),
        Note(_("The nine points of the CNIL's notice to a town of December 2021. Computed from live rows.")),
        Table(
            [_("No."), _("Reproach"), _("State"), _("Figure")],
            [
                [str(one.point.number), f"« {one.point.quote} »", str(one.state.label), str(one.figure)]
                for one in answers
            ],
            (1, 6, 3, 2),
        ),
    ]
    for one in answers:
        blocks += [Heading(f"{one.point.number}. {one.point.quote}"), Text(str(one.point.asks))]
        for found in one.found:
            blocks += [
                Heading(found.name, 2),
                Text(f"{found.look.state.label} · {found.look.words}"),
                Note(_("Looked at: %(at)s") % {"at": moment(found.at)}),
            ]
            rows = found.proof()[:40]
            if rows and found.look.columns:
                blocks.append(Table(list(found.look.columns), rows))
    blocks += [
        Heading(_("Other registers")),
        Table(
            [_("Register"), _("State"), _("What was found")],
            [[one.name, str(one.state.label), one.words] for one in others],
            (3, 2, 6),
        ),
    ]
    return Document(
        title=_("State of compliance"),
        blocks=blocks,
        made_at=now,
        language=language(),
        exercise=us.exercise,
        data={
            "points": [as_object(one) for one in answers],
            "registers": [{"code": one.code, "state": one.state.value, "words": one.words} for one in others],
        },
    )


def as_object(one: Answer) -> dict[str, object]:
    return {
        "number": one.point.number,
        "code": one.point.code,
        "reproach": str(one.point.quote),
        "state": one.state.value,
        "figure": one.figure,
        "looks": [
            {
                "name": found.name,
                "state": found.look.state.value,
                "figure": found.look.figure,
                "words": found.look.words,
                "computed_at": found.at,
            }
            for found in one.found
        ],
    }
