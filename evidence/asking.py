"""The minutes a paper asks for: frozen when it comes, asked for by who may, let go when it is answered (W-11, L-05)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rights import Right
from cameras.models import Camera
from doors.problems import Refused
from evidence import became
from evidence.models import AccessRequest, AskedMinutes, Requisition
from footage.extraction.actions import AT_MOST, ask_extraction, refuse_extraction
from footage.freezing import freeze, release
from footage.models import Extraction
from footage.replay import limits
from footage.replay.actions import LONGEST
from legal.why import Period
from places.geometry import Point, box_around, distance_m

MOST_LINES = 12
# What an extraction says that found no picture.
NOTHING = "nothing-recorded"
FARTHEST_M = 1000.0


@dataclass(frozen=True)
class Wanted:
    """One line of a paper: these cameras, from then to then."""

    codes: Sequence[str]
    since: dt.datetime
    until: dt.datetime


@dataclass(frozen=True)
class Line:
    """The same, once looked at."""

    cameras: list[Camera]
    period: Period
    # When the first of what is still there would be destroyed; None: nothing is there any more.
    due_at: dt.datetime | None


def around(place: Point, radius_m: float) -> list[str]:
    """Codes of the cameras in service that stand within so many metres, the nearest first."""
    radius_m = min(radius_m, FARTHEST_M)
    near = Camera.objects.in_service().inside(box_around(place, radius_m))
    found = sorted((distance_m(place, camera.point), camera.code) for camera in near)
    return [code for metres, code in found if metres <= radius_m]


def looked_at(wanted: Sequence[Wanted]) -> list[Line]:
    """Raises Refused for what no paper can ask: unknown cameras, more than a day, minutes still to come."""
    if not wanted or len(wanted) > MOST_LINES:
        raise badly_asked(_("Say which cameras and which minutes: one line at least, twelve at most."))
    lines = [_line(one) for one in wanted]
    if len({camera.exercise for line in lines for camera in line.cameras}) > 1:
        raise badly_asked(_("Cameras of the exercise and real ones are never in one paper."))
    return lines


def _line(wanted: Wanted) -> Line:
    codes = set(wanted.codes)
    cameras = list(Camera.objects.filter(code__in=codes).select_related("sector").order_by("code"))
    if not cameras or len(cameras) != len(codes) or len(cameras) > AT_MOST:
        raise badly_asked(_("Choose cameras of the estate, sixteen at most."))
    if wanted.until <= wanted.since:
        raise badly_asked(_("The minutes end before they begin."))
    if wanted.until - wanted.since > LONGEST:
        raise badly_asked(_("One line is for 24 hours at most: write several lines."))
    now = timezone.now()
    if wanted.since >= now:
        raise badly_asked(_("These minutes are still to come: nothing of them is recorded."))
    period = Period(wanted.since, min(wanted.until, now))
    return Line(cameras, period, _due_at(cameras, period, now))


def _due_at(cameras: list[Camera], period: Period, now: dt.datetime) -> dt.datetime | None:
    days = limits.days_by_camera(cameras, now)
    oldest = {pk: now - dt.timedelta(days=kept) for pk, kept in days.items()}
    due = [
        max(period.start, oldest[pk]) + dt.timedelta(days=kept)
        for pk, kept in days.items()
        if period.end > oldest[pk]
    ]
    return min(due, default=None)


def write(lines: Iterable[Line], of: Requisition | AccessRequest) -> None:
    """Rows, and freezes at once: from this commit on nothing destroys what is still there (L-05, L-61)."""
    owner = {"requisition": of} if isinstance(of, Requisition) else {"access_request": of}
    for line in lines:
        row = AskedMinutes.objects.create(
            since=line.period.start, until=line.period.end, due_at=line.due_at, **owner
        )
        row.cameras.set(line.cameras)
        if line.due_at is not None:
            freeze(line.cameras, line.period, row.cause)


def ask_where_allowed(actor: User, of: Requisition | AccessRequest, **said: Any) -> int:
    """Ask for the extractions that are not asked for yet, each for itself. How many were.

    What is refused (a habilitation, an order, a mask check is missing) stays frozen, and its row says why.
    """
    done = 0
    for row in of.lines:
        if not _is_to_be_asked(row) or not actor.may(Right.ASK_EXTRACTION):
            continue
        try:
            with transaction.atomic():
                row.extraction = ask_extraction(
                    actor=actor,
                    codes=[camera.code for camera in row.cameras.all()],
                    since=row.since,
                    until=row.until,
                    frozen_as=row.cause,
                    **said,
                )
        except Refused as refused:
            row.waits_for = f"{refused.title} {refused.what_to_do}".strip()[:300]
        else:
            row.waits_for = ""
            done += 1
        row.save(update_fields=["extraction", "waits_for"])
    return done


def _is_to_be_asked(row: AskedMinutes) -> bool:
    """Not yet, or it was refused on the page of extractions."""
    if row.due_at is None:
        return False
    return row.extraction is None or row.extraction.state == Extraction.State.REFUSED


def let_go(actor: User, of: Requisition | AccessRequest, why: str) -> None:
    """Nothing of it is taken out: what waits is refused, what is frozen goes on its day again."""
    for row in of.lines:
        release(row.cause)
        if row.extraction is not None and row.extraction.state == Extraction.State.ASKED:
            refuse_extraction(actor=actor, extraction=row.extraction, why=why)


def thaw(of: Requisition | AccessRequest) -> None:
    """All of it goes on its day again."""
    for row in of.lines:
        release(row.cause)
        if row.extraction is not None:
            release(row.extraction.cause)


def each(of: Requisition | AccessRequest, state: str, act: Callable[[Extraction], object]) -> int:
    """Does it for each extraction in that state. How many."""
    found = [row.extraction for row in of.lines if row.extraction and row.extraction.state == state]
    for extraction in found:
        act(extraction)
    return len(found)


def is_nothing(of: Requisition | AccessRequest, fates: Mapping[int, list[became.Fate]]) -> bool:
    """Of each line extracting it found nothing; or nothing of it is there, and nobody has asked to take it out."""
    asked = [line for line in of.lines if line.due_at is not None]
    return bool(asked) and all(
        became.nothing_left({line.pk: fates.get(line.pk, [])})
        if line.extraction is None
        else (line.extraction.state, line.extraction.error) == ("failed", NOTHING)
        for line in asked
    )


def badly_asked(title: str, what_to_do: str = "") -> Refused:
    return Refused(
        title,
        what_to_do=what_to_do or _("Correct it and send it again."),
        status=400,
        code="paper-asked",
    )


def nothing_kept(lines: Sequence[Line] = ()) -> Refused:
    """Said camera by camera where the lines are known: destroyed on a day, or never recorded."""
    asked = [
        became.Asked(key, line.cameras, line.period.start, line.period.end) for key, line in enumerate(lines)
    ]
    fates = [fate for found in became.of(asked, why=True).values() for fate in found]
    return Refused(
        _("Nothing of these minutes is kept any more."),
        detail="; ".join(f"{fate.code}: {fate.words}" for fate in fates if fate.words)
        or _("Recordings are destroyed when their time is over."),
        what_to_do=_(
            "Check the minutes on the paper. If they are right, register it as answered with nothing."
        ),
        status=404,
        code="not-kept",
    )
