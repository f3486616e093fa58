from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from cameras.models import Camera, Preset
from cameras.models.mask import tidied
from detection.codes import Crossing, PlaceClass, ZoneKind

if TYPE_CHECKING:
    from accounts.models import User

SHORTEST = 0.02  # of the picture: less is a slip of the hand
LENGTHS = 2


class ZoneQuerySet(models.QuerySet["Zone"]):
    def visible_to(self, user: User) -> ZoneQuerySet:
        seen = (Right.SET_DETECTION, Right.JUDGE_SIGNAL, Right.SEE_AUDIT)
        return self if any(user.may(right) for right in seen) else self.none()


class Zone(models.Model):
    """A part of a camera's picture, or a line across it, and how large the ground is there.

    Points are fractions of the picture's width and height, from 0 to 1, so that they hold on every stream.
    """

    camera = models.ForeignKey(Camera, models.PROTECT, related_name="zones", verbose_name=_("camera"))
    preset = models.ForeignKey(
        Preset,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="zones",
        verbose_name=_("preset"),
        help_text=_("Of a camera that turns: it watches only while it stands there."),
    )
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=8, choices=ZoneKind, default=ZoneKind.POLYGON)
    points = models.JSONField(_("points"), default=list)
    crossing = models.CharField(
        _("crossing that counts"), max_length=8, choices=Crossing, default=Crossing.ANY
    )
    place_class = models.CharField(
        _("class of place"), max_length=16, choices=PlaceClass, default=PlaceClass.PUBLIC_ROAD
    )
    # Two lengths on the ground, one near and one far: [{"from": [x, y], "to": [x, y], "metres": m}, …]
    ground = models.JSONField(_("ground scale"), default=list, blank=True)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)

    objects = ZoneQuerySet.as_manager()

    class Meta:
        ordering = ["camera__code", "name"]
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        constraints = [models.UniqueConstraint(fields=["camera", "name"], name="detection_zone_name_once")]

    def __str__(self) -> str:
        return f"{self.camera.code} · {self.name}"

    def clean(self) -> None:
        wrong: dict[str, Any] = {}
        try:
            self.points = self._points()
        except ValidationError as error:
            wrong["points"] = error.messages
        try:
            self.ground = lengths(self.ground)
        except ValidationError as error:
            wrong["ground"] = error.messages
        if self.preset_id is not None and self.preset is not None and self.preset.camera_id != self.camera_id:
            wrong["preset"] = gettext("This preset is another camera's.")
        if wrong:
            raise ValidationError(wrong)

    def _points(self) -> list[list[float]]:
        if self.kind == ZoneKind.POLYGON:
            [polygon] = tidied([self.points])
            return [list(corner) for corner in polygon]
        return [list(end) for end in ends(self.points)]


def ends(value: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    """The two ends of a line, as kept: four decimals. Raises ValidationError."""
    try:
        (ax, ay), (bx, by) = value
        a, b = (round(float(ax), 4), round(float(ay), 4)), (round(float(bx), 4), round(float(by), 4))
    except (TypeError, ValueError) as error:
        raise ValidationError(gettext("A line has two ends, each with x and y.")) from error
    if not all(0 <= part <= 1 for part in (*a, *b)):
        raise ValidationError(gettext("A corner lies outside the picture."))
    if abs(a[0] - b[0]) + abs(a[1] - b[1]) < SHORTEST:
        raise ValidationError(gettext("The line is too short: draw it right across."))
    return a, b


def lengths(value: Any) -> list[dict[str, Any]]:
    """Two known lengths on the ground, or none. Raises ValidationError."""
    if not value:
        return []
    if not isinstance(value, list) or len(value) != LENGTHS:
        raise ValidationError(gettext("The ground scale is two known lengths: one near, one far."))
    kept = []
    for one in value:
        try:
            a, b = ends([one["from"], one["to"]])
            metres = round(float(one["metres"]), 2)
        except (KeyError, TypeError, ValueError) as error:
            raise ValidationError(gettext("A known length has two ends and its metres.")) from error
        if not 0.1 <= metres <= 200:
            raise ValidationError(gettext("A known length is between 0.1 and 200 metres."))
        kept.append({"from": list(a), "to": list(b), "metres": metres})
    return kept
