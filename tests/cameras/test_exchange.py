from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cameras.actions import change_camera
from cameras.exchange import columns, reading
from cameras.exchange.columns import COLUMNS
from cameras.exchange.plan import compare
from cameras.exchange.writing import as_csv, as_geojson
from cameras.imports import apply_import, drop_import, preview_import
from cameras.models import Camera, CameraImport, CameraPosition
from doors.problems import Conflict, NotAllowed, Refused
from events.models import Event
from legal.models import PrefecturalAuthorisation
from places import areas
from places.geometry import destination
from places.models import Sector
from tests.cameras.estate import PLACE, camera, dome
from tests.cameras.people import operator, technician
from tests.cast import may_film

pytestmark = pytest.mark.django_db
HEADER = "code;name;lat;lon"


def csv(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows]).encode()


def taken(content: bytes, filename: str = "cameras.csv") -> CameraImport:
    return preview_import(content=content, filename=filename, actor=None)


def complaints(content: bytes, filename: str = "cameras.csv") -> list[tuple[int, str]]:
    refused = taken(content, filename)
    assert refused.state == "refused"
    assert refused.plan == []
    assert all(problem["wrong"] and problem["write"] for problem in refused.problems)
    return [(problem["row"], problem["column"]) for problem in refused.problems]


def rows() -> list[dict[str, Any]]:
    return list(Camera.objects.order_by("code").values(*COLUMNS))


@pytest.fixture
def estate() -> None:
    north = Sector.objects.create(code="NORTH", name="North")
    camera("C1", name='=cmd|"x";y, l\'été\nsecond line', sector=north, objective="-1 not a number")
    camera("C2", name="'+7", lat=43.123456789012345, lon=7.1 + 0.2, visible_area=areas.circle(PLACE, 80))
    dome("C3", exercise=False, authorisation_reference="@2026-118", tilt_deg=-12.5)
    camera("C4", kind="third_party", owner="Galerie", state="maintenance", purpose=11)


@pytest.mark.parametrize(("write", "filename"), [(as_csv, "e.csv"), (as_geojson, "e.geojson")])
def test_an_export_read_back_changes_nothing(estate: None, write: Any, filename: str) -> None:
    again = taken(write(Camera.objects.all()), filename)
    assert (again.problems, again.created, again.changed, again.unchanged) == ([], 0, 0, 4)


@pytest.mark.parametrize(("write", "filename"), [(as_csv, "e.csv"), (as_geojson, "e.geojson")])
def test_an_export_makes_the_same_estate_elsewhere(estate: None, write: Any, filename: str) -> None:
    before, content = rows(), write(Camera.objects.all())
    may_film()
    Camera.objects.all().delete()
    apply_import(taken=taken(content, filename), actor=None)
    assert rows() == before
    assert CameraPosition.objects.filter(until=None).count() == 4


def test_no_cell_of_an_export_is_a_formula(estate: None) -> None:
    text = as_csv(Camera.objects.all()).decode("utf-8-sig")
    assert "'=cmd" in text
    assert "''+7" in text
    assert ";'@2026" in text
    assert ";-12.5;" in text  # a number is no formula


@given(st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=30))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_survives_a_cell(said: str) -> None:
    cell = COLUMNS["name"].text(said)
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert columns.unescaped(cell) == said


@given(st.floats(-90, 90))
def test_any_latitude_survives_a_cell(lat: float) -> None:
    assert COLUMNS["lat"].read(COLUMNS["lat"].text(lat)) == lat


def test_a_preview_changes_nothing_and_says_what_would_be() -> None:
    camera("C1", name="Old", from_place=(0, 50))
    before = rows()
    ready = taken(csv("C1;New;43.7;7.27", "C9;Nine;43.71;7.28"))
    assert (ready.state, ready.created, ready.changed, ready.unchanged) == ("ready", 1, 1, 0)
    change, creation = ready.plan
    assert (change["act"], change["before"]["name"], change["values"]["name"]) == ("change", "Old", "New")
    assert (creation["act"], creation["code"], creation["values"]["kind"]) == ("create", "C9", "fixed")
    assert rows() == before
    assert not Event.objects.exists()


