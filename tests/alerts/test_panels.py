"""What the centre does with the frames of alarm panels (P-02, P-03, W-06)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from alerts.models import Alert, AlertDevice, DeviceTrouble, Panel, PanelFrame
from alerts.panels import actions, frames
from doors.problems import Refused
from events.models import Event, Pulse
from incidents.models import Incident
from tests import cast as people
from tests.alerts import cast

pytestmark = pytest.mark.django_db

KEY = bytes(range(32))


def said(data: str, *, sequence: int = 1, at: dt.datetime | None = None, **given: Any) -> bytes:
    account = given.pop("account", "1A2B")
    if data:
        data = f"#{account}|{data}"
    given = {"protocol": "SIA-DCS", "account": account, "sequence": sequence} | given
    return frames.build(data=data, now=at or timezone.now(), **given).strip()


def receive(raw: bytes) -> bytes:
    answer = actions.receive_frame(raw=raw, peer="192.0.2.7")
    assert answer is not None
    return answer


def kinds() -> list[str]:
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


def test_an_intrusion_opens_an_alert_that_says_where_and_is_answered() -> None:
    cast.panel()
    assert b'"ACK"0001' in receive(said("Nri1/BA03"))
    alert = Alert.objects.get()
    assert (alert.signal, alert.detail, alert.priority) == ("intrusion", "zone 3, gymnase", 1)  # a school
    frame = PanelFrame.objects.get()
    assert (frame.verdict, frame.times, alert.press_rows.get().frame) == ("taken", 1, frame)


def test_it_becomes_an_incident_of_its_own_kind(django_capture_on_commit_callbacks: Any) -> None:
    cast.panel()
    with django_capture_on_commit_callbacks(execute=True):
        receive(said("Nri1/FA03"))
    incident = Incident.objects.get()
    assert (incident.nature, incident.signal, incident.priority) == ("alarm_panel", "fire", 1)
    assert incident.title.startswith("École Saint-Roch — ")


def test_a_frame_said_again_is_answered_again_and_alarms_once() -> None:
    cast.panel()
    raw = said("Nri1/BA03")
    assert receive(raw) == receive(raw)
    assert Alert.objects.get().presses == 1
    assert PanelFrame.objects.get().times == 2


def test_zones_crossed_within_a_minute_fold_and_a_fire_does_not() -> None:
    cast.panel()
    receive(said("Nri1/BA01"))
    receive(said("Nri1/BA02", sequence=2))
    receive(said("Nri1/FA03", sequence=3))
    assert list(Alert.objects.order_by("pk").values_list("signal", "presses")) == [
        ("intrusion", 2),
        ("fire", 1),
    ]


def test_several_alarms_in_one_frame_are_all_told() -> None:
    cast.panel()
    receive(said("Nri1/BA01/PA02"))
    assert set(Alert.objects.values_list("signal", flat=True)) == {"intrusion", "panic"}
    assert kinds() == ["alerts.received", "alerts.received"]


def test_back_to_normal_is_told_and_closes_nothing() -> None:
    cast.panel()
    receive(said("Nri1/BA03"))
    receive(said("Nri1/BR03", sequence=2))
    alert = Alert.objects.get()
    assert not alert.closed and [p.kind for p in alert.press_rows.all()] == ["press", "restore"]
    receive(said("Nri1/FR03", sequence=3))  # nothing burned
    assert kinds() == ["alerts.received", "alerts.restored"]


def test_a_cancel_by_code_leaves_the_alert_to_be_checked() -> None:
    cast.panel()
    receive(said("Nri1/BA03"))
    receive(said("NBC", sequence=2))
    assert Alert.objects.get().cancelled and not Alert.objects.get().closed


def test_troubles_are_told_once_and_end() -> None:
    cast.panel()
    for number, data in enumerate(["NAT00", "NAT00", "NAR00"], start=1):
        receive(said(data, sequence=number))
    trouble = DeviceTrouble.objects.get()
    assert (trouble.kind, trouble.until is None) == ("mains", False)
    assert kinds() == ["alerts.device_troubled", "alerts.device_troubled"]
    assert not Alert.objects.exists()


def test_polls_and_tests_are_signs_of_life_and_polls_leave_no_row() -> None:
    panel = cast.panel()
    receive(said("", protocol="NULL"))
    device = AlertDevice.objects.get(pk=panel.device_id)
    assert device.last_heartbeat_at is not None and device.last_test_at is None
    receive(said("NRP", sequence=2))
    assert AlertDevice.objects.get(pk=panel.device_id).last_test_at is not None
    assert PanelFrame.objects.count() == 1 and kinds() == []


def test_it_is_known_whether_the_alarm_is_set() -> None:
    panel = cast.panel()
    receive(said("Nid5/ri1/CL05"))
    assert Panel.objects.get(pk=panel.pk).set_since is not None
    receive(said("Nid5/ri1/OP05", sequence=2))
    assert Panel.objects.get(pk=panel.pk).unset_since is not None


def test_under_its_key_it_is_read_and_answered_under_it() -> None:
    cast.panel(key=KEY)
    answer = frames.parse(receive(said("Nri1/HA03", key=KEY)).strip())
    assert answer.hidden and answer.protocol == "ACK"
    assert frames.read(answer, KEY).data == ""
    assert Alert.objects.get().signal == "hold_up"
    assert PanelFrame.objects.get().content == "#1A2B|Nri1/HA03"
    assert KEY not in bytes(Panel.objects.get().sealed_key or b"")


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        ({"account": "FFFF"}, "unknown_account"),
        ({"key": bytes(32)}, "cannot_read"),
        ({"at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "key": KEY}, "wrong_time"),
        ({}, "cannot_read"),
    ],
)
def test_what_is_not_believed_is_refused_kept_once_and_says_nothing_of_the_account(
    given: dict[str, Any], verdict: str
) -> None:
    cast.panel(key=KEY)
    for number in (1, 2, 3):
        answer = receive(said("Nri1/BA03", sequence=number, **given))
        assert answer.startswith(b"\n") and b'"NAK"0000R0L0A0[]_' in answer and b"1A2B" not in answer
    kept = PanelFrame.objects.get()
    assert (kept.verdict, kept.times) == (verdict, 3)
    assert not Alert.objects.exists()


def test_content_nobody_knows_is_kept_and_not_asked_for_again() -> None:
    cast.panel()
    assert b'"DUH"0001' in receive(said("?what"))
    assert PanelFrame.objects.get().verdict == "not_followed"


def test_a_code_nobody_knows_is_shown_rather_than_dropped() -> None:
    cast.panel(cast.school(kind="shop", priority=2))
    receive(said("NZZ09"))
    alert = Alert.objects.get()
    assert (alert.signal, alert.priority, alert.detail) == ("other", 3, "zone 9")


def test_a_panel_out_of_service_is_answered_and_warns_nobody() -> None:
    panel = cast.panel()
    AlertDevice.objects.update(state=AlertDevice.State.OUT_OF_SERVICE)
    assert b"ACK" in receive(said("Nri1/BA03"))
    assert PanelFrame.objects.get(panel=panel).verdict == "out_of_service"
    assert not Alert.objects.exists()


def test_a_silent_panel_is_lost_once_and_found_again_by_its_first_frame() -> None:
    panel, now = cast.panel(cast.school(kind="shop", priority=2)), timezone.now()
    AlertDevice.objects.update(last_heartbeat_at=now - dt.timedelta(minutes=10))
    assert actions.look_after_links(now) == 0  # nobody listens: it is we who are deaf
    Pulse.beat(actions.PULSE, now)
    Pulse.beat(f"{actions.PULSE} since", now - dt.timedelta(seconds=30))
    assert actions.look_after_links(now) == 0  # not listened for as long as it may be silent
    Pulse.beat(f"{actions.PULSE} since", now - dt.timedelta(hours=1))
    assert [actions.look_after_links(now), actions.look_after_links(now)] == [1, 0]
    alert = Alert.objects.get()
    assert (alert.signal, alert.priority) == ("link_lost", 3)
    receive(said("", protocol="NULL"))
    assert Panel.objects.get(pk=panel.pk).lost_at is None
    assert kinds() == ["alerts.received", "alerts.restored"]
    assert not Alert.objects.get().closed


def test_a_key_is_given_by_who_may_and_never_in_clear() -> None:
    panel = cast.panel()
    with pytest.raises(Refused):
        actions.set_key(actor=people.person("operator"), panel=panel, key="00" * 16)
    with pytest.raises(Refused, match="no key"):
        actions.set_key(actor=None, panel=panel, key="beef")
    actions.set_key(actor=None, panel=panel, key="ab" * 16)
    assert Panel.objects.get().key == bytes.fromhex("ab" * 16)


def test_panels_of_the_exercise_are_played_and_no_other() -> None:
    panel = cast.panel()
    with pytest.raises(Refused):
        actions.play(device=panel.device, code="BA")
    AlertDevice.objects.update(exercise=True)
    panel = Panel.objects.select_related("device__site").get()
    assert actions.play(device=panel.device, code="FA").signal == "fire"
    Panel.objects.all().delete()  # a device of that kind whose account nobody has entered yet
    with pytest.raises(Refused):
        actions.play(device=AlertDevice.objects.get(), code="FA")
