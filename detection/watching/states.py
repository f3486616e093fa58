"""The rows that outlive a worker: how far it came on each camera, and how it fares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from detection.models import WatchState
from detection.watching import facts
from detection.watching.camera import SECOND_US, Camera
from events.log import publish
from footage.index import at as instant

FAILED = frozenset(
    {WatchState.State.MASK, WatchState.State.SILENT, WatchState.State.BROKEN, WatchState.State.REFUSED}
)
# A camera that is silent for a moment is no fact.
FAILED_FOR = dt.timedelta(seconds=20)
CODES_NAMED = 20


def rows_of(cameras: Iterable[int]) -> dict[int, WatchState]:
    return WatchState.objects.filter(due=True).in_bulk(list(cameras))


def write(cameras: Iterable[Camera], *, holder: str, passed_s: float, now_us: int) -> None:
    """How far each came. Written after the signals of the same pictures: after a crash some are looked at twice."""
    now = timezone.now()
    rows = []
    for one in cameras:
        row = WatchState(camera_id=one.duty.camera_id, due=True, holder=holder, changed_at=now)
        row.state, row.shed = one.state(now_us), one.shed
        row.fps = round(one.tally.frames / max(0.1, passed_s), 2)
        row.age_s = round(one.age_s(now_us), 2)
        row.quality = one.duty.quality
        row.crowds = {key: level for scene in one.scenes for key, level in scene.crowds.items()}
        if one.done is not None:
            row.path, row.offset, row.at = one.done.path, one.done.ends, instant(one.done.ends_us)
        one.tally.frames = 0
        rows.append(row)
    moved = [row for row in rows if row.path]
    told = ["state", "shed", "fps", "age_s", "quality", "crowds", "holder", "changed_at"]
    WatchState.objects.bulk_update([row for row in rows if not row.path], told)
    WatchState.objects.bulk_update(moved, [*told, "path", "offset", "at"])


@transaction.atomic
def tell_skips(cameras: Iterable[Camera], *, worker: str) -> None:
    by_why: dict[str, list[facts.Skipped]] = {}
    for one in cameras:
        if not one.tally.skips:
            continue
        for since_us, until_us, why in one.tally.skips:
            told: facts.Skipped = {
                "camera_id": one.duty.camera_id,
                "code": one.duty.code,
                "since": instant(since_us).isoformat(timespec="milliseconds"),
                "until": instant(until_us).isoformat(timespec="milliseconds"),
            }
            by_why.setdefault(why, []).append(told)
        WatchState.objects.filter(pk=one.duty.camera_id).update(
            skipped_s=F("skipped_s") + one.tally.skipped_us / SECOND_US
        )
    for why, skipped in sorted(by_why.items()):
        publish(facts.PicturesSkipped(worker=worker, why=why, cameras=skipped))
    for one in cameras:
        one.tally.skips, one.tally.skipped_us = [], 0


@transaction.atomic
def tell_strain(cameras: list[Camera], *, worker: str, age_s: float) -> None:
    shed = [one.duty.code for one in cameras if one.shed]
    publish(
        facts.Strained(
            worker=worker,
            shed=len(shed),
            of=len(cameras),
            codes=sorted(shed)[:CODES_NAMED],
            age_s=round(age_s, 1),
        )
    )


@transaction.atomic
def tell_failed(camera: Camera, state: str) -> None:
    publish(facts.WatchFailed(camera_id=camera.duty.camera_id, code=camera.duty.code, why=state))


@transaction.atomic
def tell_resumed(camera: Camera) -> None:
    publish(facts.WatchResumed(camera_id=camera.duty.camera_id, code=camera.duty.code))
