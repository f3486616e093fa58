from __future__ import annotations

import logging
import re

import pytest
from axes.models import AccessAttempt
from django.test import Client
from django.urls import reverse

from accounts.models import User, Workstation
from tests.accounts.conftest import PASSWORD, Someone

SIGN_IN = "/accounts/sign-in/"


def give(client: Client, username: str, password: str = PASSWORD, **more: object) -> object:
    return client.post(SIGN_IN, {"username": username, "password": password}, **more)


def test_somebody_signs_in_and_lands_in_the_room(browser: Client, operator: User) -> None:
    answer = give(browser, "operator")
    assert answer.status_code == 302
    assert answer["Location"] == "/"


def test_the_session_key_changes_at_sign_in(browser: Client, operator: User) -> None:
    browser.post("/accounts/language/", {"language": "en"})
    before = browser.session.session_key
    give(browser, "operator")
    assert before
    assert browser.session.session_key != before


def test_the_page_asked_for_comes_after(browser: Client, operator: User) -> None:
    answer = browser.post(f"{SIGN_IN}?next=/console/wall/", {"username": "operator", "password": PASSWORD})
    assert answer["Location"] == "/console/wall/"


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil"]
)
def test_an_address_elsewhere_is_not_followed(browser: Client, operator: User, elsewhere: str) -> None:
    answer = browser.post(SIGN_IN, {"username": "operator", "password": PASSWORD, "next": elsewhere})
    assert answer["Location"] == "/"


def test_the_refusal_is_the_same_for_wrong_unknown_and_closed(browser: Client, someone: Someone) -> None:
    someone(username="known")
    someone(username="closed", is_active=False)
    texts = {
        name: list(give(browser, name, password).context["form"].non_field_errors())
        for name, password in [("known", "wrong"), ("nobody", "wrong"), ("closed", PASSWORD)]
    }
    assert texts["known"]
    assert texts["known"] == texts["nobody"] == texts["closed"]


def test_five_failures_lock_the_name_at_this_address_and_say_what_to_do(
    browser: Client, operator: User
) -> None:
    for _n in range(4):
        assert give(browser, "operator", "wrong").status_code == 200
    fifth = give(browser, "operator", "wrong")
    assert fifth.status_code == 429
    assert fifth["Retry-After"] == "900"
    assert "15 minutes" in fifth.content.decode()
    assert "tell the shift lead" in fifth.content.decode()
    assert give(browser, "operator").status_code == 429, "even the right password"
    assert give(browser, "operator", REMOTE_ADDR="10.0.0.9").status_code == 302, "from elsewhere it works"


def test_the_lock_speaks_of_names_that_do_not_exist_alike(browser: Client) -> None:
    answers = [give(browser, "nobody", "wrong").status_code for _n in range(5)]
    assert answers == [200, 200, 200, 200, 429]


def test_programs_are_locked_out_with_a_problem(operator: User) -> None:
    program = Client(HTTP_ACCEPT="application/json")
    for _n in range(5):
        answer = give(program, "operator", "wrong")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "locked-out"
    assert answer.json()["what_to_do"]


def test_failures_are_forgotten_once_signed_in(browser: Client, operator: User) -> None:
    for _n in range(4):
        give(browser, "operator", "wrong")
    assert give(browser, "operator").status_code == 302
    assert not AccessAttempt.objects.exists()


def test_the_address_is_the_one_the_trusted_proxy_saw(
    browser: Client, operator: User, settings: object
) -> None:
    settings.TRUSTED_PROXIES = 1
    for n in range(5):  # a caller that invents addresses gains nothing
        answer = give(browser, "operator", "wrong", HTTP_X_FORWARDED_FOR=f"1.2.3.{n}, 203.0.113.7")
    assert answer.status_code == 429
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) == {"203.0.113.7"}


