"""The room without a mouse, in a real browser: Tab reaches everything, the focus is always to be seen, “?” and the
empty queue work from the keys, and a telephone is told what it misses."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

import alerts.actions
import incidents.actions
from alerts.models import Site
from cameras.models import Camera
from incidents.models import Incident
from tests.browser import Pages, assert_accessible
from tests.cast import button, camera, person, school

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# Where the focus is, and what shows it: an outline, or a ring by shadow or border.
FOCUS = """() => {
  const at = document.activeElement;
  globalThis.walked ??= new Set();
  if (!at || at === document.body || walked.has(at)) return null;
  walked.add(at);
  const style = getComputedStyle(at), box = at.getBoundingClientRect();
  return {
    what: at.id || at.dataset.part || at.dataset.layer || at.className || at.tagName,
    outlined: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1,
    drawn: box.width > 0 && box.height > 0 && box.top < innerHeight && box.bottom > 0,
  };
}"""


def walk(page: Page, most: int = 120) -> list[dict[str, Any]]:
    """Tab from the first thing of the page until the focus leaves it or comes back."""
    page.locator(".skip").focus()
    seen: list[dict[str, Any]] = []
    for _step in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUS)
        if here is None:
            break
        seen.append(here)
    return seen


def test_tab_reaches_everything_and_shows_where_it_is(pages: Pages) -> None:
    camera("C885")
    pressed = button(school())
    alerts.actions.receive_press(device=pressed)
    page = pages.open("/console/", user=person("operator"), viewport={"width": 1366, "height": 768})
    page.locator(".queue .call .open").first.click()
    page.keyboard.press("Enter")
    expect(page.locator("#act-founded")).to_be_visible(timeout=20_000)

    send = page.locator("#incident form:has(#message-text) button")  # without a name of its own
    send.focus()
    send.evaluate("(old) => { old.dataset.before = '' }")
    alerts.actions.receive_press(device=pressed)
    expect(page.locator("#incident [data-before]")).to_have_count(0, timeout=30_000)
    expect(send, "the panel was drawn anew under the keyboard").to_be_focused()
    page.evaluate("document.activeElement.blur()")

    seen = walk(page)
    reached = " ".join(str(one["what"]) for one in seen)
    for wanted in ("command", "sound", "help-button", "open", "cameras", "act-founded", "note-text"):
        assert wanted in reached, (wanted, reached)
    assert [one for one in seen if not one["outlined"] or not one["drawn"]] == []

    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    sheet = page.locator("dialog.help")
    expect(sheet).to_be_visible()
    assert sheet.evaluate("(box) => box.scrollHeight <= box.clientHeight"), "all the keys on one screen"
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()


def test_what_is_being_written_outlives_what_happens_meanwhile(pages: Pages) -> None:
    """The panel is drawn anew at each fact: the hour of a late note (W-02) and what it corrects are not lost by it."""
    alerts.actions.receive_press(device=button(school()))
    incident, colleague = Incident.objects.get(), person("operator", "colleague")
    incidents.actions.add_note(incident=incident, text="grey scooter", actor=colleague)
    page = pages.open("/console/", user=person("operator"), viewport={"width": 1920, "height": 1080})
    page.set_default_timeout(90_000)
    page.locator(".queue .call .open").first.click()
    panel = page.locator("#incident")
    panel.get_by_role("button", name="Correct the note").click()
    page.keyboard.type("blue scooter")
    earlier = f"{timezone.localtime() - dt.timedelta(hours=2):%H:%M}"
    page.locator("#note-at").fill(earlier)
    incidents.actions.add_note(incident=incident, text="the gate is open", actor=colleague)
    expect(panel.locator(".timeline")).to_contain_text("the gate is open", timeout=20_000)
    expect(page.locator("#note-at")).to_have_value(earlier)
    expect(panel.locator("[data-part=corrects]")).to_contain_text("Corrects: “grey scooter”")
    assert_accessible(page)
    page.keyboard.press("Control+Enter")
    expect(panel.locator(".timeline")).to_contain_text("blue scooter", timeout=20_000)
    note = incident.notes.get(text="blue scooter")
    assert note.corrects is not None and note.corrects.text == "grey scooter"
    assert f"{timezone.localtime(note.at):%H:%M}" == earlier and note.is_late
    expect(panel.locator("[data-part=corrects]")).to_be_hidden()

    panel.get_by_role("button", name="Correct the note").first.click()
    panel.get_by_role("button", name="A new note, not a correction").click()
    page.keyboard.type("all quiet")
    page.keyboard.press("Control+Enter")
    expect(panel.locator(".timeline")).to_contain_text("all quiet", timeout=20_000)
    assert incident.notes.get(text="all quiet").corrects is None


def test_an_empty_queue_leads_to_what_is_worth_doing(pages: Pages) -> None:
    Site.objects.filter(exercise=True).delete()
    camera("C117", state=Camera.State.LOST)
    school()
    page = pages.open("/console/", user=person("operator"), reduced_motion="reduce")
    line = page.get_by_role("button", name="camera offline: C117")
    expect(line).to_be_visible(timeout=20_000)
    expect(page.locator("[data-part=lead]")).to_have_text("no shift lead")
    line.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#command")).to_have_value("/c C117")
    page.keyboard.press("Enter")
    expect(page.locator("[data-part=camera]")).to_contain_text("C117")
    lasting = "document.getAnimations().filter((one) => one.effect.getComputedTiming().duration > 1).length"
    assert page.evaluate(lasting) == 0, "nothing moves for who asked for less motion"
    assert_accessible(page)


def test_a_telephone_reads_the_room_and_is_told_what_it_misses(pages: Pages) -> None:
    page = pages.open("/console/", user=person("operator"), viewport={"width": 390, "height": 844})
    expect(page.get_by_text("This room is made for a desk.")).to_be_visible()
    expect(page.locator("[data-part=empty]")).to_be_visible(timeout=20_000)
    uncut = "document.documentElement.scrollWidth <= innerWidth"
    assert page.evaluate(uncut), "nothing is cut at the side"
    assert_accessible(page)
    account = pages.open("/accounts/", user=person("supervisor"), viewport={"width": 390, "height": 844})
    assert account.evaluate(uncut), "nor on one's own page, whose bar is the longest"
    assert_accessible(account)
