"""Cameras nobody may look through are not turned: no authorisation in force, masks to be checked (L-01, L-03)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.core.exceptions import EmptyResultSet
from django.utils import timezone
from django.utils.translation import gettext as _

from cameras.choosing import (
    LOOKED_AT,
    Candidate,
    Choice,
    LeftOut,
    Sight,
    choice_of,
    rank,
    sight_of,
    why_unusable,
)
from cameras.masks.standing import SHOWN, standings
from cameras.models import Camera, CameraQuerySet, Preset
from cameras.models.camera import READ_TO_CHOOSE
from cameras.reach import holds
from cameras.reasons import Reason
from doors.problems import Refused
from doors.rows import columns, made, prepared
from legal.models import PrefecturalAuthorisation
from legal.models.authorisation import Filmed
from places.geometry import Point, distance_m

# One round trip: what reaches the place or has a preset for it, with all that law and choice ask of each. What the
# prefect's orders say comes once, with the first row; whom they cover is decided by `PrefecturalAuthorisation`.
_NEAR = f"""
WITH acts AS (
    SELECT json_agg(json_build_object('purposes', purposes, 'all_cameras', all_cameras, 'sector_codes', sector_codes,
        'camera_codes', camera_codes, 'perimeter', perimeter)) AS told
    FROM legal_prefecturalauthorisation WHERE signed_on <= %s AND expires_on >= %s
), made_for AS (
    SELECT DISTINCT ON (camera_id) * FROM cameras_preset WHERE site_codes @> %s::varchar[] AND %s
    ORDER BY camera_id, number, id
), near AS (
    SELECT c.id FROM cameras_camera c WHERE {holds("c.lat", "c.lon", "c.range_m")}
    UNION SELECT camera_id FROM made_for
)
SELECT {columns(Camera, "c", READ_TO_CHOOSE)}, c.visible_area::text, s.code, {SHOWN},
    CASE WHEN row_number() OVER () = 1 THEN (SELECT told FROM acts)::text END, {columns(Preset, "p")}
FROM near JOIN cameras_camera c USING (id) LEFT JOIN places_sector s ON s.id = c.sector_id
    LEFT JOIN cameras_masking w ON w.camera_id = c.id LEFT JOIN made_for p ON p.camera_id = c.id
WHERE c.state NOT IN ('planned', 'retired')"""  # noqa: S608  (names of our own tables)
_SECTOR, _SHOWN, _ACTS, _PRESET = range(len(Candidate._fields), len(Candidate._fields) + 4)


class Near(NamedTuple):
    """One row of `_NEAR`."""

    candidate: Candidate
    sector_code: str
    shown: bool
    preset: Preset | None


@dataclass
class Desk:
    """What is known of the cameras around a place, read together."""

    rows: dict[int, Near] = field(default_factory=dict)
    acts: list[PrefecturalAuthorisation] = field(default_factory=list)

    def bars(self, one: Candidate) -> Reason | None:
        """Generated pictures film nobody."""
        if one.exercise:
            return None
        near = self.rows[one.pk]
        filmed = Filmed(one.code, near.sector_code, one.purpose, Point(one.lat, one.lon))
        if not any(act.covers(filmed) for act in self.acts):
            return Reason("not_authorised")
        return None if near.shown else Reason("masks")


def considered(
    cameras: CameraQuerySet | None, point: Point, *, exercise: bool | None = None, at_most: int = LOOKED_AT
) -> Choice:
    """What sees the point and may be used, best first, and what near it may or does not, nearest first.

    Of these cameras; of all when None.
    """
    desk = _read(point, "", cameras)
    return _choice(desk, point, exercise, at_most)


def aims(
    point: Point, site_code: str, *, exercise: bool | None = None
) -> tuple[list[tuple[Sight, Preset | None]], list[LeftOut]]:
    """The same with the preset where one was made for the site: that camera needs not have the point in its range."""
    desk = _read(point, site_code, None)
    choice = _choice(desk, point, exercise, LOOKED_AT)
    found: dict[int, tuple[Sight, Preset | None]] = {}
    left_out = {out.camera.pk: out for out in choice.left_out}
    with_preset = [near for near in desk.rows.values() if near.preset is not None]
    for near in sorted(with_preset, key=lambda one: (one.preset.number, one.preset.pk)):  # type: ignore[union-attr]
        assert near.preset is not None
        camera = Camera.of(near.candidate)
        if why := why_unusable(camera, exercise=exercise) or desk.bars(near.candidate):
            left_out[camera.pk] = LeftOut(camera, distance_m(camera.point, point), why)
        else:
            left_out.pop(camera.pk, None)
            found[camera.pk] = (sight_of(camera, point, preset=near.preset.name), near.preset)
    for sight in choice.sights:
        found.setdefault(sight.camera.pk, (sight, None))
    return list(found.values()), sorted(left_out.values(), key=lambda out: out.distance_m)


def _choice(desk: Desk, point: Point, exercise: bool | None, at_most: int) -> Choice:
    candidates = [near.candidate for near in desk.rows.values()]
    ranking = rank(candidates, point, exercise=exercise, at_most=at_most, barred=desk.bars)
    return choice_of(ranking, point, Camera.of, exercise=exercise)


def _read(point: Point, site_code: str, cameras: CameraQuerySet | None) -> Desk:
    today = timezone.localdate()
    statement, told = _NEAR, [today, today, [site_code], bool(site_code), *(point.lon, point.lat) * 2]
    told.append(timezone.now())
    if cameras is not None:
        try:
            among, more = cameras.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            return Desk()
        statement, told = f"{statement} AND c.id IN ({among})", [*told, *more]
    desk = Desk()
    for row in prepared(statement, told):
        candidate = Candidate._make(row[:_SECTOR])
        preset = made(Preset, row[_PRESET:]) if row[_PRESET] is not None else None
        desk.rows[candidate.pk] = Near(candidate, row[_SECTOR] or "", row[_SHOWN], preset)
        if row[_ACTS]:
            desk.acts = [PrefecturalAuthorisation(**act) for act in json.loads(row[_ACTS])]
    return desk


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


# What an order covers a camera by (L-01): one in service that changes here is asked for its order anew.
COVERED_BY = frozenset({"state", "code", "sector", "purpose", "lat", "lon", "exercise"})


def may_be_live(camera: Camera, sector_code: str, acts: Sequence[PrefecturalAuthorisation]) -> bool:
    """Whether one of these orders lets it be in service; generated pictures film nobody."""
    filmed = Filmed(camera.code, sector_code, camera.purpose, camera.point)
    return camera.exercise or any(act.covers(filmed) for act in acts)


def orders_in_force() -> list[PrefecturalAuthorisation]:
    return list(PrefecturalAuthorisation.objects.in_force(timezone.localdate()))


def require_order(camera: Camera) -> None:
    """Nothing real is put in service without an order in force that covers it and its purpose (L-01)."""
    if camera.exercise or may_be_live(camera, _sector(camera), orders_in_force()):
        return
    raise Refused(
        _("No authorisation in force covers camera %(camera)s and its purpose.") % {"camera": camera.code},
        what_to_do=_("Record the prefect's order that names it, then put it in service."),
        status=409,
        code="camera-not-authorised",
    )


def _sector(camera: Camera) -> str:
    return camera.sector.code if camera.sector else ""
