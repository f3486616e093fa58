"""Cameras nobody may look through are not turned: no authorisation in force, masks to be checked (L-01, L-03)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils import timezone

from cameras.choosing import LOOKED_AT, MENTIONED, NEARBY_M, Choice, LeftOut
from cameras.masks.standing import standings
from cameras.models import Camera, CameraQuerySet
from cameras.reasons import Reason
from legal.models import PrefecturalAuthorisation
from legal.models.authorisation import Filmed

if TYPE_CHECKING:
    from places.geometry import Point


def considered(
    cameras: CameraQuerySet, point: Point, *, exercise: bool | None = None, at_most: int = LOOKED_AT
) -> Choice:
    """What sees the point and may be used, best first, and what near it may or does not, nearest first."""
    # Drawn areas are long, and read by nobody from here on.
    rows = cameras.select_related("sector").defer("visible_area", "sector__area")
    choice = rows.considered_for(point, exercise=exercise, at_most=at_most)
    barred = why_not([sight.camera for sight in choice.sights])
    if not barred:
        return choice
    left_out = [
        *choice.left_out,
        *(
            LeftOut(sight.camera, sight.distance_m, barred[sight.camera.pk])
            for sight in choice.sights
            if sight.camera.pk in barred and sight.distance_m <= NEARBY_M
        ),
    ]
    return Choice(
        [sight for sight in choice.sights if sight.camera.pk not in barred],
        sorted(left_out, key=lambda out: out.distance_m)[:MENTIONED],
    )


def why_not(cameras: Sequence[Camera]) -> dict[int, Reason]:
    """By camera, what bars everybody from its pictures. Generated pictures film nobody."""
    real = [camera for camera in cameras if not camera.exercise]
    if not real:
        return {}
    named = {camera.pk: Filmed(camera.code, _sector(camera), camera.purpose, camera.point) for camera in real}
    covered = PrefecturalAuthorisation.objects.authorised(named.values(), timezone.localdate())
    masks = standings(real)
    return {
        camera.pk: Reason("not_authorised" if camera.code not in covered else "masks")
        for camera in real
        if camera.code not in covered or not masks[camera.pk].shown
    }


def _sector(camera: Camera) -> str:
    return camera.sector.code if camera.sector else ""
