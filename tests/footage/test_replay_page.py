"""The page of recordings in a real browser: pictures in step, speeds, steps, keyboard, no mistake for axe."""

from __future__ import annotations

import datetime as dt
import os
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import expect

from accounts.models import RoleRule
from cameras.models import Camera
from footage.extraction import actions
from footage.models import Bookmark, Extraction
from legal.models import Consultation
from tests.browser import Pages, assert_accessible
from tests.cameras.estate import camera
from tests.footage.recorded import Stream, minutes_ago, officer, record, stream_of, supervisor
from tests.footage.streams import Clips, run_ffmpeg

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FPS = 15
PICTURES = os.environ.get("NICE_TEST_PICTURES", "")


@pytest.fixture(scope="module")
def street(clips: Clips) -> Stream:
    path = clips.folder / "long.mp4"
    clip = clips.make("long", size="320x180", seconds=40, rate="200k", gop=30)
    run_ffmpeg("-framerate", "15", "-i", str(clip.path), "-c", "copy", str(path))
    return stream_of(path)


def times(page: Any) -> list[float]:
    """What each picture shows, as the wall clock, in seconds."""
    found: list[float] = page.evaluate(
        "replay.films().map(film => film.zero / 1000 + film.video.currentTime)"
    )
    return found


def holds(page: Any, expression: str, seconds: float = 20) -> None:
    """Asked from here again and again: the CSP forbids the page to evaluate text."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, (expression, page.evaluate("document.body.innerText"))
        page.wait_for_timeout(100)


SHOWN = "Math.round(replay.films()[0].shown * FPS / 1000)"


def steps(page: Any, key: str, times: int) -> list[int]:
    """By how many pictures of the recording each press moves what is on the screen."""
    shown, found = SHOWN.replace("FPS", str(FPS)), []
    settled = f"replay.films().every(f => !f.video.seeking && replay.clock.at - f.shown < {1000 / FPS + 20})"
    holds(page, settled)
    for _ in range(times):
        before = page.evaluate(shown)
        page.keyboard.press(key)
        holds(page, f"{shown} != {before}")
        page.wait_for_timeout(60)
        holds(page, settled)
        found.append(page.evaluate(shown) - before)
    return found


def shot(page: Any, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png")


def test_two_cameras_in_step(pages: Pages, street: Stream) -> None:
    store = Path(settings.FOOTAGE_ROOT)
    start = minutes_ago(15)
    for code in ("C885", "C412"):
        record(store, camera(code), street, start)
        record(store, Camera.objects.get(code=code), street, start + dt.timedelta(seconds=60))
    who = officer()
    RoleRule.objects.update(totp_required=False)
    at = (start + dt.timedelta(seconds=5)).isoformat().replace("+", "%2B")
    page = pages.open(
        f"/footage/replay/?cameras=C885,C412&at={at}&reference=PV+12&reason=requisition", user=who
    )
    page.set_viewport_size({"width": 1440, "height": 900})
    holds(page, "replay.films().length == 2 && replay.films().every(f => f.video.readyState >= 2)")
    begin = times(page)
    holds(page, f"replay.films()[0].zero / 1000 + replay.films()[0].video.currentTime > {begin[0] + 2}")
    one, other = times(page)
    assert abs(one - other) < 0.3
    assert Consultation.objects.filter(kind="playback").count() == 2
    shot(page, "replay")
    assert_accessible(page)
    page.keyboard.press(" ")
    holds(page, "replay.films().every(f => f.video.paused && !f.video.seeking)")
    page.wait_for_timeout(300)
    assert steps(page, ".", 4) == [1, 1, 1, 1], "each press is the next picture"
    assert steps(page, ",", 20) == [-1] * 20, "and back, over the edge of what was fetched at once"
    one, other = times(page)
    assert one == pytest.approx(other, abs=0.01)
    for _ in range(4):
        page.keyboard.press("l")
    assert page.evaluate("replay.clock.rate") == 16
    page.keyboard.press("b")
    page.wait_for_selector("#marks .bookmark")
    assert Bookmark.objects.count() == 2
    page.evaluate(f"replay.clock.seek({int(start.timestamp() * 1000) + 50_000})")
    holds(page, "document.querySelector('.film-state').textContent != ''")
    page.keyboard.press(" ")
    holds(page, f"replay.clock.at > {int(start.timestamp() * 1000) + 65_000}")
    holds(page, "document.querySelector('.film-state').textContent == ''")


def test_the_pages_of_extractions_are_accessible(pages: Pages) -> None:
    camera("C885")
    who = officer()
    RoleRule.objects.update(totp_required=False)
    start = minutes_ago(15)
    row = Extraction.objects.create(
        since=start,
        until=start + dt.timedelta(minutes=1),
        reason="requisition",
        ground="cpp_60_1",
        reference="PV 12",
        requester=who,
        requester_function="Evidence officer",
    )
    row.cameras.set(Camera.objects.all())
    for name, path in (("list", ""), ("ask", "ask/"), ("one", f"{row.pk}/")):
        page = pages.open(f"/footage/extractions/{path}", user=who)
        assert_accessible(page)
        shot(page, f"extraction-{name}")


def test_the_worker_of_the_centre_builds_it(pages: Pages, street: Stream) -> None:
    """By message from the page to the worker; the page follows by itself."""
    start = minutes_ago(15)
    record(Path(settings.FOOTAGE_ROOT), camera("C885"), street, start)
    asks, chief = officer(), supervisor()
    RoleRule.objects.update(totp_required=False)
    row = actions.ask_extraction(
        actor=asks,
        codes=["C885"],
        since=start,
        until=start + dt.timedelta(seconds=30),
        reason="requisition",
        ground="cpp_60_1",
        reference="PV 12",
    )
    page = pages.open(f"/footage/extractions/{row.pk}/", user=chief)
    page.get_by_role("button", name="Validate").click()
    # The page loads itself anew when it is sealed.
    expect(page.locator("h1")).to_contain_text("sealed", timeout=60_000)
    shot(page, "extraction-sealed")
    assert_accessible(page)
    page.get_by_label("Who receives it").fill("Police station, OPJ on duty")
    page.get_by_role("button", name="Write the handing over").click()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Fetch the package").click()
    with zipfile.ZipFile(fetched.value.path()) as packed:
        assert packed.testzip() is None
        assert f"{row.number}/manifest.sig" in packed.namelist()
