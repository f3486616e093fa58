from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from alerts import actions
from alerts.models import Alert, AlertDevice, AlertPress, NumberSeries
from doors.problems import Conflict, NotAllowed, Refused
from events.models import Event
from places.geometry import Point
from tests.alerts import cast

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    return list(Event.objects.order_by("id").values_list("kind", flat=True))


def test_a_press_opens_an_alert_at_the_place_of_its_site() -> None:
    alert = actions.receive_press(device=cast.button())
    assert (alert.state, alert.position_used, alert.priority) == ("received", "site", 1)
    assert alert.point == cast.SCHOOL_AT
    assert alert.number == f"A-{timezone.localtime().year}-000001"


def test_the_device_place_wins_over_the_site_and_the_press_over_both() -> None:
    device = cast.button(lat=43.711, lon=7.282)
    assert actions.receive_press(device=device).position_used == "device"
    again = actions.receive_press(device=device, point=Point(43.712, 7.283), accuracy_m=9)
    assert (again.position_used, again.point) == ("press", (43.712, 7.283))


@pytest.mark.parametrize(("point", "accuracy_m"), [(Point(0, 0), 5.0), (Point(43.9, 7.1), 900.0)])
def test_a_useless_fix_is_kept_on_the_press_but_not_used(point: Point, accuracy_m: float) -> None:
    alert = actions.receive_press(device=cast.button(), point=point, accuracy_m=accuracy_m)
    assert (alert.position_used, alert.accuracy_m) == ("site", None)
    assert alert.press_rows.get().accuracy_m == accuracy_m


def test_presses_within_sixty_seconds_fold_and_none_is_hidden() -> None:
    device = cast.button()
    first = actions.receive_press(device=device)
    second = actions.receive_press(device=device, note="vite")
    assert (second.pk, second.presses) == (first.pk, 2)
    assert [p.note for p in first.press_rows.all()] == ["", "vite"]
    assert kinds() == ["alerts.received", "alerts.pressed_again"]


def test_a_press_after_sixty_seconds_opens_another_alert() -> None:
    device = cast.button()
    first = actions.receive_press(device=device)
    Alert.objects.update(last_pressed_at=timezone.now() - dt.timedelta(seconds=61))
    second = actions.receive_press(device=device)
    assert second.pk != first.pk
    assert second.number.endswith("000002")


@pytest.mark.parametrize("how", ["closed", "unfounded"])
def test_a_press_after_an_operator_finished_is_a_new_alert(how: str) -> None:
    device = cast.button()
    first = actions.receive_press(device=device)
    if how == "closed":
        actions.close(alert_ids=[first.pk], actor=None)
    else:
        actions.set_state(alert_ids=[first.pk], state="unfounded", actor=None)
    assert actions.receive_press(device=device).pk != first.pk


def test_another_device_of_the_site_has_its_own_alert() -> None:
    device = cast.button()
    other = cast.button(site=device.site, code="BTN-0013")
    assert actions.receive_press(device=device).pk != actions.receive_press(device=other).pk


def test_the_fact_is_what_screens_were_promised() -> None:
    alert = actions.receive_press(device=cast.button(), note="intrus au portail")
    event = Event.objects.get()
    assert event.about == [f"alert:{alert.pk}"]
    assert event.data == {
        "alert_id": alert.pk,
        "number": alert.number,
        "device_kind": "button",
        "site_code": "ECO-012",
        "site_kind": "school",
        "place_label": "École Saint-Roch",
        "address": "12 rue Acchiardi",
        "lat": cast.SCHOOL_AT[0],
        "lon": cast.SCHOOL_AT[1],
        "accuracy_m": None,
        "position_used": "site",
        "priority": 1,
        "at": alert.at.isoformat(),
        "received_at": alert.received_at.isoformat(),
        "exercise": False,
        "signal": "call",
        "detail": "",
    }


def test_a_late_press_shows_both_times() -> None:
    at = timezone.now() - dt.timedelta(minutes=20)
    alert = actions.receive_press(device=cast.button(), at=at)
    assert alert.at == at
    assert 1199 < alert.late_s < 1210


