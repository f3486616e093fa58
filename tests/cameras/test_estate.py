from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from cameras.actions import change_camera, change_state, move_camera, register_camera, save_preset
from cameras.models import Camera, CameraPosition, Preset
from doors.problems import Conflict, NotAllowed, Refused
from events.models import Event
from places.geometry import destination
from tests.cameras.estate import PLACE, camera, dome
from tests.cameras.people import operator, technician
from tests.cast import may_film

pytestmark = pytest.mark.django_db
REAL = {"exercise": False, "authorisation_reference": "2026-118"}


def facts() -> list[tuple[str, dict[str, Any]]]:
    return list(Event.objects.order_by("id").values_list("kind", "data"))


def test_registering_keeps_the_first_position_and_says_so() -> None:
    made = register_camera(
        code="C1", name="Masséna", lat=PLACE.lat, lon=PLACE.lon, state="to_declare", actor=technician()
    )
    assert made.positions.get().until is None
    assert facts() == [("cameras.registered", {"camera_id": made.pk, "code": "C1", "state": "to_declare"})]


def test_what_does_not_hold_together_is_refused_by_field() -> None:
    with pytest.raises(Refused) as refused:
        register_camera(code="c 1", name="x", lat=95, lon=0, hfov_deg=20, hfov_tele_deg=30, actor=None)
    assert refused.value.status == 400
    assert set(refused.value.extra["errors"]) == {"code", "lat", "hfov_tele_deg"}  # type: ignore[call-overload]
    assert not Camera.objects.exists()
    assert facts() == []


def test_an_operator_may_not_touch_the_estate() -> None:
    made = camera("C1")
    who = operator()
    for refused in (
        lambda: register_camera(code="C2", name="x", lat=43, lon=7, actor=who),
        lambda: move_camera(camera=made, lat=43, lon=7, actor=who),
        lambda: change_state(camera=made, state="lost", actor=who),
        lambda: save_preset(camera=made, number=1, name="x", actor=who),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert facts() == []


def test_a_camera_is_not_put_in_service_without_authorisation() -> None:
    made = camera("C1", exercise=False, state="to_declare")
    with pytest.raises(Refused) as refused:
        change_state(camera=made, state="live", actor=None)
    assert "authorisation_reference" in refused.value.extra["errors"]  # type: ignore[operator]
    assert Camera.objects.get().state == "to_declare"


def test_with_one_it_is_and_since_when_is_known() -> None:
    made = camera("C1", state="to_declare", **REAL)
    with pytest.raises(Refused, match="No authorisation in force covers"):
        change_state(camera=made, state="live", actor=None)  # a number is not an order
    may_film()
    before = timezone.now()
    change_state(camera=made, state="live", actor=None)
    made.refresh_from_db()
    assert made.state == "live"
    assert made.state_since >= before
    assert facts() == [("cameras.state_changed", {"camera_id": made.pk, "code": "C1", "state": "live"})]


def test_the_same_state_again_says_nothing() -> None:
    change_state(camera=camera("C1"), state="live", actor=None)
    assert facts() == []


def test_a_moved_camera_is_to_be_declared_and_its_history_kept() -> None:
    made = camera("C1", **REAL)
    there = destination(made.point, 90, 3)
    move_camera(camera=made, lat=there.lat, lon=there.lon, actor=None)
    made.refresh_from_db()
    assert made.state == "to_declare"
    old, new = made.positions.order_by("since")
    assert (old.until is not None, new.until, new.lon) == (True, None, there.lon)
    assert [kind for kind, _data in facts()] == ["cameras.mask_check_ended", "cameras.moved"]
    assert facts()[1][1]["state"] == "to_declare"


def test_a_correction_of_the_survey_is_no_move() -> None:
    may_film()
    made = camera("C1", **REAL)
    there = destination(made.point, 90, 1.5)
    move_camera(camera=made, lat=there.lat, lon=there.lon, actor=None)
    made.refresh_from_db()
    assert (made.state, made.positions.count()) == ("live", 1)
    assert [kind for kind, _data in facts()] == ["cameras.changed"]


def test_small_corrections_add_up_to_a_move() -> None:
    may_film()
    made = camera("C1", **REAL)
    for _step in range(2):
        there = destination(Camera.objects.get().point, 90, 1.5)
        move_camera(camera=made, lat=there.lat, lon=there.lon, actor=None)
    assert Camera.objects.get().state == "to_declare"


@pytest.mark.parametrize(
    "change", [{"height_m": 9.0}, {"mounting_azimuth_deg": 15.0}], ids=["higher", "turned"]
)
def test_another_mounting_is_a_move(change: dict[str, float]) -> None:
    made = camera("C1", mounting_azimuth_deg=0, height_m=6, **REAL)
    move_camera(camera=made, lat=made.lat, lon=made.lon, actor=None, **change)
    assert Camera.objects.get().state == "to_declare"


def test_a_planned_camera_may_be_moved_about_the_plan() -> None:
    made = camera("C1", state="planned")
    move_camera(camera=made, lat=made.lat + 0.001, lon=made.lon, actor=None)
    assert Camera.objects.get().state == "planned"


def test_a_name_alone_is_a_change_of_the_record() -> None:
    made = camera("C1")
    change_camera(camera=made, name="Gare", actor=None)
    assert facts() == [("cameras.changed", {"camera_id": made.pk, "code": "C1", "fields": ["name"]})]


@pytest.mark.parametrize(
    "wrong",
    [
        {"lat": 91},
        {"lon": -181},
        {"mounting_azimuth_deg": 360},
        {"tilt_deg": -91},
        {"hfov_deg": 200},
        {"hfov_deg": 10, "hfov_tele_deg": 20},
        {"range_m": 0},
        {"purpose": 12},
        {"exercise": False},
        {"owner": "Galerie"},
        {"kind": "third_party"},
    ],
    ids=str,
)
def test_the_database_itself_refuses_nonsense(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        camera("C1", **wrong)


def test_a_camera_has_one_position_at_a_time() -> None:
    made = camera("C1")
    with pytest.raises(IntegrityError), transaction.atomic():
        CameraPosition.of(made).save()


def test_a_preset_is_saved_under_its_number_and_changed_there() -> None:
    made = dome("C1")
    save_preset(camera=made, number=3, name="Gate", site_codes=["ECO-012"], actor=technician())
    save_preset(camera=made, number=3, name="North gate", actor=None)
    assert Preset.objects.get().name == "North gate"
    assert Preset.objects.get().site_codes == ["ECO-012"]


def test_a_preset_of_a_real_camera_needs_its_masks_checked() -> None:
    made = dome("C1", **REAL)
    with pytest.raises(Conflict) as refused:
        save_preset(camera=made, number=1, name="Gate", actor=None)
    assert refused.value.code == "masks-unchecked"
    save_preset(camera=made, number=1, name="Gate", mask_checked_on=timezone.localdate(), actor=None)
    assert Preset.objects.exists()


def test_a_fixed_camera_has_no_presets() -> None:
    with pytest.raises(Conflict):
        save_preset(camera=camera("C1"), number=1, name="Gate", actor=None)
