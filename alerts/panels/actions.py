"""What the centre does with a frame of an alarm panel: written down, acted on, committed, and only then answered."""

from __future__ import annotations

import datetime as dt
import logging
import secrets

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rights import Right, require
from alerts import calls, facts
from alerts.models import Alert, AlertDevice, AlertPress, DeviceTrouble, Panel, PanelFrame, Signal
from alerts.panels import codes, frames
from alerts.panels.codes import Told, Verb
from doors import correlation
from doors.problems import Refused
from doors.sealed import CannotOpen
from events.facts import Fact
from events.log import publish
from events.models import Pulse

logger = logging.getLogger(__name__)

# The same frame within this time is the panel not having heard our answer (P-02).
SAID_AGAIN = dt.timedelta(minutes=5)
# One row for what one address sends wrongly, however often.
ANOMALY_ROW = dt.timedelta(minutes=10)
PULSE = "receivers"
# How long the receiver itself must have been listening before it calls a panel silent.
PULSE_FRESH = dt.timedelta(seconds=30)

# What the exercise page plays, and in which zone.
PLAYED = {"BA": 1, "PA": 2, "FA": 3}

PRIORITY: dict[Signal, int] = {
    Signal.PANIC: 1,
    Signal.HOLD_UP: 1,
    Signal.FIRE: 1,
    Signal.MEDICAL: 1,
    Signal.GAS: 1,
    Signal.INTRUSION: 2,
    Signal.TAMPER: 2,
    Signal.LINK_LOST: 3,
    Signal.WATER: 3,
    Signal.OTHER: 3,
}


@transaction.atomic
def receive_frame(*, raw: bytes, peer: str) -> bytes | None:
    """One frame off the line, from CRC to before CR; what to answer once this is committed, or nothing.

    Raises frames.Garbled for what the line has damaged.
    """
    frame, now = frames.parse(raw), timezone.now()
    known = Panel.objects.select_for_update(of=("self",), no_key=True).select_related("device__site")
    panel = known.filter(account=frame.account).first()
    if panel is None:
        _anomaly(frame, peer, now, PanelFrame.Verdict.UNKNOWN_ACCOUNT)
        return frames.refusal(now)
    try:
        key = panel.key
        content = frames.read(frame, key)
    except (frames.CannotRead, CannotOpen) as error:
        logger.warning("panel %s: %s", panel.account, error)
        _anomaly(frame, peer, now, PanelFrame.Verdict.CANNOT_READ, panel)
        return frames.refusal(now)
    if panel.keeps_time and not frames.is_timely(content.at, now):
        _anomaly(frame, peer, now, PanelFrame.Verdict.WRONG_TIME, panel)
        return frames.refusal(now)
    if _said_before(panel, frame, now):
        return frames.answer("ACK", frame, key, now)
    try:
        told = codes.read(frame.protocol, content.data)
    except codes.NotFollowed as error:
        logger.warning("panel %s: not followed: %s", panel.account, error)
        _anomaly(frame, peer, now, PanelFrame.Verdict.NOT_FOLLOWED, panel)
        return frames.answer("DUH", frame, key, now)
    kept = _kept(frame, peer, now, panel, content.data if frame.hidden else "")
    if panel.device.is_in_service:
        _act(panel, told, kept, _said_at(content.at, now), now)
    return frames.answer("ACK", frame, key, now)


@transaction.atomic
def play(*, device: AlertDevice, code: str) -> Alert:
    """An exercise panel tells an alarm in its first zone, by a frame like those off the line."""
    panel = Panel.objects.filter(device=device).first()
    if panel is None or not device.for_exercise or code not in PLAYED:
        raise Refused(
            _("This cannot be played."),
            what_to_do=_("Choose intrusion, panic or fire on a panel of the exercise city."),
            status=400,
            code="invalid",
        )
    account, now = panel.account, timezone.now()
    data = f"#{account}|Nri1/{code}{PLAYED[code]:02d}"
    sequence = 1 + secrets.randbelow(9999)
    frame = frames.build("SIA-DCS", data, account=account, sequence=sequence, now=now, key=panel.key)
    receive_frame(raw=frame.strip(), peer="127.0.0.1")
    return Alert.objects.of_device(device).presses().latest("last_pressed_at")


