"""The moments before an alert, for the person who holds its incident and for nobody else.

See docs/decisions/0022-the-moments-before-an-alert.md: whoever answers a call may see what led to it, on the cameras
chosen for it, for as long as the incident is theirs. Everything else of what is recorded takes another right.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.rights import Right, require
from accounts.session import workstation_of
from cameras.models import SteeringOrder
from doors.problems import Conflict, NotAllowed, Refused, problem
from footage.replay.actions import open_preroll
from footage.replay.serving import problems
from footage.replay.views import as_json, look_as_object
from incidents.models import Incident
from legal.looks import Opened
from legal.why import Period

BEFORE = dt.timedelta(seconds=30)
AFTER = dt.timedelta(seconds=60)
AT_ONCE = 4


def window(incident: Incident) -> Period:
    """From 30 s before the first alert to a minute after it, or to now."""
    return Period(incident.opened_at - BEFORE, min(incident.opened_at + AFTER, timezone.now()))


def chosen(incident: Incident) -> list[str]:
    """The cameras turned for it, best first."""
    orders = SteeringOrder.objects.for_cause(f"incident:{incident.pk}")
    return list(dict.fromkeys(orders.values_list("camera__code", flat=True)))[:AT_ONCE]


def open_before(*, actor: User, incident: Incident, session_key: str, workstation: str = "") -> Opened:
    """A consultation for each camera, then a minute's token for each. Raises Refused."""
    require(actor, Right.SEE_PREROLL)
    if incident.is_closed:
        raise Conflict(
            _("This incident is closed."),
            what_to_do=_("Ask for its recordings with their own reason."),
            code="incident-closed",
        )
    if incident.taken_by_id != actor.pk:
        raise NotAllowed(
            _("The moments before an alert are for whoever has taken its incident."),
            what_to_do=_("Take the incident first."),
            code="not-taken",
        )
    codes = chosen(incident)
    if not codes:
        raise Conflict(
            _("No camera was turned for this incident."),
            what_to_do=_("Look at the live pictures around it."),
            code="no-camera",
        )
    return open_preroll(
        actor=actor,
        codes=codes,
        period=window(incident),
        session_key=session_key,
        reference=incident.number,
        workstation=workstation,
    )


@require_POST
@problems
def preroll(request: HttpRequest, pk: int) -> HttpResponse:
    user = request.user
    if not isinstance(user, User):
        raise Refused(_("Sign in first."), status=401, code="not-signed-in")
    incident = Incident.objects.visible_to(user).filter(pk=pk).first()
    if incident is None:
        raise Refused(_("There is no such incident for you."), status=404, code="no-incident")
    seat = workstation_of(request.session)
    opened = open_before(
        actor=user,
        incident=incident,
        session_key=request.session.session_key or "",
        workstation=seat.code if seat else "",
    )
    body: dict[str, Any] = {
        "at": incident.opened_at,
        "looks": [look_as_object(look) for look in opened.looks],
        "refused": {code: problem(refusal) for code, refusal in opened.refused.items()},
    }
    return as_json(body, status=201)
