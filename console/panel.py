"""What the incident panel shows: everything about one case that the person may see."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.models import User
from accounts.people import holding
from accounts.rights import Right
from alerts.models import Alert, AlertMessage, Site
from console.models import Presence
from console.snapshot import cards
from footage.models import Bookmark
from incidents import timeline
from incidents.models import Incident

BEFORE_S, BOOKMARKS_SHOWN = 60, 30
AROUND, LONGEST = dt.timedelta(minutes=5), dt.timedelta(hours=12)
DUE_SECONDS = {
    1: 60,
    2: 180,
    3: 600,
}  # doubt removed, by priority (law §4.1 as a target, shown amber then red)


def of(incident: Incident, *, user: User) -> dict[str, Any]:
    """The context of `console/_incident.html`."""
    card = cards([incident])[0]
    alerts = _alerts(card["alert_ids"], user)
    return {
        "incident": {
            **card,
            "state_label": incident.get_state_display(),
            "doubt_label": incident.get_doubt_display(),
            "outcome_label": incident.get_outcome_display() if incident.outcome else "",
            "is_closed": incident.is_closed,
            "mine": incident.taken_by_id == user.pk,
            "procedure": {
                "title": incident.procedure_title,
                "steps": (steps := list(incident.steps.all())),
                "done": sum(step.done_at is not None for step in steps),
            },
            "timeline": timeline.of(incident, user=user),
            "alerts": [_alert(a) for a in alerts],
            "links": _links(incident, user),
            "messages": [m for a in alerts for m in a.messages.all()],
            "clocks": _clocks(incident),
            "bookmarks": _bookmarks(incident, card["orders"], user),
        },
        "site": _site(incident, user),
        "message_alert_id": next((a.pk for a in reversed(alerts) if a.closed_at is None), None),
        "outcomes": Incident.Outcome.choices,
        "states": [c for c in Incident.State.choices if c[0] not in ("closed", incident.state)],
        "rights": rights_of(user),
        "replay": replay_of(incident, card["orders"], user),
        "people": _people(incident) if user.may(Right.LEAD_ROOM) else [],
        "me": user,
    }


def _people(incident: Incident) -> list[dict[str, Any]]:
    """Who sits in the room now and may be given the incident."""
    able = holding(Right.TAKE_INCIDENT).exclude(pk=incident.taken_by_id or 0)
    here = Presence.objects.here().filter(user__in=able)
    seats = {p["user_id"]: dict(p) for p in here.values("user_id", "label", "workstation")}
    return list(seats.values())[:9]


def replay_of(incident: Incident, orders: list[dict[str, Any]], user: User) -> dict[str, str]:
    """What is recorded of it and may be looked at: the moments before, and the page of recordings."""
    codes = [order["code"] for order in orders][:4]
    if not codes:
        return {}
    mine = incident.taken_by_id == user.pk and not incident.is_closed
    asked = {
        "cameras": ",".join(codes),
        "at": incident.opened_at.isoformat(),
        "pre": "30",
        "reason": "incident",
        "reference": incident.number,
    }
    found = {}
    if mine and user.may(Right.SEE_PREROLL):
        found["before"] = reverse("console:preroll", args=[incident.pk])
    if user.may(Right.RECEIVE_REQUISITION):
        found["requisition"] = requisition_of(incident, [order["code"] for order in orders])
    if user.may(Right.SEE_RECORDING):
        found["page"] = f"{reverse('footage:replay')}?{urlencode(asked)}"
    return found


def requisition_of(incident: Incident, codes: list[str]) -> str:
    """A paper for this incident, with its cameras and minutes filled in."""
    asked = {
        "cameras": ",".join(codes[:16]),
        "from": (incident.opened_at - AROUND).isoformat(),
        "to": min(incident.closed_at or timezone.now(), incident.opened_at + LONGEST).isoformat(),
        "incident": incident.number,
    }
    return f"{reverse('evidence:receive')}?{urlencode(asked)}"


def rights_of(user: User) -> dict[str, bool]:
    return {
        "take": user.may(Right.TAKE_INCIDENT),
        "close": user.may(Right.CLOSE_INCIDENT),
        "lead": user.may(Right.LEAD_ROOM),
        "steer": user.may(Right.STEER_CAMERA),
        "operations": user.may(Right.SEE_OPERATIONS),
        "exercise": user.may(Right.PRESS_EXERCISE),
        "wall": user.may(Right.SEE_WALL),
        "replay": user.may(Right.SEE_RECORDING),
        "signals": user.may(Right.JUDGE_SIGNAL),
    }


def _alerts(alert_ids: list[int], user: User) -> list[Alert]:
    messages = Prefetch("messages", AlertMessage.objects.order_by("pk"))
    rows = Alert.objects.visible_to(user).filter(pk__in=alert_ids).select_related("device")
    return list(rows.prefetch_related(messages).order_by("pk"))


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "alert_id": alert.pk,
        "number": alert.number,
        "device_label": alert.device.label or alert.device.code,
        "presses": alert.presses,
        "at": alert.at,
        "received_at": alert.received_at,
        "late": alert.late_s > 60,
        "position_used": alert.get_position_used_display(),
        "accuracy_m": alert.accuracy_m,
        "note": alert.note,
        "cancelled": alert.cancelled_at,
        "state_label": alert.get_state_display(),
    }


def _site(incident: Incident, user: User) -> dict[str, Any] | None:
    if not incident.site_code:
        return None
    site = Site.objects.visible_to(user).prefetch_related("contacts").filter(code=incident.site_code).first()
    if site is None:
        return None
    return {
        "code": site.code,
        "name": site.name,
        "kind_label": site.get_kind_display(),
        "address": site.address,
        "people": site.people,
        "access_notes": site.access_notes,
        "phone": site.phone,
        "has_plan": bool(site.plan),
        "contacts": [{"role": c.role, "phone": c.phone} for c in site.contacts.all()],
    }


def _bookmarks(incident: Incident, orders: list[dict[str, Any]], user: User) -> list[Bookmark]:
    """What was marked on its cameras from the moments before it until its end."""
    since = incident.opened_at - dt.timedelta(seconds=BEFORE_S)
    marked = Bookmark.objects.visible_to(user).filter(
        camera__code__in={order["code"] for order in orders}, at__gte=since
    )
    if incident.closed_at is not None:
        marked = marked.filter(at__lte=incident.closed_at)
    return list(marked.select_related("camera").order_by("at")[:BOOKMARKS_SHOWN])


def _links(incident: Incident, user: User) -> list[Incident]:
    rows = Incident.objects.visible_to(user)
    return list(rows.filter(linked_from__incident=incident) | rows.filter(links__other=incident))


def _clocks(incident: Incident) -> dict[str, Any]:
    """Seconds from the first alert to each step, None while it has not come (law W-10: computed, never typed)."""

    def after(moment: Any) -> float | None:
        return (moment - incident.opened_at).total_seconds() if moment else None

    return {
        "received": incident.opened_at,
        "taken_after_s": after(incident.first_taken_at),
        "doubt_removed_after_s": after(incident.doubt_removed_at),
        "on_scene_after_s": after(incident.on_scene_at),
        "closed_after_s": after(incident.closed_at),
        "age_s": after(timezone.now()),
        "doubt_due_s": DUE_SECONDS[incident.priority],
    }
