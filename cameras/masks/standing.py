"""Whether a camera may be shown as far as masks go, and what the centre burns into its pictures (L-03)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils import timezone

from cameras.models import Camera, CameraLock, MaskCheck, Masking, PrivacyMask, SteeringOrder
from cameras.models.mask import Polygon, digest_of, tidied

# No recording is kept longer (L-04), so no older check is asked for.
LOOKED_BACK = dt.timedelta(days=40)
WHOLE: Polygon = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
View = int | None  # the preset; None is the view of a camera that does not turn, and a dome's own


@dataclass(frozen=True)
class Span:
    """From when until when what was filmed had been checked; `until` None: still."""

    start: dt.datetime
    until: dt.datetime | None


@dataclass(frozen=True)
class Standing:
    """`why` is "unchecked", "stale" or "drawing" when it is not shown now."""

    shown: bool
    why: str = ""
    ended: str = ""
    spans: tuple[Span, ...] = ()


def standings(cameras: Collection[Camera]) -> dict[int, Standing]:
    """By camera, for a whole wall in two questions to the database."""
    now = timezone.now()
    checks: dict[int, list[MaskCheck]] = defaultdict(list)
    recent = MaskCheck.objects.filter(camera__in=cameras).exclude(ended_at__lt=now - LOOKED_BACK)
    for check in recent.order_by("at"):
        checks[check.camera_id].append(check)
    ways = Masking.objects.in_bulk([camera.pk for camera in cameras])
    return {camera.pk: _standing(camera, checks[camera.pk], ways.get(camera.pk), now) for camera in cameras}


# The same as SQL, of a camera `c` and how it masks `w` (of 10,000 cameras the few that see a place are asked for at
# once). A test compares the two over every case.
SHOWN = """
(w.drawing_until IS NULL OR w.drawing_until <= %s) AND EXISTS (
    SELECT 1 FROM cameras_maskcheck m WHERE m.camera_id = c.id AND m.ended_at IS NULL
    AND (m.preset_id IS NULL OR (c.kind = 'dome' AND coalesce(w.by, 'ingest') = 'ingest'))
)
"""


def _standing(camera: Camera, checks: list[MaskCheck], way: Masking | None, now: dt.datetime) -> Standing:
    # One that was withdrawn was wrong from the beginning.
    sound = [check for check in checks if check.ended_why != MaskCheck.Ended.WITHDRAWN]
    spans = tuple(Span(check.holds_from, check.ended_at) for check in sound)
    if way is not None and way.drawing_until is not None and way.drawing_until > now:
        return Standing(False, "drawing", spans=spans)
    # Of a dome the centre masks, every view that nobody checked is black: one good view is enough to show it.
    views_count = camera.kind == Camera.Kind.DOME and (way is None or way.by == Masking.By.INGEST)
    if any(check.ended_at is None and (views_count or check.preset_id is None) for check in checks):
        return Standing(True, spans=spans)
    ended = [check for check in checks if check.ended_why != MaskCheck.Ended.AGAIN]
    return Standing(False, "stale" if ended else "unchecked", ended[-1].ended_why if ended else "", spans)


def burnt_in(cameras: Collection[Camera]) -> dict[int, tuple[Polygon, ...]]:
    """By camera, the areas the centre blackens now as the pictures come in; nothing for those not named."""
    drawn: dict[int, dict[View, tuple[Polygon, ...]]] = defaultdict(dict)
    for mask in PrivacyMask.objects.filter(camera__in=cameras):
        drawn[mask.camera_id][mask.preset_id] = tidied(mask.polygons)
    ways = Masking.objects.in_bulk([camera.pk for camera in cameras])
    ours = [camera for camera in cameras if camera.pk not in ways or ways[camera.pk].by == Masking.By.INGEST]
    domes = [camera for camera in ours if camera.kind == Camera.Kind.DOME]
    found = {camera.pk: drawn[camera.pk].get(None, ()) for camera in ours}
    return {pk: areas for pk, areas in (found | _of_domes(domes, drawn, ways)).items() if areas}


def _of_domes(
    domes: list[Camera],
    drawn: dict[int, dict[View, tuple[Polygon, ...]]],
    ways: dict[int, Masking],
) -> dict[int, tuple[Polygon, ...]]:
    """A dome with anything drawn or checked view by view is black wherever nobody has checked."""
    now = timezone.now()
    checked: dict[int, dict[View, str]] = defaultdict(dict)
    for check in MaskCheck.objects.open().filter(camera__in=domes):
        checked[check.camera_id][check.preset_id] = check.result
    masked = [dome for dome in domes if drawn.get(dome.pk) or any(view for view in checked[dome.pk])]
    views = where_they_look(masked)
    found: dict[int, tuple[Polygon, ...]] = {}
    for dome in masked:
        areas = drawn.get(dome.pk, {})
        if checked[dome.pk].get(None) == MaskCheck.Result.NOTHING and not any(areas.values()):
            continue  # seen all round: nothing to mask wherever it turns
        known, view = views[dome.pk]
        way = ways.get(dome.pk)
        drawing = way is not None and way.drawing_until is not None and way.drawing_until > now
        if drawing or (known and view in checked[dome.pk]):
            found[dome.pk] = areas.get(view, ()) if known else ()
        else:
            found[dome.pk] = (WHOLE,)
    return found


def where_they_look(domes: Iterable[Camera]) -> dict[int, tuple[bool, View]]:
    """(whether it is known, the preset) of each. Known is what was ordered, done, and not taken over since."""
    codes = [dome.pk for dome in domes]
    orders = SteeringOrder.objects.filter(camera__in=codes).exclude(state=SteeringOrder.State.SUPERSEDED)
    last = {one.camera_id: one for one in orders.order_by("camera_id", "-ordered_at").distinct("camera_id")}
    locks = CameraLock.objects.in_bulk(codes)
    return {pk: _looks(last.get(pk), locks.get(pk)) for pk in codes}


def _looks(order: SteeringOrder | None, lock: CameraLock | None) -> tuple[bool, View]:
    if order is None:
        return lock is None or lock.serial == 0, None  # never turned by the centre: as it was put up
    if order.state != SteeringOrder.State.DONE or order.preset_id is None:
        return False, None
    return lock is None or order.lock_serial in (None, lock.serial), order.preset_id


def name_of(areas: tuple[Polygon, ...]) -> str:
    return digest_of(areas)
