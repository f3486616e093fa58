"""Reading one message of a device: is its time possible, may it be heard, where is it."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from alerts.models import EARLY_SECONDS, LATE_HOURS, Alert, AlertDevice, AlertPress
from doors import correlation
from doors.problems import NotAllowed, Refused
from places.geometry import Point

# A fix worse than this says less than the known place of the device: it is kept on the press, not used.
WORST_USED_ACCURACY_M = 250.0


def check_in_service(device: AlertDevice) -> None:
    if not device.is_in_service:
        raise NotAllowed(
            _("This device is out of service: nobody is warned by it."),
            what_to_do=_("In danger, dial 17 or 112. Ask the centre to put the device back in service."),
            code="device-out-of-service",
        )


def message(
    kind: str,
    at: dt.datetime | None,
    now: dt.datetime,
    point: Point | None,
    accuracy_m: float | None,
    note: str,
) -> AlertPress:
    """The message as received, not yet saved; refuses a clock that cannot be right."""
    at = at or now
    wrong = ""
    if at > now + dt.timedelta(seconds=EARLY_SECONDS):
        wrong = _("It lies more than 2 minutes in the future: set the clock of the device.")
    elif at < now - dt.timedelta(hours=LATE_HOURS):
        wrong = _("It is more than 24 hours old: nobody can still act on it.")
    if wrong:
        raise Refused(
            _("The time of the press cannot be right."),
            detail=wrong,
            what_to_do=_("Correct “at”, or leave it out: the centre then uses the time of receipt."),
            status=400,
            code="invalid",
            errors={"at": [wrong]},
            now=now.isoformat(),
        )
    return AlertPress(
        kind=kind,
        at=at,
        received_at=now,
        lat=point.lat if point else None,
        lon=point.lon if point else None,
        accuracy_m=accuracy_m,
        note=note,
        correlation=correlation.current(),
    )


def fix(press: AlertPress) -> Point | None:
    """The place the device itself found, when it is good enough to send somebody there."""
    if press.lat is None or press.lon is None or (press.lat, press.lon) == (0, 0):
        return None
    if press.accuracy_m is not None and press.accuracy_m > WORST_USED_ACCURACY_M:
        return None
    return Point(press.lat, press.lon)


def place(device: AlertDevice, press: AlertPress) -> tuple[Point, Alert.Place]:
    if found := fix(press):
        return found, Alert.Place.PRESS
    if own := device.point:
        return own, Alert.Place.DEVICE
    return device.site.point, Alert.Place.SITE