def test_confirming_does_what_was_shown_in_one_fact() -> None:
    camera("C1", name="Old", lat=43.7, lon=7.27)
    ready = taken(csv("C1;New;43.7;7.27", "C9;Nine;43.71;7.28"))
    who = technician()
    done = apply_import(taken=ready, actor=who)
    assert (done.state, done.applied_by) == ("applied", who)
    assert list(Camera.objects.order_by("code").values_list("code", "name")) == [
        ("C1", "New"),
        ("C9", "Nine"),
    ]
    [event] = Event.objects.all()
    assert (event.kind, event.data) == (
        "cameras.imported",
        {"import_id": done.pk, "created": 1, "changed": 1, "moved": 0},
    )


def test_a_camera_the_file_moves_is_to_be_declared_and_the_preview_says_so() -> None:
    made = camera("C1", exercise=False, authorisation_reference="2026-118")
    there = destination(made.point, 90, 12)
    ready = taken(csv(f"C1;Camera C1;{there.lat};{there.lon};live", header=f"{HEADER};state"))
    [step] = ready.plan
    assert (step["moved_m"], step["values"]["state"], step["before"]["state"]) == (12.0, "to_declare", "live")
    apply_import(taken=ready, actor=None)
    made.refresh_from_db()
    assert made.state == "to_declare"
    assert made.positions.count() == 2


LAWFUL = f"{HEADER};state;authorisation_reference;purpose"


def test_no_file_puts_a_camera_in_service_without_an_order_that_covers_it() -> None:
    """L-01: each row says so, and what to do; an order that covers it lets it in, one that ends meanwhile does not."""
    camera("C1", exercise=False, state="planned", authorisation_reference="2026-118")
    was = Camera.objects.get()
    rows_ = [f"C1;C1;{was.lat};{was.lon};live;2026-118;5", "C2;C2;43.7;7.2;live;2026-118;5"]
    assert complaints(csv(*rows_, header=LAWFUL)) == [(2, "state"), (3, "state")]
    # Without being in service they may be in the file, and so may the exercise's.
    assert taken(csv("C2;C2;43.7;7.2;planned;2026-118;5", header=LAWFUL)).state == "ready"
    assert taken(csv("C9;C9;43.7;7.2;live;true", header=f"{HEADER};state;exercise")).state == "ready"
    may_film()
    PrefecturalAuthorisation.objects.update(purposes=[5, 7])
    assert complaints(csv(rows_[1].replace(";5", ";4"), header=LAWFUL)) == [(2, "state")]
    ready = taken(csv(*rows_, header=LAWFUL))
    assert ready.state == "ready"
    PrefecturalAuthorisation.objects.update(purposes=[7])
    with pytest.raises(Conflict, match=r"C1|authorisation|arrêté") as refused:
        apply_import(taken=ready, actor=None)
    assert refused.value.code == "camera-not-authorised"
    assert Camera.objects.get().state == "planned"
    PrefecturalAuthorisation.objects.update(purposes=[5, 7])
    apply_import(taken=ready, actor=None)
    assert set(Camera.objects.values_list("state", flat=True)) == {"live"}
    # One in service does not leave what its order covers by a file, nor by hand.
    assert complaints(csv("C2;C2;43.7;7.2;live;2026-118;4", header=LAWFUL)) == [(2, "state")]
    assert taken(csv("C2;C2;43.7;7.2;live;2026-118;7", header=LAWFUL)).state == "ready"
    with pytest.raises(Refused) as by_hand:
        change_camera(camera=Camera.objects.get(code="C2"), actor=None, purpose=4)
    assert by_hand.value.code == "camera-not-authorised"
    camera("C3", authorisation_reference="2026-118", purpose=4)
    with pytest.raises(Refused):
        change_camera(camera=Camera.objects.get(code="C3"), actor=None, exercise=False)


