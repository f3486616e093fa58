"""Cameras among alarms: who gets which, who gives one up, who waits and comes next (law W-05, W-06).

The rules, in this order:

1. A camera that is free, or held by less (a tour, an operator, an alarm of lesser urgency), is taken.
2. Among equals who came first keeps it; but an alarm with no picture at all takes one from an equal that has
   several, the least good of those.
3. Who still has none waits. At the end of a lease a camera goes to who waits, the more urgent first, then the
   longer waiting: so each has its turn within a few leases.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Count
from django.utils import timezone

from cameras import choosing, facts
from cameras.choosing import AT_MOST, LeftOut, Sight
from cameras.models import CameraLock, Preset, Steering, SteeringOrder, SteeringRule
from cameras.reasons import Reason
from cameras.steering import locks
from cameras.steering.locks import Change, Holder
from doors.rows import prepared
from events.facts import Fact

ALARMS_LOCK = 7_303  # pg_advisory key: one alarm at a time is given cameras, so that counts of holds are true
Aim = tuple[Sight, Preset | None]


@dataclass
class Share:
    """What an alarm was given, and why not the rest."""

    chosen: list[Aim] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    could: list[int] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        return not self.chosen and bool(self.could)

    def serial_of(self, camera_id: int) -> int | None:
        return next((change.lock.serial for change in self.changes if change.lock.pk == camera_id), None)


def one_at_a_time() -> None:
    """Before any row is locked: who holds rows and waits for this would be waited for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ALARMS_LOCK])


def holder_of(steering: Steering) -> Holder:
    return Holder(
        key=steering.cause,
        label=steering.label or steering.cause,
        priority=steering.priority,
        urgency=steering.urgency,
        cause=steering.cause,
    )


# Race: two processes carry out one cause. The primary key lets one through; before any row is locked, its turn.
_BEGIN = """
WITH turn AS MATERIALIZED (SELECT pg_advisory_xact_lock(%s)), mine AS (
    INSERT INTO cameras_steering (cause, site_code, lat, lon, at, left_out, label, priority, urgency, exercise, could)
    SELECT %s, %s, %s, %s, %s::timestamptz, '[]', %s, %s, %s, %s, '{}' FROM turn
    ON CONFLICT DO NOTHING RETURNING cause
)
SELECT EXISTS (SELECT 1 FROM mine), rule.lease_s FROM turn LEFT JOIN cameras_steeringrule rule ON rule.id = 1
"""


def begin(steering: Steering) -> SteeringRule | None:
    """Write down that this cause asks for cameras, and wait for its turn: the rule then. None when it asked before."""
    one = steering
    place = [
        one.cause,
        one.site_code,
        one.lat,
        one.lon,
        one.at,
        one.label,
        one.priority,
        one.urgency,
        one.exercise,
    ]
    [(mine, lease_s)] = prepared(_BEGIN, [ALARMS_LOCK, *place])
    if not mine:
        return None
    return SteeringRule() if lease_s is None else SteeringRule(lease_s=lease_s)


def share_out(aims: Sequence[Aim], holder: Holder, *, rule: SteeringRule, at_most: int = AT_MOST) -> Share:
    """Give this holder the best of what sees its place. Inside a transaction, after `begin`."""
    now = timezone.now()
    rows = locks.rows_for(sight.camera.pk for sight, _preset in aims if locks.needs_lock(sight.camera))
    open_, held = [], []
    for aim in aims:
        lock = rows.get(aim[0].camera.pk)
        if lock is None or gives_way(lock, holder, now):
            open_.append(aim)
        else:
            held.append((aim, lock))
    share = Share(could=[sight.camera.pk for sight, _preset in aims if sight.camera.pk in rows])
    picked, passed = choosing.pick(open_, at_most)
    taken = [(rows[aim[0].camera.pk], aim) for aim in picked if aim[0].camera.pk in rows]
    whys = [(lock, _why_taken(lock, now)) for lock, _aim in taken]
    share.changes += locks.give_all(whys, holder, rule=rule, now=now)
    if not picked and (spare := _least_of_who_has_more(held, holder)):
        aim, lock, count = spare
        held.remove((aim, lock))
        why = Reason("had_none", {"by": lock.label, "count": count})
        share.changes.append(locks.give(lock, holder, why, rule=rule, now=now))
        picked = [aim]
    share.chosen = picked
    share.left_out = [
        LeftOut(sight.camera, sight.distance_m, locks.replaced_by(lock)) for (sight, _preset), lock in held
    ] + passed
    return share


def gives_way(lock: CameraLock, holder: Holder, now: dt.datetime) -> bool:
    """Whether this camera may be taken by that holder at once."""
    return locks.is_over(lock, now) or lock.rank() < holder.rank


def _why_taken(lock: CameraLock, now: dt.datetime) -> Reason:
    if locks.is_over(lock, now):
        return Reason("free")
    return Reason("before_lower", {"by": lock.label})


def _least_of_who_has_more(
    held: Sequence[tuple[Aim, CameraLock]], holder: Holder
) -> tuple[Aim, CameraLock, int] | None:
    """The last choice of an equal that has several. What a hand steers stays in that hand."""
    equal = [(aim, lock) for aim, lock in held if lock.rank() == holder.rank and not lock.by_hand]
    counts = _pictures_of({lock.cause for _aim, lock in equal})
    spare = [(aim, lock, counts[lock.cause]) for aim, lock in equal if counts.get(lock.cause, 0) > 1]
    if not spare:
        return None
    ranks = dict(
        SteeringOrder.objects.filter(
            camera__in=[lock.pk for _aim, lock, _count in spare],
            cause__in={lock.cause for _aim, lock, _count in spare},
        ).values_list("camera_id", "rank")
    )
    return max(spare, key=lambda one: (one[2], ranks.get(one[1].pk, 0)))


def _pictures_of(causes: Iterable[str]) -> dict[str, int]:
    """How many cameras each cause holds, those that need no hold included."""
    wanted = [cause for cause in causes if cause]
    held = CameraLock.objects.filter(cause__in=wanted).values_list("cause").annotate(Count("pk"))
    still = SteeringOrder.objects.filter(cause__in=wanted, lock_serial=None).values_list("cause")
    counts = dict.fromkeys(wanted, 0)
    for cause, count in [*held, *still.annotate(Count("pk"))]:
        counts[cause] += count
    return counts


def left_without(changes: Iterable[Change]) -> list[Steering]:
    """Alarms that lost their last camera by these changes: they wait from now on. Written, not announced."""
    causes = {c.from_cause for c in changes if c.from_cause and c.from_cause != c.lock.cause}
    if not causes:
        return []
    bare = [cause for cause, count in _pictures_of(causes).items() if not count]
    waiting = list(
        Steering.objects.select_for_update(no_key=True).filter(cause__in=bare, over_at=None).exclude(could=[])
    )
    for steering in waiting:
        steering.waiting_since = timezone.now()
        steering.save(update_fields=["waiting_since"])
    return waiting


def told_waiting(waiting: Iterable[Steering]) -> list[Fact]:
    return [
        facts.Waiting(
            cause=steering.cause,
            since=(steering.waiting_since or timezone.now()).isoformat(timespec="seconds"),
            held=[out for out in steering.left_out if out["reason"]["code"] == "held"],
        )
        for steering in waiting
    ]
