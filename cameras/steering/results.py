"""What became of an order to look somewhere: claimed once, and its result told once, however often it is tried."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from cameras import facts
from cameras.drivers.base import Abilities, DriverError
from cameras.models import Camera, Device, Preset, SteeringOrder
from cameras.reasons import Reason
from cameras.steering.locks import why_void
from doors.rows import columns, made, prepared, width
from events.log import publish

State = SteeringOrder.State
# A node that died with an order in hand: another carries it out again, which changes nothing if it was done.
ABANDONED = dt.timedelta(seconds=60)
# An order nobody could carry out for so long is worth nothing any more: the place has been seen or left.
STALE = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Outcome:
    """How it ended. `how` is turned, shown or dewarped; empty when it could not."""

    reason: Reason
    how: str = ""
    took_ms: int = 0  # from the order to the device's word that it goes
    travel_ms: int = 0


# What is read of a camera to turn it: where it stands, how it is hung, its lens and its picture.
OF_CAMERA = (
    "id", "code", "kind", "exercise", "lat", "lon", "height_m", "mounting_azimuth_deg", "hfov_deg",
    "hfov_tele_deg", "width_px", "height_px",
)  # fmt: skip
# Race: two nodes with one shard for a moment. Who locks the row has it; the other passes over it.
# Not waited for until it is on disk: a claim that a crash of the server takes back is one order carried out twice.
_CLAIM = f"""
WITH quick AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true)
), owed AS (
    SELECT o.id, o.lock_serial IS NULL OR lock.serial IS NULL OR lock.serial = o.lock_serial AS stands
    FROM quick, cameras_steeringorder o LEFT JOIN cameras_cameralock lock USING (camera_id)
    WHERE (o.state = 'ordered' OR (o.state = 'sent' AND o.sent_at < %s AND o.ordered_at > %s))
      AND o.camera_id %% %s::bigint = ANY(%s::bigint[])
    ORDER BY o.priority DESC, o.ordered_at, o.rank LIMIT 200
    FOR NO KEY UPDATE OF o SKIP LOCKED
), sent AS (
    UPDATE cameras_steeringorder o SET state = 'sent', sent_at = %s::timestamptz
    FROM owed WHERE o.id = owed.id AND owed.stands
)
SELECT owed.stands, {columns(SteeringOrder, "o")}, {columns(Camera, "c", OF_CAMERA)}, {columns(Preset, "p")}
FROM owed JOIN cameras_steeringorder o USING (id) JOIN cameras_camera c ON c.id = o.camera_id
    LEFT JOIN cameras_preset p ON p.id = o.preset_id
ORDER BY o.priority DESC, o.ordered_at, o.rank
"""  # noqa: S608  (names of our own tables)


def claim(shards: Collection[int], of: int) -> list[SteeringOrder]:
    """Take what is owed, most urgent first; each is given to one process only. What is void is said to be."""
    now = timezone.now()
    mine = []
    told = [now - ABANDONED, now - STALE, of, [number - 1 for number in shards], now]
    for stands, *row in prepared(_CLAIM, told):
        order = _order(row)
        if stands:
            order.state, order.sent_at = State.SENT, now
            mine.append(order)
        elif void := why_void(order):
            _supersede(order, void, now)
    return mine


def _order(row: list[Any]) -> SteeringOrder:
    first, second = width(SteeringOrder), width(SteeringOrder) + width(Camera, OF_CAMERA)
    order = made(SteeringOrder, row[:first])
    order.camera = made(Camera, row[first:second], OF_CAMERA)
    if order.preset_id is not None:
        order.preset = made(Preset, row[second:])
    return order


def supersede(*, order: SteeringOrder, why: Reason) -> None:
    _supersede(order, why, timezone.now())


def _supersede(order: SteeringOrder, why: Reason, now: dt.datetime) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        words = str(why)
    SteeringOrder.objects.filter(pk=order.pk, state__in=[State.ORDERED, State.SENT]).update(
        state=State.SUPERSEDED, done_at=now, result=words
    )


@transaction.atomic
def report(*, order: SteeringOrder, outcome: Outcome) -> bool:
    """Write the result and announce it. The second time nothing happens: False."""
    now = timezone.now()
    with translation.override(settings.LANGUAGE_CODE):
        words = str(outcome.reason)
    state = State.DONE if outcome.how else State.FAILED
    # Race: the sweep carried it out a second time, or it was replaced meanwhile. The first result stands; an
    # order written anew (`ordered_at`) is another order and is not answered by this one.
    waits = SteeringOrder.objects.filter(pk=order.pk, state=State.SENT, ordered_at=order.ordered_at)
    if not waits.update(state=state, done_at=now, result=words):
        return False
    if outcome.how == "drawn":  # nothing happened that anybody need be told
        return True
    named = _named(order, outcome.reason, now)
    if outcome.how:
        publish(
            facts.Turned(
                **named,
                how=outcome.how,
                bearing_deg=order.bearing_deg,
                preset=order.preset.name if order.preset else "",
                took_ms=outcome.took_ms,
                travel_ms=outcome.travel_ms,
            )
        )
    else:
        publish(facts.CouldNotTurn(**named))
    return True


@transaction.atomic
def report_late(*, order: SteeringOrder, reason: Reason) -> bool:
    """It is still being tried: whoever waits for its picture knows why. Not once it has its result."""
    waits = SteeringOrder.objects.filter(pk=order.pk, state=State.SENT, ordered_at=order.ordered_at)
    if not waits.exists():
        return False
    publish(facts.TurnsLate(**_named(order, reason, timezone.now())))
    return True


def _named(order: SteeringOrder, reason: Reason, now: dt.datetime) -> dict[str, Any]:
    with translation.override(settings.LANGUAGE_CODE):
        words = str(reason)
    return {
        "cause": order.cause,
        "order_id": order.pk,
        "camera_id": order.camera_id,
        "code": order.camera.code,
        "at": now.isoformat(timespec="milliseconds"),
        "why": words,
        "reason": reason.as_json(),
    }


@transaction.atomic
def report_trouble(*, camera_id: int, code: str, reason: Reason | None) -> bool:
    """Its head no longer answers, or answers again: written and announced once."""
    trouble = reason.code if reason else ""
    rows = Device.objects.filter(camera_id=camera_id).exclude(trouble=trouble)
    if not rows.update(trouble=trouble, trouble_since=timezone.now() if trouble else None):
        return False
    if reason is None:
        publish(facts.HeadAnswers(camera_id=camera_id, code=code))
        return True
    with translation.override(settings.LANGUAGE_CODE):
        words = str(reason)
    publish(facts.HeadSilent(camera_id=camera_id, code=code, why=words, reason=reason.as_json()))
    return True


def keep_abilities(*, camera_id: int, abilities: Abilities) -> None:
    """What it said when it was opened, its clock among it (law W-13)."""
    now = timezone.now()
    Device.objects.filter(camera_id=camera_id).update(
        abilities=told_abilities(abilities),
        probed_at=now,
        clock_ahead_ms=abilities.clock_ahead_ms,
        clock_measured_at=now if abilities.clock_ahead_ms is not None else None,
    )


def told_abilities(abilities: Abilities) -> dict[str, object]:
    told = dict(abilities.__dict__)
    told["streams"] = [dict(stream.__dict__) for stream in abilities.streams]
    return told


def reason_of(error: DriverError) -> Reason:
    """A driver's refusal in words."""
    said = error.detail or "?"
    return Reason(error.code, {"said": said} if error.code in ("refused", "not_supported") else {})
