"""The registers of the law and the public pages in a real browser: by keyboard, on a telephone, by everybody."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.roles import Role
from legal.assessments import make_assessment
from legal.breaches import record_breach
from legal.clocks import tell_of_ends
from legal.models import Breach, Controller, Experiment, PrefecturalAuthorisation
from nice_supervision.demo import law
from tests.browser import Pages, assert_accessible
from tests.cast import camera, may_film, person
from tests.legal.people import operator
from tests.legal.test_pages import looked

pytestmark = pytest.mark.browser
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("NICE_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / name, full_page=True)


def a_centre() -> None:
    law.load()
    may_film()
    for number in range(6):
        camera(f"C{number}", exercise=False, bearing=number * 60, masks_checked=number != 3)
    looked(operator())
    PrefecturalAuthorisation.objects.update(expires_on=timezone.localdate() + dt.timedelta(days=70))
    tell_of_ends()
    make_assessment(actor=None, authorisation=PrefecturalAuthorisation.objects.get(), words="Proportionate.")
    today = timezone.localdate()
    Experiment.objects.create(
        title="Haut-parleurs d’alerte aux crues",
        purpose="Prévenir les passants d’une montée des eaux.",
        legal_basis="CSI L251-2, 7°",
        personal_data="Aucune",
        starts_on=today - dt.timedelta(days=40),
        ends_on=today + dt.timedelta(days=20),
    )


def test_compliance_by_keyboard_with_its_proof(pages: Pages) -> None:
    a_centre()
    dpo = person(Role.DPO, "dpo")
    page = pages.open("/legal/compliance/", user=dpo, locale="en-GB", viewport=WIDE)
    expect(page.get_by_role("heading", name="State of compliance")).to_be_visible()
    assert page.locator(".point").count() == 9
    assert_accessible(page)
    shoot(page, "compliance-en.png")
    page.get_by_role("link", name="Proof: dwellings visible").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="C3", exact=True)).to_be_visible()
    assert_accessible(page)
    for path in ("orders", "recipients", "record", "assessments", "notices", "experiments", "breaches"):
        page.goto(page.url.split("/legal/")[0] + f"/legal/{path}/")
        assert_accessible(page)
        shoot(page, f"{path}-en.png")


def test_a_breach_is_recorded_by_keyboard(pages: Pages) -> None:
    law.load()
    dpo = person(Role.DPO, "dpo")
    page = pages.open("/legal/breaches/", user=dpo, locale="en-GB", viewport=WIDE)
    page.get_by_label("Loss of confidentiality").focus()
    page.keyboard.press("Space")
    page.get_by_label("what happened").fill("A screen was filmed through a window.")
    page.get_by_role("button", name="Record: the 72 hours run").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("72 hours run")
    page.get_by_role("link", name=Breach.objects.get().number).click()
    page.locator("summary", has_text="It was notified to the CNIL").click()
    assert_accessible(page)
    shoot(page, "breach-en.png")
    page.goto(page.url)  # and as others see it: in French, on a narrow screen, by day
    narrow = pages.open(page.url, user=dpo, locale="fr-FR", viewport=PHONE)
    narrow.evaluate("document.documentElement.dataset.theme = 'day'")
    assert_accessible(narrow)
    assert narrow.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(narrow, "breach-fr-phone.png")


def test_everybody_reads_on_a_telephone_what_is_filmed_and_what_is_not_built(pages: Pages) -> None:
    """L-12: without signing in, in French and in English."""
    a_centre()
    Controller.objects.update(exercise=False)
    for locale, name in (("fr-FR", "fr"), ("en-GB", "en")):
        page = pages.open("/legal/information/", locale=locale, viewport=PHONE)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert_accessible(page)
        shoot(page, f"information-{name}.png")
    page.locator("a[href='/legal/refused/']").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What is not built, and why")).to_be_visible()
    assert_accessible(page)
    shoot(page, "refused-en.png")


def test_the_orders_map_says_which_cameras_are_reached(pages: Pages) -> None:
    a_centre()
    PrefecturalAuthorisation.objects.update(all_cameras=False, camera_codes=["C0", "C1"])
    who = person(Role.SUPERVISOR)
    act = PrefecturalAuthorisation.objects.get()
    page = pages.open(
        f"/admin/legal/prefecturalauthorisation/{act.pk}/change/", user=who, locale="en-GB", viewport=WIDE
    )
    expect(page.locator("[data-counted]")).to_have_text("reached: 2 · not reached: 4", timeout=20_000)
    shoot(page, "order-admin-en.png")


def test_one_page_in_french(pages: Pages) -> None:
    a_centre()
    record_breach(
        actor=(dpo := person(Role.DPO, "dpo")),
        aware_at=timezone.now() - dt.timedelta(hours=50),
        natures=["confidentiality"],
        what="Un écran a été filmé.",
    )
    for path in ("compliance", "orders", "record", "breaches", "notices"):
        page = pages.open(f"/legal/{path}/", user=dpo, locale="fr-FR", viewport=WIDE)
        assert_accessible(page)
        shoot(page, f"{path}-fr.png")
