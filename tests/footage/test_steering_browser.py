"""Two operators and an alarm on one dome: real browsers, a real run_cameras, a head in memory."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

import alerts.actions
from accounts.models import User
from accounts.roles import Role
from cameras.models import CameraLock, Device, Preset, SteeringOrder
from footage.models import Source
from tests.browser import Pages, assert_accessible
from tests.cast import SCHOOL, button, camera, habilitated, person, school
from tests.footage.streams import Node, short_streets, until
from tests.servers import Centre

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TILE = ".tile[data-camera=X001]"
ROOM = {"viewport": {"width": 1440, "height": 900}}


def an_operator(name: str) -> User:
    user = person(Role.OPERATOR, name)
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
