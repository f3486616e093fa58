from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.actions import close_account, forget_second_step
from accounts.models import User
from accounts.session import is_complete
from tests.accounts.conftest import PASSWORD, Someone

Rule = Callable[[str], None]


def code_of(device: TOTPDevice) -> str:
    """The code the person's application shows, as one that was not used yet."""
    TOTPDevice.objects.filter(pk=device.pk).update(last_t=-1, throttling_failure_count=0)
    return f"{totp(device.bin_key, step=device.step, t0=device.t0):06d}"


def wrong_code_of(device: TOTPDevice) -> str:
    near = {totp(device.bin_key, t0=-30 * shift) for shift in range(-3, 4)}
    return next(f"{n:06d}" for n in range(10) if n not in near)


def sign_in(client: Client, user: User, **more: str) -> str:
    answer = client.post("/accounts/sign-in/", {"username": user.username, "password": PASSWORD, **more})
    return str(answer["Location"])


@pytest.fixture
def bound(operator: User) -> TOTPDevice:
    return TOTPDevice.objects.create(user=operator, name="TOTP", confirmed=True)


def test_a_bound_application_is_asked_for_and_nothing_opens_before(
    browser: Client, operator: User, bound: TOTPDevice
) -> None:
    assert sign_in(browser, operator, next="/console/wall/") == "/accounts/code/?next=%2Fconsole%2Fwall%2F"
    assert browser.get("/accounts/password/")["Location"].startswith("/accounts/code/?next=")
    assert browser.get("/accounts/code/enrol/")["Location"].startswith("/accounts/code/")
    assert browser.get("/accounts/code/enrol.svg").status_code == 302
    answer = browser.post("/accounts/code/", {"code": code_of(bound), "next": "/console/wall/"})
    assert answer["Location"] == "/console/wall/"
    assert browser.get("/accounts/password/").status_code == 200


def test_the_session_key_changes_at_the_second_step(
    browser: Client, operator: User, bound: TOTPDevice
) -> None:
    sign_in(browser, operator)
    before = browser.session.session_key
    browser.post("/accounts/code/", {"code": code_of(bound)})
    assert browser.session.session_key != before


def test_a_role_makes_the_second_step_compulsory(
    browser: Client, operator: User, second_step_for: Rule
) -> None:
    second_step_for("operator")
    assert sign_in(browser, operator) == "/accounts/code/enrol/"
    page = browser.get("/accounts/code/enrol/")
    device = TOTPDevice.objects.get(user=operator)
    assert not device.confirmed
    assert "Your role signs in with a second step" in page.content.decode()
    picture = browser.get("/accounts/code/enrol.svg")
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture["Cache-Control"].count("no-store") == 1
    assert b"<svg" in picture.content

    shown = browser.post("/accounts/code/enrol/", {"code": code_of(device)})
    device.refresh_from_db()
    assert device.confirmed
    assert len(shown.context["codes"]) == 10
    assert shown.context["onward"] == "/"
    assert browser.get("/accounts/").status_code == 200


def test_without_the_second_step_a_program_is_told_why(operator: User, second_step_for: Rule) -> None:
    second_step_for("operator")
    program = Client(HTTP_ACCEPT="application/json")
    program.force_login(operator)
    answer = program.get("/accounts/state.json")
    assert answer.status_code == 403
    assert answer.json()["code"] == "second-step"


def test_without_the_second_step_htmx_is_sent_to_it(operator: User, second_step_for: Rule) -> None:
    second_step_for("operator")
    part = Client(HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="http://testserver/console/")
    part.force_login(operator)
    answer = part.post("/accounts/seat/")
    assert answer["HX-Redirect"].startswith("/accounts/code/enrol/?next=")


def test_the_admin_is_behind_the_second_step_too(browser: Client, second_step_for: Rule) -> None:
    second_step_for("admin")
    browser.force_login(User.objects.create_superuser("root", password=PASSWORD))
    assert browser.get("/admin/")["Location"].startswith("/accounts/code/enrol/?next=")


def test_wrong_codes_count_as_wrong_passwords(browser: Client, operator: User, bound: TOTPDevice) -> None:
    sign_in(browser, operator)
    for _n in range(4):
        TOTPDevice.objects.update(throttling_failure_count=0)
        assert browser.post("/accounts/code/", {"code": wrong_code_of(bound)}).status_code == 403
    TOTPDevice.objects.update(throttling_failure_count=0)
    assert browser.post("/accounts/code/", {"code": wrong_code_of(bound)}).status_code == 429
    assert browser.post("/accounts/code/", {"code": code_of(bound)}).status_code == 429


