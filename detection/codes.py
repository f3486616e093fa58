"""What may be watched for, and where: the words everything in this app shares. No database, nothing heavy."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventCode(models.TextChoices):
    """Seven of the eight events of decree 2023-828 art. 3, and one of the city's own (people_grouping)."""

    ABANDONED_OBJECT = "abandoned_object", _("Abandoned object")
    ZONE_INTRUSION = "zone_intrusion", _("Intrusion")
    CROWD_DENSITY = "crowd_density", _("Crowd density")
    PEOPLE_GROUPING = "people_grouping", _("People grouping")
    CROWD_MOVEMENT = "crowd_movement", _("Crowd movement")
    WRONG_WAY = "wrong_way", _("Wrong way")
    PERSON_DOWN = "person_down", _("Person on the ground")
    FIRE_START = "fire_start", _("Start of a fire")


class PlaceClass(models.TextChoices):
    """What kind of place a camera films: the law differs (L-27)."""

    PUBLIC_ROAD = "public_road", _("Public road")
    OPEN_TO_PUBLIC = "open_to_public", _("Open to the public")
    CLOSED_SITE = "closed_site", _("Closed site")


class ZoneKind(models.TextChoices):
    POLYGON = "polygon", _("area")
    LINE = "line", _("line")


class Crossing(models.TextChoices):
    """Which crossing of a line counts, seen by who walks from its first point to its second."""

    ANY = "any", _("both ways")
    TO_RIGHT = "to_right", _("from its left to its right")
    TO_LEFT = "to_left", _("from its right to its left")


class Family(models.TextChoices):
    """What finds things in a picture."""

    OPENCV = "opencv", _("shapes that move (no trained model)")
    ULTRALYTICS = "ultralytics", _("trained model")


# One situation, one card: of these a second one elsewhere in the zone is another situation.
FOLDED_BY_PLACE = frozenset({EventCode.ABANDONED_OBJECT, EventCode.PERSON_DOWN, EventCode.FIRE_START})
# How soon a card wants an answer (law W-06); never 1: nobody has called.
_SOON = frozenset({EventCode.ABANDONED_OBJECT, EventCode.PERSON_DOWN, EventCode.FIRE_START})
PRIORITY: dict[str, int] = {code: 2 if code in _SOON else 3 for code in EventCode}
LINES = frozenset({EventCode.ZONE_INTRUSION, EventCode.WRONG_WAY})
AREAS = frozenset(EventCode) - {EventCode.WRONG_WAY}
