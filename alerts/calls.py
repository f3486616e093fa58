"""What one call of a device does to the alerts: opens one, adds to one, calls one a mistake, ends its cause.

Rows are written here; the fact that says so is returned, for the caller to publish last.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal, cast

from alerts import facts, opening, receipt
from alerts.models import (
    FOLD_SECONDS,
    Alert,
    AlertDevice,
    AlertPress,
    AlertQuerySet,
    Signal,
)
from events.facts import Fact


def call(
    device: AlertDevice,
    press: AlertPress,
    last: dt.datetime | None,
    *,
    signal: Signal = Signal.CALL,
    detail: str = "",
    priority: int | None = None,
) -> tuple[Alert, Fact]:
    """A call within 60 s of the last one with the same signal joins its alert (law W-06).

    `last` is when the device called before; its row must be locked.
    """
    now = press.received_at
    if last is not None and last >= now - dt.timedelta(seconds=FOLD_SECONDS):
        # Race: an operator closes it meanwhile. The lock waits, it no longer matches, and a new alert opens.
        known = Alert.objects.foldable(device, now, signal).select_for_update(no_key=True).first()
        if known is not None:
            return known, _press_again(known, press, device)
    alert = open_alert(
        device,
        press,
        kind=Alert.Kind.PRESS,
        state=Alert.State.RECEIVED,
        signal=signal,
        detail=detail,
        **({} if priority is None else {"priority": priority}),
    )
    return alert, _received(alert)


def open_alert(device: AlertDevice, press: AlertPress, **fields: object) -> Alert:
    """A new alert at the place of the call, else of the device, else of its site."""
    place, used = receipt.place(device, press)
    alert = Alert(
        **{
            "device": device,
            "site": device.site,
            "priority": device.site.priority,
            "at": press.at,
            "received_at": press.received_at,
            "last_pressed_at": press.received_at,
            "lat": place.lat,
            "lon": place.lon,
            "accuracy_m": press.accuracy_m if used == Alert.Place.PRESS else None,
            "position_used": used,
            "note": press.note,
            "exercise": device.for_exercise,
            "correlation": press.correlation,
        }
        | fields
    )
    opening.write(alert, press)
    return alert


def cancel(device: AlertDevice, press: AlertPress) -> tuple[Alert, Fact] | None:
    """The presser says it was a mistake. The alert stays open: somebody may have made them say so."""
    alert = _newest_open(device).first()
    if alert is None:
        return None
    press.alert = alert
    press.save(force_insert=True)
    alert.cancelled_at = press.received_at
    alert.save(update_fields=["cancelled_at"])
    return alert, facts.AlertCancelled(
        alert_id=alert.pk,
        number=alert.number,
        at=press.at.isoformat(),
        received_at=press.received_at.isoformat(),
    )


def restore(device: AlertDevice, press: AlertPress, signal: Signal) -> tuple[Alert, Fact] | None:
    """What the device saw is over. The alert stays open: the intruder may be past the door that closed."""
    alert = _newest_open(device).filter(signal=signal).first()
    if alert is None:
        return None
    press.alert = alert
    press.save(force_insert=True)
    return alert, facts.AlertRestored(
        alert_id=alert.pk,
        number=alert.number,
        signal=signal.value,
        at=press.at.isoformat(),
        received_at=press.received_at.isoformat(),
    )


def _newest_open(device: AlertDevice) -> AlertQuerySet:
    rows = Alert.objects.presses().open().of_device(device)
    return rows.order_by("-pk").select_for_update(no_key=True)


def _press_again(alert: Alert, press: AlertPress, device: AlertDevice) -> Fact:
    press.alert = alert
    press.save(force_insert=True)
    alert.presses += 1
    alert.last_pressed_at = press.received_at
    alert.cancelled_at = None  # the last word is a call for help
    if fix := receipt.fix(press):
        alert.lat, alert.lon, alert.accuracy_m = fix.lat, fix.lon, press.accuracy_m
        alert.position_used = Alert.Place.PRESS
    alert.save(
        update_fields=[
            "presses",
            "last_pressed_at",
            "cancelled_at",
            "lat",
            "lon",
            "accuracy_m",
            "position_used",
        ]
    )
    return facts.AlertPressedAgain(
        alert_id=alert.pk,
        number=alert.number,
        presses=alert.presses,
        at=press.at.isoformat(),
        received_at=press.received_at.isoformat(),
        lat=alert.lat,
        lon=alert.lon,
        site_code=device.site.code,
    )


def _received(alert: Alert) -> Fact:
    return facts.AlertReceived(
        alert_id=alert.pk,
        number=alert.number,
        device_kind=alert.device.kind,
        signal=alert.signal,
        detail=alert.detail,
        site_code=alert.site.code,
        site_kind=alert.site.kind,
        place_label=alert.site.name,
        address=alert.site.address,
        lat=alert.lat,
        lon=alert.lon,
        accuracy_m=alert.accuracy_m,
        position_used=cast(Literal["press", "device", "site"], str(alert.position_used)),
        priority=alert.priority,
        at=alert.at.isoformat(),
        received_at=alert.received_at.isoformat(),
        exercise=alert.exercise,
    )
