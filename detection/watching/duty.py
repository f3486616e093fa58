"""What a worker is to watch at this moment: past the gate, of its shards, with what it must know of each camera."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone

from cameras.masks.standing import WHOLE, burnt_in, name_of
from cameras.models import Camera, CameraLock, SteeringOrder
from detection import plan
from detection.models import WatchState
from detection.plan import Watch
from detection.watching.pressure import importance
from detection.watching.pulse import pulse_of
from events.models import Pulse
from footage.live import MAIN, SUB
from footage.models import Source

Pose = tuple[int, str, int]
UNMOVED: Pose = (0, "", 0)
# Read of the recording again, after a worker died or a rule changed.
WARM_S, WARM_AT_MOST_S = 30.0, 280.0
BLACK = name_of((WHOLE,))
# A worker that said nothing for so long: others stand in for it.
GONE_AFTER = dt.timedelta(seconds=20)
TURNING = frozenset({SteeringOrder.State.ORDERED, SteeringOrder.State.SENT})


@dataclass(frozen=True)
class Duty:
    """One camera. `mask` is the one its pictures must have burnt in; `pose` changes whenever it may have turned."""

    camera_id: int
    code: str
    quality: str
    mask: str
    watches: tuple[Watch, ...]
    pose: Pose
    moving: bool
    hfov_deg: float = 60.0

    @property
    def importance(self) -> int:
        exercise = all(watch.exercise for watch in self.watches)
        return importance([watch.event_type for watch in self.watches], exercise=exercise)

    @property
    def warm_s(self) -> float:
        """How long before now the pictures matter: the place has to be known, and what its rules wait for."""
        waits = [
            value for watch in self.watches for name, value in watch.parameters.items() if name.endswith("_s")
        ]
        return min(WARM_AT_MOST_S, WARM_S + max(waits, default=0.0))

    @property
    def black(self) -> bool:
        """All of it is masked, as where a dome looks that nobody has checked."""
        return self.mask == BLACK


def read(shards: Collection[int], of: int, at: dt.datetime) -> dict[int, Duty]:
    """By camera."""
    watches: dict[int, list[Watch]] = defaultdict(list)
    for watch in plan.watched(at):
        if watch.camera_id % of + 1 in shards:
            watches[watch.camera_id].append(watch)
    cameras = list(Camera.objects.filter(pk__in=watches))
    subs = set(
        Source.objects.filter(camera__in=watches).exclude(sub_url="").values_list("camera_id", flat=True)
    )
    masks = burnt_in(cameras)
    poses = poses_of([camera.pk for camera in cameras if camera.kind == Camera.Kind.DOME])
    return {
        camera.pk: Duty(
            camera_id=camera.pk,
            code=camera.code,
            quality=SUB if camera.pk in subs else MAIN,
            mask=name_of(masks.get(camera.pk, ())),
            watches=tuple(watches[camera.pk]),
            pose=poses[camera.pk][0] if camera.pk in poses else UNMOVED,
            moving=camera.pk in poses and poses[camera.pk][1],
            hfov_deg=camera.hfov_deg,
        )
        for camera in cameras
    }


def poses_of(domes: Collection[int]) -> dict[int, tuple[Pose, bool]]:
    """(what changes with each turn, whether it may be turning now). In a hand it may turn at any moment."""
    if not domes:
        return {}
    orders = SteeringOrder.objects.filter(camera__in=domes).exclude(state=SteeringOrder.State.SUPERSEDED)
    last = {one.camera_id: one for one in orders.order_by("camera_id", "-ordered_at").distinct("camera_id")}
    locks = CameraLock.objects.in_bulk(list(domes))
    found = {}
    for camera_id in domes:
        order, lock = last.get(camera_id), locks.get(camera_id)
        turning = order is not None and order.state in TURNING
        in_hand = lock is not None and bool(lock.holder) and lock.priority == CameraLock.Priority.OPERATOR
        pose = (order.pk if order else 0, order.state if order else "", lock.serial if lock else 0)
        found[camera_id] = (pose, turning or in_hand)
    return found


def bring_in_line(at: dt.datetime | None = None) -> int:
    """Which cameras are due, in the rows that health and figures are read from. How many there are."""
    at = at or timezone.now()
    due = {watch.camera_id for watch in plan.watched(at)}
    WatchState.objects.filter(due=True).exclude(pk__in=due).update(
        due=False,
        since=None,
        state=WatchState.State.OFF,
        fps=0,
        age_s=0,
        shed=False,
        crowds={},
        changed_at=at,
    )
    WatchState.objects.filter(due=False, pk__in=due).update(
        due=True, since=at, at=None, state=WatchState.State.STARTING, changed_at=at
    )
    known = set(WatchState.objects.filter(pk__in=due).values_list("pk", flat=True))
    WatchState.objects.bulk_create(
        [WatchState(camera_id=camera, due=True, since=at, changed_at=at) for camera in due - known],
        ignore_conflicts=True,
    )
    return len(due)


def waits_for(number: int, of: int, at: dt.datetime | None = None) -> bool:
    """Whether cameras are due that are this worker's, or those of one that is gone."""
    shards = {pk % of + 1 for pk in WatchState.objects.due().values_list("pk", flat=True)}
    since = (at or timezone.now()) - GONE_AFTER
    names = {pulse_of(shard, of): shard for shard in shards if shard != number}
    alive = Pulse.objects.filter(name__in=names, at__gt=since).values_list("name", flat=True)
    return bool(shards - {names[name] for name in alive})
