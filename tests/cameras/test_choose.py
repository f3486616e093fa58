from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone, translation

from cameras.models import Camera
from cameras.reasons import text
from places import areas
from places.geometry import destination
from tests.cameras.estate import PLACE, camera, dome

pytestmark = pytest.mark.django_db


def reasons_left_out() -> dict[str, str]:
    return {out.camera.code: out.why.code for out in Camera.objects.considered_for(PLACE).left_out}


def test_density_ranks_before_distance() -> None:
    camera("NEAR", from_place=(0, 20))  # 1920 / (2 x 20) = 48 px/m
    dome("FAR", from_place=(90, 150))  # 1920 / (2 x 150 x tan 1.5 deg) = 244 px/m
    found = Camera.objects.that_see(PLACE)
    assert [sight.camera.code for sight in found] == ["FAR", "NEAR"]
    assert found[0].density_px_m == pytest.approx(244.4, abs=0.5)
    assert found[0].band == "recognise"
    assert found[1].distance_m == pytest.approx(20, abs=0.01)
    assert found[1].bearing_deg == pytest.approx(180, abs=0.01)


def test_height_counts_in_the_distance() -> None:
    camera("HIGH", from_place=(0, 30), height_m=40)  # slant 50 m
    assert Camera.objects.that_see(PLACE)[0].density_px_m == pytest.approx(19.2, abs=0.01)


def test_at_most_keeps_the_best() -> None:
    for metres in (10, 20, 30):
        camera(f"C{metres}", from_place=(0, metres))
    assert [s.camera.code for s in Camera.objects.that_see(PLACE, at_most=2)] == ["C10", "C20"]


def test_a_fixed_camera_that_looks_elsewhere_is_left_out_with_the_angle() -> None:
    camera("AWAY", from_place=(180, 50), mounting_azimuth_deg=100)
    [out] = Camera.objects.considered_for(PLACE).left_out
    assert out.why.code == "out_of_field"
    assert out.why.figures["by"] == pytest.approx(55, abs=0.1)


def test_a_dome_and_a_360_camera_see_all_round() -> None:
    dome("DOME", mounting_azimuth_deg=180)
    camera(
        "ROUND", kind="panoramic", hfov_deg=360, hfov_tele_deg=360, width_px=8000, mounting_azimuth_deg=180
    )
    assert {s.camera.code for s in Camera.objects.that_see(PLACE)} == {"DOME", "ROUND"}


@pytest.mark.parametrize("kind", ["fixed", "thermal", "third_party"])
def test_the_others_see_their_field_only(kind: str) -> None:
    owner = "Galerie" if kind == "third_party" else ""
    camera("FACING", kind=kind, owner=owner)
    camera("TURNED", kind=kind, owner=owner, mounting_azimuth_deg=180)
    assert [s.camera.code for s in Camera.objects.that_see(PLACE)] == ["FACING"]


def test_out_of_range_is_left_out_with_both_figures() -> None:
    camera("SHORT", from_place=(0, 120), range_m=100)
    [out] = Camera.objects.considered_for(PLACE).left_out
    assert (out.why.code, out.why.figures) == ("too_far", {"distance": 120.0, "range": 100})


def test_a_camera_far_away_is_not_even_mentioned() -> None:
    camera("FAR", from_place=(0, 900))
    considered = Camera.objects.considered_for(PLACE)
    assert (considered.sights, considered.left_out) == ([], [])


def test_one_that_sees_for_kilometres_is_found_from_there() -> None:
    dome("HILL", from_place=(0, 3000), range_m=4000, hfov_tele_deg=0.5)
    assert [s.camera.code for s in Camera.objects.that_see(PLACE)] == ["HILL"]


def test_a_drawn_visible_area_hides_the_rest() -> None:
    behind = areas.circle(destination(PLACE, 0, 300), 50)
    around = areas.circle(PLACE, 50)
    camera("HIDDEN", visible_area=behind)
    camera("CLEAR", visible_area=around)
    assert [s.camera.code for s in Camera.objects.that_see(PLACE)] == ["CLEAR"]
    assert reasons_left_out() == {"HIDDEN": "hidden"}


@pytest.mark.parametrize("state", ["lost", "maintenance", "to_declare"])
def test_what_is_not_live_is_left_out_by_its_state(state: str) -> None:
    camera("C1", state=state)
    assert reasons_left_out() == {"C1": state}


@pytest.mark.parametrize("state", ["planned", "retired"])
def test_what_is_not_there_is_not_mentioned(state: str) -> None:
    camera("C1", state=state)
    assert reasons_left_out() == {}


def test_a_picture_below_12_px_m_is_too_coarse() -> None:
    camera("COARSE", from_place=(0, 100), width_px=640)
    assert reasons_left_out() == {"COARSE": "too_coarse"}


def test_an_exercise_turns_no_real_camera_nor_the_reverse() -> None:
    camera("PLAY")
    camera("REAL", exercise=False, authorisation_reference="2026-118")
    assert [s.camera.code for s in Camera.objects.that_see(PLACE, exercise=True)] == ["PLAY"]
    assert [s.camera.code for s in Camera.objects.that_see(PLACE, exercise=False)] == ["REAL"]
    assert {s.camera.code for s in Camera.objects.that_see(PLACE)} == {"PLAY", "REAL"}


def test_a_reason_reads_in_the_language_of_its_reader() -> None:
    dome("C1", from_place=(0, 38), hfov_tele_deg=13.6)
    why = Camera.objects.that_see(PLACE)[0].why
    with translation.override("en"):
        assert str(why) == "38 m · 212 px/m · recognise"
        assert text(why.as_json()) == str(why)


def test_offline_says_since_when() -> None:
    since = timezone.localtime().replace(hour=0, minute=5, second=0, microsecond=0)
    camera("TODAY", state="lost", state_since=since)
    camera("BEFORE", state="lost", state_since=since - dt.timedelta(days=3), from_place=(0, 60))
    with translation.override("en"):
        today, before = (str(out.why) for out in Camera.objects.considered_for(PLACE).left_out)
    assert today == "offline since 00:05"
    assert str((since - dt.timedelta(days=3)).year) in before


def test_the_question_is_one_query_answered_by_the_index_of_reaches() -> None:
    for i in range(3):
        camera(f"C{i}")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Camera.objects.in_service().reaching(PLACE).explain()
    assert "cameras_camera_reach" in plan


def test_it_asks_the_database_once(django_assert_num_queries: object) -> None:
    for i in range(5):
        camera(f"C{i}", state="live" if i else "lost")
    with django_assert_num_queries(1):  # type: ignore[operator]
        Camera.objects.considered_for(PLACE)
