"""The registers in a real browser: by keyboard, and readable by everybody."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from accounts.roles import Role
from legal.actions import record_consultation, sign_heads
from legal.looks import end_look, open_looks
from legal.masked import AT_ALL_TIMES
from legal.models import Consultation
from legal.why import Period
from tests.browser import Pages, assert_accessible
from tests.cast import habilitated, person
from tests.legal.people import EXERCISE, SOUTH, STREET, operator, session_of

pytestmark = pytest.mark.browser


@pytest.fixture
def dpo(pages: Pages) -> User:
    who = operator()
    opened = open_looks(
        actor=who,
        cameras=[STREET, SOUTH, EXERCISE],
        kind="live",
        reason="incident",
        reference="2026-0412",
        session_key=session_of(who),
        workstation="Poste 3",
    )
    end_look(opened.looks[0].token)
    lead = person(Role.SHIFT_LEAD)
    habilitated(lead)
    now = timezone.now()
    for camera in ("C885", "C885", "C885", "C885", "C885", "C101"):
        record_consultation(
            actor=lead,
            camera_code=camera,
            sector_code="NORTH",
            kind="playback",
            reason="request",
            text="The parks service asks who left the gate open.",
            authorised=True,
            masked=AT_ALL_TIMES,
            period=Period(now - dt.timedelta(hours=1), now),
        )
    sign_heads()
    return person(Role.DPO, "dpo")


def shoot(page: object, name: str) -> None:
    if folder := os.environ.get("NICE_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / name, full_page=True)  # type: ignore[attr-defined]


def test_the_register_by_keyboard(pages: Pages, dpo: User) -> None:
    page = pages.open(
        "/legal/consultations/", user=dpo, locale="en-GB", viewport={"width": 1440, "height": 900}
    )
    expect(page.get_by_role("heading", name="Consultations", exact=True)).to_be_visible()
    assert_accessible(page)
    shoot(page, "consultations.png")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.get_by_label("Camera").focus()
    page.keyboard.type("c101")
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(1)
    with page.expect_download() as copy:
        page.get_by_role("button", name="Table (CSV)").focus()
        page.keyboard.press("Enter")
    text = Path(copy.value.path()).read_text()
    assert "C101" in text
    assert "C885" not in text
    assert Consultation.objects.filter(kind="log_export").count() == 1


def test_the_looks_to_ask_about(pages: Pages, dpo: User) -> None:
    page = pages.open("/legal/consultations/questions/", user=dpo, viewport={"width": 1440, "height": 900})
    assert_accessible(page)
    shoot(page, "questions.png")
    page.get_by_role("link", name="C885").focus()
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr")).to_have_count(5)


def test_on_a_narrow_screen_and_by_day(pages: Pages, dpo: User) -> None:
    page = pages.open("/legal/consultations/", user=dpo, viewport={"width": 400, "height": 800})
    page.evaluate("document.documentElement.dataset.theme = 'day'")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, "narrow.png")