def test_columns_left_out_keep_what_is_there() -> None:
    camera("C1", lat=43.7, lon=7.27, objective="Square", range_m=321)
    apply_import(taken=taken(csv("C1;43,7;7,27;300", header="code;lat;lon;range_m")), actor=None)
    assert Camera.objects.values_list("objective", "range_m", "lat").get() == ("Square", 300, 43.7)


def test_an_empty_number_keeps_and_an_empty_text_empties() -> None:
    camera("C1", lat=43.7, lon=7.27, objective="Square", range_m=321)
    apply_import(taken=taken(csv("C1;43.7;7.27;;", header="code;lat;lon;range_m;objective")), actor=None)
    assert Camera.objects.values_list("objective", "range_m").get() == ("", 321)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (b"", [(1, "code"), (1, "lat"), (1, "lon")]),
        (csv(), [(1, "")]),
        (csv(header="code;lat;lon;colour"), [(1, "colour")]),
        (csv(header="code;code;lat;lon"), [(1, "code"), (1, "code")]),
        (csv("C1;x;95;7"), [(2, "lat")]),
        (csv("C1;x;north;7"), [(2, "lat")]),
        (csv("C1;x;nan;7"), [(2, "lat")]),
        (csv(";x;43;7"), [(2, "code")]),
        (csv("C1;x;43;7", "C1;y;43;7"), [(3, "code")]),
        (csv("C1;x;43"), [(2, "")]),
        (csv("c 1;x;43;7"), [(2, "code")]),
        (csv("C1;x;43;7;cube", header=f"{HEADER};kind"), [(2, "kind")]),
        (csv("C1;x;43;7;12", header=f"{HEADER};purpose"), [(2, "purpose")]),
        (csv("C1;x;43;7;live", header=f"{HEADER};state"), [(2, "authorisation_reference")]),
        (csv("C1;x;43;7;MOON", header=f"{HEADER};sector"), [(2, "sector")]),
        (csv("C1;x;43;7;perhaps", header=f"{HEADER};exercise"), [(2, "exercise")]),
        (csv("C1;x;43;7;1.5", header=f"{HEADER};width_px"), [(2, "width_px")]),
        (csv('C1;x;43;7;{"type":"Point"}', header=f"{HEADER};visible_area"), [(2, "visible_area")]),
        (csv("C1;x;43;7;{", header=f"{HEADER};visible_area"), [(2, "visible_area")]),
        (csv("C1;x;43;7;20;30", header=f"{HEADER};hfov_deg;hfov_tele_deg"), [(2, "hfov_tele_deg")]),
        (csv('C1;"x;43;7'), [(2, "")]),
        (csv("C1;x\x00;43;7"), [(2, "name")]),
        ("code;name;lat;lon\nC1;é;43;7".encode("cp1252"), [(2, "")]),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_is_wrong_is_named_by_row_and_column(content: bytes, where: list[tuple[int, str]]) -> None:
    assert complaints(content) == where
    assert not Camera.objects.exists()


@pytest.mark.parametrize(
    ("given_json", "where"),
    [
        ("{", [(1, "")]),
        ('{"type": "FeatureCollection"}', [(1, "")]),
        ([{"type": "Feature"}], [(1, "geometry")]),
        ([7], [(1, "geometry")]),
        (
            [{"geometry": {"type": "Point", "coordinates": ["a", []]}, "properties": {"code": "C1"}}],
            [(1, "lat"), (1, "lon")],
        ),
        (
            [{"geometry": {"type": "Point", "coordinates": [7, 43]}, "properties": {"name": "x"}}],
            [(1, "code")],
        ),
        (
            [{"geometry": {"type": "Point", "coordinates": [7, 43]}, "properties": {"code": "C1", "lat": 4}}],
            [(1, "lat")],
        ),
        (
            [
                {
                    "geometry": {"type": "Point", "coordinates": [7, 43]},
                    "properties": {"code": "C1", "name": {}},
                }
            ],
            [(1, "name")],
        ),
        (
            [
                {
                    "geometry": {"type": "Point", "coordinates": [7, 43]},
                    "properties": {"code": "C1", "name": "x", "visible_area": 3},
                }
            ],
            [(1, "visible_area")],
        ),
    ],
    ids=lambda value: str(value)[:60],
)
def test_geojson_too(given_json: Any, where: list[tuple[int, str]]) -> None:
    if not isinstance(given_json, str):
        given_json = json.dumps({"type": "FeatureCollection", "features": given_json})
    assert complaints(given_json.encode(), "x.geojson") == where


