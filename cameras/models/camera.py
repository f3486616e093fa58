from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right
from cameras.choosing import TURNING, Candidate, Choice, Sight, choice_of, rank
from cameras.purposes import CctvPurpose
from cameras.reach import REACH_INDEX, Holds
from doors.rows import made
from places import areas
from places.geometry import Box, Point
from places.models import LATITUDE, LONGITUDE, ON_EARTH, Sector

if TYPE_CHECKING:
    from accounts.models import User

CODE = RegexValidator(
    r"^[A-Z0-9][A-Z0-9_-]*\Z", _("Write capital letters, digits, “-” and “_” only, such as C885.")
)
FARTHEST_M = 10_000


READ_TO_CHOOSE = ("id", *Candidate._fields[1:-1])
AREA_AS_TEXT = Cast("visible_area", models.TextField())


class CameraQuerySet(models.QuerySet["Camera"]):
    def in_service(self) -> CameraQuerySet:
        """All but what is only planned and what is gone."""
        return self.exclude(state__in=[Camera.State.PLANNED, Camera.State.RETIRED])

    def inside(self, box: Box) -> CameraQuerySet:
        return self.filter(lat__range=(box.south, box.north), lon__range=(box.west, box.east))

    def reaching(self, point: Point) -> CameraQuerySet:
        """Those whose range, or whose neighbourhood, holds the point. Answered by the index of reaches."""
        return self.filter(Holds(point))

    def considered_for(
        self, point: Point, *, at_most: int | None = None, exercise: bool | None = None
    ) -> Choice:
        """What sees the point, best first, and what nearby does not and why.

        With `exercise` given only cameras of that world count: a drill turns no real camera, nor the reverse.
        """
        # Drawn areas stay text: few candidates come so far that theirs is read.
        near = self.in_service().reaching(point).order_by().annotate(area_json=AREA_AS_TEXT)
        rows: Iterable[tuple[Any, ...]] = near.values_list(*Candidate._fields)
        ranking = rank(map(Candidate._make, rows), point, exercise=exercise, at_most=at_most)
        return choice_of(ranking, point, Camera.of, exercise=exercise)

    def that_see(
        self, point: Point, *, at_most: int | None = None, exercise: bool | None = None
    ) -> list[Sight]:
        """The live cameras that have the point in range and in view, by the density they reach there."""
        return self.considered_for(point, at_most=at_most, exercise=exercise).sights

    def visible_to(self, user: User) -> CameraQuerySet:
        """The record of the estate is for the room and for who manages it, not for owners of cameras."""
        if user.may(Right.SEE_ROOM) or user.may(Right.MANAGE_ESTATE):
            return self
        return self.none()

    def with_images_for(self, user: User) -> CameraQuerySet:
        """Cameras whose pictures the person may see now: right, live habilitation and scope (L-07, L-08).

        The owner of a third-party camera never sees its pictures, whatever rights the account has (L-10).
        """
        scopes = user.live_habilitations() if user.may(Right.SEE_IMAGE) else []
        if not scopes:
            return self.none()
        own = self.exclude(owner_account=user)
        if any(scope.all_cameras for scope in scopes):
            return own
        sectors = {code for scope in scopes for code in scope.sector_codes}
        codes = {code for scope in scopes for code in scope.camera_codes}
        return own.filter(Q(sector__code__in=sectors) | Q(code__in=codes))


