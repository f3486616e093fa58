from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from cameras.actions import change_camera
from cameras.models import Camera
from tests.cameras.estate import PLACE, camera, dome
from tests.cameras.people import operator, outsider, technician

pytestmark = pytest.mark.django_db
LIST = "/api/v1/cameras/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def room() -> Client:
    return signed_in(operator())


def codes(answer: Any) -> list[str]:
    return [feature["properties"]["code"] for feature in answer.json()["features"]]


def test_the_estate_is_a_feature_collection(room: Client) -> None:
    made = camera("C1", from_place=(0, 50))
    answer = room.get(LIST)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/geo+json"
    [feature] = answer.json()["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [made.lon, made.lat]}
    assert feature["properties"] == {
        "id": made.pk,
        "code": "C1",
        "name": "Camera C1",
        "kind": "fixed",
        "state": "live",
        "azimuth_deg": 180.0,
        "hfov_deg": 90.0,
        "range_m": 200.0,
        "exercise": True,
    }


@pytest.mark.parametrize("accepted", ["application/geo+json", "application/json", "*/*"])
def test_who_accepts_either_is_answered(room: Client, accepted: str) -> None:
    assert room.get(LIST, headers={"Accept": accepted}).status_code == 200


def test_a_box_takes_what_lies_in_it(room: Client) -> None:
    camera("IN")
    camera("OUT", from_place=(0, 5000))
    box = f"{PLACE.lon - 0.01},{PLACE.lat - 0.01},{PLACE.lon + 0.01},{PLACE.lat + 0.01}"
    assert codes(room.get(LIST, {"bbox": box})) == ["IN"]


@pytest.mark.parametrize("box", ["1,2,3", "a,b,c,d", "8,43,7,44", "7,43,nan,44"])
def test_a_box_that_is_none_is_refused(room: Client, box: str) -> None:
    answer = room.get(LIST, {"bbox": box})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "bbox" in answer.json()["errors"]


@pytest.mark.django_db(transaction=True)
def test_nothing_new_answers_304_and_any_write_does_not(room: Client) -> None:
    made = camera("C1")
    etag = room.get(LIST).headers["ETag"]
    assert room.get(LIST, headers={"If-None-Match": etag}).status_code == 304
    Camera.objects.filter(pk=made.pk).update(name="Gare")
    assert room.get(LIST, headers={"If-None-Match": etag}).status_code == 200


def test_the_etag_of_a_box_is_not_that_of_the_city(room: Client) -> None:
    camera("C1")
    assert room.get(LIST).headers["ETag"] != room.get(LIST, {"bbox": "7,43,8,44"}).headers["ETag"]


def test_one_camera_by_its_code(room: Client) -> None:
    change_camera(camera=camera("C885"), objective="Entrances of the square", actor=technician())
    body = room.get(f"{LIST}C885/").json()
    assert (body["code"], body["objective"], body["purpose"]) == ("C885", "Entrances of the square", 5)


def test_an_unknown_code_is_a_problem(room: Client) -> None:
    answer = room.get(f"{LIST}C1/")
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_which_cameras_see_a_place_and_why_not(room: Client) -> None:
    dome("C885", from_place=(180, 38), hfov_tele_deg=13.6)
    camera("C117", from_place=(0, 60), state="lost")
    body = room.get(
        f"{LIST}that-see/", {"lat": PLACE.lat, "lon": PLACE.lon}, headers={"Accept-Language": "en"}
    ).json()
    assert body["edition"] == "IEC 62676-4:2014"
    [sight], [out] = body["sights"], body["left_out"]
    assert (sight["code"], sight["band"], sight["distance_m"]) == ("C885", "recognise", 38.0)
    assert (out["code"], out["reason"]["code"]) == ("C117", "lost")


@pytest.mark.parametrize("where", [{"lat": 95, "lon": 7}, {"lat": 43}, {"lat": "x", "lon": 7}])
def test_a_place_that_is_none_is_refused(room: Client, where: dict[str, Any]) -> None:
    assert room.get(f"{LIST}that-see/", where).status_code == 400


@pytest.mark.parametrize("path", ["", "C1/", "that-see/?lat=43&lon=7"])
def test_outsiders_and_strangers_are_refused(path: str) -> None:
    camera("C1")
    answer = signed_in(outsider()).get(LIST + path)
    assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
    assert Client().get(LIST + path).status_code in (401, 403)


def test_who_manages_the_estate_reads_it_too() -> None:
    camera("C1")
    assert codes(signed_in(technician()).get(LIST)) == ["C1"]


def test_the_list_costs_the_same_for_many_cameras(room: Client, django_assert_max_num_queries: Any) -> None:
    for i in range(30):
        camera(f"C{i}")
    with django_assert_max_num_queries(12):
        room.get(LIST)
