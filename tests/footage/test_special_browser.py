"""A 360° camera is turned in its picture, a thermal one shown in colours: real streams, real pixels."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import alerts.actions
from accounts.roles import Role
from footage.models import Source
from tests.browser import Pages, assert_accessible
from tests.cast import SCHOOL, button, camera, habilitated, person, school
from tests.footage.streams import Node, short_streets, until
from tests.servers import Centre

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("NICE_TEST_SHOTS", "")
ROOM = {"viewport": {"width": 1600, "height": 950}}
SOUTH, PUT_UP = 180, 130
# Both are read in one task, so from one picture of the stream.
DEWARPED = """() => {
    const effect = room.pictures.large.effect;
    const of = (source, width, height) => {
        const context = new OffscreenCanvas(width, height).getContext('2d');
        context.drawImage(source, 0, 0);
        return context;
    };
    effect.shaded.take();
    effect.shaded.draw();
    const { canvas, video, circle, field } = effect;
    const shown = of(canvas, canvas.width, canvas.height);
    const sent = of(video, video.videoWidth, video.videoHeight);
    const side = Math.sqrt(effect.aims.length);
    const off = [];
    const [w, h] = [canvas.width / side, canvas.height / side];
    effect.aims.forEach((aim, n) => {
        for (const [u, v] of [[0, 0], [-0.5, 0.2], [0.5, 0.2], [0.3, -0.3], [-0.3, -0.2]]) {
            const at = window.projected(aim, u, v, field);
            if (!at.inside) continue;
            const px = (n % side) * w + (u + 1) / 2 * w;
            const py = Math.floor(n / side) * h + (1 - v / (h / w)) / 2 * h;
            const a = shown.getImageData(Math.round(px) - 1, Math.round(py) - 1, 3, 3).data;
            const b = sent.getImageData(Math.round(circle.x + at.x * circle.radius) - 1,
                Math.round(circle.y - at.y * circle.radius) - 1, 3, 3).data;
            const mean = (d) => [0, 1, 2].map((c) => d.filter((_, i) => i % 4 === c).reduce((s, x) => s + x, 0) / 9);
            const [ma, mb] = [mean(a), mean(b)];
            off.push(Math.max(...ma.map((x, i) => Math.abs(x - mb[i]))));
        }
    });
    return off;
}"""
COLOURS = """() => {
    const effect = room.pictures.large.effect;
    effect.shaded.draw();
    const context = new OffscreenCanvas(64, 36).getContext('2d');
    context.drawImage(effect.canvas, 0, 0, 64, 36);
    const data = context.getImageData(0, 0, 64, 36).data;
    let grey = 0;
    for (let i = 0; i < data.length; i += 4) {
        const rgb = data.slice(i, i + 3);
        grey += Math.max(...rgb) - Math.min(...rgb) < 12;
    }
    return grey / (data.length / 4);
}"""


def shot(page: Page, name: str) -> None:
    """A picture to look at, when NICE_TEST_SHOTS names a folder for it."""
    if SHOTS:
        page.wait_for_timeout(600)
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


@pytest.fixture
def large(pages: Pages, live_centre: Centre, node: Callable[..., Node]) -> Callable[[str, str], Page]:
    """The large picture of a camera of this kind, on this drawn street."""

    def opened(kind: str, scene: str) -> Page:
        short_streets(scene)
        fields: dict[str, Any] = {"mounting_azimuth_deg": SOUTH}
        if kind == "panoramic":
            fields = {"hfov_deg": 360, "hfov_tele_deg": 360, "mounting_azimuth_deg": PUT_UP}
        made = camera("X001", SCHOOL, 10, exercise=True, kind=kind, **fields)
        Source.objects.create(camera=made, kind="scene", url=scene, sub_url=scene)
        running = node(REDIS_URL=live_centre.redis_url)
        user = person(Role.OPERATOR)
        user.language = "en"
        user.save()
        habilitated(user)
        page = pages.open("/console/", user=user, **ROOM)
        expect(page.locator(".bar")).to_have_attribute("data-link", "live", timeout=30_000)
        alerts.actions.receive_press(device=button(school(exercise=True)))
        page.locator(".queue li").filter(has_text="School ECO-012").click(timeout=20_000)
        tile = page.locator(".tile[data-camera=X001][data-picture=live]")
        try:
            expect(tile).to_be_visible(timeout=60_000)
        except AssertionError as error:
            raise AssertionError(running.said()[-2000:]) from error
        tile.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".large-picture .picture[data-state=live]")).to_be_visible(timeout=30_000)
        return page

    return opened


def aim(page: Page, view: int = 0) -> dict[str, float]:
    return page.evaluate(f"room.pictures.large.effect.aims[{view}]")  # type: ignore[no-any-return]


def test_a_round_picture_is_turned_by_keys_and_by_hand(large: Callable[[str, str], Page]) -> None:
    page = large("panoramic", "crossing_360")
    page.evaluate(
        "import('/static/js/pictures/panorama.js').then(({project}) => { window.projected = project; })"
    )
    until(lambda: page.evaluate("!!(room.pictures.large.effect.circle && window.projected)"))
    circle = page.evaluate("room.pictures.large.effect.circle")
    assert circle["radius"] == pytest.approx(350, abs=6), "found in the picture, not guessed"
    assert circle["y"] == pytest.approx(352, abs=6)
    canvas = page.locator(".large-picture canvas.effect").first
    canvas.focus()
    before = aim(page)
    # The place lies south of it, and 50° to the right of where it was put up to look, which is up in the picture.
    assert before["pan"] == pytest.approx(90 - (SOUTH - PUT_UP), abs=2), "opened on the place"
    assert page.evaluate("room.pictures.large.effect.bearing(room.pictures.large.effect.aims[0].pan)") == (
        pytest.approx(SOUTH, abs=2)
    )
    for _step in range(3):
        page.keyboard.press("ArrowLeft")
    page.keyboard.press("+")
    assert aim(page)["pan"] == pytest.approx((before["pan"] + 18) % 360, abs=1)
    assert aim(page)["zoom"] < before["zoom"]
    assert sorted(page.evaluate(DEWARPED))[-2] < 40, "it shows what lies there in the round picture"
    shot(page, "panorama-one")

    box = canvas.bounding_box()
    assert box
    turned = aim(page)
    page.mouse.move(box["x"] + 500, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 350, box["y"] + 240, steps=5)
    page.mouse.up()
    assert aim(page) != turned
    page.mouse.move(box["x"] + 200, box["y"] + 100)
    assert aim(page)["zoom"] == pytest.approx(turned["zoom"]), "let go, it turns no more"
    page.mouse.wheel(0, -300)
    until(lambda: aim(page)["zoom"] < turned["zoom"], 10)

    page.click("text=Four views")
    canvas.focus()
    page.keyboard.press("3")
    others = [aim(page, n) for n in (0, 1, 3)]
    page.keyboard.press("ArrowUp")
    assert [aim(page, n) for n in (0, 1, 3)] == others, "only the chosen view turns"
    assert sorted(page.evaluate(DEWARPED))[-3] < 40
    # A click in the small round picture turns the chosen view there.
    inset = page.evaluate("room.pictures.large.effect.inset")
    page.mouse.click(box["x"] + inset["x"] + inset["size"] * 0.5, box["y"] + inset["y"] + inset["size"] * 0.2)
    assert aim(page, 2)["pan"] == pytest.approx(90, abs=3)
    assert aim(page, 0) == others[0]
    shot(page, "panorama-four")
    assert_accessible(page, scope=".large-picture")
    page.click("text=As it comes")
    expect(page.locator(".large-picture .picture[data-effect=none] video")).to_be_visible()
    shot(page, "panorama-round")


def test_a_thermal_picture_has_colours_and_says_where_it_is_hottest(
    large: Callable[[str, str], Page],
) -> None:
    page = large("thermal", "promenade_thermal")
    until(lambda: page.evaluate("!!room.pictures.large.effect.hot"))
    assert page.evaluate(COLOURS) < 0.6, "iron is no grey"
    shot(page, "thermal-iron")
    page.click("text=White is hot")
    assert page.evaluate(COLOURS) > 0.95
    page.click("text=Mark what is hot")
    assert page.evaluate(COLOURS) < 1, "what is hot is green"
    shot(page, "thermal-marked")
    hot = page.evaluate("room.pictures.large.effect.hot")
    assert hot["warmth"] > 0.6, "somebody walks there"
    low = page.evaluate("room.pictures.large.effect.range.low")
    assert low > 0.02, "spread over what the street holds"
    assert_accessible(page, scope=".large-picture")
