"""One situation, one card: which signal a new sighting belongs to, and what a day counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypedDict

from django.db.models import F
from django.utils import timezone

from detection.codes import FOLDED_BY_PLACE
from detection.models import Profile, Signal, SignalDay

BOXES_AT_MOST = 240
NEAR = 0.08  # of the picture, between the middles of two boxes


class Box(TypedDict):
    """Where something was at an instant: ms since 1970, and x, y, width, height as fractions of the picture."""

    at: int
    box: list[float]


def tidied(boxes: Sequence[Any]) -> list[Box]:
    """At most BOXES_AT_MOST of them, in order, inside the picture; the first and last are always kept."""
    kept = sorted((_tidy(one) for one in boxes), key=lambda one: one["at"])
    if len(kept) <= BOXES_AT_MOST:
        return kept
    step = (len(kept) - 1) / (BOXES_AT_MOST - 1)
    return [kept[round(number * step)] for number in range(BOXES_AT_MOST)]


def _tidy(one: Any) -> Box:
    x, y, width, height = (min(1.0, max(0.0, float(part))) for part in one["box"])
    return {"at": int(one["at"]), "box": [round(part, 4) for part in (x, y, width, height)]}


def same_situation(profile: Profile, at: dt.datetime, boxes: Sequence[Box]) -> Signal | None:
    """The signal of this profile that a sighting at that instant goes on with, judged or not."""
    span = dt.timedelta(seconds=profile.event_type.fold_s)
    recent = profile.signals.filter(last_at__gte=at - span, at__lte=at + span).order_by("-last_at")
    if profile.event_type_id not in FOLDED_BY_PLACE:
        return recent.first()
    return next((one for one in recent if _near(one.boxes, boxes)), None)


def _near(known: Sequence[Box], new: Sequence[Box]) -> bool:
    if not known or not new:
        return True
    return any(_overlap(known[-1]["box"], one["box"]) for one in (new[0], new[-1]))


def _overlap(a: Sequence[float], b: Sequence[float]) -> bool:
    apart_x = abs((a[0] + a[2] / 2) - (b[0] + b[2] / 2))
    apart_y = abs((a[1] + a[3] / 2) - (b[1] + b[3] / 2))
    return apart_x <= max(NEAR, (a[2] + b[2]) / 2) and apart_y <= max(NEAR, (a[3] + b[3]) / 2)


def count(profile: Profile, at: dt.datetime, what: str) -> None:
    """One more of a day: "raised", "folded", or a verdict."""
    day = timezone.localdate(at)
    row, _new = SignalDay.objects.get_or_create(profile=profile, stint=profile.stint, day=day)
    SignalDay.objects.filter(pk=row.pk).update(**{what: F(what) + 1})
