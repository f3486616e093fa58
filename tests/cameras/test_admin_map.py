"""The maps of the administration in a real browser: what is dragged reaches the fields, and the other way."""

from __future__ import annotations

import json
import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from cameras.models import Camera
from places import areas
from places.geometry import Point, distance_m
from places.models import Sector
from tests.browser import Pages, assert_accessible
from tests.cameras.estate import PLACE, camera, dome
from tests.cameras.people import technician

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("NICE_TEST_SHOTS", "")


def shot(page: Page, name: str) -> None:
    """A picture to look at, when NICE_TEST_SHOTS names a folder for it."""
    if SHOTS:
        page.wait_for_timeout(1500)
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def number(page: Page, field: str) -> float:
    return float(page.input_value(f"[name={field}]"))


def place_of(page: Page) -> Point:
    return Point(number(page, "lat"), number(page, "lon"))


@pytest.fixture
def form(pages: Pages) -> Page:
    """The form of a dome among others, its map drawn."""
    made = dome("C885", name="Place Masséna", mounting_azimuth_deg=40, height_m=6, objective="The square")
    for bearing in range(0, 360, 45):
        camera(f"C{bearing}", from_place=(bearing, 120))
    page = pages.open(
        f"/admin/cameras/camera/{made.pk}/change/", user=technician(), viewport={"width": 1280, "height": 900}
    )
    page.wait_for_selector(".camera-pin")
    return page


def test_arrow_keys_move_it_by_a_metre_and_with_shift_turn_it(form: Page) -> None:
    shot(form, "camera")
    before = place_of(form)
    form.focus(".camera-pin")
    form.keyboard.press("ArrowUp")
    form.keyboard.press("ArrowUp")
    assert distance_m(before, place_of(form)) == pytest.approx(2, abs=0.05)
    form.keyboard.press("Shift+ArrowRight")
    assert number(form, "mounting_azimuth_deg") == 41
    form.keyboard.press("Shift+ArrowDown")
    assert number(form, "mounting_azimuth_deg") == 31


def test_the_map_is_accessible(form: Page, pages: Pages) -> None:
    pages.expect_trouble(
        "Applying inline style"
    )  # axe copies elements of the map, with the places set by script
    assert_accessible(form, scope=".map-frame")


def test_dragging_the_camera_writes_the_fields(form: Page) -> None:
    before = place_of(form)
    box = form.locator(".camera-pin").bounding_box()
    assert box
    form.mouse.move(box["x"] + 12, box["y"] + 12)
    form.mouse.down()
    form.mouse.move(box["x"] + 92, box["y"] + 12, steps=5)
    form.mouse.up()
    assert place_of(form).lon > before.lon
    assert number(form, "lat") == pytest.approx(before.lat, abs=1e-5)


def test_dragging_the_handle_turns_it(form: Page) -> None:
    pin = form.locator(".camera-pin").bounding_box()
    turner = form.locator(".camera-turner").bounding_box()
    assert pin
    assert turner
    form.mouse.move(turner["x"] + 8, turner["y"] + 8)
    form.mouse.down()
    form.mouse.move(pin["x"] + 12 + 90, pin["y"] + 12, steps=6)  # due east of it
    form.mouse.up()
    assert number(form, "mounting_azimuth_deg") == pytest.approx(90, abs=2)


def test_the_bands_follow_the_fields_while_they_change(form: Page) -> None:
    reach = form.locator("[data-band=identify] span")
    # 1920 px / (2 x 250 px/m x tan 1.5 deg) = 146.6 m along the line of sight
    expect(reach).to_have_text("147 m")
    form.fill("[name=hfov_tele_deg]", "6")
    expect(reach).to_have_text("73 m")
    form.select_option("[name=kind]", "fixed")
    expect(reach).to_have_text("3 m")  # 60 deg: 3.3 m
    form.fill("[name=range_m]", "50")
    expect(form.locator("[data-band=detect] span")).to_have_text("50 m")
    shot(form, "camera-fixed")


