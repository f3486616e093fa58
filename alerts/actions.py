"""What devices call, what operators do about it, and the estate of sites, devices and keys."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import create_device_key, revoke_device_key
from accounts.rights import Right, require
from alerts import calls, facts, receipt
from alerts.models import (
    Alert,
    AlertDevice,
    AlertMessage,
    AlertPress,
    AlertQuerySet,
    GivenKey,
    Site,
    SiteContact,
)
from doors.problems import Conflict, NotAllowed, Refused
from events.log import publish
from places.geometry import Point

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic(savepoint=False)
def receive_press(
    *,
    device: AlertDevice,
    at: dt.datetime | None = None,
    point: Point | None = None,
    accuracy_m: float | None = None,
    note: str = "",
) -> Alert:
    """Somebody calls. A press within 60 s of the last one on the same device joins its alert (law W-06)."""
    now = timezone.now()
    press = receipt.message(AlertPress.Kind.PRESS, at, now, point, accuracy_m, note)
    # Race: two presses of one device at once. The second waits here and finds the alert of the first.
    device.state, last = AlertDevice.objects.pressed(device.pk, now)
    receipt.check_in_service(device)
    alert, fact = calls.call(device, press, last)
    publish(fact)
    return alert


@transaction.atomic
def receive_test(
    *,
    device: AlertDevice,
    at: dt.datetime | None = None,
    point: Point | None = None,
    accuracy_m: float | None = None,
    note: str = "",
) -> Alert:
    """The device proves that it works. It is written down and opens nothing."""
    device, now = _locked(device), timezone.now()
    press = receipt.message(AlertPress.Kind.TEST, at, now, point, accuracy_m, note)
    AlertDevice.objects.filter(pk=device.pk).update(last_test_at=now, last_heartbeat_at=now)
    alert = calls.open_alert(
        device,
        press,
        kind=Alert.Kind.TEST,
        state=Alert.State.TEST,
        closed_at=now,
    )
    publish(
        facts.AlertTested(
            alert_id=alert.pk,
            number=alert.number,
            device_code=device.code,
            site_code=device.site.code,
            place_label=device.site.name,
            at=alert.at.isoformat(),
            received_at=alert.received_at.isoformat(),
            ok=True,
        )
    )
    return alert


@transaction.atomic
def receive_cancel(
    *,
    device: AlertDevice,
    at: dt.datetime | None = None,
    point: Point | None = None,
    accuracy_m: float | None = None,
    note: str = "",
) -> Alert:
    """The presser says it was a mistake. The alert stays open: somebody may have made them say so."""
    device, now = _locked(device), timezone.now()
    press = receipt.message(AlertPress.Kind.CANCEL, at, now, point, accuracy_m, note)
    cancelled = calls.cancel(device, press)
    if cancelled is None:
        raise Conflict(
            _("There is no open alert of this device to call a mistake."),
            what_to_do=_("Nothing is left to do: the centre has closed the alert, or none was received."),
            code="nothing-to-cancel",
        )
    alert, fact = cancelled
    publish(fact)
    return alert


def receive_heartbeat(*, device: AlertDevice, battery_percent: int | None = None, firmware: str = "") -> None:
    """It is alive: one UPDATE, no fact."""
    said: dict[str, object] = {"last_heartbeat_at": timezone.now()}
    if battery_percent is not None:
        said["battery_percent"] = battery_percent
    if firmware:
        said["firmware"] = firmware
    AlertDevice.objects.filter(pk=device.pk).update(**said)


def present(*, alert_ids: Iterable[int], actor: User | None = None) -> list[Alert]:
    """An operator's screen has shown them. Those already further on are left alone."""
    return _move(alert_ids, Alert.State.PRESENTED, frm=[Alert.State.RECEIVED], actor=actor)


def escalate(*, alert_ids: Iterable[int], actor: User | None = None) -> list[Alert]:
    """Nobody took them in time (law W-09). Those taken meanwhile are left alone."""
    frm = [Alert.State.RECEIVED, Alert.State.PRESENTED]
    return _move(alert_ids, Alert.State.ESCALATED, frm=frm, actor=actor)


def acknowledge(*, alert_ids: Iterable[int], actor: User | None) -> list[Alert]:
    """An operator takes them. Those taken already keep their first time and taker."""
    require(actor, Right.TAKE_INCIDENT)
    return _move(alert_ids, Alert.State.ACKNOWLEDGED, frm=Alert.WAITING, actor=actor)


def set_state(*, alert_ids: Iterable[int], state: str, actor: User | None) -> list[Alert]:
    """What was found: doubt removal, confirmed, unfounded, test, technical, cancelled. `close` closes them.

    Callers write their own rows first: from here to the commit other publishers wait.
    """
    require(actor, Right.TAKE_INCIDENT)
    if state not in {Alert.State.DOUBT_REMOVAL, *Alert.FINDINGS}:
        raise ValueError(f"{state} is not set by hand")
    return _move(alert_ids, Alert.State(state), frm=None, actor=actor)


