"""A real browser, a real run_cameras on a drawn street: the picture moves, and says when it is old (W-14)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

import alerts.actions
from accounts.models import User
from accounts.roles import Role
from cameras.models import Camera
from footage.models import Source
from legal.models import Consultation
from tests.browser import Pages, assert_accessible
from tests.cast import SCHOOL, button, camera, habilitated, person, school
from tests.footage.streams import Node, short_streets, until
from tests.servers import Centre

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TILE = ".tile[data-camera=X001]"
ROOM = {"viewport": {"width": 1600, "height": 950}}
PIXELS = """(tile) => {
    const video = document.querySelector(tile + ' video');
    const canvas = new OffscreenCanvas(64, 36);
    const context = canvas.getContext('2d');
    context.drawImage(video, 0, 0, 64, 36);
    return [video.currentTime, Array.from(context.getImageData(0, 0, 64, 36).data).join()];
}"""
DELAY = "[...room.pictures.board.shown.values()][0].picture.view.delay"


def an_operator() -> User:
    user = person(Role.OPERATOR)
    user.language = "en"
    user.save()
    return user


@pytest.fixture
def street(live_centre: Centre, tmp_path: Path) -> Camera:
    made = camera("X001", SCHOOL, exercise=True)
    Source.objects.create(camera=made, kind="scene", url="avenue", sub_url="avenue")
    return made


@pytest.fixture
def room(street: Camera, node: Callable[..., Node], pages: Pages, live_centre: Centre) -> tuple[Page, Node]:
    short_streets("avenue")
    running = node(REDIS_URL=live_centre.redis_url)
    operator = an_operator()
    habilitated(operator)
    page = pages.open("/console/", user=operator, **ROOM)
    expect(page.locator(".bar")).to_have_attribute("data-link", "live", timeout=90_000)
    alerts.actions.receive_press(device=button(school(exercise=True)))
    page.locator(".queue li").filter(has_text="School ECO-012").click(timeout=20_000)
    return page, running


def test_the_picture_moves_and_is_old_when_the_cameras_process_dies(room: tuple[Page, Node]) -> None:
    page, running = room
    expect(page.locator(f"{TILE}[data-picture=live]")).to_be_visible(timeout=90_000)
    place = page.locator(TILE).bounding_box()
    began, first = page.evaluate(PIXELS, TILE)
    page.wait_for_timeout(3000)
    later, second = page.evaluate(PIXELS, TILE)
    assert later > began + 1, "the picture does not move"
    assert first != second, "the same picture for three seconds"
    assert page.locator(TILE).bounding_box() == place, "the tiles jump"
    assert 0 < page.evaluate(DELAY) < 3000
    expect(page.locator(f"{TILE} .delay")).to_have_text(re.compile(r"\d"))
    row = Consultation.objects.get()
    assert (row.camera_code, row.kind, row.reason) == ("X001", "live", "incident")
    assert_accessible(page, scope="main")

    page.locator(TILE).focus()
    page.keyboard.press("Enter")
    large = page.locator(".large-picture .picture[data-state=live]")
    expect(large).to_be_visible(timeout=90_000)
    assert page.evaluate("document.querySelector('.large-picture video').videoWidth") == 1280
    assert_accessible(page, scope=".large-picture")
    page.keyboard.press("Escape")
    expect(large).to_have_count(0)

    running.kill()
    expect(page.locator(f"{TILE}[data-picture=stale]")).to_be_visible(timeout=90_000)
    expect(page.locator(f"{TILE} .old")).to_contain_text("Old picture")


def test_without_a_habilitation_the_tile_says_why_and_keeps_the_dial(
    street: Camera, pages: Pages, live_centre: Centre
) -> None:
    pages.expect_trouble("403")
    page = pages.open("/console/", user=an_operator(), **ROOM)
    expect(page.locator(".bar")).to_have_attribute("data-link", "live", timeout=90_000)
    alerts.actions.receive_press(device=button(school(exercise=True)))
    page.locator(".queue li").filter(has_text="School ECO-012").click(timeout=20_000)
    expect(page.locator(f"{TILE} .note")).to_contain_text("without a live habilitation", timeout=90_000)
    assert page.locator(f"{TILE} .aim").is_visible()
    until(lambda: not Consultation.objects.exists(), 2)
