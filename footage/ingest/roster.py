"""Which streams a node is to take in: the sources due of its shards, read from the database."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from cameras.credentials import CannotDecrypt
from cameras.masks.standing import burnt_in
from cameras.models import Camera
from cameras.models.mask import Polygon
from footage.ingest.program import Spec
from footage.live import MAIN, SUB
from footage.models import RecordingDuty, Source
from footage.scenes.loop import is_drawn

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    main: Spec
    sub: Spec | None
    lost: bool
    thermal: bool = False


@dataclass(frozen=True)
class Roster:
    """What is due, by camera; and drawn streets nobody has drawn yet: their cameras are due once they are."""

    due: dict[int, Entry]
    undrawn: frozenset[str]


def read(shards: Iterable[int], of: int) -> Roster:
    """Also brings the duties to record in line: from now on these are due, others no more."""
    due: dict[int, Entry] = {}
    undrawn: set[str] = set()
    for shard in shards:
        found = {source.pk: source for source in Source.objects.due().of_shard(shard, of)}
        for source in list(found.values()):
            if source.kind == Source.Kind.SCENE and not is_drawn(source.url):
                undrawn.add(source.url)
                del found[source.pk]
        _keep_duties(set(found), shard, of)
        masks = burnt_in([source.camera for source in found.values()])
        for camera_id, source in found.items():
            try:
                due[camera_id] = _entry(source, masks.get(camera_id, ()))
            except CannotDecrypt:
                logger.error("%s: no key opens its credentials (FOOTAGE_KEYS)", source.camera.code)
    return Roster(due, frozenset(undrawn))


def _entry(source: Source, areas: tuple[Polygon, ...]) -> Entry:
    return Entry(
        main=_spec(source, MAIN, source.url, areas),
        sub=_spec(source, SUB, source.sub_url, areas) if source.sub_url else None,
        lost=source.camera.state == Camera.State.LOST,
        thermal=source.camera.kind == Camera.Kind.THERMAL,
    )


def _spec(source: Source, quality: str, address: str, areas: tuple[Polygon, ...]) -> Spec:
    who = source.credentials
    return Spec(
        camera_id=source.camera_id,
        code=source.camera.code,
        quality=quality,
        kind=source.kind,
        address=address,
        user=who.user if who else "",
        password=who.password if who else "",
        audio=source.audio_allowed and quality == MAIN,
        label=source.camera.name,
        areas=areas,
    )


@transaction.atomic
def _keep_duties(due: set[int], shard: int, of: int) -> None:
    now = timezone.now()
    of_shard = RecordingDuty.objects.annotate(_shard=F("camera_id") % of).filter(_shard=shard - 1)
    open_ones = {duty.camera_id: duty for duty in of_shard.filter(until=None)}
    over = [duty.pk for camera_id, duty in open_ones.items() if camera_id not in due]
    if over:
        RecordingDuty.objects.filter(pk__in=over).update(until=now)
    RecordingDuty.objects.bulk_create(
        [RecordingDuty(camera_id=camera_id, since=now) for camera_id in due - set(open_ones)],
        ignore_conflicts=True,
    )
