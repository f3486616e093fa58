"""Where a requisition stands when somebody acts upon it: locked, still open, and read by another person (W-01)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from doors.problems import Conflict, NotAllowed, Refused
from evidence.models import Requisition


def locked(requisition: Requisition) -> Requisition:
    """Race: two persons at once; the state says who was first. Raises Refused for one that is answered."""
    row = Requisition.objects.select_for_update(of=("self",), no_key=True).get(pk=requisition.pk)
    if not row.is_open:
        raise changed()
    return row


def by_another(actor: User, received_by_id: int) -> None:
    if received_by_id == actor.pk:
        raise NotAllowed(
            _("You received this paper: somebody else checks it."),
            detail=_("Two persons answer for every image that leaves the centre."),
            what_to_do=_("Ask another person who may check requisitions."),
            code="two-persons",
        )


def of(row: Requisition) -> dict[str, Any]:
    """What its facts name it by."""
    return {"requisition_id": row.pk, "number": row.number}


def changed() -> Refused:
    return Conflict(
        _("This requisition is no longer in the state you saw."),
        what_to_do=_("Open it again."),
        code="requisition-changed",
    )
