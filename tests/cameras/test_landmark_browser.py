"""The page of landmarks in a real browser: the cross by keyboard, the map by a click, trouble in words."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from cameras.models import Sighting
from cameras.steering.heads import set_device
from places.geometry import Point, distance_m
from tests.browser import Pages, assert_accessible
from tests.cameras.estate import dome
from tests.cameras.people import technician
from tests.cameras.test_admin_map import number, place_of, shot

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_landmark_is_placed_by_keyboard_and_by_the_map(pages: Pages) -> None:
    one = dome("DOME-1", height_m=7)
    set_device(camera=one, url="http://10.0.0.8/onvif/device_service", actor=None)
    page = pages.open(
        f"/admin/cameras/device/{one.pk}/calibrate/",
        user=technician(),
        viewport={"width": 1280, "height": 900},
    )
    page.wait_for_selector("[data-landmark-map] .camera-pin")
    cross = page.get_by_role("application", name="The landmark in the picture")
    cross.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowUp")
    assert (number(page, "x"), number(page, "y")) == pytest.approx((0.01, -0.05))
    box = page.locator("[data-landmark-map]").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.4)
    assert 5 < distance_m(one.point, place_of(page)) < 400
    shot(page, "landmark")
    pages.expect_trouble("Applying inline style", "503")
    assert_accessible(page, scope="[data-landmark]")
    # Nobody speaks to this device: said in words, and the buttons come back.
    page.get_by_role("button", name="Open the picture").click()
    expect(page.locator("[data-said]")).to_contain_text(re.compile("DOME-1: .*\\."), timeout=20_000)
    expect(page.get_by_role("button", name="Turn left")).to_be_enabled()
    page.fill("[name=label]", "Corner")
    for name, value in {"pan_counts": "0.1", "tilt_counts": "-0.1", "zoom": "0"}.items():
        page.eval_on_selector(f"[name={name}]", "(field, value) => { field.value = value; }", value)
    kept = place_of(page)
    page.get_by_role("button", name="Keep this landmark").click()
    expect(page.get_by_role("row", name="Corner")).to_be_visible()
    row = Sighting.objects.get()
    assert distance_m(Point(row.lat, row.lon), kept) < 0.1