def test_no_password_is_kept_or_logged(
    browser: Client, operator: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        give(browser, "operator", "my-secret-typed-wrong")
        give(browser, "operator")
    assert "my-secret-typed-wrong" not in str(list(AccessAttempt.objects.values()))
    lines = [str(record.__dict__) for record in caplog.records if not record.name.startswith("django.db")]
    assert not any("my-secret-typed-wrong" in line or PASSWORD in line for line in lines)
    assert "signed in" in caplog.messages


def test_signing_out_is_a_post_and_frees_the_seat(browser: Client, operator: User, seat: Workstation) -> None:
    give(browser, "operator")
    browser.post("/accounts/seat/", {"seat": seat.pk})
    assert browser.get("/accounts/sign-out/").status_code == 405
    browser.post("/accounts/sign-out/")
    assert "_auth_user_id" not in browser.session
    seat.refresh_from_db()
    assert not hasattr(seat, "occupancy")


def test_signing_out_needs_its_token(operator: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(operator)
    assert strict.post("/accounts/sign-out/").status_code == 403
    assert "_auth_user_id" in strict.session


def test_the_language_chosen_before_signing_in_is_kept_on_the_account(
    browser: Client, operator: User
) -> None:
    browser.post("/accounts/language/", {"language": "fr", "next": SIGN_IN})
    answer = give(browser, "operator")
    operator.refresh_from_db()
    assert operator.language == "fr"
    assert answer.cookies["django_language"].value == "fr"


def test_the_account_brings_its_language_to_another_machine(operator: User) -> None:
    elsewhere = Client(HTTP_ACCEPT="text/html", HTTP_ACCEPT_LANGUAGE="fr")
    assert give(elsewhere, "operator").cookies["django_language"].value == "en"


def test_an_unknown_language_changes_nothing(browser: Client, operator: User) -> None:
    browser.force_login(operator)
    browser.post("/accounts/language/", {"language": "xx"})
    operator.refresh_from_db()
    assert operator.language == "en"


def test_a_new_password_ends_the_other_sessions(browser: Client, operator: User) -> None:
    other = Client(HTTP_ACCEPT="text/html")
    for client in (browser, other):
        client.force_login(operator)
    new = "another-long-passphrase"
    answer = browser.post(
        "/accounts/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )
    assert answer.status_code == 302
    assert browser.get("/accounts/").status_code == 200
    assert other.get("/accounts/").status_code == 302


def test_a_weak_password_is_refused(browser: Client, operator: User) -> None:
    browser.force_login(operator)
    answer = browser.post(
        "/accounts/password/", {"old_password": PASSWORD, "new_password1": "short", "new_password2": "short"}
    )
    assert answer.status_code == 200
    assert "12" in str(answer.context["form"].errors)


def test_my_account_says_what_i_may_do(browser: Client, operator: User) -> None:
    browser.force_login(operator)
    text = browser.get("/accounts/").content.decode()
    assert "Video protection operator" in text
    assert "Steer a camera" in text
    assert "None live" in text


def test_without_oidc_there_is_no_button(browser: Client) -> None:
    assert "city&#x27;s account" not in browser.get(SIGN_IN).content.decode()


@pytest.mark.parametrize("page", ["/accounts/", "/accounts/password/", "/accounts/seat/", "/accounts/code/"])
def test_pages_of_an_account_ask_to_sign_in(browser: Client, page: str) -> None:
    assert browser.get(page)["Location"].startswith(SIGN_IN)


def test_pages_have_no_inline_script_or_style(browser: Client, operator: User) -> None:
    pages = [browser.get(SIGN_IN).content.decode()]
    browser.force_login(operator)
    pages += [
        browser.get(reverse(f"accounts:{name}")).content.decode()
        for name in ("me", "seat", "enrol", "password")
    ]
    for page in pages:
        assert "style=" not in page
        assert "<style" not in page
        assert len(re.findall(r"<script\b", page)) == len(
            re.findall(r'<script (?:type="module" )?src="', page)
        )
