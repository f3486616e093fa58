"""A new incident in two questions: which open one is near, and the rows of one that is not.

An alarm waits for the cameras that are ordered from here; each question more is one more wait.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from doors.rows import columns, into, made, next_of_year, number_of_year, prepared, values
from incidents.models import Incident, IncidentCause, YearCounter
from places.geometry import Point, box_around, distance_m

_NEAR = f"""
SELECT {columns(Incident, "i")} FROM incidents_incident i
WHERE i.state <> 'closed' AND i.exercise = %s AND i.last_cause_at >= %s
    AND ((%s <> '' AND i.site_code = %s) OR (i.lat BETWEEN %s AND %s AND i.lon BETWEEN %s AND %s))
ORDER BY i.id DESC
"""  # noqa: S608  (names of our own columns)


def to_join(
    *, site_code: str, point: Point, since: dt.datetime, radius_m: float, exercise: bool
) -> Incident | None:
    """The open incident a new cause belongs to: same site first, else the nearest within radius_m metres."""
    box = box_around(point, radius_m)
    there = [site_code, site_code, box.south, box.north, box.west, box.east]
    found = [made(Incident, row) for row in prepared(_NEAR, [exercise, since, *there])]
    if same := next((one for one in found if site_code and one.site_code == site_code), None):
        return same
    within = [(distance_m(point, one.point), one.pk, one) for one in found]
    return min((w for w in within if w[0] <= radius_m), default=(0, 0, None))[2]


_INCIDENT, _CAUSE = into(Incident, first="number"), into(IncidentCause, first="incident_id")
_WRITE = f"""
WITH counter AS (
    {next_of_year(YearCounter)}
), incident AS (
    INSERT INTO {_INCIDENT.table} VALUES ({number_of_year("I", 5, "counter")}, {_INCIDENT.places})
    RETURNING id, number
), cause AS (
    INSERT INTO {_CAUSE.table} VALUES ((SELECT id FROM incident), {_CAUSE.places})
)
SELECT id, number FROM incident
"""  # noqa: S608


def write(incident: Incident, cause: IncidentCause) -> None:
    """Both, saved. Numbers have no gaps: a rolled-back incident gives its number back."""
    year = timezone.localtime(incident.opened_at).year
    [(incident.pk, incident.number)] = prepared(
        _WRITE, [year, *values(incident, _INCIDENT), *values(cause, _CAUSE)]
    )
    incident._state.adding = False
