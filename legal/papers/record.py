from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from doors.documents import Block, Bullets, Document, Fields, Heading, Note, Table
from legal.models import Controller
from legal.papers.giving import days, language, letterhead
from legal.record import Activity


def paper(told: list[Activity]) -> Document:
    """The record of processing activities (GDPR art. 30; loi 78-17 art. 100), as the centre is set now (L-60)."""
    us = Controller.current()
    blocks: list[Block] = [
        letterhead(us),
        Note(_("Generated from the configuration in force: limits are those the centre destroys by.")),
    ]
    for one in told:
        blocks += _activity(one)
    return Document(
        title=_("Record of processing activities"),
        blocks=blocks,
        made_at=timezone.now(),
        language=language(),
        exercise=us.exercise,
        data={"activities": [as_object(one) for one in told]},
    )


def _activity(one: Activity) -> list[Block]:
    told = one.processing
    kept = [
        [str(line["name"]), str(line["family"]), days(line["days"]), str(line["source"] or line["basis"])]
        for line in one.kept
    ]
    return [
        Heading(str(told.title)),
        Fields(
            [
                (_("Purposes"), "; ".join(told.purposes)),
                (_("Legal basis"), str(told.basis)),
                (_("Regime"), "; ".join(str(regime.label) for regime in told.regimes)),
                (_("People concerned"), str(told.people)),
                (_("Data"), str(told.data)),
                (_("Recipients"), "; ".join(told.recipients)),
                (_("Transfers outside the European Union"), _("none")),
            ]
        ),
        Heading(_("Security"), 2),
        Bullets([str(measure) for measure in told.measures]),
        Heading(_("How long"), 2),
        Table([_("What"), _("Kind"), _("Kept"), _("Source")], kept, (4, 4, 2, 5)),
    ]


def as_object(one: Activity) -> dict[str, object]:
    told = one.processing
    return {
        "code": told.code,
        "title": str(told.title),
        "purposes": list(told.purposes),
        "legal_basis": str(told.basis),
        "regimes": [regime.value for regime in told.regimes],
        "people": str(told.people),
        "data": str(told.data),
        "recipients": list(told.recipients),
        "transfers": [],
        "measures": [str(measure) for measure in told.measures],
        "kept": one.kept,
    }
