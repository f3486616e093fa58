"""Landmarks clicked on a real still of a dome and on the map: a head that hangs askew is known after two."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from accounts.models import RoleRule
from accounts.roles import Role
from cameras.drivers.base import Address, Pose
from cameras.drivers.onvif import Onvif
from cameras.models import Camera, Device, Preset, Sighting
from cameras.steering.aim import Lens, lens_of, seen_from
from footage.actions import set_source
from nice_supervision.demo.domes import marks
from nice_supervision.demo.domes.head import Looking
from places.geometry import Point, angle_between_deg, destination
from tests.browser import Pages, assert_accessible
from tests.cameras.domes import ASKEW, PASSWORD, USER, Domes, device
from tests.cameras.test_admin_map import number, place_of, shot
from tests.cast import camera, habilitated, person
from tests.footage.streams import Node, until
from tests.servers import Centre

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MAST_M, AWAY_M = 7.0, 38.0
ZOOM = 17.5  # of the map of the page, of tiles of 512
LOWEST = """(stage) => {
    const canvas = stage.querySelector('canvas');
    const {width, height} = canvas, lines = Math.floor(width / 64);
    const {data} = canvas.getContext('2d').getImageData(0, height - lines, width, lines);
    return [width, lines, Array.from(data)];
}"""

WHERE = """async () => {
    const {Head} = await import('/static/js/admin/head.js');
    return new Head(document.querySelector('[data-landmark]')).ask().catch(() => ({}));
}"""


@pytest.fixture
def domes() -> Iterator[Domes]:
    made = Domes(ASKEW)
    yield made
    made.stop()


@pytest.fixture
def askew(live_centre: Centre, node: Callable[..., Node], domes: Domes) -> Camera:
    """In service with its picture; nobody told the centre how it hangs."""
    lens: dict[str, Any] = {"hfov_deg": 62, "hfov_tele_deg": 3.2, "width_px": 768, "height_px": 432}
    made = camera("X001", exercise=True, height_m=MAST_M, **lens)
    device(made, domes, "askew")
    stream = f"rtsp://127.0.0.1:{domes.rtsp}/askew"
    set_source(camera=made, kind="rtsp", url=stream, user=USER, password=PASSWORD, actor=None)
    node(REDIS_URL=live_centre.redis_url, FOOTAGE_ROOT=str(live_centre.var / "footage"))
    until(lambda: Device.objects.filter(probed_at__isnull=False).exists(), 60)
    return made


def the_page(pages: Pages, made: Camera) -> Page:
    keeper = person(Role.SUPERVISOR)
    RoleRule.objects.update(totp_required=False)
    habilitated(keeper)
    page = pages.open(
        f"/admin/cameras/device/{made.pk}/calibrate/", user=keeper, viewport={"width": 1280, "height": 900}
    )
    page.wait_for_selector("[data-landmark-map] .camera-pin")
    return page


def opened(page: Page, button: str) -> Looking:
    """The picture after this button; where it looks is read from the still itself."""
    page.get_by_role("button", name=button).click()
    said = page.locator("[data-said]")
    expect(said).to_have_text("Click the landmark in the picture, then on the map.", timeout=60_000)
    width, lines, pixels = page.locator("[data-mask-stage]").evaluate(LOWEST)
    looking = marks.read(np.array(pixels, np.uint8).reshape(lines, width, 4)[:, :, :3])
    assert looking is not None, "the still shows where the dome looks"
    return looking


def click_in_the_picture(page: Page, looking: Looking, lens: Lens, bearing: float) -> None:
    """What stands there, AWAY_M metres away on the ground."""
    below = -math.degrees(math.atan2(MAST_M, AWAY_M))
    pose = Pose(looking.bearing_deg, looking.tilt_deg, looking.zoom)
    seen = seen_from((bearing, below), pose, lens)
    assert seen is not None and max(map(abs, seen)) < 0.5, (seen, pose)
    box = page.locator("[data-mask-stage] svg").bounding_box()
    assert box
    page.mouse.click(box["x"] + (seen[0] + 0.5) * box["width"], box["y"] + (seen[1] + 0.5) * box["height"])
    assert (number(page, "x"), number(page, "y")) == pytest.approx(seen, abs=0.004)


def click_on_the_map(page: Page, camera_at: Point, place: Point) -> None:
    ground = page.locator("[data-landmark-map]")
    ground.scroll_into_view_if_needed()
    box = ground.bounding_box()
    assert box
    (x, y), (middle_x, middle_y) = _mercator(place), _mercator(camera_at)
    page.mouse.click(box["x"] + box["width"] / 2 + x - middle_x, box["y"] + box["height"] / 2 + y - middle_y)


def _mercator(point: Point) -> tuple[float, float]:
    world = 512 * 2**ZOOM
    north = math.asinh(math.tan(math.radians(point.lat)))
    return (point.lon / 360 + 0.5) * world, (0.5 - north / (2 * math.pi)) * world


def test_two_landmarks_clicked_on_the_still_and_on_the_map_calibrate_it(
    askew: Camera, domes: Domes, pages: Pages
) -> None:
    page = the_page(pages, askew)
    lens = lens_of(askew)
    for label, buttons, beside in (
        ("Corner", ["Open the picture"], 9.0),
        ("Kiosk", ["Turn right", "Turn up"], -9.0),
    ):
        looking = [opened(page, button) for button in buttons][-1]
        bearing = looking.bearing_deg + beside
        click_in_the_picture(page, looking, lens, bearing)
        place = destination(askew.point, bearing, AWAY_M)
        click_on_the_map(page, askew.point, place)
        assert place_of(page) == pytest.approx(place, abs=1e-5), "what was clicked is what stands there"
        shot(page, f"landmark-{label}")
        page.fill("[name=label]", label)
        page.get_by_role("button", name="Keep this landmark").click()
        expect(page.get_by_role("row", name=label)).to_be_visible(timeout=20_000)
    expect(page.locator(".messagelist")).to_contain_text("Calibrated", timeout=20_000)

    # It hangs upside down, 54 degrees off and counts otherwise: now the centre knows where it looks.
    last, head, truth = Sighting.objects.get(label="Kiosk"), Device.objects.get().head, domes.state("askew")
    known = head.pose(last.pan_counts, last.tilt_counts, last.zoom)
    assert abs(angle_between_deg(known.pan_deg, truth["bearing_deg"])) < 1
    assert known.tilt_deg == pytest.approx(truth["tilt_deg"], abs=1)
    assert (head.pan.per_count_deg, head.tilt.per_count_deg) == pytest.approx((-174, 76), rel=0.08)

    def by_the_new_counts() -> bool:
        told = page.evaluate(WHERE)
        return abs(told.get("pan_counts", 9) - last.pan_counts) < 0.003

    pages.expect_trouble("503")  # while its node begins the conversation anew
    until(by_the_new_counts, 30, every=0.5)

    # What it shows now becomes a preset, on the page next to it.
    page.goto(f"/admin/cameras/preset/of/{askew.pk}/")
    page.get_by_role("button", name="Zoom in").click()
    expect(page.locator("[data-said]")).to_have_text("This is what the preset will show.", timeout=60_000)
    shot(page, "presets")
    assert_accessible(page, scope="#content")
    page.fill("[name=name]", "Corner")
    page.get_by_role("button", name="Take the present view").click()
    expect(page.get_by_role("row", name="1 · Corner")).to_be_visible(timeout=20_000)
    kept, truth = Preset.objects.get(), domes.state("askew")
    assert abs(angle_between_deg(kept.pan_deg, truth["bearing_deg"])) < 1
    assert kept.zoom == pytest.approx(truth["zoom"], abs=0.01) and kept.zoom > 0
    bring_in_what_its_head_keeps(page, domes)


def bring_in_what_its_head_keeps(page: Page, domes: Domes) -> None:
    """Two views were kept in the head itself, before the centre was: one is brought in, once."""
    with ThreadPoolExecutor(1) as outside:
        outside.submit(lambda: asyncio.run(_keep_in_the_head(domes, "Gate", "Tram"))).result(60)
    page.get_by_role("link", name="Ask its head for its presets").click()
    page.get_by_role("checkbox", name="Tram").uncheck(timeout=20_000)
    expect(page.get_by_role("checkbox", name="Gate")).to_be_checked()
    assert_accessible(page, scope="#content")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "on a phone it fits"
    page.get_by_role("button", name="Bring in those marked").click()
    expect(page.get_by_role("row", name="2 · Gate")).to_be_visible(timeout=20_000)
    brought = Preset.objects.get(number=2)
    assert brought.token and not Preset.objects.filter(name="Tram").exists()
    page.get_by_role("link", name="Ask its head for its presets").click()
    expect(page.get_by_role("checkbox", name="Gate")).to_be_disabled(timeout=20_000)
    expect(page.get_by_role("checkbox", name="Tram")).to_be_enabled()


async def _keep_in_the_head(domes: Domes, *names: str) -> None:
    driver = Onvif(Address(domes.url("askew"), USER, PASSWORD))
    await driver.open()
    for name in names:
        await driver.save_preset(name)
    await driver.close()
