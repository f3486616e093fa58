"""The nine points of the CNIL's notice to a town of December 2021, word for word (L-14). They are asked of live rows.

`quote` is the reproach as the project's law book has it; nobody rephrases it. `asks` is what the centre shows instead.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    GOOD = "good", _("in order")
    LOOK = "look", _("to be looked at")
    BAD = "bad", _("not in order")
    NONE = "none", _("not concerned")


# A point with several looks is as good as the worst of them; what does not concern the centre decides nothing.
WORST_FIRST = (State.BAD, State.LOOK, State.GOOD, State.NONE)


@dataclass(frozen=True)
class Point:
    number: int
    code: str
    quote: str | Promise
    asks: str | Promise


POINTS = (
    Point(
        1,
        "dwellings",
        _("dwellings visible"),
        _("No camera shows the inside or the entrance of a dwelling: somebody has seen so for each view."),
    ),
    Point(
        2,
        "over_the_order",
        _("retention over the order's limit"),
        _("Recordings are kept no longer than the prefect's orders in force allow."),
    ),
    Point(
        3,
        "assessment",
        _("no AIPD"),
        _("Each order in force has an impact assessment with the opinion of the data protection officer."),
    ),
    Point(
        4,
        "panel",
        _("incomplete panel"),
        _("Panels and the public page say who films, why, how long, and where people write to."),
    ),
    Point(
        5,
        "clock",
        _("body-cam clock and agent id inaccurate"),
        _("The clocks of what films are right, and each sortie of a body-worn camera names its wearer."),
    ),
    Point(
        6,
        "too_old",
        _("files older than allowed"),
        _("Nothing is there past its limit: an independent look finds no row and no file."),
    ),
    Point(
        7,
        "password",
        _("weak password"),
        _("Passwords are long and kept as they should be, and who sees images signs in with a second step."),
    ),
    Point(
        8,
        "no_trace",
        _("no trace of access"),
        _("Every look is written before the picture, in a log nobody can change, with signed heads."),
    ),
    Point(
        9,
        "register",
        _("not in the register"),
        _(
            "All the centre keeps stands in its record of processing activities, with the controller's particulars."
        ),
    ),
)
BY_CODE = {point.code: point for point in POINTS}
