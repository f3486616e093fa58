"""A signal in the room, in a real browser: seen, answered by keys, its incident in its place; zones drawn by hand."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from detection import actions
from detection.models import Profile, Signal, Zone
from incidents.models import Incident, Procedure
from legal.models import Consultation
from tests import cast
from tests.browser import Pages, assert_accessible
from tests.detection.cast import profile, street
from tests.footage.recorded import record, stream_of
from tests.footage.streams import Clips, run_ffmpeg

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PICTURES = os.environ.get("NICE_TEST_PICTURES", "")
LONG = 40_000
BAG = [0.55, 0.62, 0.06, 0.12]


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    return Clips(tmp_path_factory.mktemp("clips"))


def operator(role: str = "operator") -> User:
    person = cast.person(role)
    cast.habilitated(person)
    return person


def recorded(clips: Clips, code: str, start: dt.datetime) -> Profile:
    camera = street(code, name="Gare Thiers, parvis")
    path = clips.folder / f"{code}.mp4"
    clip = clips.make(f"seconds-{code}", size="320x180", seconds=40, rate="200k", gop=30)
    run_ffmpeg("-framerate", "15", "-i", str(clip.path), "-c", "copy", str(path))
    record(Path(settings.FOOTAGE_ROOT), camera, stream_of(path), start)
    return actions.enable_profile(actor=None, profile=profile(camera), why="Exercise")


def raised(row: Profile, at: dt.datetime, key: str = "a", box: list[float] = BAG) -> Signal:
    ms = round(at.timestamp() * 1000)
    boxes: list[Any] = [{"at": ms + 1000 * n, "box": box} for n in range(-8, 9)]
    return actions.raise_signal(profile_id=row.pk, key=key, at=at, boxes=boxes, score=0.83)


def photo(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES, f"{name}.png"))


def test_a_signal_is_seen_and_confirmed_by_keys(pages: Pages, clips: Clips) -> None:
    Procedure.objects.create(title="Signal", nature="signal", site_kind="", steps=["Look again", "Decide"])
    start = timezone.now().replace(microsecond=0) - dt.timedelta(seconds=50)
    row = recorded(clips, "C101", start)
    page = pages.open("/console/", user=operator(), viewport={"width": 1440, "height": 900})
    expect(page.locator("[data-part=count]")).to_have_text("none open", timeout=LONG)
    card = raised(row, start + dt.timedelta(seconds=20))
    raised(row, start + dt.timedelta(seconds=26), "b")
    shown = page.locator(f"[data-key=s{card.pk}]")
    expect(shown).to_contain_text("to confirm", timeout=LONG)
    expect(shown).to_contain_text("Abandoned object")
    assert page.evaluate("room.sounds.call") is None, "it asks, it does not call"
    page.keyboard.press("ArrowDown")
    expect(page.locator("#act-confirm")).to_be_visible(timeout=LONG)
    expect(page.locator(".panel")).to_contain_text("seen again once")
    assert not Consultation.objects.exists(), "nothing is looked at by walking the queue"

    page.keyboard.press("r")
    box = page.locator("[data-part=before] .boxes rect")
    expect(box).to_be_visible(timeout=LONG)
    expect(page.locator("#before-title")).to_have_text("The moment signalled")
    assert Consultation.objects.get().reference == f"S-{card.pk}"
    photo(page, "signal-moment")
    assert_accessible(page)
    page.keyboard.press("u")
    expect(page.locator("#choose-reject")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.locator(".panel #incident-title")).to_contain_text("Gare Thiers", timeout=LONG)
    expect(page.locator(".panel .procedure")).to_contain_text("Look again", timeout=LONG)
    expect(page.locator("[data-part=before]")).to_be_hidden()
    incident = Incident.objects.get()
    expect(page.locator(f"[data-key=i{incident.pk}]")).to_be_visible()
    expect(shown).to_have_count(0)
    assert incident.taken_by is None
    photo(page, "signal-confirmed")


def test_a_wrong_one_is_rejected_with_its_reason_and_leaves_every_screen(pages: Pages, clips: Clips) -> None:
    start = timezone.now().replace(microsecond=0) - dt.timedelta(seconds=50)
    row = recorded(clips, "C102", start)
    card = raised(row, start + dt.timedelta(seconds=20))
    first = pages.open("/console/", user=operator(), locale="fr-FR", viewport={"width": 1440, "height": 900})
    other = pages.open("/console/", user=operator("shift_lead"))
    for page in (first, other):
        expect(page.locator(f"[data-key=s{card.pk}]")).to_be_visible(timeout=LONG)
    first.locator(f"[data-key=s{card.pk}] .open").click()
    expect(first.locator("#act-reject")).to_be_visible(timeout=LONG)
    first.keyboard.press("u")
    photo(first, "signal-reject-fr")
    first.keyboard.press("4")
    expect(first.locator("#answer-title")).to_be_visible(timeout=LONG)
    expect(other.locator(f"[data-key=s{card.pk}]")).to_have_count(0, timeout=LONG)
    card.refresh_from_db()
    assert (card.state, card.reason) == ("rejected", "owner_near")
    assert not Incident.objects.exists()


def test_the_board_stops_everything_and_reads_well(pages: Pages) -> None:
    actions.enable_profile(actor=None, profile=profile(), why="Exercise")
    page = pages.open("/detection/", user=operator("supervisor"), viewport={"width": 1440, "height": 900})
    expect(page.locator("h1")).to_have_text("Software that watches")
    assert_accessible(page)
    photo(page, "board")
    page.get_by_label("Why everything stops").fill("Doubt about the model")
    page.keyboard.press("Enter")
    expect(page.locator("#stop-title")).to_be_visible(timeout=LONG)
    page.set_viewport_size({"width": 390, "height": 800})
    photo(page, "board-telephone")
    wide = page.evaluate(
        "[...document.querySelectorAll('main *')].filter((one) => !one.closest('table') || one.matches('table'))"
        ".filter((one) => one.getBoundingClientRect().right > innerWidth).map((one) => one.outerHTML.slice(0, 90))"
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), wide


def test_a_zone_is_drawn_by_hand_and_by_keys(pages: Pages) -> None:
    zone = profile(code="wrong_way", zone={"kind": "line", "points": [[0.2, 0.7], [0.8, 0.7]]}).zone
    page = pages.open(
        f"/admin/detection/zone/{zone.pk}/draw/",
        user=operator("supervisor"),
        viewport={"width": 1440, "height": 1100},
    )
    stage = page.locator("[data-mask-stage] svg")
    stage.locator("[data-key='0-0']").focus()
    page.keyboard.press("ArrowUp")
    page.get_by_label("Crossing that counts").select_option("to_left")
    expect(stage.locator(".zone-arrow")).to_have_count(1)
    page.get_by_label("Ground scale").check()
    page.get_by_label("Near length (m)").fill("3.5")
    page.get_by_label("Far length (m)").fill("3.5")
    area = stage.bounding_box()
    assert area is not None
    page.mouse.move(area["x"] + 0.3 * area["width"], area["y"] + 0.3 * area["height"])
    page.mouse.down()
    page.mouse.move(area["x"] + 0.5 * area["width"], area["y"] + 0.3 * area["height"], steps=4)
    page.mouse.up()
    photo(page, "zone-drawn")
    assert_accessible(page, scope="[data-zone-form]")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".messagelist")).to_contain_text("The zone is drawn", timeout=LONG)
    kept = Zone.objects.get(pk=zone.pk)
    assert kept.points == [[0.2, 0.69], [0.8, 0.7]] and kept.crossing == "to_left"
    assert [one["metres"] for one in kept.ground] == [3.5, 3.5]
    assert kept.ground[1]["from"] == pytest.approx([0.3, 0.3], abs=0.01)
