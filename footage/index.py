"""What the database is told of recordings: rows of segments, and facts when recording fails."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.db import transaction

from cameras.masks.actions import end_checks
from cameras.models import Camera, MaskCheck
from events.log import publish
from footage import facts
from footage.ledger import Ledger
from footage.models import Segment
from footage.recording import Told

SHAPE_PX = 16  # encoders round sizes up to whole blocks
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def at(us: int) -> dt.datetime:
    return EPOCH + dt.timedelta(microseconds=us)


class Index:
    """The journal of a node's recorders (recording.Journal): each entry goes to the ledger's thread."""

    def __init__(self, ledger: Ledger, node: str) -> None:
        self._ledger = ledger
        self._node = node

    def opened(self, told: Told) -> None:
        self._ledger.write(partial(write_row, told, self._node, Segment.State.OPEN))

    def closed(self, told: Told) -> None:
        self._ledger.write(partial(write_row, told, self._node, Segment.State.CLOSED))

    def failed(self, camera_id: int, why: str) -> None:
        self._ledger.write(partial(announce_failed, camera_id=camera_id, why=why, node=self._node))

    def recovered(self, camera_id: int) -> None:
        self._ledger.write(partial(announce_resumed, camera_id=camera_id, node=self._node))


def write_row(told: Told, node: str, state: str) -> Segment:
    """By path, which names one file for ever: written twice, it is one row."""
    video = told.init.video
    row, made = Segment.objects.update_or_create(
        path=told.path,
        defaults={
            "camera_id": told.camera_id,
            "started_at": at(told.starts_us),
            "ended_at": at(told.ends_us),
            "seconds": round(told.seconds, 3),
            "bytes": told.bytes,
            "fragments": told.fragments,
            "codecs": told.init.codecs[:60],
            "width": video.width,
            "height": video.height,
            "init_bytes": len(told.init.data),
            "sha256": told.sha256,
            "mask": told.mask,
            "state": state,
            "node": node,
        },
    )
    if made:
        _same_shape(told.camera_id, video.width, video.height)
    return row


def _same_shape(camera_id: int, width: int, height: int) -> None:
    """Masks are parts of the picture: one of another shape is another picture (L-03)."""
    checks = MaskCheck.objects.open().filter(camera=camera_id, still_height__gt=0)
    for check in checks.select_related("camera"):
        if abs(check.still_width * height - width * check.still_height) > check.still_height * SHAPE_PX:
            with transaction.atomic():
                end_checks(cameras=[check.camera], why=MaskCheck.Ended.PICTURE, actor=None)
            return


@transaction.atomic
def announce_failed(*, camera_id: int, why: str, node: str) -> None:
    camera = Camera.objects.get(pk=camera_id)
    publish(facts.RecordingFailed(camera_id=camera.pk, code=camera.code, why=why, node=node))


@transaction.atomic
def announce_resumed(*, camera_id: int, node: str) -> None:
    camera = Camera.objects.get(pk=camera_id)
    publish(facts.RecordingResumed(camera_id=camera.pk, code=camera.code, node=node))
