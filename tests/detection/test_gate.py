"""By default nothing may watch; what may, by which act, and what ends it (law L-20 to L-29)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import User
from detection import actions, catalogue, gate, plan
from detection.models import DetectorModel, EventType, Profile, UseRecord, Zone
from doors.problems import NotAllowed, Refused
from events.models import Event
from legal.models import PrefecturalAuthorisation
from places import areas
from places.geometry import destination
from tests import cast
from tests.detection.cast import HOUR, authorisation, profile, street

pytestmark = pytest.mark.django_db


@pytest.fixture
def supervisor() -> User:
    return cast.person("supervisor")


def verdict(row: Profile, at: dt.datetime | None = None) -> str:
    found = gate.may_run(row, at or timezone.now())
    assert found.ok == (not found.why)
    return found.why


def on(row: Profile, by: User) -> Profile:
    return actions.enable_profile(actor=by, profile=row, why="Carnival")


def test_nothing_watches_a_real_camera_by_default(supervisor: User) -> None:
    row = profile(street(exercise=False))
    with pytest.raises(NotAllowed) as refused:
        on(row, supervisor)
    assert refused.value.code == "gate-not_authorised"
    assert Profile.objects.enabled().count() == 0 and UseRecord.objects.count() == 0


def test_postgresql_itself_refuses_to_switch_on_what_nothing_covers() -> None:
    """Whatever writes: a migration, a shell, a mistake of ours."""
    row = profile(street(exercise=False))
    with pytest.raises(DatabaseError, match="no authorisation in force"), transaction.atomic():
        Profile.objects.filter(pk=row.pk).update(enabled_at=timezone.now())
    authorisation(row.zone.camera)
    assert Profile.objects.filter(pk=row.pk).update(enabled_at=timezone.now()) == 1


def test_a_covered_camera_is_watched_until_the_very_end(supervisor: User) -> None:
    row = profile(street(exercise=False))
    act = authorisation(row.zone.camera)
    on(row, supervisor)
    assert verdict(row, act.ends_at - dt.timedelta(milliseconds=1)) == ""
    assert verdict(row, act.ends_at) == "not_authorised"
    assert verdict(row, act.starts_at - dt.timedelta(milliseconds=1)) == "not_authorised"
    [watch] = plan.watched(timezone.now())
    assert (watch.profile_id, watch.camera_code, watch.exercise) == (row.pk, "C101", False)
    assert plan.watched(act.ends_at) == []
    line = UseRecord.objects.get(kind=UseRecord.Kind.ON)
    assert (line.authorisation, line.by, line.why) == (act.number, supervisor, "Carnival")


@pytest.mark.parametrize(
    ("lacks", "why"),
    [
        ({"camera_codes": ["C999"]}, "not_authorised"),
        ({"event_types": ["zone_intrusion"]}, "not_authorised"),
        ({"place_classes": ["closed_site"]}, "not_authorised"),
        ({"software_version": "another"}, "software"),
        ({"perimeter": "elsewhere"}, "perimeter"),
        ({"withdrawn_at": timezone.now() - HOUR}, "not_authorised"),
    ],
)
def test_what_an_authorisation_does_not_name_it_does_not_cover(lacks: dict[str, Any], why: str) -> None:
    row = profile(street(exercise=False))
    if "perimeter" in lacks:
        away = destination(row.zone.camera.point, 90, 900)
        lacks = {"perimeter": areas.circle(away, 300)}
    authorisation(row.zone.camera, **lacks)
    assert gate.may_be_enabled(row, timezone.now()).why == why


def test_a_hole_in_the_perimeter_is_outside() -> None:
    row = profile(street(exercise=False))
    where = row.zone.camera.point
    ring = areas.circle(where, 300)
    ring["coordinates"].append(areas.circle(where, 50)["coordinates"][0])
    authorisation(row.zone.camera, perimeter=ring)
    assert gate.may_be_enabled(row, timezone.now()).why == "perimeter"


def test_another_model_than_the_attested_one_is_refused_by_its_hash() -> None:
    """L-24: known by its very bytes."""
    row = profile(street(exercise=False))
    act = authorisation(row.zone.camera)
    row.detector = DetectorModel.objects.create(name="m", family="ultralytics", sha256="a" * 64)
    row.save()
    assert gate.may_be_enabled(row, timezone.now()).why == "software"
    act.model_hashes = ["a" * 64]
    act.save()
    assert gate.may_be_enabled(row, timezone.now()).ok


def test_people_grouping_is_never_authorised_on_a_street() -> None:
    """Not among the eight events of the law: closed sites and exercises only."""
    row = profile(street(exercise=False), "people_grouping")
    authorisation(row.zone.camera, event_types=["people_grouping"], place_classes=["public_road"])
    assert gate.may_be_enabled(row, timezone.now()).why == "place_class"
    with pytest.raises(DatabaseError), transaction.atomic():
        Profile.objects.filter(pk=row.pk).update(enabled_at=timezone.now())
    with pytest.raises(DatabaseError, match="closed_sites"), transaction.atomic():
        EventType.objects.filter(pk="people_grouping").update(place_classes=["public_road"])
    Zone.objects.update(place_class="closed_site")
    authorisation(row.zone.camera, event_types=["people_grouping"], place_classes=["closed_site"])
    assert gate.may_be_enabled(row, timezone.now()).ok


def test_an_exercise_needs_no_authorisation_but_its_pictures_must_be_drawn(supervisor: User) -> None:
    row = profile()
    on(row, supervisor)
    found = gate.may_run(row, timezone.now())
    assert (found.ok, found.exercise, found.authorisation) == (True, True, None)
    # A real stream under the name of an exercise: no.
    row.zone.camera.source.kind = "rtsp"
    row.zone.camera.source.save()
    assert verdict(row) == "not_authorised"


def test_the_prefects_order_and_the_masks_hold_for_software_too(supervisor: User) -> None:
    row = profile(street(exercise=False, masks_checked=False))
    authorisation(row.zone.camera)
    assert gate.may_be_enabled(row, timezone.now()).ok  # it waits for the check
    on(row, supervisor)
    assert verdict(row) == "masks"
    PrefecturalAuthorisation.objects.all().delete()
    assert verdict(row) == "camera_not_authorised"


def test_hours_of_the_week_in_the_citys_time(supervisor: User) -> None:
    nights = [{"days": [4], "start": "22:00", "until": "06:00"}]
    row = on(profile(schedule=nights), supervisor)
    friday = dt.datetime(2026, 11, 20, 22, 30, tzinfo=timezone.get_default_timezone())
    assert verdict(row, friday) == ""
    assert verdict(row, friday + 7 * HOUR) == ""  # Saturday, 05:30: the night of Friday
    assert verdict(row, friday + 8 * HOUR) == "off_hours"
    assert verdict(row, friday - HOUR) == "off_hours"


def test_what_ends_is_switched_off_and_stays_off(supervisor: User) -> None:
    """No person has to be there; and a new authorisation switches nothing on by itself."""
    row = profile(street(exercise=False))
    act = authorisation(row.zone.camera)
    on(row, supervisor)
    assert actions.end_uncovered(at=act.ends_at) == 1
    row.refresh_from_db()
    assert row.enabled_at is None
    assert UseRecord.objects.first().kind == UseRecord.Kind.UNCOVERED  # type: ignore[union-attr]
    assert Event.objects.filter(kind="detection.ended").get().data["why"] == "uncovered"
    authorisation(row.zone.camera, ends_at=act.ends_at + HOUR)
    assert verdict(row) == "off"


def test_a_withdrawn_authorisation_ends_at_once(supervisor: User) -> None:
    row = profile(street(exercise=False))
    act = authorisation(row.zone.camera)
    on(row, supervisor)
    assert actions.withdraw_authorisation(actor=supervisor, authorisation=act, why="Event cancelled") == 1
    assert plan.watched(timezone.now()) == []
    assert actions.withdraw_authorisation(actor=supervisor, authorisation=act, why="again") == 0


def test_one_button_stops_everything_until_somebody_allows_it_again(supervisor: User) -> None:
    operator = cast.person("operator")
    row = on(profile(), supervisor)
    stop = actions.stop_all(actor=operator, why="Doubt about the model")
    assert plan.watched(timezone.now()) == [] and verdict(row) == "stopped"
    assert actions.stop_all(actor=operator, why="twice").pk == stop.pk
    with pytest.raises(NotAllowed):
        actions.allow_again(actor=operator, why="I think so")
    with pytest.raises(Refused):
        actions.allow_again(actor=supervisor, why=" ")
    actions.allow_again(actor=supervisor, why="Checked")
    assert verdict(row) == ""
    kinds = list(UseRecord.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["on", "all_stopped", "resumed"]
    facts = Event.objects.filter(kind__startswith="detection.").order_by("pk")
    assert [f.kind for f in facts][1:] == ["detection.all_stopped", "detection.allowed_again"]


def test_the_register_of_use_is_changed_by_nobody(supervisor: User) -> None:
    on(profile(), supervisor)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        UseRecord.objects.update(why="nothing happened")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        UseRecord.objects.all().delete()


def test_an_operator_switches_nothing_on() -> None:
    with pytest.raises(NotAllowed):
        on(profile(), cast.person("operator"))


def test_the_gate_asks_little_however_much_is_watched(
    supervisor: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(3):
        row = profile(street(f"R{number}", exercise=False))
        authorisation(row.zone.camera)
        on(row, supervisor)
    with django_assert_max_num_queries(4):
        assert len(gate.running(timezone.now())) == 3
    for number in range(3):
        on(profile(street(f"E{number}")), supervisor)
    PrefecturalAuthorisation.objects.all().delete()
    with django_assert_max_num_queries(4):
        assert len(gate.running(timezone.now())) == 3


def test_the_trigger_and_the_gate_say_the_same() -> None:
    """One function of PostgreSQL answers both; nothing else in the code says what covers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'detection_gate'")
        assert "detection_covering(" in cursor.fetchone()[0]
    sql = str(Profile.objects.with_ground(timezone.now()).query)
    assert "detection_covering(" in sql and "detection_exercise(" in sql


def test_another_file_under_a_known_name_is_another_detector() -> None:
    first = catalogue.record_model("yolo", "yolo.onnx", "a" * 64)
    assert catalogue.record_model("yolo", "yolo.onnx", "a" * 64) == first
    other = catalogue.record_model("yolo", "yolo.onnx", "b" * 64)
    assert (other.name, other.sha256) == ("yolo-bbbbbbbb", "b" * 64)