def test_one_bad_row_stops_the_whole_file() -> None:
    refused = taken(csv("C1;x;43;7", "C2;y;99;7"))
    with pytest.raises(Conflict):
        apply_import(taken=refused, actor=None)
    assert not Camera.objects.exists()


def test_an_estate_changed_meanwhile_is_not_overwritten() -> None:
    made = camera("C1", name="Old", lat=43.7, lon=7.27)
    ready = taken(csv("C1;New;43.7;7.27", "C9;Nine;43.71;7.28"))
    Camera.objects.filter(pk=made.pk).update(name="Somebody else's")
    with pytest.raises(Conflict) as refused:
        apply_import(taken=ready, actor=None)
    assert "C1" in refused.value.detail
    assert list(Camera.objects.values_list("code", "name")) == [("C1", "Somebody else's")]
    ready.refresh_from_db()
    assert ready.state == "ready"
    assert not Event.objects.exists()


def test_a_camera_registered_meanwhile_is_a_conflict() -> None:
    ready = taken(csv("C9;Nine;43.71;7.28"))
    camera("C9")
    with pytest.raises(Conflict):
        apply_import(taken=ready, actor=None)


def test_a_change_elsewhere_in_the_estate_is_no_conflict() -> None:
    other = camera("C2")
    ready = taken(csv("C9;Nine;43.71;7.28"))
    Camera.objects.filter(pk=other.pk).update(name="New name")
    assert apply_import(taken=ready, actor=None).state == "applied"


def test_confirming_twice_does_it_once() -> None:
    ready = taken(csv("C9;Nine;43.71;7.28"))
    apply_import(taken=ready, actor=None)
    with pytest.raises(Conflict):
        apply_import(taken=ready, actor=None)
    assert Event.objects.count() == 1


def test_a_dropped_file_cannot_be_confirmed() -> None:
    ready = taken(csv("C9;Nine;43.71;7.28"))
    assert drop_import(taken=ready, actor=None).state == "dropped"
    with pytest.raises(Conflict):
        apply_import(taken=ready, actor=None)


def test_an_operator_may_neither_preview_nor_confirm() -> None:
    who = operator()
    with pytest.raises(NotAllowed):
        preview_import(content=csv("C9;Nine;43.71;7.28"), filename="x.csv", actor=who)
    ready = taken(csv("C9;Nine;43.71;7.28"))
    with pytest.raises(NotAllowed):
        apply_import(taken=ready, actor=who)


def test_limits_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_ROWS", 2)
    for content in (
        csv("C1;x;43;7", "C2;x;43;7", "C3;x;43;7"),
        json.dumps({"type": "FeatureCollection", "features": [{}, {}, {}]}).encode(),
    ):
        with pytest.raises(Refused) as refused:
            taken(content)
        assert refused.value.status == 413
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    with pytest.raises(Refused) as refused:
        taken(csv("C1;x;43;7"))
    assert refused.value.code == "too-large"


def test_choices_may_be_written_as_they_read() -> None:
    header = f"{HEADER};kind;exercise"
    ready = taken(csv("C1;x;43;7;DOME;yes", "C2;y;43;7;Thermal;oui", header=header))
    assert [step["values"]["kind"] for step in ready.plan] == ["dome", "thermal"]


def test_commas_do_as_well() -> None:
    assert taken(b'code,name,lat,lon\nC1,"x, y",43.7,7.2\n').created == 1


def test_a_thousand_rows_cost_a_few_queries(django_assert_max_num_queries: Any) -> None:
    sheet = reading.read(csv(*(f"C{i};x;43.{i};7.2" for i in range(1000))), filename="x.csv")
    with django_assert_max_num_queries(4):
        assert len(compare(sheet)) == 1000
