"""Two operators and an alarm on one dome: real browsers, a real run_cameras, a head in memory."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

import alerts.actions
from accounts.models import RoleRule, User
from accounts.roles import Role
from cameras.models import Camera, CameraLock, Device, Preset, SteeringOrder
from footage.models import Source
from places.geometry import Point, angle_between_deg, bearing_deg, destination, distance_m
from tests.browser import Pages, assert_accessible
from tests.cast import SCHOOL, button, camera, habilitated, person, school
from tests.footage.streams import Node, short_streets, until
from tests.servers import Centre

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TILE = ".tile[data-camera=X001]"
ROOM = {"viewport": {"width": 1440, "height": 900}}
ON_THE_SCREEN = """(at) => {
    const {x, y} = document.querySelector('.follow-layer').getBoundingClientRect();
    const point = window.room.ground.map.map.project(at);
    return [x + point.x, y + point.y];
}"""


def an_operator(name: str, role: Role = Role.OPERATOR) -> User:
    user = person(role, name)
    user.language = "en"
    user.save()
    habilitated(user)
    return user


@pytest.fixture
def dome(live_centre: Centre, node: Callable[..., Node]) -> None:
    made = camera("X001", SCHOOL, exercise=True)
    Source.objects.create(camera=made, kind="scene", url="avenue", sub_url="avenue")
    Device.objects.create(camera=made, driver="fake", url="fake://x001")
    Preset.objects.create(camera=made, number=1, name="Gate", pan_deg=20, mask_checked_on=None)
    short_streets("avenue")
    node(REDIS_URL=live_centre.redis_url)


def large(pages: Pages, name: str) -> Page:
    page = pages.open("/console/", user=an_operator(name), **ROOM)
    expect(page.locator(".bar")).to_have_attribute("data-link", "live", timeout=60_000)
    page.locator(".queue li").filter(has_text="School ECO-012").click(timeout=20_000)
    expect(page.locator(f"{TILE}[data-picture=live]")).to_be_visible(timeout=40_000)
    page.locator(TILE).press("Enter")
    expect(page.locator(".large-picture .picture[data-state=live]")).to_be_visible(timeout=20_000)
    return page


def test_a_target_dragged_on_the_map_is_handed_over_along_the_street(
    live_centre: Centre, node: Callable[..., Node], pages: Pages
) -> None:
    short_streets("avenue")
    for code, away_m, bearing in (("WEST", 50, 270), ("EAST", 130, 90)):
        made = camera(code, SCHOOL, away_m, bearing, exercise=True)
        Source.objects.create(camera=made, kind="scene", url="avenue", sub_url="avenue")
        Device.objects.create(camera=made, driver="fake", url=f"fake://{code}")
    node(REDIS_URL=live_centre.redis_url)
    alerts.actions.receive_press(device=button(school(exercise=True)))
    RoleRule.objects.update(totp_required=False)
    page = pages.open("/console/", user=an_operator("one", Role.SUPERVISOR), **ROOM)
    expect(page.locator(".bar")).to_have_attribute("data-link", "live", timeout=60_000)
    page.locator(".queue li").filter(has_text="School ECO-012").click(timeout=20_000)
    expect(page.locator(".tile[data-picture=live]").first).to_be_visible(timeout=40_000)
    page.keyboard.press("/")
    page.locator("#command").fill("/follow")
    page.locator("#command").press("Enter")

    said, large, target = (page.locator(one) for one in (".follow > p", ".large-picture", ".follow-target"))
    expect(said).to_contain_text("WEST", timeout=20_000)
    expect(large.locator("h2")).to_contain_text("WEST")
    expect(large.locator(".picture[data-state=live]")).to_be_visible(timeout=30_000)

    place = destination(SCHOOL, 90, 100)
    box = target.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(*page.evaluate(ON_THE_SCREEN, [place.lon, place.lat]), steps=12)
    page.mouse.up()
    expect(said).to_contain_text("EAST", timeout=20_000)
    expect(large.locator("h2")).to_contain_text("EAST")
    expect(large.locator(".picture[data-state=live]")).to_be_visible(timeout=30_000)
    mine = SteeringOrder.objects.filter(cause__startswith="hand:", camera__code="EAST", state="done")
    until(lambda: (one := mine.last()) is not None and distance_m(Point(one.lat, one.lon), place) < 3, 30)
    assert not CameraLock.objects.filter(camera__code="WEST", user__isnull=False).exists(), (
        "WEST was given back"
    )
    over = page.locator(".large-picture").bounding_box()
    at = target.bounding_box()
    assert over and at
    assert at["x"] + at["width"] < over["x"] or over["x"] + over["width"] < at["x"], (
        "the target stays in sight"
    )
    assert_accessible(page, scope=".follow")

    # Who keeps the estate keeps this view, without leaving the target.
    page.get_by_role("button", name="Keep this view…").click()
    page.get_by_label("Name of the preset").fill("Corner")
    page.keyboard.press("Enter")
    expect(page.locator(".steer-bar .wrong")).to_have_text("Kept as preset 1, “Corner”.", timeout=20_000)
    kept, east = Preset.objects.get(), Camera.objects.get(code="EAST")
    assert kept.camera == east
    assert abs(angle_between_deg(kept.pan_deg, bearing_deg(east.point, place))) < 1
    assert_accessible(page, scope=".steer-bar")

    # A few metres back: no flicker. Then by keys, and Escape ends it.
    orders = SteeringOrder.objects.filter(cause__startswith="hand:").count()
    target.press("ArrowLeft")
    until(lambda: SteeringOrder.objects.filter(cause__startswith="hand:").count() > orders, 20)
    expect(said).to_contain_text("sees it well enough")
    expect(large.locator("h2")).to_contain_text("EAST")
    page.keyboard.press("Escape")
    expect(target).to_have_count(0)
    expect(large).to_have_count(0)


def test_two_operators_and_an_alarm_on_one_dome(dome: None, pages: Pages) -> None:
    alerts.actions.receive_press(device=button(school(exercise=True)))
    one = large(pages, "one")
    expect(one.locator(f"{TILE} .hold")).to_have_text(re.compile(r"^alarm · [0-2]:\d\d$"))
    expect(one.locator(".steer-bar .who")).to_contain_text("Turned for the alarm School ECO-012")
    assert until(lambda: SteeringOrder.objects.filter(state="done").exists(), 20)

    one.keyboard.down("ArrowRight")
    expect(one.locator(".steer-bar .loop")).to_contain_text("to the camera", timeout=20_000)
    one.keyboard.up("ArrowRight")
    expect(one.locator(".steer-bar[data-hold=mine]")).to_be_visible()
    expect(one.locator(f"{TILE} .hold")).to_have_text(re.compile(r"^me · "))
    lock = CameraLock.objects.get()
    assert (lock.priority, lock.by_hand) == (100, True), "the hand on an alarm's camera keeps it"
    stage = one.locator(".large-picture .stage")
    stage.click(position={"x": 300, "y": 200})
    stage.hover()
    one.mouse.wheel(0, -240)
    expect(one.locator(".steer-bar .wrong")).to_be_empty()
    assert_accessible(one, scope=".large-picture")

    other = large(pages, "other")
    pages.expect_trouble("409")
    other.keyboard.press("ArrowLeft")
    expect(other.locator(".steer-bar .wrong")).to_contain_text("Ask for it", timeout=20_000)
    other.keyboard.press("k")
    expect(other.locator(".steer-bar .who")).to_contain_text("Asked.", timeout=20_000)
    asked = one.locator(".steer-requests > div")
    expect(asked).to_contain_text("asks for X001", timeout=20_000)
    asked.get_by_role("button", name="Give it").click()
    expect(other.locator(".steer-bar[data-hold=mine]")).to_be_visible(timeout=20_000)
    expect(asked).to_have_count(0)

    other.keyboard.press("g")
    expect(other.locator(".steer-bar[data-hold=free]")).to_be_visible(timeout=20_000)
    back = SteeringOrder.objects.get(cause__startswith="return:")
    assert back.preset is not None and back.preset.name == "Gate"
