"""What everybody is told of the filming (L-12; GDPR art. 12 to 14; loi 78-17 art. 104): for the public page and panels.

From live rows: orders in force, purposes they name, the limit of recordings, the controller's particulars. No list
of cameras: the list of authorised systems is open at the town hall (CSI R252-10).
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from doors.documents import Block, Bullets, Document, Fields, Heading, Text
from legal.models import Controller, PrefecturalAuthorisation
from legal.papers.giving import day, days, language
from legal.purposes import CctvPurpose
from legal.regimes import Regime, regime_of
from legal.state.contributions import provided

RECORDINGS = "footage.Segment"


@dataclass(frozen=True)
class Information:
    us: Controller
    orders: list[PrefecturalAuthorisation]
    purposes: list[CctvPurpose]
    kept_days: int | None
    recipients: list[str]

    @property
    def regimes(self) -> list[Regime]:
        return sorted({regime_of(purpose) for purpose in self.purposes})

    @property
    def under_gdpr(self) -> bool:
        return Regime.GDPR in self.regimes

    @property
    def under_title3(self) -> bool:
        return Regime.OFFENCES in self.regimes


def information() -> Information:
    orders = list(PrefecturalAuthorisation.objects.in_force(timezone.localdate()))
    kept = {line["what"]: line["days"] for line in provided("kept")()}
    longest = [act.max_retention_days for act in orders]
    recordings = kept.get(RECORDINGS)
    named = {line.strip() for act in orders for line in act.recipients.splitlines() if line.strip()}
    return Information(
        us=Controller.current(),
        orders=orders,
        purposes=sorted({CctvPurpose(number) for act in orders for number in act.purposes}),
        kept_days=None if recordings is None else min(recordings, max(longest, default=recordings)),
        recipients=sorted(named),
    )


def panel(told: Information) -> Document:
    """The text of the panel: the first level, with where the rest is read."""
    unsaid, us = _("(to be filled in)"), told.us
    blocks: list[Block] = [
        Text(_("This place is under video protection."), strong=True),
        Fields(
            [
                (_("Controller"), ", ".join(filter(None, (us.name, us.represented_by))) or unsaid),
                (_("Your rights and your questions"), us.rights_contact or unsaid),
                (_("Data protection officer"), us.dpo_contact or unsaid),
                (_("Recordings are kept"), days(told.kept_days) if told.kept_days else unsaid),
                (_("Orders of the prefect"), ", ".join(act.number for act in told.orders) or unsaid),
            ]
        ),
        Heading(_("What for")),
        Bullets([str(purpose.label) for purpose in told.purposes] or [unsaid]),
        Heading(_("Your rights")),
        Text(
            _(
                "You may ask for the pictures of yourself, write to the data protection officer, and complain to"
                " the CNIL (3 place de Fontenoy, 75007 Paris; www.cnil.fr). All the rest is on the public page of"
                " the centre."
            )
        ),
    ]
    return Document(
        title=_("Video protection"),
        blocks=blocks,
        made_at=timezone.now(),
        language=language(),
        exercise=us.exercise,
        data={
            "orders": [{"number": act.number, "until": day(act.expires_on)} for act in told.orders],
            "purposes": [int(purpose) for purpose in told.purposes],
            "kept_days": told.kept_days,
        },
    )
