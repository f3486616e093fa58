"""Requisitions and access requests in a real browser: by keyboard, and readable by everybody."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from accounts.roles import Role
from evidence.access import actions as access
from evidence.asking import Wanted
from evidence.models import Requisition
from evidence.requisitions import actions
from footage.models import Extraction
from tests import cast
from tests.browser import Pages, assert_accessible
from tests.evidence.desk import PDF, local
from tests.retention.travel import record

pytestmark = pytest.mark.browser
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
HOUR = dt.timedelta(hours=1)
DAY = 24 * HOUR


def shoot(page: object, name: str) -> None:
    if folder := os.environ.get("NICE_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / name, full_page=True)  # type: ignore[attr-defined]


@pytest.fixture
def lead(pages: Pages) -> User:
    """Three papers and a request, entered at night by a shift lead."""
    eyes = [
        cast.camera("C885", exercise=True),
        cast.camera("C886", exercise=True, bearing=90, distance_m=90),
    ]
    who = cast.person(Role.SHIFT_LEAD)
    now = timezone.now()
    said = {
        "authority": "Tribunal judiciaire",
        "unit": "Commissariat central",
        "opj_quality": "Officier de police judiciaire",
        "ground": "cpp_77_1_1",
        "dated_on": timezone.localdate(now),
        "facts": "Vol à l’arraché, rue Acchiardi.",
    }
    for number, ago in enumerate((9 * DAY, 2 * DAY, HOUR)):
        for eye in eyes:  # rows alone: nobody looks at them here
            record(Path(), eye, now - ago, with_file=False)
        hold = {"demand": "keep", "kept_until": now + 60 * DAY} if number == 1 else {"demand": "hand_over"}
        actions.receive(
            actor=who,
            wanted=[
                Wanted(["C885", "C886"], now - ago, now - ago + HOUR / 3),
                Wanted(["C885"], now - ago + HOUR / 2, now - ago + 0.75 * HOUR),
            ],
            reference=f"PV 2026/041{number}",
            **hold,
            **said,
        )
    access.receive(
        actor=who,
        wanted=[Wanted(["C885"], now - HOUR, now - HOUR / 2)],
        person="Personne fictive",
        contact="1 rue de l’Exercice\n06000 Nice",
        described="Manteau rouge, vélo.",
    )
    return who


def test_a_paper_by_keyboard_and_its_check(pages: Pages, lead: User, tmp_path: Path) -> None:
    officer = cast.person(Role.EVIDENCE_OFFICER)
    cast.habilitated(officer)
    page = pages.open("/evidence/", user=officer, viewport=DESK)
    assert_accessible(page)
    shoot(page, "queue.png")
    # The words say how near it is, not the colour alone.
    expect(page.locator("tbody tr").first).to_contain_text("would be destroyed in 2")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_focused()
    page.get_by_role("link", name="Enter a requisition").focus()
    page.keyboard.press("Enter")
    place = page.get_by_label("Or around a place")
    place.fill(f"{cast.SCHOOL.lat}, {cast.SCHOOL.lon}")
    now = timezone.now()
    page.get_by_label("From", exact=True).fill(local(now - HOUR))
    page.get_by_label("Until", exact=True).fill(local(now - HOUR / 2))
    page.get_by_label("Number given by the authority").fill("PV 2026/0500")
    page.get_by_label("Authority", exact=True).fill("Parquet")
    page.get_by_role("button", name="Enter it and freeze its minutes").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Cameras", exact=True)).to_have_value("C885, C886")
    assert_accessible(page)
    shoot(page, "receive.png")
    scan = tmp_path / "paper.pdf"
    scan.write_bytes(PDF)
    page.get_by_label("The scanned paper").set_input_files(scan)
    page.get_by_role("button", name="Enter it and freeze its minutes").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/evidence/requisitions/*/")
    row = Requisition.objects.latest("pk")
    expect(page.get_by_role("heading", level=1)).to_contain_text(row.number)
    shoot(page, "requisition-officer.png")

    supervisor = cast.person(Role.SUPERVISOR)
    cast.habilitated(supervisor)
    page = pages.open(f"/evidence/requisitions/{row.pk}/", user=supervisor, viewport=DESK)
    assert_accessible(page)
    shoot(page, "requisition-check.png")
    for tick in page.get_by_role("checkbox").all():
        tick.focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Checked: extract").focus()
    page.keyboard.press("Enter")
    expect(page.locator("dt", has_text="Checked")).to_be_visible()
    row.refresh_from_db()
    assert row.state == "checked" and row.paper


def test_an_access_request_in_french_on_a_narrow_screen(pages: Pages, lead: User) -> None:
    dpo = cast.person(Role.DPO)
    page = pages.open("/evidence/access/", user=dpo, viewport=DESK, locale="fr-FR")
    assert_accessible(page)
    shoot(page, "access.png")
    page.get_by_role("link", name="DA-").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".case h1")).to_contain_text("DA-")
    assert_accessible(page)
    shoot(page, "access-request.png")
    page.set_viewport_size({"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.evaluate("document.documentElement.dataset.theme = 'day'")
    assert_accessible(page)
    shoot(page, "access-narrow.png")
    page.goto("/evidence/")
    expect(page.locator("tbody tr").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, "queue-narrow.png")


def test_a_hold_is_made_longer_by_keyboard_and_by_two_people(pages: Pages, lead: User) -> None:
    officer, supervisor = cast.person(Role.EVIDENCE_OFFICER), cast.person(Role.SUPERVISOR)
    for who in (officer, supervisor):
        cast.habilitated(who)
    hold = Requisition.objects.get(demand="keep")
    actions.ask(actor=officer, requisition=hold)
    sealed = {"state": "sealed", "sealed_at": timezone.now(), "manifest_sha256": "0" * 64, "folder": "EX"}
    with transaction.atomic():  # the worker of this centre never sees them waiting to be built
        actions.check(actor=supervisor, requisition=hold, checks=Requisition.Check.values)
        Extraction.objects.update(**sealed)
    page = pages.open(f"/evidence/requisitions/{hold.pk}/", user=officer, viewport=DESK)
    page.get_by_text("Make the hold longer").focus()
    page.keyboard.press("Enter")
    assert hold.kept_until is not None
    later = hold.kept_until + 60 * DAY
    page.get_by_label("Number given by the authority").fill("PV 2026/0900")
    page.get_by_label("Date of the paper").fill(timezone.localdate().isoformat())
    page.get_by_label("Authority", exact=True).fill("Juge d’instruction")
    page.get_by_label("Legal ground").select_option("cpp_99_3")
    page.get_by_label("Kept until").fill(local(later))
    assert_accessible(page)
    shoot(page, "hold-extend.png")
    page.get_by_role("button", name="Enter it").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="A later end")).to_be_visible()
    expect(page.get_by_text("You entered it")).to_be_visible()

    page = pages.open(f"/evidence/requisitions/{hold.pk}/", user=supervisor, viewport=DESK)
    assert_accessible(page)
    shoot(page, "hold-agree.png")
    for tick in page.get_by_role("checkbox").all():
        tick.focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Checked: keep it until then").focus()
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("listitem").filter(has_text="PV 2026/0900").get_by_text("in force")
    ).to_be_visible()
    hold.refresh_from_db()
    assert hold.kept_until == later.replace(microsecond=0)
    page.set_viewport_size({"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, "hold-narrow.png")
    narrow = pages.open(f"/evidence/requisitions/{hold.pk}/", user=officer, locale="fr-FR", viewport=PHONE)
    assert_accessible(narrow)
    assert narrow.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(narrow, "hold-narrow-fr.png")
