from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.rights import Right

if TYPE_CHECKING:
    from accounts.models import User

SIZES = (1, 4, 9, 16)
DWELL_S = (5, 60)  # W-05


class Cell(TypedDict, total=False):
    """What stands in one place of a screen: a camera, or the next place of a tour. None: a spot for alerts."""

    camera: str
    live: bool
    tour: int


class Stop(TypedDict):
    """Cameras shown together, and for how long."""

    cameras: list[str]
    seconds: int


class LayoutQuerySet(models.QuerySet["Layout"]):
    def visible_to(self, user: User) -> LayoutQuerySet:
        return self if user.may(Right.SEE_ROOM) or user.may(Right.SEE_WALL) else self.none()


class Layout(models.Model):
    """Cameras in their places, under a name that a room knows (W-14). Nobody's own: it belongs to the room."""

    room = models.CharField(_("room"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=40)
    size = models.PositiveSmallIntegerField(_("tiles"), choices=[(n, str(n)) for n in SIZES])
    cells = models.JSONField(_("places"), default=list)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)

    objects = LayoutQuerySet.as_manager()

    class Meta:
        ordering = ["room", "name"]
        verbose_name = _("layout")
        verbose_name_plural = _("layouts")
        constraints = [models.UniqueConstraint(fields=["room", "name"], name="console_one_layout_of_a_name")]

    def __str__(self) -> str:
        return f"{self.name} ({self.size})"


class WallTourQuerySet(models.QuerySet["WallTour"]):
    def visible_to(self, user: User) -> WallTourQuerySet:
        return self if user.may(Right.SEE_ROOM) or user.may(Right.SEE_WALL) else self.none()


class WallTour(models.Model):
    """Cameras shown one after the other on places of a wall; each stop is a consultation of its own (W-05)."""

    room = models.CharField(_("room"), max_length=40, blank=True)
    name = models.CharField(_("name"), max_length=40)
    purpose = models.CharField(
        _("purpose"), max_length=120, help_text=_("Why these places are looked at: written with every stop.")
    )
    stops = models.JSONField(_("stops"), default=list)
    hours = models.JSONField(
        _("hours"),
        default=list,
        blank=True,
        help_text=_("Days and hours; none: whenever it hangs on a wall."),
    )
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now)

    objects = WallTourQuerySet.as_manager()

    class Meta:
        ordering = ["room", "name"]
        verbose_name = _("wall tour")
        verbose_name_plural = _("wall tours")
        constraints = [models.UniqueConstraint(fields=["room", "name"], name="console_one_tour_of_a_name")]

    def __str__(self) -> str:
        return self.name


class Wall(models.Model):
    """What the shift lead put on the wall of a room: a copy, so that a layout changed later changes no wall."""

    room = models.CharField(_("room"), max_length=40, primary_key=True)
    name = models.CharField(_("layout"), max_length=40, blank=True)
    # 0: nothing was put there, the wall follows the alerts alone.
    size = models.PositiveSmallIntegerField(_("tiles"), default=0)
    cells = models.JSONField(_("places"), default=list)
    # Incidents whose tiles were given back: their cameras stay off the wall.
    given_back = models.JSONField(_("given back"), default=list)
    pushed_at = models.DateTimeField(_("put there at"), default=timezone.now)

    class Meta:
        verbose_name = _("wall")
        verbose_name_plural = _("walls")

    def __str__(self) -> str:
        return f"{self.room}: {self.name}"
