"""A few zones over drawn streets, so that a signal is seen, answered and measured without filming anybody (L-29)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cameras.models import Camera
from detection import catalogue
from detection.actions import enable_profile
from detection.codes import EventCode, Family, PlaceClass, ZoneKind
from detection.drawing import save_profile, save_zone
from detection.models import DetectorModel, EventType, Profile, Zone
from footage.models import Source
from nice_supervision.demo import first

# Ends of a length and its metres: x from -2 to 2 on the drawn ground, 10 m and 20 m from the mast.
Length = tuple[float, float, float, float, float]


@dataclass(frozen=True)
class _Watched:
    """What is watched for where a drawn street is shown. Points as the drawing projects them: view.py."""

    scene: str
    code: EventCode
    name: str
    points: list[list[float]]
    ground: tuple[Length, Length]
    kind: ZoneKind = ZoneKind.POLYGON
    on: bool = False


WATCHED = (
    _Watched(
        scene="school_street",
        code=EventCode.ABANDONED_OBJECT,
        name="trottoir de l’école",
        points=[[0.66, 0.42], [0.86, 0.42], [1, 0.6], [1, 0.97], [0.92, 0.97]],
        ground=((0.33, 0.9, 0.67, 0.9, 4), (0.409, 0.5, 0.591, 0.5, 4)),
    ),
    _Watched(
        scene="school_street",
        code=EventCode.ZONE_INTRUSION,
        name="chaussée",
        points=[[0.277, 0.605], [0.723, 0.605]],
        ground=((0.33, 0.9, 0.67, 0.9, 4), (0.409, 0.5, 0.591, 0.5, 4)),
        kind=ZoneKind.LINE,
    ),
    # Every minute and a half somebody puts a bag down there, and takes it away a minute later.
    _Watched(
        scene="square_bag",
        code=EventCode.ABANDONED_OBJECT,
        name="place",
        points=[[0, 0.6], [0.25, 0.4], [0.75, 0.4], [1, 0.6], [1, 0.97], [0, 0.97]],
        ground=((0.358, 0.913, 0.642, 0.913, 4), (0.421, 0.496, 0.579, 0.496, 4)),
        on=True,
    ),
    _Watched(
        scene="square",
        code=EventCode.CROWD_DENSITY,
        name="place",
        points=[[0, 0.6], [0.25, 0.42], [0.75, 0.42], [1, 0.6], [1, 0.97], [0, 0.97]],
        ground=((0.363, 0.97, 0.637, 0.97, 4), (0.423, 0.535, 0.577, 0.535, 4)),
    ),
    _Watched(
        scene="square",
        code=EventCode.PEOPLE_GROUPING,
        name="place",
        points=[[0, 0.6], [0.25, 0.42], [0.75, 0.42], [1, 0.6], [1, 0.97], [0, 0.97]],
        ground=((0.363, 0.97, 0.637, 0.97, 4), (0.423, 0.535, 0.577, 0.535, 4)),
    ),
)


def load() -> int:
    """How many profiles there are. What is there already stays as it is."""
    catalogue.sync()
    detector = DetectorModel.objects.get(name=Family.OPENCV)
    # Those that become domes show another drawing, over a real line: the gate takes them for cameras of a street.
    turning = [camera.pk for camera in first.domes(first.DOMES)]
    shown = Source.objects.filter(kind=Source.Kind.SCENE, enabled=True, camera__exercise=True)
    shown = shown.exclude(camera__in=turning)
    found = 0
    for one in WATCHED:
        # Rather one that stays where it looks.
        of_scene = shown.filter(url=one.scene).exclude(camera__kind="panoramic").select_related("camera")
        known = sorted(of_scene, key=lambda row: (row.camera.kind != Camera.Kind.FIXED, row.camera.code))
        source = next(iter(known), None)
        if source is None:
            continue
        zone = Zone.objects.filter(camera=source.camera_id, name=one.name).first() or _zone(one, source)
        found += 1
        if Profile.objects.filter(zone=zone, event_type=one.code).exists():
            continue
        kind = EventType.objects.get(code=one.code)
        made = save_profile(
            actor=None,
            profile=Profile(zone=zone, event_type=kind, detector=detector, parameters=dict(kind.parameters)),
        )
        if one.on:
            enable_profile(actor=None, profile=made, why="Démonstration : rue dessinée")
    return found


def _zone(one: _Watched, source: Source) -> Zone:
    ground: list[dict[str, Any]] = [
        {"from": [ax, ay], "to": [bx, by], "metres": metres} for ax, ay, bx, by, metres in one.ground
    ]
    return save_zone(
        actor=None,
        zone=Zone(
            camera=source.camera,
            name=one.name,
            kind=one.kind,
            points=one.points,
            ground=ground,
            place_class=PlaceClass.PUBLIC_ROAD,
        ),
    )
