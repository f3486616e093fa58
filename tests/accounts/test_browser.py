"""The lock of the screen, the sign-in pages and the seats in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import Page, expect

from accounts.models import RoleRule, User, Workstation
from tests.accounts.conftest import PASSWORD
from tests.browser import Pages, assert_accessible

pytestmark = pytest.mark.browser


@pytest.fixture
def person(pages: Pages, settings: Any) -> User:
    """With the password hashed as the live centre does."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    user = User.objects.create_user("operator", password=PASSWORD, language="en", first_name="Operator")
    user.groups.add(Group.objects.get(name="operator"))
    return user


def idle_after(seconds: int) -> None:
    RoleRule.objects.filter(group__name="operator").update(idle_lock_seconds=seconds)


def lock_now(page: Page) -> None:
    page.evaluate("import('/static/js/accounts/idle-lock.js').then((lock) => lock.lockNow())")
    expect(page.locator("#screen-lock")).to_be_visible()


def unlock(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("Password or code").fill(password)
    page.keyboard.press("Enter")


def test_signing_in_by_keyboard_alone(pages: Pages, person: User) -> None:
    Workstation.objects.create(code="p3", label="Poste 3", room="Salle 1")
    page = pages.open("/accounts/password/")
    assert_accessible(page)
    page.keyboard.type("operator")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Choose your seat")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("radio").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Change password")).to_be_visible()
    assert_accessible(page)


def test_the_second_step_pages_are_accessible(pages: Pages, person: User) -> None:
    page = pages.open("/accounts/code/enrol/", user=person)
    expect(page.locator(".qr")).to_have_js_property("complete", True)
    assert page.locator(".qr").evaluate("image => image.naturalWidth") > 100
    assert_accessible(page)
    page.goto("/accounts/")
    assert_accessible(page)


def test_after_the_delay_the_picture_stays_and_acts_do_not(pages: Pages, person: User) -> None:
    idle_after(3)
    page = pages.open("/accounts/", user=person)
    expect(page.locator("#screen-lock")).to_be_visible(timeout=10_000)
    expect(page.get_by_role("heading", name="Operator", exact=True, include_hidden=True)).to_be_visible()
    assert_accessible(page)
    idle_after(600)
    page.reload()
    expect(page.locator("#screen-lock")).to_be_visible()
    unlock(page)
    expect(page.locator("#screen-lock")).to_be_hidden()
    page.reload()
    expect(page.locator("#screen-lock")).to_be_hidden()


def test_somebody_who_moves_is_not_locked_out(pages: Pages, person: User) -> None:
    idle_after(4)
    page = pages.open("/accounts/", user=person)
    for step in range(12):
        page.mouse.move(10 + step, 10)
        page.wait_for_timeout(500)
    expect(page.locator("#screen-lock")).to_be_hidden()


def test_the_page_hears_no_key_and_escape_opens_nothing(pages: Pages, person: User) -> None:
    page = pages.open("/accounts/", user=person)
    page.evaluate("window.heard = []; document.addEventListener('keydown', (e) => window.heard.push(e.key))")
    lock_now(page)
    page.keyboard.type("abc")
    expect(page.get_by_label("Password or code")).to_have_value("abc")
    for _n in range(3):
        page.keyboard.press("Escape")
        page.wait_for_timeout(100)
    expect(page.locator("#screen-lock")).to_be_visible()
    assert page.evaluate("document.getElementById('screen-lock').matches(':modal')")
    assert page.evaluate("window.heard") == []
    for _n in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('#screen-lock')"
        )


def test_a_wrong_password_is_told_and_the_right_one_opens_every_tab(pages: Pages, person: User) -> None:
    pages.expect_trouble("403")
    page = pages.open("/accounts/", user=person)
    other = page.context.new_page()
    other.goto("/accounts/")
    lock_now(page)
    expect(other.locator("#screen-lock")).to_be_visible()
    unlock(other, "wrong")
    expect(other.locator("#screen-lock [role=alert]")).to_contain_text("This is not right")
    unlock(other)
    expect(other.locator("#screen-lock")).to_be_hidden()
    expect(page.locator("#screen-lock")).to_be_hidden()


def test_the_administration_locks_too(pages: Pages, person: User) -> None:
    person.groups.add(Group.objects.get(name="supervisor"))
    page = pages.open("/admin/", user=person)
    lock_now(page)
    unlock(page)
    expect(page.locator("#screen-lock")).to_be_hidden()


def test_a_new_key_is_copied(pages: Pages, person: User) -> None:
    person.groups.add(Group.objects.get(name="supervisor"))
    page = pages.open(
        "/admin/accounts/devicekey/add/", user=person, permissions=["clipboard-read", "clipboard-write"]
    )
    page.get_by_label("Label").fill("School, reception")
    page.get_by_role("button", name="Make the key").click()
    secret = page.locator("#secret").inner_text()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("status").first).to_be_attached()
    assert page.evaluate("navigator.clipboard.readText()") == secret