@transaction.atomic
def lose_link(*, panel: Panel, now: dt.datetime) -> None:
    """Not heard of within its reporting time (P-03): its line is cut, or it is dead. Told once."""
    panel = (
        Panel.objects.select_for_update(of=("self",), no_key=True)
        .select_related("device__site")
        .get(pk=panel.pk)
    )
    if not Panel.objects.fallen_silent(now).filter(pk=panel.pk).exists():
        return
    panel.lost_at = now
    panel.save(update_fields=["lost_at"])
    heard = panel.device.last_heartbeat_at or panel.device.created_at
    with correlation.under(f"panel-{now:%H%M%S%f}"):
        press = _press(AlertPress.Kind.PRESS, now, now, None)
        _alert, fact = calls.call(
            panel.device,
            press,
            None,
            signal=Signal.LINK_LOST,
            detail=_("last heard at %(time)s") % {"time": f"{timezone.localtime(heard):%H:%M:%S}"},
            priority=PRIORITY[Signal.LINK_LOST],
        )
        publish(fact)


def look_after_links(now: dt.datetime | None = None) -> int:
    """Tell of panels that have fallen silent; how many.

    Not while nobody listens: then the panels are not silent, we are deaf, and /healthz says so.
    """
    now = now or timezone.now()
    pulses = dict(Pulse.objects.filter(name__in=[PULSE, f"{PULSE} since"]).values_list("name", "at"))
    if PULSE not in pulses or pulses[PULSE] < now - PULSE_FRESH:
        return 0
    lost = 0
    for panel in Panel.objects.fallen_silent(now):
        listening = now - pulses.get(f"{PULSE} since", now)
        if listening.total_seconds() > (panel.reporting_time_s or 0):
            lose_link(panel=panel, now=now)
            lost += 1
    return lost


@transaction.atomic
def set_key(*, actor: User | None, panel: Panel, key: str) -> None:
    """Give a panel its AES key (32, 48 or 64 hexadecimal digits), or none; it is never shown again."""
    require(actor, Right.MANAGE_ESTATE)
    try:
        said = bytes.fromhex(key)
    except ValueError:
        said = b"?"
    if len(said) not in {0, 16, 24, 32}:
        raise Refused(
            _("This is no key of a panel."),
            what_to_do=_("Give 32, 48 or 64 hexadecimal digits, as in the panel; empty: it speaks in clear."),
            status=400,
            code="invalid",
        )
    panel.set_key(said or None)
    panel.save(update_fields=["sealed_key"])


def _act(panel: Panel, told: list[Told], kept: PanelFrame | None, at: dt.datetime, now: dt.datetime) -> None:
    device = panel.device
    # The row of the device stays locked to the commit: two frames at once follow one another.
    _state, last = AlertDevice.objects.heard(device.pk, now, called=any(t.verb is Verb.ALARM for t in told))
    published: list[Fact] = []
    if panel.lost_at is not None:
        Panel.objects.filter(pk=panel.pk).update(lost_at=None)
        _add(
            published, calls.restore(device, _press(AlertPress.Kind.RESTORE, at, now, kept), Signal.LINK_LOST)
        )
    for one in told:
        published += _one(panel, one, kept, at, now, last)
    # Last: from here to the commit every other publisher waits.
    for fact in published:
        publish(fact)


def _one(
    panel: Panel,
    told: Told,
    kept: PanelFrame | None,
    at: dt.datetime,
    now: dt.datetime,
    last: dt.datetime | None,
) -> list[Fact]:
    device, found = panel.device, list[Fact]()
    if told.verb is Verb.ALARM:
        signal = told.signal or Signal.OTHER
        press = _press(AlertPress.Kind.PRESS, at, now, kept)
        press.note = where(panel, told)
        _alert, fact = calls.call(
            device,
            press,
            last,
            signal=signal,
            detail=where(panel, told),
            priority=min(PRIORITY[signal], device.site.priority) if PRIORITY[signal] < 3 else 3,
        )
        found.append(fact)
    elif told.verb is Verb.RESTORE and told.signal is not None:
        press = _press(AlertPress.Kind.RESTORE, at, now, kept)
        press.note = where(panel, told)
        _add(found, calls.restore(device, press, told.signal))
    elif told.verb is Verb.CANCEL:
        _add(found, calls.cancel(device, _press(AlertPress.Kind.CANCEL, at, now, kept)))
    elif told.verb is Verb.TROUBLE and told.trouble is not None:
        found += _trouble(device, told, at)
    elif told.verb is Verb.TROUBLE_OVER and told.trouble is not None:
        found += _trouble_over(device, told, at)
    elif told.verb in {Verb.TEST, Verb.ALIVE}:
        AlertDevice.objects.filter(pk=device.pk).update(last_test_at=now)
    elif told.verb is Verb.SET:
        Panel.objects.filter(pk=panel.pk).update(set_since=at, unset_since=None)
    elif told.verb is Verb.UNSET:
        Panel.objects.filter(pk=panel.pk).update(set_since=None, unset_since=at)
    return found


