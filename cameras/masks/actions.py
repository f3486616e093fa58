"""Drawing what is never to be seen, and seeing that it is not (L-03; CSI L251-3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rights import Right, require
from cameras import facts
from cameras.models import Camera, CameraPosition, MaskCheck, Masking, MaskOrder, Preset, PrivacyMask
from cameras.models.mask import digest_of, tidied
from doors.problems import Conflict, Refused
from events.log import publish

if TYPE_CHECKING:
    from accounts.models import User

DRAWING = dt.timedelta(minutes=10)
# What turns a camera or changes what it sees, besides a move that is declared (cameras.moves).
VIEW_FIELDS = frozenset({"mounting_azimuth_deg", "tilt_deg", "hfov_deg", "hfov_tele_deg", "kind"})
PRESET_FIELDS = ("pan_deg", "tilt_deg", "zoom", "token")
Ended = MaskCheck.Ended


@dataclass(frozen=True)
class Seen:
    """The picture a check was made on. It is not kept, only what tells it again from another."""

    at: dt.datetime
    sha256: str
    width: int
    height: int
    consultation: int | None = None
    # Of a recording begun with this mask: what was recorded from then on may be shown.
    holds_from: dt.datetime | None = None


@transaction.atomic
def draw_mask(*, camera: Camera, preset: Preset | None, polygons: Any, actor: User | None) -> PrivacyMask:
    """Say what of a view is never to be seen. Its check ends; the camera is not shown until it is checked again."""
    require(actor, Right.MANAGE_ESTATE)
    _of_camera(camera, preset)
    try:
        areas = tidied(polygons)
    except ValidationError as error:
        raise Refused(
            _("This mask does not hold together."),
            detail=" ".join(error.messages),
            what_to_do=_("Draw it again."),
            status=400,
            code="invalid",
        ) from error
    mask = _locked(camera, preset)
    digest = digest_of(areas)
    if mask is not None and mask.digest == digest:
        return mask
    mask = mask or PrivacyMask(camera=camera, preset=preset)
    mask.polygons, mask.digest = [list(map(list, area)) for area in areas], digest
    mask.changed_at, mask.changed_by = timezone.now(), actor
    mask.save()
    _end(MaskCheck.objects.filter(camera=camera, preset=preset), Ended.MASK, mask.changed_at)
    deliver(camera)
    publish(
        facts.MaskDrawn(
            camera_id=camera.pk, code=camera.code, preset_id=preset.pk if preset else None, areas=len(areas)
        ),
        actor=actor,
    )
    return mask


@transaction.atomic
def choose_masking(*, camera: Camera, by: str, actor: User | None) -> Masking:
    """Who masks: the camera itself, or the centre as the pictures come in. Every view is to be checked again."""
    require(actor, Right.MANAGE_ESTATE)
    way, made = Masking.objects.select_for_update(no_key=True).get_or_create(camera=camera)
    if way.by == by and not made:
        return way
    before, way.by = way.by, Masking.By(by)
    way.save(update_fields=["by"])
    if before != by and PrivacyMask.objects.filter(camera=camera).exclude(digest="").exists():
        end_checks(cameras=[camera], why=Ended.MASK, actor=actor)
    deliver(camera)
    return way


def draws(*, camera: Camera, actor: User | None, done: bool = False) -> None:
    """Somebody sits at the drawing of this camera: of a dome, what is black otherwise is not for them."""
    require(actor, Right.MANAGE_ESTATE)
    until = None if done else timezone.now() + DRAWING
    Masking.objects.update_or_create(camera=camera, defaults={"drawing_until": until})


@transaction.atomic
def check_mask(
    *,
    camera: Camera,
    preset: Preset | None,
    result: str,
    seen: Seen | None,
    actor: User | None,
    note: str = "",
) -> MaskCheck:
    """Somebody has seen, on this picture, that no dwelling shows: from now on the view may be looked at.

    `seen` is missing only for a drawn street of the exercise city, which films nobody.
    """
    require(actor, Right.MANAGE_ESTATE)
    _of_camera(camera, preset)
    mask = _locked(camera, preset)
    digest = mask.digest if mask else ""
    if seen is None and not camera.exercise:
        raise Refused(
            _("A check is made on a picture."),
            what_to_do=_("Open the picture first."),
            status=400,
            code="mask-unseen",
        )
    if (result == MaskCheck.Result.NOTHING) == bool(digest):
        raise Conflict(
            _("The result does not fit the mask: something is drawn, or nothing is."),
            what_to_do=_("Look at the mask again."),
            code="mask-result",
        )
    now = timezone.now()
    check = MaskCheck(
        camera=camera,
        preset=preset,
        result=MaskCheck.Result(result),
        digest=digest,
        at=now,
        by=actor,
        note=note.strip()[:200],
        holds_from=_holds_from(camera, preset, mask, seen, now),
    )
    if seen is not None:
        check.still_at, check.still_sha256, check.consultation = seen.at, seen.sha256, seen.consultation
        check.still_width, check.still_height = seen.width, seen.height
    _end(MaskCheck.objects.filter(camera=camera, preset=preset), Ended.AGAIN, now)
    check.save()
    Masking.objects.filter(camera=camera).update(drawing_until=None)
    if preset is not None:
        Preset.objects.filter(pk=preset.pk).update(mask_checked_on=timezone.localdate(now))
    publish(
        facts.MaskChecked(
            camera_id=camera.pk,
            code=camera.code,
            preset_id=preset.pk if preset else None,
            result=check.result,
        ),
        actor=actor,
    )
    return check


def _holds_from(
    camera: Camera, preset: Preset | None, mask: PrivacyMask | None, seen: Seen | None, now: dt.datetime
) -> dt.datetime:
    """Since when recordings look like what was seen. Rather too late than too early."""
    last = MaskCheck.objects.filter(camera=camera, preset=preset).order_by("-at").first()
    if last is not None and last.ended_at is None and (mask is None or last.digest == mask.digest):
        return last.holds_from  # seen again, nothing changed
    way = Masking.objects.filter(camera=camera).first()
    if last is None and (mask is None or not mask.digest):
        stands = CameraPosition.objects.filter(camera=camera, until=None).first()
        return stands.since if stands else now
    if seen is not None and seen.holds_from is not None and (way is None or way.by == Masking.By.INGEST):
        return max(seen.holds_from, last.ended_at) if last and last.ended_at else seen.holds_from
    return now


def end_checks(
    *, cameras: Collection[Camera], why: str, actor: User | None, presets: Sequence[Preset] | None = None
) -> int:
    """What was checked has changed: these cameras are not shown until somebody looks again.

    Call it inside the transaction that changes them. With `presets` only these views end.
    """
    checks = MaskCheck.objects.filter(camera__in=cameras)
    if presets is not None:
        checks = checks.filter(preset__in=presets)
    ended = _end(checks, MaskCheck.Ended(why), timezone.now())
    for camera in cameras:
        if camera.pk in ended:
            publish(facts.MaskCheckEnded(camera_id=camera.pk, code=camera.code, why=why), actor=actor)
    return len(ended)


@transaction.atomic
def withdraw_check(*, camera: Camera, actor: User | None) -> int:
    """Somebody saw a dwelling: the camera is not shown from now on."""
    require(actor, Right.MANAGE_ESTATE)
    return end_checks(cameras=[camera], why=Ended.WITHDRAWN, actor=actor)


def _end(checks: Any, why: str, now: dt.datetime) -> set[int]:
    open_ones = list(checks.open().values_list("pk", "camera_id", "preset_id"))
    # Race: two changes at once. The row is ended by the first, and stays as it ended.
    MaskCheck.objects.open().filter(pk__in=[pk for pk, _camera, _preset in open_ones]).update(
        ended_at=now, ended_why=why
    )
    if why != Ended.AGAIN:
        Preset.objects.filter(pk__in=[preset for *_, preset in open_ones if preset]).update(
            mask_checked_on=None
        )
    return {camera for _pk, camera, _preset in open_ones}


def deliver(camera: Camera) -> list[MaskOrder]:
    """What a camera that masks by itself is owed: one order for each view whose mask it has not been given."""
    way = Masking.objects.filter(camera=camera).first()
    owed = MaskOrder.objects.filter(camera=camera).owed()
    if way is None or way.by != Masking.By.CAMERA:
        owed.update(state=MaskOrder.State.SUPERSEDED)
        return []
    orders = []
    for mask in PrivacyMask.objects.filter(camera=camera).select_related("preset"):
        last = MaskOrder.objects.filter(camera=camera, preset=mask.preset).order_by("-ordered_at").first()
        if last is not None and last.digest == mask.digest and last.state != MaskOrder.State.FAILED:
            continue
        owed.filter(preset=mask.preset).update(state=MaskOrder.State.SUPERSEDED)
        orders.append(
            MaskOrder.objects.create(
                camera=camera, preset=mask.preset, polygons=mask.polygons, digest=mask.digest
            )
        )
    return orders


def delivered(*, order: MaskOrder, trouble: str = "") -> None:
    """How it went, by whoever holds the camera's driver. Another order may have taken its place meanwhile."""
    state = MaskOrder.State.FAILED if trouble else MaskOrder.State.DONE
    MaskOrder.objects.filter(pk=order.pk, state=MaskOrder.State.ORDERED).update(
        state=state, done_at=timezone.now(), tries=order.tries + 1, result=trouble[:500]
    )


def _locked(camera: Camera, preset: Preset | None) -> PrivacyMask | None:
    rows = PrivacyMask.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    return rows.filter(camera=camera, preset=preset).first()


def _of_camera(camera: Camera, preset: Preset | None) -> None:
    if preset is not None and preset.camera_id != camera.pk:
        raise Refused(_("This preset is another camera's."), status=400, code="invalid")