def test_what_was_dragged_is_saved_as_a_move(form: Page) -> None:
    """Sent by a client of this process: emptied between tests, the live one's table of content types is stale."""
    form.focus(".camera-pin")
    for _step in range(4):
        form.keyboard.press("ArrowRight")
    sent = form.evaluate("Object.fromEntries(new FormData(document.getElementById('camera_form')))")
    client = Client()
    client.force_login(
        User.objects.get(username="technician"), backend="django.contrib.auth.backends.ModelBackend"
    )
    answer = client.post(urlsplit(form.url).path, sent)
    assert answer.status_code == 302
    assert Camera.objects.get(code="C885").state == "to_declare"


def test_a_click_places_a_new_camera(pages: Pages) -> None:
    page = pages.open("/admin/cameras/camera/add/", user=technician())
    page.wait_for_selector("[data-camera-map] canvas")
    expect(page.locator("[data-said]")).not_to_be_empty()
    page.click("[data-camera-map] canvas", position={"x": 300, "y": 200})
    page.wait_for_selector(".camera-pin")
    assert 43 < number(page, "lat") < 44


def test_a_visible_area_is_drawn_by_clicks(form: Page) -> None:
    form.click("[data-draw-area]")
    for x, y in ((300, 60), (700, 60), (700, 380), (300, 380)):
        form.click("[data-camera-map] canvas", position={"x": x, "y": y})
    area = json.loads(form.input_value("[name=visible_area]"))
    assert areas.problem_with(area) == ""
    assert areas.contains(area, place_of(form))
    shot(form, "camera-area")
    form.click("[data-clear-area]")
    assert form.input_value("[name=visible_area]") == ""


def test_a_sector_is_drawn_moved_and_taken_back(pages: Pages) -> None:
    Sector.objects.create(code="OLD", name="Vieux-Nice", area=areas.circle(PLACE, 400))
    page = pages.open("/admin/places/sector/add/", user=technician())
    canvas = page.locator("[data-sector-map] canvas")
    canvas.wait_for()
    page.wait_for_timeout(500)
    for x, y in ((200, 100), (500, 100), (500, 300)):
        canvas.click(position={"x": x, "y": y})
    ring = json.loads(page.input_value("[name=area]"))["coordinates"][0]
    assert len(ring) == 4
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 350, box["y"] + 100)  # the middle of the first side
    page.mouse.down()
    page.mouse.move(box["x"] + 350, box["y"] + 40, steps=4)
    page.mouse.up()
    assert len(json.loads(page.input_value("[name=area]"))["coordinates"][0]) == 5
    shot(page, "sector")
    page.keyboard.press("Delete")
    assert len(json.loads(page.input_value("[name=area]"))["coordinates"][0]) == 4
    lat = json.loads(page.input_value("[name=area]"))["coordinates"][0][0][1]
    page.keyboard.press("p")
    page.keyboard.press("Shift+ArrowUp")
    assert json.loads(page.input_value("[name=area]"))["coordinates"][0][0][1] > lat


def test_the_preview_of_a_file_shows_its_map(pages: Pages) -> None:
    camera("C1", from_place=(0, 100))
    page = pages.open("/admin/cameras/camera/import/", user=technician())
    rows = f"C1;Moved;{PLACE.lat};{PLACE.lon}\nC9;New;{PLACE.lat + 0.001};{PLACE.lon}\n"
    content = f"code;name;lat;lon\n{rows}".encode()
    page.set_input_files("[name=file]", {"name": "estate.csv", "mimeType": "text/csv", "buffer": content})
    shot(page, "import-form")
    page.click("input[type=submit] >> nth=-1")
    page.wait_for_selector("[data-import-map] canvas")
    assert_accessible(page, scope="#content-main")
    shot(page, "import")
    page.click(".import-acts input.default")
    page.wait_for_selector(".messagelist .success")
    assert Camera.objects.count() == 2
