"""The panel's buttons: parse, call one action, render the panel again. A refusal comes back in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

import alerts.actions
from accounts.gates import View, signed_in
from accounts.models import User
from accounts.session import workstation_of
from alerts.models import Alert
from console import panel, snapshot
from doors.problems import Refused
from incidents import actions
from incidents.models import Incident, IncidentNote, IncidentStep

P = ParamSpec("P")
Act = Callable[Concatenate[HttpRequest, User, Incident, P], Any]


def act(run: Act[P]) -> View:
    """A POST on one visible incident: 200 with the panel, or the refusal's status with the panel saying why."""

    @require_POST
    @signed_in
    @wraps(run)
    def view(request: HttpRequest, user: User, pk: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        incident = get_object_or_404(Incident.objects.visible_to(user), pk=pk)
        refused = None
        try:
            run(request, user, incident, *args, **kwargs)
        except Refused as refusal:
            refused = refusal
        incident.refresh_from_db()
        context = panel.of(incident, user=user) | {"refused": refused}
        return render(request, "console/_incident.html", context, status=refused.status if refused else 200)

    return view


@act
def take(request: HttpRequest, user: User, incident: Incident) -> None:
    actions.take(
        incident=incident,
        actor=user,
        workstation=_seat(request),
        take_over=request.POST.get("take_over") == "yes",
    )


@act
def assign(request: HttpRequest, user: User, incident: Incident) -> None:
    to = get_object_or_404(User, pk=_number(request, "user_id"))
    actions.assign(incident=incident, to=to, actor=user)


@act
def release(request: HttpRequest, user: User, incident: Incident) -> None:
    actions.release(incident=incident, actor=user)


@act
def doubt(request: HttpRequest, user: User, incident: Incident) -> None:
    actions.remove_doubt(
        incident=incident, founded=_choice(request, "founded", ["yes", "no"]) == "yes", actor=user
    )


@act
def state(request: HttpRequest, user: User, incident: Incident) -> None:
    wanted = Incident.State(_choice(request, "state", Incident.State.values))
    actions.set_state(incident=incident, state=wanted, actor=user)


@act
def priority(request: HttpRequest, user: User, incident: Incident) -> None:
    actions.set_priority(incident=incident, priority=_number(request, "priority"), actor=user)


@act
def note(request: HttpRequest, user: User, incident: Incident) -> None:
    corrects = _number(request, "corrects") if request.POST.get("corrects") else None
    actions.add_note(
        incident=incident,
        text=request.POST.get("text", ""),
        actor=user,
        author_label=_seat(request),
        at=_time_today(request.POST.get("at", "")),
        corrects=get_object_or_404(IncidentNote, pk=corrects) if corrects is not None else None,
    )


@act
def link(request: HttpRequest, user: User, incident: Incident) -> None:
    number = request.POST.get("number", "").strip()
    other = Incident.objects.visible_to(user).numbered(number)
    if other is None:
        raise Refused(
            _("No incident has the number “%(number)s”.") % {"number": number},
            what_to_do=_("Type its number, such as I-2026-00042 or 42."),
            status=404,
        )
    actions.link(incident=incident, other=other, actor=user)


@act
def message(request: HttpRequest, user: User, incident: Incident) -> None:
    """Send a line of text to whoever pressed."""
    visible = Alert.objects.visible_to(user).filter(pk=_number(request, "alert_id"))
    alert = get_object_or_404(visible, pk__in=snapshot.cards([incident])[0]["alert_ids"])
    alerts.actions.send_message(alert=alert, text=request.POST.get("text", ""), actor=user)


@act
def step(request: HttpRequest, user: User, incident: Incident, step_pk: int) -> None:
    actions.tick_step(
        step=get_object_or_404(IncidentStep, pk=step_pk, incident=incident),
        done=request.POST.get("done") != "no",
        actor=user,
        by=_seat(request),
    )


@act
def close(request: HttpRequest, user: User, incident: Incident) -> None:
    outcome = Incident.Outcome(_choice(request, "outcome", Incident.Outcome.values))
    if text := request.POST.get("text", "").strip():
        actions.add_note(incident=incident, text=text, actor=user, author_label=_seat(request))
    actions.close(incident=incident, outcome=outcome, actor=user)


def _seat(request: HttpRequest) -> str:
    seat = workstation_of(request.session)
    return seat.label if seat else ""


def _number(request: HttpRequest, name: str) -> int:
    value = request.POST.get(name, "")
    if not value.isdecimal() or len(value) > 18:
        raise Refused(
            _("“%(name)s” must be a number.") % {"name": name}, what_to_do=_("Choose again."), status=400
        )
    return int(value)


def _choice(request: HttpRequest, name: str, allowed: list[str]) -> str:
    value = request.POST.get(name, "")
    if value not in allowed:
        raise Refused(
            _("“%(value)s” is not one of the choices.") % {"value": value},
            what_to_do=_("Choose again."),
            status=400,
        )
    return value


def _time_today(text: str) -> dt.datetime | None:
    """ "14:03" or "14:03:07" in the centre's time, today, or yesterday when that hour has not come yet."""
    if not text:
        return None
    try:
        clock = dt.time.fromisoformat(text)
    except ValueError as error:
        raise Refused(
            _("“%(text)s” is not a time.") % {"text": text},
            what_to_do=_("Write it as 14:03 or 14:03:07."),
            status=400,
        ) from error
    now = timezone.localtime()
    then = now.replace(hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=0)
    return then - dt.timedelta(days=1) if then > now else then