def test_knowing_the_password_does_not_start_the_count_again(
    browser: Client, operator: User, bound: TOTPDevice
) -> None:
    for _n in range(4):
        sign_in(browser, operator)
        TOTPDevice.objects.update(throttling_failure_count=0)
        browser.post("/accounts/code/", {"code": wrong_code_of(bound)})
    answer = browser.post("/accounts/sign-in/", {"username": "operator", "password": "wrong"})
    if answer.status_code == 302:  # still signed in from before: the page goes on to the second step
        answer = browser.post("/accounts/code/", {"code": wrong_code_of(bound)})
    assert answer.status_code == 429


def test_codes_tried_too_fast_are_told_to_wait(browser: Client, operator: User, bound: TOTPDevice) -> None:
    sign_in(browser, operator)
    TOTPDevice.objects.update(throttling_failure_count=4, throttling_failure_timestamp=timezone.now())
    answer = browser.post("/accounts/code/", {"code": wrong_code_of(bound)})
    assert answer.status_code == 429
    assert "Wait 8 seconds" in answer.content.decode()


def test_a_code_serves_once(browser: Client, operator: User, bound: TOTPDevice) -> None:
    code = code_of(bound)
    sign_in(browser, operator)
    assert browser.post("/accounts/code/", {"code": code}).status_code == 302
    other = Client(HTTP_ACCEPT="text/html")
    sign_in(other, operator)
    assert other.post("/accounts/code/", {"code": code}).status_code == 403


def test_a_recovery_code_serves_once_whatever_its_spaces(
    browser: Client, operator: User, bound: TOTPDevice
) -> None:
    static = StaticDevice.objects.create(user=operator, name="recovery")
    StaticToken.objects.create(device=static, token="abcdefgh2345")
    sign_in(browser, operator)
    assert browser.post("/accounts/code/", {"code": "ABCD efgh 2345"}).status_code == 302
    browser.post("/accounts/sign-out/")
    sign_in(browser, operator)
    assert browser.post("/accounts/code/", {"code": "abcd efgh 2345"}).status_code == 403


def test_somebody_elses_code_is_of_no_use(
    browser: Client, operator: User, bound: TOTPDevice, someone: Someone
) -> None:
    other = someone(username="other")
    theirs = TOTPDevice.objects.create(user=other, name="TOTP", confirmed=True)
    sign_in(browser, operator)
    assert browser.post("/accounts/code/", {"code": code_of(theirs)}).status_code == 403


def test_binding_another_telephone_ends_the_first(browser: Client, operator: User, bound: TOTPDevice) -> None:
    sign_in(browser, operator)
    browser.post("/accounts/code/", {"code": code_of(bound)})
    browser.get("/accounts/code/enrol/")
    new = TOTPDevice.objects.get(user=operator, confirmed=False)
    assert browser.post("/accounts/code/enrol/", {"code": code_of(new)}).status_code == 200
    assert list(TOTPDevice.objects.filter(user=operator)) == [new]
    assert browser.get("/accounts/").status_code == 200


def test_a_lost_telephone_is_forgotten_by_the_administrator(
    administrator: User, operator: User, bound: TOTPDevice
) -> None:
    forget_second_step(actor=administrator, user=operator)
    assert not TOTPDevice.objects.filter(user=operator).exists()


def test_a_closed_account_keeps_nothing_to_sign_in_with(
    browser: Client, administrator: User, operator: User, bound: TOTPDevice
) -> None:
    browser.force_login(operator)
    close_account(actor=administrator, user=operator)
    assert browser.get("/accounts/")["Location"].startswith("/accounts/sign-in/")
    operator.refresh_from_db()
    assert not operator.has_usable_password()
    assert operator.left_at is not None
    assert not TOTPDevice.objects.filter(user=operator).exists()


def test_a_websocket_asks_the_same_question(
    browser: Client, operator: User, bound: TOTPDevice, second_step_for: Rule
) -> None:
    browser.force_login(operator)
    assert not is_complete(operator, browser.session)
    browser.post("/accounts/code/", {"code": code_of(bound)})
    assert is_complete(operator, browser.session)
    bound.delete()
    assert is_complete(operator, browser.session), "no device, and no role asks for one"
    second_step_for("operator")
    assert not is_complete(User.objects.get(pk=operator.pk), browser.session)
