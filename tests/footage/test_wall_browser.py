"""A shift lead arranges tiles and puts them on the wall; real pictures, H.265 among them; a quiet street rests."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

import alerts.actions
from accounts.models import User
from accounts.roles import Role
from cameras.models import Camera, CameraLock
from console.wall.actions import push_to_wall, save_tour
from footage.models import Source
from footage.scenes import FPS, HEIGHT, WIDTH
from footage.scenes.catalogue import Scene
from legal.models import Consultation
from tests.browser import Pages, assert_accessible
from tests.cast import SCHOOL, button, camera, habilitated, person, school
from tests.footage.streams import Clips, Node, run_ffmpeg, until
from tests.servers import Centre

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROOM = {"viewport": {"width": 1600, "height": 950}}
WALL = {"viewport": {"width": 1280, "height": 720}}
# Whatever the machine can decode, this browser says that it cannot show H.265.
WITHOUT_H265 = """MediaSource.isTypeSupported = ((asked) => (mime) =>
    !/hvc1|hev1/.test(mime) && asked.call(MediaSource, mime))(MediaSource.isTypeSupported);"""
PIXELS = """(tile) => {
    const canvas = new OffscreenCanvas(64, 36);
    const context = canvas.getContext('2d');
    context.drawImage(document.querySelector(tile + ' video'), 0, 0, 64, 36);
    return Array.from(context.getImageData(0, 0, 64, 36).data).join();
}"""
QUIET_S, PASSES_S = 8, 2


def mine(code: str) -> str:
    return f".mosaic .tile[data-camera={code}]"


def drawn(code: str, file: str, **fields: object) -> Camera:
    made = camera(code, SCHOOL, exercise=True, **fields)
    Source.objects.create(camera=made, kind="file", url=file)
    return made


@pytest.fixture
def cameras(live_centre: Centre, clips: Clips, node: Callable[..., Node]) -> Node:
    """X001 is a busy picture, X002 an empty street where somebody passes now and then, X003 speaks H.265."""
    street = Scene("test", 11, people=0, cars=0)
    passes = [p[::2, ::2].tobytes() for p in Scene("test", 11, people=1, cars=0).frames(PASSES_S * FPS)]
    pictures = [next(street.frames(1))[::2, ::2].tobytes()] * (QUIET_S * FPS) + passes
    run_ffmpeg(
        *["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH // 2}x{HEIGHT // 2}", "-r", str(FPS)],
        *["-i", "pipe:0", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "27", "-g", str(FPS)],
        *["-keyint_min", str(FPS), "-sc_threshold", "0", "-bf", "0", "-pix_fmt", "yuv420p"],
        str(clips.folder / "quiet.mp4"),
        input=b"".join(pictures),
    )
    hevc = clips.folder / "hevc.mp4"
    run_ffmpeg("-framerate", "15", "-i", str(clips.h265.path), "-c", "copy", str(hevc))
    drawn("X001", clips.mp4.name, bearing=200)
    drawn("X002", "quiet.mp4", distance_m=900)
    drawn("X003", "hevc.mp4", distance_m=950)
    return node(REDIS_URL=live_centre.redis_url)


def somebody(role: str) -> User:
    user = person(role)
    user.language = "en"
    user.save()
    habilitated(user)
    return user


def command(page: Page, words: str) -> None:
    page.keyboard.press("/")
    page.locator("#command").fill(words)
    page.locator("#command").press("Enter")


def shot(page: Page, name: str) -> None:
    if folder := os.environ.get("NICE_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def the_room(pages: Pages, user: User) -> Page:
    page = pages.open("/console/", user=user, **ROOM)
    page.add_init_script(WITHOUT_H265)
    page.reload()
    expect(page.locator(".bar")).to_have_attribute("data-link", "live", timeout=90_000)
    return page


def test_the_lead_arranges_tiles_and_the_wall_follows(cameras: Node, pages: Pages) -> None:
    lead = somebody(Role.SHIFT_LEAD)
    room = the_room(pages, lead)
    command(room, "/layout 4")
    for n, code in enumerate(["X002", "X001", "X003"]):
        command(room, f"/c {code} {n + 1}")
        expect(room.locator(f"{mine(code)}[data-place='{n}']")).to_be_visible()

    live = room.locator(f"{mine('X001')}[data-picture=live]")
    expect(live).to_be_visible(timeout=90_000)
    first = room.evaluate(PIXELS, mine("X001"))
    until(lambda: room.evaluate(PIXELS, mine("X001")) != first)
    hevc = room.locator(mine("X003"))
    expect(hevc).to_have_attribute("data-picture", "live", timeout=90_000)
    expect(hevc.locator(".note")).to_have_text("H.265, transcoded for this tile")
    first = room.evaluate(PIXELS, mine("X003"))
    until(lambda: room.evaluate(PIXELS, mine("X003")) != first)
    assert set(Consultation.objects.values_list("camera_code", "reason")) == {
        *(("X001", "watch"), ("X002", "watch"), ("X003", "watch"))
    }

    room.locator(mine("X002")).focus()
    room.keyboard.press("Shift+ArrowDown")
    expect(room.locator(f"{mine('X002')}[data-place='2']")).to_be_focused()
    room.get_by_placeholder("Name of the layout").fill("Promenade")
    room.keyboard.press("Enter")
    expect(room.locator(".layout-bar .said")).to_have_text("Layout kept: Promenade")
    assert_accessible(room, scope=".mosaic")
    room.reload()
    expect(room.locator(f"{mine('X002')}[data-place='2']")).to_be_visible(timeout=90_000)
    expect(room.locator(f"{mine('X001')}[data-picture=live]")).to_be_visible(timeout=90_000)
    shot(room, "mosaic")

    wall = pages.open("/console/wall/", user=lead, **WALL)
    expect(wall.locator(".bar")).to_have_attribute("data-link", "live", timeout=90_000)
    assert wall.locator(".tile.placed").count() == 0
    room.keyboard.press("w")
    placed = wall.locator(".tile.placed[data-camera=X001]")
    expect(placed).to_be_visible(timeout=90_000)
    expect(placed).to_have_attribute("data-picture", "live", timeout=90_000)
    place = placed.bounding_box()
    now = timezone.now()
    CameraLock.objects.create(
        camera=Camera.objects.get(code="X001"),
        holder="seat:P3",
        priority=CameraLock.Priority.OPERATOR,
        label="Poste 3",
        user=lead,
        taken_at=now,
        until=now + dt.timedelta(minutes=15),
    )
    wall.reload()
    expect(placed.locator(".hold")).to_contain_text("Poste 3 · 14:", timeout=90_000)
    expect(placed).to_have_attribute("data-picture", "live", timeout=90_000)

    alerts.actions.receive_press(device=button(school(exercise=True)))
    spot = wall.locator(".tile.ex[data-camera=X001]")
    expect(spot).to_have_attribute("data-picture", "live", timeout=90_000)
    assert placed.bounding_box() == place, "what was placed is where it was"
    assert wall.locator(".grid > .tile").count() == 4
    shot(wall, "wall")
    room.locator(".queue li").filter(has_text="School ECO-012").click()
    expect(room.locator(".tiles .tile[data-camera=X001][data-picture=live]")).to_be_visible(timeout=90_000)
    expect(room.locator(mine("X001"))).to_be_visible()
    shot(room, "mosaic-alert")
    room.locator(".tiles .tile[data-camera=X001]").focus()
    room.keyboard.press("o")
    expect(room.locator("dialog.marking")).to_contain_text("Bookmark X001 at")
    room.keyboard.press("1")
    kept = room.locator("section[aria-labelledby=bookmarks-title] li")
    expect(kept).to_contain_text("It begins", timeout=90_000)
    assert re.search(r"cameras=X001&at=.+&reason=incident", kept.locator("a").get_attribute("href") or "")
    command(room, "/give")
    expect(spot).to_have_count(0, timeout=90_000)
    expect(placed).to_be_visible()

    tour = save_tour(
        room="",
        name="Round",
        purpose="The two ends of the street",
        stops=[{"cameras": ["X001"], "seconds": 5}, {"cameras": ["X003"], "seconds": 5}],
        actor=lead,
    )
    push_to_wall(room="", name="Round", size=1, cells=[{"tour": tour.pk}], actor=lead)
    for code in ("X001", "X003"):
        stop = wall.locator(f".tile.tour[data-camera={code}]")
        expect(stop).to_be_visible(timeout=90_000)
        until(lambda code=code: Consultation.objects.filter(camera_code=code, kind="tour").exists())
    row = Consultation.objects.filter(kind="tour").first()
    assert row is not None
    assert (row.reason, row.reference, row.reason_text) == ("tour", "Round", "The two ends of the street")


def test_a_quiet_street_rests_and_wakes_and_who_does_not_lead_is_told(cameras: Node, pages: Pages) -> None:
    pages.expect_trouble("403")
    room = the_room(pages, somebody(Role.OPERATOR))
    command(room, "/c X002 1")
    tile = room.locator(mine("X002"))
    expect(tile).to_have_attribute("data-picture", "still", timeout=90_000)
    expect(tile.locator(".delay")).to_have_text(re.compile(r"^still, \d\d:\d\d:\d\d$"))
    shot(room, "still")
    room.keyboard.press("?")
    shot(room, "keys")
    room.keyboard.press("Escape")
    resting = room.evaluate(PIXELS, mine("X002"))
    expect(tile).to_have_attribute("data-picture", "live", timeout=90_000)
    until(lambda: room.evaluate(PIXELS, mine("X002")) != resting)
    assert room.get_by_role("button", name="On the wall").count() == 0
    command(room, "/push")
    expect(room.locator(".layout-bar .said")).to_contain_text("Lead the room")

    expect(tile).to_have_attribute("data-picture", "still", timeout=90_000)
    cameras.kill()
    expect(tile).to_have_attribute("data-picture", "stale", timeout=90_000)