class Camera(models.Model):
    """One eye of the city: where it stands, what it can see, for what purpose and by what authority."""

    class Kind(models.TextChoices):
        FIXED = "fixed", _("Fixed")
        DOME = "dome", _("Dome")
        PANORAMIC = "panoramic", _("360°")
        THERMAL = "thermal", _("Thermal")
        THIRD_PARTY = "third_party", _("Third-party camera")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        TO_DECLARE = "to_declare", _("To declare")
        LIVE = "live", _("In service")
        MAINTENANCE = "maintenance", _("Under maintenance")
        LOST = "lost", _("Offline")
        RETIRED = "retired", _("Retired")

    code = models.CharField(_("code"), max_length=20, unique=True, validators=[CODE])
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.FIXED)
    owner = models.CharField(
        _("owner"),
        max_length=120,
        blank=True,
        help_text=_("Third-party cameras only: the shop, landlord or operator. It never sees the images."),
    )
    owner_account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_cameras",
        verbose_name=_("account of the owner"),
    )
    lat = models.FloatField(_("latitude"), validators=LATITUDE)
    lon = models.FloatField(_("longitude"), validators=LONGITUDE)
    height_m = models.FloatField(
        _("height (m)"), default=6, validators=[MinValueValidator(0), MaxValueValidator(500)]
    )
    mounting_azimuth_deg = models.FloatField(
        _("mounting azimuth (°)"),
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(359.9999)],
        help_text=_("Where it looks at pan 0, clockwise from north."),
    )
    tilt_deg = models.FloatField(
        _("tilt (°)"),
        default=0,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text=_("Below the horizon is negative."),
    )
    hfov_deg = models.FloatField(
        _("widest angle of view (°)"), default=90, validators=[MinValueValidator(0.1), MaxValueValidator(360)]
    )
    hfov_tele_deg = models.FloatField(
        _("narrowest angle of view (°)"),
        default=90,
        validators=[MinValueValidator(0.1), MaxValueValidator(360)],
        help_text=_("At full zoom; the same as the widest one without zoom."),
    )
    width_px = models.PositiveIntegerField(
        _("picture width (px)"), default=1920, validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    height_px = models.PositiveIntegerField(
        _("picture height (px)"), default=1080, validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )
    range_m = models.FloatField(
        _("range (m)"), default=100, validators=[MinValueValidator(1), MaxValueValidator(FARTHEST_M)]
    )
    purpose = models.PositiveSmallIntegerField(
        _("purpose"), choices=CctvPurpose, default=CctvPurpose.EXPOSED_PLACES
    )
    objective = models.TextField(
        _("objective"),
        blank=True,
        max_length=1000,
        help_text=_("What this camera is there to show, in a sentence (arrêté of 3 August 2007)."),
    )
    sector = models.ForeignKey(
        Sector,
        models.PROTECT,  # a sector is a scope of habilitations: cameras are moved to another one knowingly
        null=True,
        blank=True,
        related_name="cameras",
        verbose_name=_("sector"),
    )
    authorisation_reference = models.CharField(
        _("authorisation"), max_length=120, blank=True, help_text=_("Number of the prefect's order.")
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PLANNED)
    state_since = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    exercise = models.BooleanField(
        _("exercise"), default=False, help_text=_("Belongs to the demonstration city: no real picture.")
    )
    visible_area = models.JSONField(
        _("visible area"),
        null=True,
        blank=True,
        help_text=_(
            "GeoJSON polygon of what obstacles leave to be seen; empty when nothing stands in the way."
        ),
    )

    objects = CameraQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        verbose_name = _("camera")
        verbose_name_plural = _("cameras")
        indexes = [REACH_INDEX, models.Index(fields=["lat", "lon"], name="cameras_camera_where")]
        constraints = [
            models.CheckConstraint(condition=ON_EARTH, name="cameras_on_earth"),
            models.CheckConstraint(
                condition=Q(mounting_azimuth_deg__gte=0, mounting_azimuth_deg__lt=360)
                & Q(tilt_deg__gte=-90, tilt_deg__lte=90),
                name="cameras_mounting_angles",
            ),
            models.CheckConstraint(
                condition=Q(hfov_tele_deg__gt=0, hfov_tele_deg__lte=F("hfov_deg"))
                & (Q(hfov_deg__lt=180) | Q(kind="panoramic", hfov_deg__lte=360)),
                name="cameras_field_of_view",
            ),
            models.CheckConstraint(
                condition=Q(width_px__gte=1, height_px__gte=1, height_m__gte=0)
                & Q(range_m__gt=0, range_m__lte=FARTHEST_M),
                name="cameras_sizes",
            ),
            models.CheckConstraint(
                condition=Q(purpose__gte=1, purpose__lte=11), name="cameras_purpose_of_the_law"
            ),
            models.CheckConstraint(
                condition=~Q(state="live") | ~Q(authorisation_reference="") | Q(exercise=True),
                name="cameras_live_is_authorised",
            ),
            models.CheckConstraint(
                condition=(Q(kind="third_party") & ~Q(owner=""))
                | (~Q(kind="third_party") & Q(owner="", owner_account=None)),
                name="cameras_third_party_has_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} · {self.name}"

    @classmethod
    def of(cls, candidate: Candidate) -> Camera:
        """The camera of what was read to choose; the rest of its record is read when somebody asks for it."""
        return made(cls, candidate[:-1], READ_TO_CHOOSE)

    @property
    def point(self) -> Point:
        return Point(self.lat, self.lon)

    @property
    def turns(self) -> bool:
        """Whether it sees all round, by turning or by its lens."""
        return self.kind in TURNING

    def clean(self) -> None:
        """What the fields say together, with the words for it; the database holds the same rules."""
        wrong: dict[str, Any] = {}
        wide: Any = self.hfov_deg
        tele: Any = self.hfov_tele_deg
        numbers = isinstance(wide, int | float) and isinstance(tele, int | float)
        if numbers and tele > wide:
            wrong["hfov_tele_deg"] = _("The narrowest angle is at most the widest one.")
        if numbers and wide >= 180 and self.kind != self.Kind.PANORAMIC:
            wrong["hfov_deg"] = _("Only a 360° camera sees 180° or more.")
        if self.state == self.State.LIVE and not self.authorisation_reference and not self.exercise:
            wrong["authorisation_reference"] = _(
                "A camera in service needs the number of its authorisation (L252-1)."
            )
        if self.kind == self.Kind.THIRD_PARTY and not self.owner:
            wrong["owner"] = _("A third-party camera has an owner: write who.")
        if self.kind != self.Kind.THIRD_PARTY and (self.owner or self.owner_account_id):
            wrong["owner"] = _("Only a third-party camera has an owner: leave it empty.")
        if self.visible_area is not None and (problem := areas.problem_with(self.visible_area)):
            wrong["visible_area"] = problem
        if wrong:
            raise ValidationError(wrong)
