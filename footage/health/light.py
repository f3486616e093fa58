"""Day or night where a camera stands: by the sun, so that nobody has to tell and clouds do not matter."""

from __future__ import annotations

import datetime as dt
import math

from footage.models import CameraReference
from places.geometry import Point

Light = CameraReference.Light
# Above, it is day; below, night (civil twilight ends at -6°). Between, a picture is like neither.
DAY_DEG, NIGHT_DEG = 3.0, -6.0
J2000 = dt.datetime(2000, 1, 1, 12, tzinfo=dt.UTC)


def sun_elevation_deg(place: Point, at: dt.datetime) -> float:
    """To about a tenth of a degree (low-precision formulae of the Astronomical Almanac)."""
    days = (at - J2000).total_seconds() / 86400
    anomaly = math.radians(357.528 + 0.9856003 * days)
    longitude = math.radians(
        280.460 + 0.9856474 * days + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly)
    )
    tilt = math.radians(23.439 - 0.0000004 * days)
    ascension = math.atan2(math.cos(tilt) * math.sin(longitude), math.cos(longitude))
    declination = math.asin(math.sin(tilt) * math.sin(longitude))
    sidereal = math.radians((280.46062 + 360.98564737 * days + place.lon) % 360)
    hour = sidereal - ascension
    lat = math.radians(place.lat)
    sine = math.sin(lat) * math.sin(declination) + math.cos(lat) * math.cos(declination) * math.cos(hour)
    return math.degrees(math.asin(sine))


def light_at(place: Point, at: dt.datetime) -> Light | None:
    """None in twilight: nothing is learned and nothing compared."""
    sun = sun_elevation_deg(place, at)
    return Light.DAY if sun > DAY_DEG else Light.NIGHT if sun < NIGHT_DEG else None