@transaction.atomic
def close(*, alert_ids: Iterable[int], state: str | None = None, actor: User | None) -> list[Alert]:
    """What they belonged to is closed. `state` is what they were found to be.

    None keeps what was found before, and counts as confirmed those nobody gave a finding.
    """
    require(actor, Right.CLOSE_INCIDENT)
    if state is not None and state not in Alert.FINDINGS:
        raise ValueError(f"{state} does not close an alert")
    now = timezone.now()
    closed = _lock(Alert.objects.open(), alert_ids)
    for alert in closed:
        found = alert.state if alert.state in Alert.FINDINGS else Alert.State.CONFIRMED
        _stamp(alert, Alert.State(state or found), actor, now, closed_at=now)
    return _announce(closed, actor)


@transaction.atomic
def send_message(
    *, alert: Alert, text: str, actor: User | None = None, device: AlertDevice | None = None
) -> AlertMessage:
    """A line of the exchange: from the centre (`actor`, or a rule when both are None) or from the site."""
    if device is None:
        require(actor, Right.TAKE_INCIDENT)
    elif alert.device_id != device.pk:
        raise NotAllowed(_("This alert is of another device."), what_to_do=_("Use the key of that device."))
    text = text.strip()
    if not text or len(text) > 500:
        raise Refused(
            _("The message is not valid."),
            what_to_do=_("Write between 1 and 500 characters."),
            status=400,
            code="invalid",
            errors={"text": [_("Write between 1 and 500 characters.")]},
        )
    if alert.closed_at is not None and device is not None:
        raise Conflict(
            _("The centre has closed this alert."),
            what_to_do=_("Press the button again if help is still needed."),
            code="alert-closed",
        )
    message = AlertMessage.objects.create(alert=alert, text=text, author=actor, from_centre=device is None)
    publish(facts.AlertMessageSent(alert_id=alert.pk, from_centre=message.from_centre), actor=actor)
    return message


@transaction.atomic
def register_site(*, actor: User | None, contacts: Iterable[tuple[str, str]] = (), **fields: Any) -> Site:
    """A place that can call the centre, with whom to call there: (role, telephone) in order.

    Raises ValidationError naming the fields that are wrong.
    """
    require(actor, Right.MANAGE_ESTATE)
    site = Site(**fields)
    site.full_clean()
    site.save()
    SiteContact.objects.bulk_create(
        SiteContact(site=site, role=role, phone=phone, order=order)
        for order, (role, phone) in enumerate(contacts, start=1)
    )
    return site


@transaction.atomic
def register_device(*, actor: User | None, site: Site, code: str, **fields: Any) -> AlertDevice:
    """A button at a site, without a key yet. Raises ValidationError naming the fields that are wrong."""
    require(actor, Right.MANAGE_ESTATE)
    device = AlertDevice(site=site, code=code, **fields)
    device.full_clean()
    device.save()
    return device


@transaction.atomic
def give_key(*, actor: User | None, device: AlertDevice) -> str:
    """A new key for this device; its secret, which nobody can read again. Older keys go on working."""
    key, secret = create_device_key(actor=actor, label=f"{device.site.code} {device.code}"[:80])
    GivenKey.objects.create(device=device, key=key)
    return secret


@transaction.atomic
def take_back_keys(*, actor: User | None, device: AlertDevice) -> int:
    """Revoke every key of this device; how many worked until now."""
    usable = list(device.keys.filter(revoked_at=None))
    for key in usable:
        revoke_device_key(actor=actor, key=key)
    return len(usable)


def _locked(device: AlertDevice) -> AlertDevice:
    # Race: two presses of one device at once. The second waits here and finds the alert of the first.
    return (
        AlertDevice.objects.select_for_update(of=("self",), no_key=True)
        .select_related("site")
        .get(pk=device.pk)
    )


@transaction.atomic
def _move(
    alert_ids: Iterable[int], state: Alert.State, *, frm: Sequence[str] | None, actor: User | None
) -> list[Alert]:
    """Move the open alerts among these to `state`; those not in `frm`, or there already, stay as they are."""
    now = timezone.now()
    rows = Alert.objects.open().presses().exclude(state=state)
    moved = _lock(rows.filter(state__in=frm) if frm is not None else rows, alert_ids)
    for alert in moved:
        _stamp(alert, state, actor, now)
    return _announce(moved, actor)


def _lock(rows: AlertQuerySet, alert_ids: Iterable[int]) -> list[Alert]:
    # In pk order, so that two operators acting on the same alerts cannot lock one another out.
    return list(rows.filter(pk__in=list(alert_ids)).order_by("pk").select_for_update(no_key=True))


def _stamp(
    alert: Alert,
    state: Alert.State,
    actor: User | None,
    now: dt.datetime,
    closed_at: dt.datetime | None = None,
) -> None:
    alert.state, alert.closed_at = state, closed_at
    if state == Alert.State.PRESENTED:
        alert.presented_at = now
    elif state != Alert.State.ESCALATED and alert.acknowledged_at is None:
        alert.acknowledged_at, alert.acknowledged_by = now, actor
    alert.save(update_fields=["state", "presented_at", "acknowledged_at", "acknowledged_by", "closed_at"])


def _announce(moved: list[Alert], actor: User | None) -> list[Alert]:
    for alert in moved:
        publish(
            facts.AlertStateChanged(alert_id=alert.pk, number=alert.number, state=str(alert.state)),
            actor=actor,
        )
    return moved
