"""Faults become work orders: one each, opened and closed by what is measured, taken and mended by people."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.models import User
from accounts.rights import Right
from accounts.roles import Role
from cameras.actions import report_lost, report_returned
from cameras.models import Camera, Device
from doors.problems import Conflict, NotAllowed, Refused
from events.models import Event
from footage.health import actions
from footage.health.actions import report_fault, report_good
from footage.health.rounds import go_round
from footage.models import CameraReference, RecordingDuty, Segment, Source, WorkOrder
from tests.cameras.estate import camera
from tests.cast import person
from tests.footage.recorded import signed_in

pytestmark = pytest.mark.django_db
Kind, State = WorkOrder.Kind, WorkOrder.State
BLURRED = {"sharpness": 0.21, "light": "day"}


@pytest.fixture
def eye() -> Camera:
    return camera("C1")


@pytest.fixture
def technician() -> User:
    return person(Role.TECHNICIAN)


def told() -> list[tuple[str, object]]:
    rows = Event.objects.filter(kind__startswith="footage.fault").order_by("pk")
    return [(row.kind.rpartition("_")[2], row.data.get("state") or row.data.get("times")) for row in rows]


def blurred(eye: Camera) -> WorkOrder:
    order = report_fault(camera_id=eye.pk, kind=Kind.BLURRED, evidence=BLURRED)
    assert order is not None
    return order


def later(order: WorkOrder, **ago: float) -> None:
    WorkOrder.objects.filter(pk=order.pk).update(closed_at=timezone.now() - dt.timedelta(**ago))


def test_fifty_tellings_are_one_order_and_one_fact(eye: Camera) -> None:
    orders = {blurred(eye).pk for _ in range(50)}
    assert len(orders) == 1 and told() == [("found", 1)]
    assert Event.objects.get().about == [f"camera:{eye.pk}", f"work_order:{orders.pop()}"]


def test_it_closes_by_itself_and_opens_again_rather_than_twice(eye: Camera) -> None:
    order = blurred(eye)
    report_good(camera_id=eye.pk, kind=Kind.BLURRED)
    order.refresh_from_db()
    assert (order.state, order.standing, order.closed_by) == (State.GOOD_AGAIN, False, None)
    assert blurred(eye) == order
    order.refresh_from_db()
    assert (order.state, order.times, order.closed_at) == (State.OPEN, 2, None)
    report_good(camera_id=eye.pk, kind=Kind.BLURRED)
    later(order, days=8)
    assert blurred(eye) != order, "a week later it is another fault"
    assert told() == [
        ("found", 1),
        ("over", "good_again"),
        ("found", 2),
        ("over", "good_again"),
        ("found", 1),
    ]


def test_what_was_said_to_be_mended_and_is_not_opens_again(eye: Camera, technician: User) -> None:
    order = blurred(eye)
    actions.assign_order(order=order, to=technician, actor=technician)
    actions.mend_order(order=order, actor=technician, words="dome washed")
    assert report_fault(camera_id=eye.pk, kind=Kind.BLURRED, evidence=BLURRED) is None, "still on the ladder"
    assert actions.reopen_unmended(now=timezone.now()) == []
    later(order, minutes=25)
    assert actions.reopen_unmended(now=timezone.now()) == [order]
    order.refresh_from_db()
    assert (order.state, order.assigned_to) == (State.ASSIGNED, technician)


def test_not_a_fault_is_let_pass_until_it_was_good_once(eye: Camera, technician: User) -> None:
    CameraReference.objects.create(
        camera=eye, light="day", edges=b"x", sharpness=1, brightness=1, pictures=9, mounting="m"
    )
    order = blurred(eye)
    with pytest.raises(Refused, match="Say why"):
        actions.dismiss_order(order=order, actor=technician, words="  ")
    actions.dismiss_order(order=order, actor=technician, words="a new lens")
    assert not CameraReference.objects.exists(), "what it usually sees is learned anew"
    assert report_fault(camera_id=eye.pk, kind=Kind.BLURRED, evidence=BLURRED) is None
    report_good(camera_id=eye.pk, kind=Kind.BLURRED)
    assert blurred(eye) != order


def test_an_unlit_place_is_dark_every_night_and_said_once(eye: Camera, technician: User) -> None:
    dark = {"brightest": 30.0, "light": "night"}
    order = report_fault(camera_id=eye.pk, kind=Kind.DARK, evidence=dark)
    assert order is not None
    actions.dismiss_order(order=order, actor=technician, words="the park is not lit")
    report_good(camera_id=eye.pk, kind=Kind.DARK)
    assert report_fault(camera_id=eye.pk, kind=Kind.DARK, evidence=dark) is None
    assert report_fault(camera_id=eye.pk, kind=Kind.DARK, evidence=dark | {"light": "day"}) is not None


def test_who_may_not_mend_does_not(eye: Camera, technician: User) -> None:
    order, operator = blurred(eye), person(Role.OPERATOR)
    with pytest.raises(NotAllowed):
        actions.mend_order(order=order, actor=operator)
    with pytest.raises(Refused, match="does not look after"):
        actions.assign_order(order=order, to=operator, actor=technician)
    actions.mend_order(order=order, actor=technician)
    with pytest.raises(Conflict):
        actions.mend_order(order=order, actor=technician)


def test_offline_for_minutes_is_an_order_and_for_a_moment_none(eye: Camera) -> None:
    Source.objects.create(camera=eye, url="rtsp://127.0.0.1/x")
    report_lost(camera_id=eye.pk, why="unreachable")
    go_round()
    assert not WorkOrder.objects.exists()
    go_round(timezone.now() + dt.timedelta(minutes=3))
    order = WorkOrder.objects.get()
    assert (order.kind, order.evidence["why"]) == (Kind.OFFLINE, "unreachable")
    report_returned(camera_id=eye.pk)
    go_round()
    assert WorkOrder.objects.get().is_live, "it may go again"
    go_round(timezone.now() + dt.timedelta(minutes=6))
    assert WorkOrder.objects.get().state == State.GOOD_AGAIN


def test_a_camera_that_goes_and_comes_is_unstable(eye: Camera) -> None:
    Source.objects.create(camera=eye, url="rtsp://127.0.0.1/x")
    for _ in range(4):
        report_lost(camera_id=eye.pk, why="silent")
        report_returned(camera_id=eye.pk)
    go_round()
    assert WorkOrder.objects.get().kind == Kind.UNSTABLE
    go_round(timezone.now() + dt.timedelta(minutes=70))
    assert WorkOrder.objects.get().state == State.GOOD_AGAIN


def test_a_clock_that_is_wrong_by_more_than_a_second(eye: Camera) -> None:
    now = timezone.now()
    Source.objects.create(camera=eye, url="rtsp://127.0.0.1/x", clock_offset_ms=-400, clock_measured_at=now)
    go_round()
    assert not WorkOrder.objects.exists()
    Device.objects.create(camera=eye, url="http://127.0.0.1", clock_ahead_ms=4200, clock_measured_at=now)
    go_round()
    assert WorkOrder.objects.get().evidence == {"stream_ahead_ms": -400, "device_ahead_ms": 4200}
    Device.objects.update(clock_ahead_ms=100)
    go_round()
    assert WorkOrder.objects.get().state == State.GOOD_AGAIN


def test_a_camera_in_service_that_is_not_recorded(eye: Camera) -> None:
    hour = dt.timedelta(hours=1)
    now = timezone.now()
    Camera.objects.update(state_since=now - 5 * hour)
    RecordingDuty.objects.create(camera=eye, since=now - 5 * hour)
    begins = now - dt.timedelta(minutes=75)
    for n in range(5):
        start = begins + n * dt.timedelta(minutes=10)
        Segment.objects.create(
            camera=eye,
            started_at=start,
            ended_at=start + dt.timedelta(minutes=10),
            seconds=600,
            path=f"{n}.mp4",
            codecs="avc1",
            init_bytes=1,
            state=Segment.State.CLOSED,
        )
    go_round(now)
    order = WorkOrder.objects.get()
    assert (order.kind, order.evidence) == (Kind.GAPS, {"recorded_s": 2700, "due_s": 3600})


def test_a_round_over_the_estate_costs_the_same_whatever_its_size(
    django_assert_max_num_queries: object,
) -> None:
    for n in range(30):
        Source.objects.create(camera=camera(f"C{n}"), url="rtsp://127.0.0.1/x")
    go_round()
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        go_round()


class TestPages:
    def test_the_worst_first_in_words_of_the_reader(self, eye: Camera, technician: User) -> None:
        report_fault(camera_id=eye.pk, kind=Kind.CLOCK, evidence={"stream_ahead_ms": 3200})
        report_fault(camera_id=eye.pk, kind=Kind.DARK, evidence={"brightest": 22.0})
        page = signed_in(technician).get("/footage/health/").content.decode()
        assert page.index("Dark") < page.index("Clock wrong")
        assert "3.2 s ahead of the centre" in page
        only = signed_in(technician).get("/footage/health/?fault=clock&camera=c1").content.decode()
        assert "3.2 s ahead" in only and "the brightest parts" not in only

    def test_an_order_is_taken_and_mended_on_its_page(self, eye: Camera, technician: User) -> None:
        order, client = blurred(eye), signed_in(technician)
        client.post(f"/footage/health/{order.pk}/assign/", {"to": technician.pk})
        done = client.post(f"/footage/health/{order.pk}/mend/", {"words": "washed"}, follow=True)
        assert "washed" in done.content.decode() and "21 % of its usual sharpness" in done.content.decode()
        again = client.post(f"/footage/health/{order.pk}/mend/")
        assert again.status_code == 409 and "closed already" in again.content.decode()

    def test_an_operator_reads_and_changes_nothing(self, eye: Camera) -> None:
        order, client = blurred(eye), signed_in(person(Role.OPERATOR))
        page = client.get(f"/footage/health/{order.pk}/").content.decode()
        assert "Blurred" in page and "Mended" not in page
        assert client.post(f"/footage/health/{order.pk}/mend/").status_code == 403

    @pytest.mark.parametrize(
        "path",
        ["", "1/", "cameras/C1/", "availability/", "availability.csv"],
        ids=lambda path: path or "list",
    )
    def test_who_has_nothing_to_do_with_it_sees_nothing(self, eye: Camera, path: str) -> None:
        outsider = person(Role.SITE_CONTACT)
        assert not any(outsider.may(right) for right in (Right.SEE_ROOM, Right.MANAGE_ESTATE))
        assert signed_in(outsider).get(f"/footage/health/{path}").status_code == 403
        assert Client().get(f"/footage/health/{path}").status_code == 302

    def test_every_fault_has_its_sentence_in_both_languages(self, eye: Camera, technician: User) -> None:
        for kind in Kind:
            report_fault(camera_id=eye.pk, kind=kind, evidence={"since": timezone.now().isoformat()})
        said = {}
        for language in ("en", "fr"):
            with translation.override(language):
                from footage.health.words import sentence

                said[language] = [sentence(order) for order in WorkOrder.objects.order_by("pk")]
                assert all(said[language])
        assert not set(said["en"]) & set(said["fr"])

    def test_the_rest_door_tells_machines_the_same(self, eye: Camera, technician: User) -> None:
        blurred(eye)
        answer = signed_in(technician).get("/api/v1/work-orders/").json()["work_orders"]
        assert [(row["camera"], row["fault"], row["severity"]) for row in answer] == [("C1", "blurred", 2)]
        assert signed_in(person(Role.SITE_CONTACT)).get("/api/v1/work-orders/").status_code == 403