@pytest.mark.parametrize("minutes", [3, -24 * 60 - 1])
def test_an_impossible_time_is_refused(minutes: int) -> None:
    device = cast.button()
    with transaction.atomic(), pytest.raises(Refused) as refused:
        actions.receive_press(device=device, at=timezone.now() + dt.timedelta(minutes=minutes))
    assert refused.value.status == 400
    assert "at" in refused.value.extra["errors"]  # type: ignore[operator]
    assert not Alert.objects.exists()


def test_a_small_skew_is_accepted() -> None:
    at = timezone.now() + dt.timedelta(seconds=100)
    assert actions.receive_press(device=cast.button(), at=at).at == at


def test_a_device_out_of_service_is_told_so() -> None:
    with pytest.raises(NotAllowed) as refused:
        actions.receive_press(device=cast.button(state=AlertDevice.State.OUT_OF_SERVICE))
    assert refused.value.code == "device-out-of-service"


def test_a_test_opens_nothing_and_is_written_down() -> None:
    device = cast.button(state=AlertDevice.State.OUT_OF_SERVICE)
    alert = actions.receive_test(device=device)
    device.refresh_from_db()
    assert (alert.state, alert.kind) == ("test", "test")
    assert not Alert.objects.open().exists()
    assert device.last_test_at == device.last_heartbeat_at == alert.received_at
    assert kinds() == ["alerts.tested"]


def test_a_press_does_not_fold_into_a_test() -> None:
    device = cast.button()
    assert actions.receive_test(device=device).pk != actions.receive_press(device=device).pk


def test_a_mistake_marks_the_alert_and_leaves_it_open() -> None:
    device = cast.button()
    alert = actions.receive_press(device=device)
    cancelled = actions.receive_cancel(device=device)
    assert cancelled.pk == alert.pk
    assert cancelled.cancelled_at
    assert list(Alert.objects.open()) == [alert]
    assert [p.kind for p in alert.press_rows.all()] == ["press", "cancel"]
    assert kinds()[-1] == "alerts.cancelled"


def test_a_press_after_a_mistake_calls_again() -> None:
    device = cast.button()
    actions.receive_press(device=device)
    actions.receive_cancel(device=device)
    alert = actions.receive_press(device=device)
    assert (alert.presses, alert.cancelled_at) == (2, None)


def test_there_must_be_an_alert_to_call_a_mistake() -> None:
    with pytest.raises(Conflict):
        actions.receive_cancel(device=cast.button())
    assert not AlertPress.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_simultaneous_presses_fold_into_one_alert() -> None:
    device = cast.button()
    together = threading.Barrier(4)

    def press() -> None:
        together.wait()
        actions.receive_press(device=device)
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Alert.objects.get().presses == 4
    assert AlertPress.objects.count() == 4


@pytest.mark.django_db(transaction=True)
def test_numbers_follow_one_another_without_gaps() -> None:
    site = cast.school()
    devices = [cast.button(site=site, code=f"BTN-{n}") for n in range(6)]

    def press(device: AlertDevice) -> None:
        actions.receive_press(device=device)
        connection.close()

    threads = [threading.Thread(target=press, args=[device]) for device in devices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = sorted(int(n[-6:]) for n in Alert.objects.values_list("number", flat=True))
    assert numbers == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("at", "last", "number"),
    [
        (dt.datetime(2026, 12, 31, 12, tzinfo=dt.UTC), 41, "A-2026-000042"),
        (dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC), 41, "A-2027-000001"),  # already next year in Nice
        (dt.datetime(2026, 12, 31, 12, tzinfo=dt.UTC), 999_999, "A-2026-1000000"),
    ],
)
def test_numbers_start_again_each_year(
    at: dt.datetime, last: int, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    NumberSeries.objects.create(year=2026, last=last)
    device = cast.button()
    monkeypatch.setattr(timezone, "now", lambda: at)
    assert actions.receive_press(device=device).number == number
