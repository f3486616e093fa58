from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from cameras.models.camera import Camera
from cameras.models.preset import Preset

if TYPE_CHECKING:
    from accounts.models import User

POLYGONS_AT_MOST, CORNERS_AT_MOST = 24, 60
# Less than this of the picture is a slip of the hand, not a window.
SMALLEST_AREA = 0.00002
Point = tuple[float, float]
Polygon = tuple[Point, ...]


def tidied(value: Any) -> tuple[Polygon, ...]:
    """Polygons as they are kept: corners of the picture from 0 to 1, four decimals. Raises ValidationError."""
    if not isinstance(value, list | tuple) or len(value) > POLYGONS_AT_MOST:
        raise ValidationError(
            gettext("A mask is a list of at most %(count)s areas.") % {"count": POLYGONS_AT_MOST}
        )
    return tuple(_polygon(one) for one in value)


def _polygon(value: Any) -> Polygon:
    try:
        corners = tuple((round(float(x), 4) + 0.0, round(float(y), 4) + 0.0) for x, y in value)
    except (TypeError, ValueError) as error:
        raise ValidationError(gettext("An area is a list of corners, each with x and y.")) from error
    if not 3 <= len(corners) <= CORNERS_AT_MOST:
        raise ValidationError(gettext("An area has three to %(count)s corners.") % {"count": CORNERS_AT_MOST})
    if not all(0 <= part <= 1 for corner in corners for part in corner):
        raise ValidationError(gettext("A corner lies outside the picture."))
    if _area(corners) < SMALLEST_AREA:
        raise ValidationError(gettext("An area covers nothing: its corners lie on one line."))
    return corners


