"""What is kept and what was destroyed, in a real browser: by keyboard, and readable by everybody."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import Role
from retention.models import DestroyedDay, Destruction, Lateness, Limit, Run
from retention.rules import sync
from tests.browser import Pages, assert_accessible
from tests.cast import person
from tests.footage.recorded import supervisor

pytestmark = pytest.mark.browser
WIDE = {"width": 1440, "height": 900}


@pytest.fixture
def dpo(pages: Pages) -> User:
    now = timezone.now()
    sync()
    run = Run.objects.create(kind="night", node="csu-1", clock=now, ended_at=now, rows=288, files=288)
    Run.objects.create(
        kind="light", node="csu-1", clock=now, failures={"footage.Segment": "Input/output error"}
    )
    day = now.date() - dt.timedelta(days=11)
    for code in ("C010", "C885"):
        DestroyedDay.objects.create(
            what="footage.Segment",
            subject=code,
            day=day,
            first_at=now - dt.timedelta(days=11),
            last_at=now - dt.timedelta(days=10),
            items=144,
            bytes=144 * 45_000_000,
            destroyed_at=now,
            run=run,
        )
    Destruction.objects.create(
        run=run,
        what="footage.Segment",
        days=10,
        basis="CSI L252-5",
        scope=f"day {day}",
        items=288,
        files=288,
        bytes=288 * 45_000_000,
        oldest=now - dt.timedelta(days=11),
        newest=now - dt.timedelta(days=10),
        names_sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        finished_at=now,
    )
    Lateness.objects.update_or_create(  # the live centre looks, too
        what="patrols.TrackPoint", defaults={"items": 3, "oldest": now - dt.timedelta(days=40)}
    )
    return person(Role.DPO, "dpo")


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("NICE_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / name, full_page=True)


def test_the_officer_reads_the_registers(pages: Pages, dpo: User) -> None:
    page = pages.open("/retention/", user=dpo, viewport=WIDE)
    assert_accessible(page)
    shoot(page, "kept.png")
    page.locator("nav a[href='/retention/destructions/']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert_accessible(page)
    shoot(page, "destructions.png")
    day = DestroyedDay.objects.latest("pk").day
    page = pages.open(
        f"/retention/register/?since={day}&until={day}", user=dpo, locale="en-GB", viewport=WIDE
    )
    expect(page.locator("tbody tr")).to_have_count(2)
    assert_accessible(page)
    shoot(page, "register.png")
    with page.expect_download() as copy:
        page.get_by_role("link", name="Table (CSV)").focus()
        page.keyboard.press("Enter")
    assert "C885" in Path(copy.value.path()).read_text()


def test_the_supervisor_sets_a_limit_by_keyboard(pages: Pages, dpo: User) -> None:
    pages.expect_trouble("400")
    page = pages.open("/retention/limits/footage.Segment/", user=supervisor(), locale="en-GB", viewport=WIDE)
    assert_accessible(page)
    days = page.get_by_label("kept (days)")
    days.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("40")
    page.keyboard.press("Enter")
    expect(page.get_by_text("31 days at most (CSI")).to_be_visible()
    shoot(page, "limit.png")
    days.fill("9")
    days.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()
    assert Limit.objects.get(what="footage.Segment").days == 9
    page.set_viewport_size({"width": 400, "height": 800})
    page.evaluate("document.documentElement.dataset.theme = 'day'")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    shoot(page, "narrow.png")
