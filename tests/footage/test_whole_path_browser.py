"""From the button to the picture of the place, and a joystick that moves it: real ONVIF domes, run_cameras, browser.

What the browser shows is read from its own pixels: a row of cells in the picture says where the dome looks.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page, expect

import alerts.actions
from accounts.models import User
from accounts.roles import Role
from cameras.drivers.base import Pose
from cameras.models import Device, SteeringOrder
from cameras.steering.aim import Lens, apart_deg, is_near
from cameras.steering.hands import centred
from events.models import Event
from footage.actions import set_source
from footage.models import Segment
from nice_supervision.demo.domes import marks
from nice_supervision.demo.domes.head import Looking
from places.geometry import angle_between_deg
from tests.browser import Pages
from tests.cameras.domes import PASSWORD, USER, Domes, device
from tests.cast import SCHOOL, button, camera, habilitated, person, school
from tests.footage.streams import Node, until
from tests.servers import Centre

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROOM = {"viewport": {"width": 1440, "height": 900}}
LENS: dict[str, Any] = {"hfov_deg": 62, "hfov_tele_deg": 3.2, "height_m": 7, "exercise": True}
LOWEST = """(video) => {
    const {videoWidth: width, videoHeight: height} = video;
    if (!width) return null;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    context.drawImage(video, 0, 0);
    const lines = Math.floor(width / 64);
    return [width, lines, Array.from(context.getImageData(0, height - lines, width, lines).data)];
}"""
PICTURE = """async () => {
    const {shown} = await import('/static/js/steering/gestures.js');
    const {x, y, width, height} = shown(document.querySelector('.large-picture video'));
    return [x, y, width, height];
}"""
STICK = """() => {
    const buttons = Array.from({length: 8}, () => ({pressed: false, value: 0}));
    window.stick = {connected: true, axes: [0, 0, 0, 0], buttons};
    navigator.getGamepads = () => [window.stick];
}"""


@pytest.fixture
def domes() -> Iterator[Domes]:
    made = Domes("good", "slow", "locked")
    yield made
    made.stop()


def shown(page: Page, video: str) -> Looking | None:
    """Where the dome looks, by what the one video of these that has a picture shows now."""
    for found in filter(None, (one.evaluate(LOWEST) for one in page.locator(video).all())):
        width, lines, pixels = found
        return marks.read(np.array(pixels, np.uint8).reshape(lines, width, 4)[:, :, :3])
    return None


def looks_at(page: Page, video: str, bearing_deg: float) -> bool:
    looking = shown(page, video)
    return looking is not None and abs(angle_between_deg(looking.bearing_deg, bearing_deg)) < 1.5


def head(domes: Domes) -> Pose:
    """Where the real head came to rest."""
    assert until(lambda: not domes.state("good")["moving"], 20)
    state = domes.state("good")
    return Pose(angle_between_deg(0, state["bearing_deg"]), state["tilt_deg"], state["zoom"])


def by_mouse_and_keys(page: Page, domes: Domes) -> None:
    """What is clicked comes to the middle, a box fills the picture, the wheel widens it, a key turns while held."""
    lens = Lens(LENS["hfov_deg"], LENS["hfov_tele_deg"], 768 / 432)
    x, y, width, height = page.evaluate(PICTURE)

    def comes(wanted: Pose) -> bool:
        return until(lambda: is_near(head(domes), wanted) and apart(head(domes), wanted) < 0.3, 20)

    before = head(domes)
    page.mouse.click(x + 0.75 * width, y + 0.4 * height)
    assert comes(centred(before, lens, 0.25, -0.1, 1)), (before, head(domes))

    before = head(domes)
    page.mouse.move(x + 0.3 * width, y + 0.3 * height)
    page.mouse.down()
    page.mouse.move(x + 0.5 * width, y + 0.4 * height, steps=4)
    expect(page.locator(".large-picture .drag-box")).to_be_visible()
    page.mouse.move(x + 0.7 * width, y + 0.6 * height, steps=4)
    page.mouse.up()
    assert comes(centred(before, lens, 0, -0.05, 0.4)), (before, head(domes))

    before = head(domes)
    page.mouse.wheel(0, 240)
    assert comes(centred(before, lens, 0, 0, 1.25)), (before, head(domes))

    before = head(domes)
    page.keyboard.down("ArrowLeft")
    assert until(lambda: domes.state("good")["moving"], 20)
    page.keyboard.up("ArrowLeft")
    after = head(domes)
    assert domes.told("good", "ContinuousMove")[-1]["pan"] == -0.5
    assert apart(before, after) > 1, (before, after)
    page.keyboard.down("ArrowUp")
    assert until(lambda: domes.state("good")["moving"], 20)
    page.keyboard.press("Space")
    page.keyboard.up("ArrowUp")
    assert head(domes).tilt_deg > after.tilt_deg


def apart(one: Pose, other: Pose) -> float:
    return apart_deg(one[:2], other[:2])


def operator() -> User:
    user = person(Role.OPERATOR)
    user.language = "en"
    user.save()
    habilitated(user)
    return user


def test_pressed_the_room_sees_the_place_and_what_was_before_and_a_joystick_turns_it(
    live_centre: Centre, node: Callable[..., Node], domes: Domes, pages: Pages
) -> None:
    # Two of the three have heads and no pictures.
    pages.expect_trouble(r"answer 409: POST \S+/api/v1/looks/", r"status of 409")
    pages.expect_trouble(r"answer 404: GET \S+/X00[23]/index.json", r"status of 404")
    for code, name, bearing in (("X001", "good", 0), ("X002", "slow", 120), ("X003", "locked", 240)):
        made = camera(code, SCHOOL, bearing=bearing, **LENS)
        device(made, domes, name, **({"password": "not this"} if name == "locked" else {}))
        if name == "good":
            stream = f"rtsp://127.0.0.1:{domes.rtsp}/{name}"
            set_source(camera=made, kind="rtsp", url=stream, user=USER, password=PASSWORD, actor=None)
    secret = alerts.actions.give_key(actor=None, device=button(school(exercise=True)))
    node(REDIS_URL=live_centre.redis_url, FOOTAGE_ROOT=str(live_centre.var / "footage"))
    page = pages.open("/console/", user=operator(), **ROOM)
    expect(page.locator(".bar")).to_have_attribute("data-link", "live", timeout=60_000)
    assert until(lambda: Device.objects.filter(probed_at__isnull=False).count() == 2, 60)
    assert until(lambda: Segment.objects.exists(), 60)
    page.wait_for_timeout(6_000)  # something to see of before
    domes.spoil("slow", slow_s=5)

    answer = httpx.post(
        f"{live_centre.url}/api/v1/alerts/",
        json={"kind": "press"},
        headers={"Authorization": f"Device {secret}", "Idempotency-Key": uuid.uuid4().hex},
    )
    assert answer.status_code == 201, answer.text
    page.locator(".queue li").filter(has_text="School ECO-012").click(timeout=30_000)
    good, slow, locked = (page.locator(f".tile[data-camera=X00{n}]") for n in (1, 2, 3))
    expect(good).to_contain_text("turned", timeout=30_000)
    expect(locked).to_contain_text("did not turn: its head does not accept the password", timeout=30_000)
    assert until(lambda: looks_at(page, ".tile[data-camera=X001] video", 180), 30), "the tile shows the place"

    good.press("Enter")
    large = ".large-picture video"
    expect(page.locator(".large-picture .picture[data-state=live]")).to_be_visible(timeout=30_000)
    assert until(lambda: looks_at(page, large, 180), 30)
    page.evaluate(STICK)
    page.evaluate("stick.axes = [0.6, 0, 0, 0]")
    assert until(lambda: (seen := shown(page, large)) is not None and seen.bearing_deg > 190, 30), (
        "it turns right"
    )
    page.evaluate("stick.axes = [0, 0, 0, 0]")
    assert until(lambda: not domes.state("good")["moving"], 20), "let go, it stops"
    rest = domes.state("good")["bearing_deg"]
    assert until(lambda: looks_at(page, large, rest), 20), "and the picture stands where the head does"
    expect(page.locator(".steer-bar[data-hold=mine]")).to_be_visible()
    by_mouse_and_keys(page, domes)
    page.keyboard.press("Escape")

    # A device that takes five seconds for each answer: turned all the same, and the tile says so.
    expect(slow).to_contain_text("turned", timeout=60_000)
    assert Event.objects.filter(kind="cameras.turns_late", data__code="X002").count() == 1, (
        "and that it was slow"
    )
    order = SteeringOrder.objects.get(camera__code="X002")
    assert (order.state, re.sub(r"\d+", "N", order.result)) == ("done", "turned in N s")

    page.reload()
    page.locator(".queue li").filter(has_text="School ECO-012").click(timeout=30_000)
    expect(locked).to_contain_text("its head does not accept the password", timeout=30_000)
    page.locator("#act-take").click(timeout=60_000)
    timeline = page.locator("#incident")
    expect(timeline).to_contain_text("X003", timeout=20_000)
    page.locator("#act-before").click(timeout=20_000)
    expect(page.locator(".before")).to_be_visible()
    assert until(lambda: looks_at(page, ".before .film:not([hidden]) video", 0), 60), (
        "before, it looked north"
    )
