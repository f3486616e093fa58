"""What a screen shows when it opens; the facts that follow keep it true."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypedDict

from django.utils import timezone

from accounts.models import User
from accounts.rights import Right
from alerts.models import Alert
from console import signals
from events.models import Event
from incidents.models import Incident, IncidentCause

CLOSED_SHOWN = 20


class Call(TypedDict):
    """What one alert has said so far."""

    presses: int
    cancelled: bool
    escalated: bool


class IncidentCard(TypedDict):
    """One card of the queue (times are ISO 8601, UTC; angles in degrees)."""

    incident_id: int
    number: str
    priority: int
    nature: str
    signal: str
    title: str
    place_label: str
    address: str
    site_code: str
    site_kind: str
    lat: float
    lon: float
    opened_at: Any
    exercise: bool
    alert_ids: list[int]
    state: str
    doubt: str
    taken_by: str | None
    taken_user_id: int | None
    taken_at: Any
    presses: int
    alerts: int
    calls: dict[str, Call]
    cancelled: bool
    escalated: bool
    doubt_removed_at: Any
    closed_at: Any
    outcome: str | None
    orders: list[dict[str, Any]]
    left_out: list[dict[str, Any]]


# How cameras were chosen for an incident, and what became of each order.
ENDED = {
    "cameras.turned": "done",
    "cameras.turns_late": "late",
    "cameras.could_not_turn": "failed",
    "cameras.strayed": "strayed",
}
STEERED = ["cameras.steering_ordered", *ENDED]


def state(user: User) -> dict[str, Any]:
    """The whole room. `last` is read first: whatever happens meanwhile is told again by the log."""
    last = Event.objects.last_id()
    visible = Incident.objects.visible_to(user).select_related("taken_by")
    return {
        "last": last,
        "now": timezone.now(),
        "incidents": cards(visible.open().in_queue_order()),
        "closed": cards(visible.filter(closed_at__isnull=False).order_by("-closed_at")[:CLOSED_SHOWN]),
        "alerts": _alerts_without_incident(user),
        "signals": signals.waiting(user),
    }


def cards(incidents: Iterable[Incident]) -> list[IncidentCard]:
    rows = list(incidents)
    causes = _causes(rows)
    calls = _calls(alert for ids in causes.values() for alert in ids)
    steering = _steering(rows)
    return [_card(row, causes[row.pk], calls, steering.get(row.pk, {})) for row in rows]


def _card(
    row: Incident, alert_ids: list[int], known: dict[int, Call], steering: dict[str, Any]
) -> IncidentCard:
    calls = {str(a): known[a] for a in alert_ids if a in known}
    return IncidentCard(
        incident_id=row.pk,
        number=row.number,
        priority=row.priority,
        nature=row.nature,
        signal=row.signal,
        title=row.title,
        place_label=row.place_label,
        address=row.address,
        site_code=row.site_code,
        site_kind=row.site_kind,
        lat=row.lat,
        lon=row.lon,
        opened_at=row.opened_at,
        exercise=row.exercise,
        alert_ids=alert_ids,
        state=row.state,
        doubt=row.doubt,
        taken_by=row.holder or None,
        taken_user_id=row.taken_by_id,
        taken_at=row.first_taken_at,
        presses=sum(call["presses"] for call in calls.values()),
        alerts=len(alert_ids),
        calls=calls,
        cancelled=any(call["cancelled"] for call in calls.values()),
        escalated=any(call["escalated"] for call in calls.values()),
        doubt_removed_at=row.doubt_removed_at,
        closed_at=row.closed_at,
        outcome=row.outcome or None,
        orders=steering.get("orders", []),
        left_out=steering.get("left_out", []),
    )


def _causes(rows: list[Incident]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for incident_id, cause in IncidentCause.objects.filter(incident__in=rows).values_list(
        "incident_id", "cause"
    ):
        if cause.startswith("alert:"):
            found[incident_id].append(int(cause.split(":")[1]))
    return found


def _calls(alert_ids: Iterable[int]) -> dict[int, Call]:
    rows = Alert.objects.filter(pk__in=list(alert_ids)).order_by()
    return {row.pk: _call(row) for row in rows.only("presses", "cancelled_at", "state")}


def _call(alert: Alert) -> Call:
    return Call(
        presses=alert.presses,
        cancelled=alert.cancelled_at is not None,
        escalated=alert.state == Alert.State.ESCALATED,
    )


def _steering(rows: list[Incident]) -> dict[int, dict[str, Any]]:
    about = [f"incident:{row.pk}" for row in rows]
    if not about:
        return {}
    told = (
        Event.objects.about(*about)
        .filter(kind__in=STEERED)
        .order_by("pk")
        .values_list("pk", "at", "kind", "data")
    )
    found: dict[int, dict[str, Any]] = {}
    for pk, at, kind, data in told:
        known = found.setdefault(int(data["cause"].split(":")[1]), {"orders": [], "left_out": []})
        if kind == "cameras.steering_ordered":
            fresh = {order["order_id"]: order | {"ordered_at": at, "mark": pk} for order in data["orders"]}
            kept = [order for order in known["orders"] if order["order_id"] not in fresh]
            known.update(orders=[*kept, *fresh.values()], left_out=data["left_out"])
            continue
        ended = {"state": ENDED[kind], "done_at": data["at"]}
        ended["result"] = {"why": data["why"], "reason": data["reason"]}
        known["orders"] = [
            order | ended if order["order_id"] == data["order_id"] else order for order in known["orders"]
        ]
    return found


def _alerts_without_incident(user: User) -> list[dict[str, Any]]:
    """Alerts whose incident is still owed (a crash between the two): they are shown all the same."""
    if not user.may(Right.SEE_ROOM):
        return []
    waiting = (
        Alert.objects.open()
        .exclude(kind=Alert.Kind.TEST)
        .select_related("site", "device")
        .order_by("-pk")[:500]
    )
    known = set(
        IncidentCause.objects.filter(cause__in=[f"alert:{a.pk}" for a in waiting]).values_list(
            "cause", flat=True
        )
    )
    return [
        {
            "alert_id": a.pk,
            "number": a.number,
            "device_kind": a.device.kind,
            "signal": a.signal,
            "detail": a.detail,
            "site_code": a.site.code,
            "site_kind": a.site.kind,
            "place_label": a.site.name,
            "address": a.site.address,
            "lat": a.lat,
            "lon": a.lon,
            "priority": a.priority,
            "at": a.at,
            "received_at": a.received_at,
            "exercise": a.exercise,
            **_call(a),
        }
        for a in reversed(waiting)
        if f"alert:{a.pk}" not in known
    ]
