"""In a real browser: the map on the clock of the recordings, and the moments before an alert in the room."""

from __future__ import annotations

import datetime as dt
import json
import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings

import incidents.actions
from accounts.models import RoleRule
from accounts.roles import Role
from cameras.actions import steer_towards
from incidents.models import Incident, Nature
from legal.models import Consultation, ConsultationEnd
from patrols.models import TrackPoint, Unit
from tests import cast
from tests.browser import Pages, assert_accessible
from tests.cast import SCHOOL, habilitated, person
from tests.footage.recorded import Stream, minutes_ago, officer, record, stream_of
from tests.footage.streams import Clips, run_ffmpeg

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PICTURES = os.environ.get("NICE_TEST_PICTURES", "")
SECONDS = dt.timedelta(seconds=1)
CREW = "[...replay.ground.map.motion.moves.values()][0].to[1]"
OFF = "Math.abs(f.video.currentTime - (replay.clock.at - f.zero) / 1000)"


@pytest.fixture(scope="module")
def street(clips: Clips) -> Stream:
    path = clips.folder / "long.mp4"
    clip = clips.make("long", size="320x180", seconds=40, rate="200k", gop=30)
    run_ffmpeg("-framerate", "15", "-i", str(clip.path), "-c", "copy", str(path))
    return stream_of(path)


