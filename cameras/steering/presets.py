"""Presets taken from the camera itself: the view it has now, and those its head keeps.

Reading asks the head, by the node that speaks to it; keeping is one transaction. What is kept so serves no place: the
day its masks were checked is written by that check, or by hand with the places (L-03).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rights import Right, require
from cameras import facts
from cameras.drivers.base import DevicePreset, Pose
from cameras.models import Camera, CameraLock, Preset
from cameras.steering import head_line, locks
from cameras.steering.locks import Hand
from doors.problems import Conflict, Refused, hold_together
from events.log import publish

if TYPE_CHECKING:
    from accounts.models import User

NAME_LENGTH = 80
UNCHECKED = gettext_lazy(
    "Nobody has checked its masks: draw and check them. "
    "Until then it serves no place, and stays black where the centre masks."
)


@dataclass(frozen=True)
class Imported:
    """What the centre keeps now, and by the name the head gives it what it could not take, with the reason."""

    kept: list[Preset] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)


def present_view(*, camera: Camera, hand: Hand, actor: User | None) -> Pose:
    """Where it looks now. Refused while it turns, while somebody else steers it, and when its head is silent."""
    require(actor, Right.MANAGE_ESTATE)
    locks.must_turn(camera)
    lock = CameraLock.objects.select_related("camera").filter(pk=camera.pk).first()
    if lock is not None and lock.holder != hand.key and not locks.is_over(lock, timezone.now()):
        raise locks.held(lock)
    said = head_line.ask(camera, "where")
    if said["moving"]:
        raise Conflict(
            _("%(camera)s is still turning.") % {"camera": camera.code},
            what_to_do=_("Wait until it stands still, then take its view."),
            code="still-turning",
        )
    return Pose(said["pan_deg"], said["tilt_deg"], said["zoom"])


@transaction.atomic
def keep_view(
    *, camera: Camera, pose: Pose, name: str, actor: User | None, number: int | None = None
) -> Preset:
    """Keep a view under a number of its own, the next free one when none is given."""
    require(actor, Right.MANAGE_ESTATE)
    locks.must_turn(camera)
    taken = _numbers(camera)
    if number in taken:
        raise Conflict(
            _("%(camera)s has a preset %(number)s already.") % {"camera": camera.code, "number": number},
            what_to_do=_("Give another number, or none: the next free one is taken."),
            code="number-taken",
        )
    preset = _made(camera, next_free(taken) if number is None else number, name, pose)
    preset.save()
    publish(_saved(preset), actor=actor)
    return preset


def kept_by_head(*, camera: Camera, actor: User | None) -> list[DevicePreset]:
    """The presets its head keeps. Reading them turns nothing, so whoever steers it is not asked."""
    require(actor, Right.MANAGE_ESTATE)
    locks.must_turn(camera)
    said = head_line.ask(camera, "presets")
    return [DevicePreset(token, name, Pose(*pose) if pose else None) for token, name, pose in said["presets"]]


@transaction.atomic
def import_presets(
    *, camera: Camera, told: Sequence[DevicePreset], tokens: Collection[str], actor: User | None
) -> Imported:
    """Keep these of what the head told, by their tokens: from then on it is sent there by the head's own preset."""
    require(actor, Right.MANAGE_ESTATE)
    locks.must_turn(camera)
    taken, done = _numbers(camera), Imported()
    here = dict(Preset.objects.filter(camera=camera).exclude(token="").values_list("token", "number"))
    for one in told:
        if one.token not in tokens:
            continue
        if why := _why_not(one, here):
            done.left_out.append((one.name, why))
            continue
        assert one.pose is not None
        try:
            preset = _made(camera, next_free(taken), one.name, one.pose, one.token)
        except Refused as refused:
            done.left_out.append((one.name, refused.detail or refused.title))
            continue
        preset.save()
        taken.add(preset.number)
        here[one.token] = preset.number
        done.kept.append(preset)
    for preset in done.kept:
        publish(_saved(preset), actor=actor)
    return done


def unchecked(preset: Preset) -> bool:
    """Nobody has seen that what is not to be seen is masked there. Generated pictures film nobody."""
    return not preset.camera.exercise and preset.mask_checked_on is None


def next_free(numbers: Collection[int]) -> int:
    return max(numbers, default=0) + 1


def _why_not(one: DevicePreset, here: dict[str, int]) -> str:
    if one.token in here:
        return _("kept already as preset %(number)s") % {"number": here[one.token]}
    if one.pose is None:
        return _("the head does not say where it looks then: turn it there and take the view")
    return ""


def _numbers(camera: Camera) -> set[int]:
    """Race: two take a view at once. The camera is locked, so that each finds the other's number."""
    Camera.objects.select_for_update(no_key=True).get(pk=camera.pk)
    return set(Preset.objects.filter(camera=camera).values_list("number", flat=True))


def _made(camera: Camera, number: int, name: str, pose: Pose, token: str = "") -> Preset:
    preset = Preset(
        camera=camera,
        number=number,
        name=name.strip()[:NAME_LENGTH] or _("View %(number)s") % {"number": number},
        token=token,
        pan_deg=round(pose.pan_deg, 2),
        tilt_deg=round(pose.tilt_deg, 2),
        zoom=round(pose.zoom, 3),
    )
    hold_together(preset)
    return preset


def _saved(preset: Preset) -> facts.PresetSaved:
    return facts.PresetSaved(
        camera_id=preset.camera_id, code=preset.camera.code, preset_id=preset.pk, name=preset.name
    )
