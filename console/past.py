"""The map at a past minute, for somebody who looks at recordings: crews, incidents, where the cameras looked.

Where crews were is personal data of officers. It is given only with an open look: the consultation of the look says
who, why and for which minutes, and nothing outside of these minutes is told.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, TypedDict

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.models import User
from cameras.models import Camera, CameraPosition, SteeringOrder
from doors.problems import Refused
from events.models import Event
from footage.replay.serving import problems
from footage.replay.views import as_json, person
from incidents.models import Incident
from legal.looks import check_look
from legal.models import Consultation
from legal.tokens import read
from legal.why import Period
from patrols.models import TrackPoint

LONGEST = dt.timedelta(minutes=10)
# Looks of one page begin with the same minutes: what turned a camera longer ago is not read.
STAYS = dt.timedelta(hours=1)
AT_ONCE = 4
USUAL_FIELD_DEG = 40.0
Row = list[float | None]


class Track(TypedDict):
    """`points`: ms since 1970, latitude, longitude, heading."""

    id: int
    label: str
    kind: str
    points: list[Row]


class Eye(TypedDict):
    """`views`: from which ms on, bearing, whole angle, metres."""

    id: int
    code: str
    lat: float
    lon: float
    views: list[Row]


@require_GET
@problems
def past_json(request: HttpRequest) -> HttpResponse:
    """?look=TOKEN&look=TOKEN&from=…&to=…: a token for each camera shown; the minutes are those of the first."""
    user = person(request)
    tokens = request.GET.getlist("look")[:AT_ONCE]
    grants = [
        check_look(
            token,
            camera_code=read(token).camera_code,
            kind=Consultation.Kind.PLAYBACK,
            session_key=request.session.session_key or "",
        )
        for token in tokens
    ]
    if not grants or any(grant.user_id != user.pk for grant in grants):
        raise _refused(_("Open a look first."), "look-needed", 403)
    minutes = _asked(request)
    if not all(grant.allows(*minutes) for grant in grants):
        raise _refused(_("These minutes are not among those of your look."), "minutes-outside", 403)
    cameras = Camera.objects.filter(code__in=[grant.camera_code for grant in grants]).order_by("code")
    return as_json(at(user, list(cameras), minutes))


def at(user: User, cameras: list[Camera], minutes: Period) -> dict[str, Any]:
    """These minutes, as the map needs them to show any moment among them."""
    return {
        "from": minutes.start,
        "to": minutes.end,
        "units": _tracks(user, minutes),
        "incidents": _incidents(user, cameras, minutes),
        "eyes": [_eye(camera, minutes) for camera in cameras],
    }


def _tracks(user: User, minutes: Period) -> list[Track]:
    points = TrackPoint.objects.visible_to(user).between(*minutes)
    found: dict[int, Track] = {}
    for pk, label, kind, lat, lon, heading, moment in points.values_list(
        "unit_id", "unit__call_sign", "unit__kind", "lat", "lon", "heading_deg", "at"
    ).iterator(chunk_size=5_000):
        track = found.setdefault(pk, Track(id=pk, label=label, kind=kind, points=[]))
        track["points"].append([_ms(moment), round(lat, 6), round(lon, 6), heading])
    return list(found.values())


def _incidents(user: User, cameras: list[Camera], minutes: Period) -> list[dict[str, Any]]:
    """Those that were open then. Without the room, those these cameras were turned for: the page names them, too."""
    turned = Event.objects.about(*(f"camera:{camera.pk}" for camera in cameras)).filter(
        kind="cameras.steering_ordered", at__gt=minutes.start - STAYS, at__lt=minutes.end + STAYS
    )
    causes = [cause.partition(":") for cause in turned.values_list("data__cause", flat=True)]
    own = [int(number) for kind, _colon, number in causes if kind == "incident" and number.isdecimal()]
    rows = Incident.objects.visible_to(user) | Incident.objects.filter(pk__in=own)
    open_then = rows.filter(Q(closed_at=None) | Q(closed_at__gt=minutes.start), opened_at__lt=minutes.end)
    return [
        {
            "incident_id": row.pk,
            "number": row.number,
            "priority": row.priority,
            "title": row.title,
            "place_label": row.place_label,
            "site_code": row.site_code,
            "lat": row.lat,
            "lon": row.lon,
            "opened_at": row.opened_at,
            "taken_at": row.first_taken_at,
            "closed_at": row.closed_at,
            "exercise": row.exercise,
        }
        for row in open_then.order_by("pk")[:200]
    ]


def _eye(camera: Camera, minutes: Period) -> Eye:
    """Where the camera stood and looked: as mounted, then where each alert turned it."""
    stood = CameraPosition.objects.filter(camera=camera, since__lte=minutes.end)
    was = stood.filter(Q(until=None) | Q(until__gt=minutes.start)).order_by("-since").first()
    place = was or CameraPosition.of(camera)
    mounted: Row = [0, place.mounting_azimuth_deg, camera.hfov_deg or USUAL_FIELD_DEG, camera.range_m]
    orders = SteeringOrder.objects.filter(
        camera=camera, done_at__gt=minutes.start - STAYS, done_at__lt=minutes.end
    ).order_by("done_at")
    turned: list[Row] = [
        [_ms(done), bearing, _field(metres), metres + 10]
        for done, bearing, metres in orders.values_list("done_at", "bearing_deg", "distance_m")
        if done is not None
    ]
    return Eye(id=camera.pk, code=camera.code, lat=place.lat, lon=place.lon, views=[mounted, *turned])


def _field(metres: float) -> float:
    """What keeps the place and a little around it in the picture: as the room draws it."""
    return max(6.0, min(50.0, 1830 / max(metres, 1.0)))


def _asked(request: HttpRequest) -> Period:
    moments = []
    for name in ("from", "to"):
        try:
            moment = parse_datetime(request.GET.get(name, "").replace(" ", "+"))
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise _refused(_("Say moments with their time zone: 2026-11-22T12:00:00+01:00."), "invalid", 400)
        moments.append(moment)
    start, end = moments
    if not start < end <= start + LONGEST:
        raise _refused(_("Ask for ten minutes of the map at most."), "period-long", 400)
    return Period(start, end)


def _refused(title: str, code: str, status: int) -> Refused:
    return Refused(title, what_to_do=_("Open the look again."), status=status, code=code)


def _ms(moment: dt.datetime) -> float:
    return round(moment.timestamp() * 1000)