def where(panel: Panel, told: Told) -> str:
    """Where in the building, as those who go there call it."""
    labels = dict(panel.zones.values_list("number", "label"))
    if told.zone is not None and told.zone in labels:
        return _("zone %(number)d, %(label)s") % {"number": told.zone, "label": labels[told.zone]}
    if told.zone:
        return _("zone %(number)d") % {"number": told.zone}
    return told.text or told.code


def _trouble(device: AlertDevice, told: Told, at: dt.datetime) -> list[Fact]:
    _row, fresh = DeviceTrouble.objects.get_or_create(
        device=device, kind=told.trouble, until=None, defaults={"code": told.code, "since": at}
    )
    return [_troubled(device, told, at, over=False)] if fresh else []


def _trouble_over(device: AlertDevice, told: Told, at: dt.datetime) -> list[Fact]:
    over = DeviceTrouble.objects.lasting().filter(device=device, kind=told.trouble).update(until=at)
    return [_troubled(device, told, at, over=True)] if over else []


def _troubled(device: AlertDevice, told: Told, at: dt.datetime, *, over: bool) -> Fact:
    return facts.DeviceTroubled(
        device_id=device.pk,
        device_code=device.code,
        site_code=device.site.code,
        place_label=device.site.name,
        trouble=str(told.trouble),
        at=at.isoformat(),
        over=over,
        exercise=device.for_exercise,
    )


def _add(published: list[Fact], done: tuple[object, Fact] | None) -> None:
    if done is not None:
        published.append(done[1])


def _press(kind: AlertPress.Kind, at: dt.datetime, now: dt.datetime, kept: PanelFrame | None) -> AlertPress:
    return AlertPress(kind=kind, at=at, received_at=now, frame=kept, correlation=correlation.current())


def _said_at(at: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    """When it happened: what the panel says where that can be, else the receipt."""
    return at if at is not None and abs((now - at).total_seconds()) <= frames.OLDEST_S else now


def _said_before(panel: Panel, frame: frames.Frame, now: dt.datetime) -> bool:
    since = now - SAID_AGAIN
    same = PanelFrame.objects.filter(
        panel=panel,
        sequence=frame.sequence,
        crc=frame.crc,
        at__gte=since,
        verdict=PanelFrame.Verdict.TAKEN,
        raw=_text(frame.raw),
    )
    # A poll says nothing: said again it is another sign of life, and no row is worth keeping for it.
    return frame.protocol != "NULL" and same.update(times=F("times") + 1) > 0


def _kept(frame: frames.Frame, peer: str, now: dt.datetime, panel: Panel, content: str) -> PanelFrame | None:
    if frame.protocol == "NULL":
        return None
    in_service = panel.device.is_in_service
    return PanelFrame.objects.create(
        panel=panel,
        at=now,
        peer=peer,
        raw=_text(frame.raw),
        content=content,
        sequence=frame.sequence,
        crc=frame.crc,
        verdict=PanelFrame.Verdict.TAKEN if in_service else PanelFrame.Verdict.OUT_OF_SERVICE,
    )


def _anomaly(
    frame: frames.Frame, peer: str, now: dt.datetime, verdict: PanelFrame.Verdict, panel: Panel | None = None
) -> None:
    """One row for an address and a fault, counting: a flood fills no table."""
    since = now - ANOMALY_ROW
    same = PanelFrame.objects.filter(peer=peer, panel=panel, verdict=verdict, at__gte=since)
    if not same.update(times=F("times") + 1):
        PanelFrame.objects.create(
            panel=panel,
            at=now,
            peer=peer,
            raw=_text(frame.raw),
            sequence=frame.sequence,
            crc=frame.crc,
            verdict=verdict,
        )


def _text(raw: bytes) -> str:
    said = raw.decode("ascii", "backslashreplace")
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in said)[:1100]
