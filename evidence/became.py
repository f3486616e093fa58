"""What became of the minutes a paper asks for, camera by camera: they are there, were destroyed, or never were.

Destroyed is what the register of recordings says was destroyed; never recorded is what neither the recordings nor that
register know of. A limit counted from a clock tells neither from the other.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from cameras.models import Camera
from evidence.models import AskedMinutes, Requisition
from footage.health.away import Span, absences
from footage.models.segment import LONGEST

_ASKED = """
SELECT asked.line, asked.camera,
    EXISTS (SELECT FROM footage_segment s
            WHERE s.camera_id = asked.camera AND s.started_at < asked.ends
              AND s.started_at > asked.begins - make_interval(secs => %s)
              AND (s.ended_at > asked.begins OR s.state = 'open') AND s.state NOT IN ('missing', 'going')),
    gone.destroyed_at, gone.run_id,
    (SELECT min(d.since) FROM footage_recordingduty d WHERE d.camera_id = asked.camera)
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[])
     AS asked(line, camera, code, begins, ends)
LEFT JOIN LATERAL (
    SELECT day.destroyed_at, day.run_id FROM retention_destroyedday day
    WHERE day.what = 'footage.Segment' AND day.subject = asked.code
      AND day.day BETWEEN (asked.begins AT TIME ZONE 'UTC')::date AND (asked.ends AT TIME ZONE 'UTC')::date
      AND day.first_at < asked.ends AND day.last_at >= asked.begins
    ORDER BY day.destroyed_at DESC LIMIT 1) gone ON true
"""


class Became(StrEnum):
    KEPT = "kept"
    DESTROYED = "destroyed"
    NEVER = "never"


@dataclass(frozen=True)
class Fate:
    """Of one camera of one line. `proof` is the page of the register that shows it."""

    code: str
    became: Became
    words: str = ""
    proof: str = ""


@dataclass(frozen=True)
class Asked:
    key: int
    cameras: Sequence[Camera]
    since: dt.datetime
    until: dt.datetime


def of_lines(lines: Iterable[AskedMinutes], *, why: bool = False) -> dict[int, list[Fate]]:
    """By line; one question for all of them. `why` also asks the log whether a camera was lost then."""
    return of([Asked(line.pk, list(line.cameras.all()), line.since, line.until) for line in lines], why=why)


def of(asked: Sequence[Asked], *, why: bool = False) -> dict[int, list[Fate]]:
    each = [(one, camera) for one in asked for camera in one.cameras]
    by_pk = {(one.key, camera.pk): (one, camera) for one, camera in each}
    found: dict[int, list[Fate]] = defaultdict(list)
    columns = (
        [one.key for one, _camera in each],
        [camera.pk for _one, camera in each],
        [camera.code for _one, camera in each],
        [one.since for one, _camera in each],
        [one.until for one, _camera in each],
    )
    if not each:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, [LONGEST.total_seconds(), *columns])
        rows = cursor.fetchall()
    lately = timezone.now() - LONGEST
    for line, pk, there, destroyed_at, run, recorded_since in rows:
        one, camera = by_pk[line, pk]
        # A file that is being written is known a little later than its pictures.
        if there or (recorded_since is not None and destroyed_at is None and one.until > lately):
            fate = Fate(camera.code, Became.KEPT)
        elif destroyed_at is not None:
            fate = Fate(camera.code, Became.DESTROYED, _destroyed(destroyed_at, run), _proof(one, camera))
        else:
            words = _why_never(one, camera, recorded_since, why=why)
            fate = Fate(camera.code, Became.NEVER, words, _proof(one, camera))
        found[line].append(fate)
    return {line: sorted(fates, key=lambda fate: fate.code) for line, fates in found.items()}


def nothing_left(fates: dict[int, list[Fate]]) -> bool:
    """Nothing of it is there: destroyed, or never recorded."""
    each = [fate for line in fates.values() for fate in line]
    return bool(each) and all(fate.became != Became.KEPT for fate in each)


def worth_the_clock(rows: Iterable[Requisition]) -> list[Requisition]:
    """Those of which something is there to be destroyed. Give rows read `with_lines`."""
    told = list(rows)
    fates = of_lines(line for row in told for line in row.lines)
    return [row for row in told if not nothing_left({line.pk: fates[line.pk] for line in row.lines})]


def in_short(fates: dict[int, list[Fate]]) -> str:
    """Of a paper of which nothing is left."""
    kinds = {fate.became for line in fates.values() for fate in line}
    if kinds == {Became.NEVER}:
        return _("never recorded: there is nothing to destroy")
    if Became.NEVER in kinds:
        return _("destroyed in part, the rest never recorded")
    return _("destroyed before the paper came")


def _destroyed(at: dt.datetime, run: int) -> str:
    return _("destroyed on %(day)s, its time being over (run %(run)s)") % {"day": _moment(at), "run": run}


def _why_never(one: Asked, camera: Camera, since: dt.datetime | None, *, why: bool) -> str:
    if since is None:
        return _("never recorded: this camera has no recordings")
    if since >= one.until:
        return _("never recorded: recordings of this camera begin on %(day)s") % {"day": _moment(since)}
    if why:
        spans = absences(Span(one.since, one.until), timezone.now()).by_camera.get(camera.pk, [])
        if spans:
            said = _("never recorded: the camera was lost from %(from)s to %(to)s")
            return said % {"from": _moment(spans[0].begins), "to": _moment(spans[-1].ends)}
    return _("never recorded: neither a recording nor the register of destructions knows these minutes")


def _proof(one: Asked, camera: Camera) -> str:
    since, until = (moment.astimezone(dt.UTC).date().isoformat() for moment in (one.since, one.until))
    asked = urlencode({"camera": camera.code, "since": since, "until": until})
    return f"{reverse('retention:register')}?{asked}"


def _moment(at: dt.datetime) -> str:
    return date_format(timezone.localtime(at), "d/m/Y H:i")