def holds(page: Any, expression: str, seconds: float = 30) -> None:
    """Asked from here again and again: the CSP forbids the page to evaluate text."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, (expression, page.evaluate("document.body.innerText"))
        page.wait_for_timeout(100)


def shot(page: Any, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png")


def scene(street: Stream, start: dt.datetime) -> Incident:
    """Two cameras recorded from then, a crew driving north, an alert half a minute later for which they turned."""
    for code, bearing in (("C885", 200), ("C412", 90)):
        record(Path(settings.FOOTAGE_ROOT), cast.camera(code, bearing=bearing, exercise=True), street, start)
    unit = Unit.objects.create(call_sign="P7")
    TrackPoint.objects.bulk_create(
        TrackPoint(
            unit=unit, lat=SCHOOL.lat + number / 10_000, lon=SCHOOL.lon, heading_deg=0, at=start + 5 * number * SECONDS
        )
        for number in range(12)
    )  # fmt: skip
    case = Incident.objects.create(
        number="I-2026-7", priority=1, nature=Nature.ALERT_BUTTON, title="School", place_label="School",
        lat=SCHOOL.lat, lon=SCHOOL.lon, exercise=True, opened_at=start + 30 * SECONDS,
    )  # fmt: skip
    steer_towards(point=SCHOOL, cause=f"incident:{case.pk}", exercise=True)
    return case


def test_the_map_follows_the_clock_of_the_pictures(pages: Pages, street: Stream) -> None:
    start = minutes_ago(15)
    case = scene(street, start)
    # Not of the room: alerts are told where the cameras looked at were turned for them.
    who = officer()
    RoleRule.objects.update(totp_required=False)
    at = case.opened_at.isoformat().replace("+", "%2B")
    page = pages.open(
        f"/footage/replay/?cameras=C885,C412&at={at}&pre=30&reason=incident&reference={case.number}",
        user=who,
        viewport={"width": 1440, "height": 900},
    )
    holds(page, "replay.films().length == 2 && replay.films().every(f => f.video.readyState >= 2)")
    holds(page, "document.getElementById('map').dataset.units === '1'")
    assert page.evaluate("document.getElementById('map').dataset.incidents") == ""
    was = page.evaluate(CREW)
    # It plays: picture and crew go on together.
    holds(page, f"{CREW} > {was} + 0.00004")
    page.keyboard.press(" ")
    moment = int(start.timestamp() * 1000)
    for second in (12.5, 32.5, 2.5):  # scrubbing, both ways: exactly where it was then
        page.evaluate(f"replay.clock.seek({moment + second * 1000})")
        expected = SCHOOL.lat + second / 5 / 10_000
        holds(page, f"Math.abs({CREW} - {expected}) < 1e-6")
        opened = (
            f"document.getElementById('map').dataset.incidents === '{case.number if second > 30 else ''}'"
        )
        holds(page, opened)
        holds(
            page,
            "replay.films().every(f => Math.abs(f.video.currentTime - (replay.clock.at - f.zero) / 1000) < 0.1)",
        )
    for _ in range(4):
        page.keyboard.press("l")
    page.keyboard.press(" ")
    holds(page, f"replay.clock.at > {moment + 31_000}")
    way = f"Math.abs({CREW} - {SCHOOL.lat} - (replay.clock.at - {moment}) / 5e7)"
    holds(page, f"{way} < 0.00012 || replay.clock.at > {moment + 55_000}")
    page.keyboard.press(" ")
    page.evaluate(f"replay.clock.seek({moment + 33_000})")
    # What stays sharp in a copy: drawn on the picture, taken along to the form.
    page.keyboard.press("i")
    page.evaluate(f"replay.clock.seek({moment + 36_000})")
    page.keyboard.press("o")
    page.keyboard.press("s")
    film = page.locator(".film video").first.bounding_box()
    middle = film["x"] + film["width"] / 2, film["y"] + film["height"] / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 60, middle[1] + 40)
    page.mouse.up()
    asked = parse_qs(urlsplit(page.locator("#extract").get_attribute("href")).query)
    [area] = json.loads(asked["sharp"][0])["C885"]
    assert area["box"][:2] == pytest.approx([0.5, 0.5], abs=0.01)
    assert dt.datetime.fromisoformat(area["at"]) == start + 36 * SECONDS
    assert page.locator(".film-areas rect").count() == 1
    # By keyboard: the area of this moment is taken up, moved and sized, and kept.
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Shift+ArrowDown", "Enter"):
        page.keyboard.press(key)
    asked = parse_qs(urlsplit(page.locator("#extract").get_attribute("href")).query)
    [moved] = json.loads(asked["sharp"][0])["C885"]
    assert moved["box"][0] == pytest.approx(area["box"][0] + 0.04, abs=0.001)
    assert moved["box"][3] == pytest.approx(area["box"][3] + 0.02, abs=0.001)
    shot(page, "replay-map")
    assert_accessible(page)


def test_the_moments_before_an_alert_in_the_room(pages: Pages, street: Stream) -> None:
    who = person(Role.OPERATOR)
    habilitated(who)
    pages.expect_trouble("409")  # these cameras have recordings and nothing live
    case = scene(street, minutes_ago(3))
    incidents.actions.take(incident=case, actor=who)
    page = pages.open("/console/", user=who, viewport={"width": 1920, "height": 1080})
    page.locator(".queue .call").first.click()
    page.locator("#act-before").wait_for()
    assert page.locator("#act-replay").count() == 0
    page.keyboard.press("r")
    holds(page, "preroll.films.length === 2 && preroll.films.every(f => f.video.readyState >= 2)")
    begin = page.evaluate("preroll.clock.at")
    holds(page, f"preroll.clock.at > {begin + 1500} && preroll.films.every(f => f.video.currentTime > 1)")
    assert "s before" in page.locator("[data-part=before-clock]").inner_text()
    shot(page, "preroll")
    assert_accessible(page)
    rows = Consultation.objects.order_by("id")
    assert [(row.kind, row.reference, row.user_id) for row in rows] == [("preroll", case.number, who.pk)] * 2
    page.keyboard.press("k")
    holds(page, "preroll.films.every(f => f.video.paused)")
    # It was given for a minute and is all here: nothing more is asked for.
    holds(page, "preroll.films.every(f => f.groups.every((g, n) => f.held.has(n)))")
    incidents.actions.release(incident=case, actor=who)
    page.locator("[data-part=before]").wait_for(state="hidden")
    end = time.monotonic() + 20
    while ConsultationEnd.objects.count() < 2:
        assert time.monotonic() < end
        time.sleep(0.1)