def _area(corners: Polygon) -> float:
    pairs = zip(corners, (*corners[1:], corners[0]), strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2


def digest_of(polygons: Any) -> str:
    """A name for these areas, the same wherever it is made; empty for none."""
    if not polygons:
        return ""
    told = json.dumps([[list(corner) for corner in one] for one in polygons], separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


class Masking(models.Model):
    """Who blackens the windows of dwellings on a camera's picture (L-03)."""

    class By(models.TextChoices):
        INGEST = "ingest", _("the centre, as the pictures come in")
        CAMERA = "camera", _("the camera itself")

    camera = models.OneToOneField(
        Camera, models.CASCADE, primary_key=True, related_name="masking", verbose_name=_("camera")
    )
    by = models.CharField(_("masked by"), max_length=8, choices=By, default=By.INGEST)
    # While a view of a dome is drawn its pictures are not black, so nobody else is shown them.
    drawing_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("way of masking")
        verbose_name_plural = _("ways of masking")

    def __str__(self) -> str:
        return f"{self.camera_id} {self.by}"


class PrivacyMaskQuerySet(models.QuerySet["PrivacyMask"]):
    def visible_to(self, user: User) -> PrivacyMaskQuerySet:
        return self if user.may(Right.MANAGE_ESTATE) else self.none()


class PrivacyMask(models.Model):
    """What of a picture is never to be seen: windows and doors of dwellings (L-03; CSI L251-3).

    One for each view: of a camera that turns, also for each preset. No areas: nothing to mask there.
    """

    camera = models.ForeignKey(Camera, models.CASCADE, related_name="masks", verbose_name=_("camera"))
    preset = models.ForeignKey(
        Preset, models.CASCADE, null=True, blank=True, related_name="masks", verbose_name=_("preset")
    )
    polygons = models.JSONField(_("areas"), default=list, blank=True)
    digest = models.CharField(max_length=16, blank=True, editable=False)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("changed by")
    )

    objects = PrivacyMaskQuerySet.as_manager()

    class Meta:
        ordering = ["camera", "preset__number"]
        verbose_name = _("privacy mask")
        verbose_name_plural = _("privacy masks")
        constraints = [
            models.UniqueConstraint(
                fields=["camera", "preset"], nulls_distinct=False, name="cameras_one_mask_per_view"
            )
        ]

    def __str__(self) -> str:
        return f"{self.camera_id}/{self.preset_id or '-'}"


class MaskCheckQuerySet(models.QuerySet["MaskCheck"]):
    def open(self) -> MaskCheckQuerySet:
        return self.filter(ended_at=None)

    def visible_to(self, user: User) -> MaskCheckQuerySet:
        return self if user.may(Right.MANAGE_ESTATE) else self.none()


class MaskCheck(models.Model):
    """Somebody looked at a view and saw that no dwelling shows. Open until something of it changes."""

    class Result(models.TextChoices):
        MASKED = "masked", _("what is to be masked is masked")
        NOTHING = "nothing", _("nothing to mask")

    class Ended(models.TextChoices):
        MASK = "mask", _("the mask was changed")
        MOVED = "moved", _("the camera was moved, turned or zoomed")
        PRESET = "preset", _("the preset was changed")
        PICTURE = "picture", _("the picture has another shape")
        SOURCE = "source", _("the pictures come from elsewhere")
        WITHDRAWN = "withdrawn", _("withdrawn: somebody saw a dwelling")
        AGAIN = "again", _("checked again")

    camera = models.ForeignKey(Camera, models.CASCADE, related_name="mask_checks", verbose_name=_("camera"))
    preset = models.ForeignKey(
        Preset, models.CASCADE, null=True, blank=True, related_name="mask_checks", verbose_name=_("preset")
    )
    result = models.CharField(_("result"), max_length=8, choices=Result)
    digest = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField(_("checked at"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("checked by")
    )
    # The still itself is not kept: a picture of people would outlive its ten days (L-04).
    still_at = models.DateTimeField(_("picture taken at"), null=True)
    still_sha256 = models.CharField(_("SHA-256 of the picture"), max_length=64, blank=True)
    still_width = models.PositiveIntegerField(default=0)
    still_height = models.PositiveIntegerField(default=0)
    consultation = models.BigIntegerField(_("line in the audit log"), null=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    # Recordings are shown from here: before, something else was filmed or nothing was masked.
    holds_from = models.DateTimeField(_("holds from"))
    ended_at = models.DateTimeField(_("holds until"), null=True)
    ended_why = models.CharField(_("ended because"), max_length=10, choices=Ended, blank=True)

    objects = MaskCheckQuerySet.as_manager()

    class Meta:
        ordering = ["camera", "-at"]
        verbose_name = _("check of masks")
        verbose_name_plural = _("checks of masks")
        constraints = [
            models.UniqueConstraint(
                fields=["camera", "preset"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="cameras_one_open_check_per_view",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_why="") | (Q(ended_at__isnull=False) & ~Q(ended_why="")),
                name="cameras_check_ended_has_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.camera_id}/{self.preset_id or '-'} {self.result}"


class MaskOrderQuerySet(models.QuerySet["MaskOrder"]):
    def owed(self) -> MaskOrderQuerySet:
        """What no camera has been sent yet, oldest first."""
        return self.filter(state=MaskOrder.State.ORDERED).order_by("ordered_at")


class MaskOrder(models.Model):
    """A camera that masks by itself is to be given these areas. Who holds its driver does it, and says how it went."""

    class State(models.TextChoices):
        ORDERED = "ordered", _("Ordered")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        SUPERSEDED = "superseded", _("Superseded")

    camera = models.ForeignKey(Camera, models.CASCADE, related_name="mask_orders", verbose_name=_("camera"))
    preset = models.ForeignKey(
        Preset, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("preset")
    )
    polygons = models.JSONField(_("areas"), default=list)
    digest = models.CharField(max_length=16, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ORDERED)
    ordered_at = models.DateTimeField(_("ordered at"), default=timezone.now)
    done_at = models.DateTimeField(_("done at"), null=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    result = models.TextField(_("result"), blank=True)

    objects = MaskOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order of masks")
        verbose_name_plural = _("orders of masks")
        constraints = [
            # Race: two people save one mask. The second order takes the place of the first, never beside it.
            models.UniqueConstraint(
                fields=["camera", "preset"],
                condition=Q(state="ordered"),
                nulls_distinct=False,
                name="cameras_one_mask_order_owed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.camera_id}/{self.preset_id or '-'} {self.state}"
