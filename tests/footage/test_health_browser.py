"""Work orders and availability in a real browser: by keyboard, narrow and wide, in both languages."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.roles import Role
from footage.health.actions import report_fault
from footage.models import CameraDay, RecordingDuty, WorkOrder
from tests.browser import Pages, assert_accessible
from tests.cameras.estate import camera
from tests.cast import person

pytestmark = pytest.mark.browser
Kind = WorkOrder.Kind
MEASURED: dict[Kind, dict[str, object]] = {
    Kind.BLURRED: {"sharpness": 0.21, "kept": 0.98, "light": "day"},
    Kind.MOVED: {"turned_px": 13.0, "alike_there": 0.7, "alike_here": 0.1},
    Kind.COVERED: {"kept": 0.08, "empty": 0.9},
    Kind.CLOCK: {"stream_ahead_ms": -4200},
    # Told by a node just now: the clock of the live centre would close it otherwise.
    Kind.UNSTABLE: {"interruptions": 6, "minutes": 10, "at": timezone.now().isoformat(timespec="seconds")},
}


@pytest.fixture
def technician(pages: Pages) -> User:
    for n, (kind, evidence) in enumerate(MEASURED.items(), 101):
        eye = camera(f"C{n}", name=f"Avenue Jean Médecin {n}")
        RecordingDuty.objects.create(camera=eye, since=timezone.now() - dt.timedelta(days=40))
        today = timezone.now().astimezone(dt.UTC).date()
        for day in range(1, 10):
            away_s = 9000 if n == 102 and day == 4 else 0
            CameraDay.objects.create(
                camera=eye,
                day=today - dt.timedelta(days=day),
                due_s=86400,
                away_s=away_s,
                recorded_s=86380 - away_s,
            )
        report_fault(camera_id=eye.pk, kind=kind, evidence=evidence)
    return person(Role.TECHNICIAN)


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("NICE_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_a_technician_takes_an_order_and_mends_it_by_keyboard(pages: Pages, technician: User) -> None:
    page = pages.open("/footage/health/", user=technician)
    expect(page.get_by_role("row")).to_have_count(len(MEASURED) + 1)
    expect(page.get_by_role("row").nth(1)).to_contain_text("Covered")
    assert_accessible(page)
    shoot(page, "health")
    page.get_by_label("Fault").select_option("blurred")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Show").press("Enter")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="OT-").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Blurred")
    assert_accessible(page)
    page.get_by_role("button", name="Assign").press("Enter")
    page.get_by_label("What was done").fill("dome washed")
    page.keyboard.press("Enter")
    expect(page.get_by_text("dome washed")).to_be_visible()
    expect(page.get_by_role("button", name="Mended")).to_have_count(0)
    expect(page.locator(".health-history li")).to_have_count(3)
    shoot(page, "work-order")


def test_availability_and_the_days_of_a_camera_on_a_telephone_in_french(
    pages: Pages, technician: User
) -> None:
    page = pages.open(
        "/footage/health/availability/",
        user=technician,
        locale="fr-FR",
        viewport={"width": 390, "height": 800},
    )
    expect(page.get_by_role("heading", level=1)).to_contain_text("Disponibilité")
    assert_accessible(page)
    shoot(page, "availability")
    page.get_by_role("link", name="C102").press("Enter")
    expect(page.locator(".camera-days rect.recorded")).to_have_count(10)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "no sideways scrolling"
    shoot(page, "days")
    page.goto("/footage/health/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Santé des caméras")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shoot(page, "health-narrow")
