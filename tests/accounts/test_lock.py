"""The idle lock that keeps the picture (law §3.11)."""

from __future__ import annotations

import time

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import RoleRule, User
from accounts.session import AWAKE, LOCKED, change, is_complete, is_locked
from tests.accounts.conftest import PASSWORD
from tests.accounts.test_second_step import code_of

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def page(browser: Client, operator: User) -> Client:
    browser.force_login(operator)
    browser.get("/accounts/")
    return browser


def set_awake(client: Client, seconds_ago: int) -> None:
    change(client.session, **{AWAKE: int(time.time()) - seconds_ago})


def test_locking_survives_a_reload_and_shows_the_page_behind(page: Client) -> None:
    assert page.post("/accounts/lock/").status_code == 204
    again = page.get("/accounts/")
    assert again.status_code == 200
    assert 'data-locked="yes"' in again.content.decode()


def test_while_locked_acts_are_refused_and_reads_go_on(page: Client, operator: User) -> None:
    page.post("/accounts/lock/")
    refused = page.post("/accounts/seat/", **JSON)
    assert refused.status_code == 423
    assert refused.json()["code"] == "locked"
    assert page.get("/accounts/state.json").json()["locked"] is True
    assert is_complete(operator, page.session), "the WebSocket and its pictures go on"


def test_while_locked_htmx_gets_a_message_and_the_sign_to_lock(page: Client) -> None:
    page.post("/accounts/lock/")
    refused = page.post("/accounts/seat/", HTTP_HX_REQUEST="true")
    assert refused.status_code == 423
    assert refused["HX-Trigger"] == "screen-locked"
    assert "Nothing was changed" in refused.content.decode()


def test_while_locked_a_form_gets_a_page_that_unlocks(page: Client) -> None:
    page.post("/accounts/lock/")
    refused = page.post("/accounts/password/", {})
    assert refused.status_code == 423
    assert 'action="/accounts/unlock/"' in refused.content.decode()
    assert page.post("/accounts/unlock/", {"password": PASSWORD}).status_code == 302


def test_the_password_unlocks_under_the_same_session_key(page: Client) -> None:
    key = page.session.session_key
    page.post("/accounts/lock/")
    assert page.post("/accounts/unlock/", {"password": PASSWORD}, **JSON).status_code == 204
    assert not is_locked(page.session)
    assert page.session.session_key == key


def test_a_code_unlocks_too(browser: Client, operator: User) -> None:
    device = TOTPDevice.objects.create(user=operator, name="TOTP", confirmed=True)
    browser.force_login(operator)
    browser.post("/accounts/code/", {"code": code_of(device)})
    browser.post("/accounts/lock/")
    assert browser.post("/accounts/unlock/", {"password": code_of(device)}, **JSON).status_code == 204


def test_somebody_elses_password_does_not_unlock(page: Client) -> None:
    User.objects.create_user("other", password="another-long-passphrase")
    page.post("/accounts/lock/")
    answer = page.post(
        "/accounts/unlock/", {"username": "other", "password": "another-long-passphrase"}, **JSON
    )
    assert answer.status_code == 403
    assert is_locked(page.session)


def test_failures_count_and_signing_out_stays_possible(page: Client) -> None:
    page.post("/accounts/lock/")
    codes = [page.post("/accounts/unlock/", {"password": "wrong"}, **JSON).status_code for _n in range(5)]
    assert codes == [403, 403, 403, 403, 429]
    last = page.post("/accounts/unlock/", {"password": PASSWORD}, **JSON)
    assert last.status_code == 429
    assert last.json()["code"] == "locked-out"
    assert page.post("/accounts/sign-out/").status_code == 302


def test_the_server_locks_a_page_that_failed_to(page: Client) -> None:
    set_awake(page, 600 + 80)
    assert page.post("/accounts/awake/").status_code == 204
    set_awake(page, 600 + 100)
    assert page.post("/accounts/awake/").status_code == 423
    assert is_locked(page.session)


def test_questions_of_the_page_alone_do_not_keep_it_awake(page: Client) -> None:
    set_awake(page, 300)
    page.get("/accounts/state.json")
    assert time.time() - page.session[AWAKE] > 290
    page.post("/accounts/awake/")
    assert time.time() - page.session[AWAKE] < 10


def test_a_role_may_lock_sooner(page: Client) -> None:
    RoleRule.objects.filter(group__name="operator").update(idle_lock_seconds=60)
    assert page.get("/accounts/state.json").json()["idle_lock_seconds"] == 60
    set_awake(page, 60 + 100)
    assert page.post("/accounts/awake/").status_code == 423


def test_a_slow_request_that_began_before_does_not_unlock(page: Client) -> None:
    """Race: a session is saved whole, so an old copy must not bring back the unlocked one."""
    slow = page.session
    slow.get(AWAKE)
    page.post("/accounts/lock/")
    change(slow, **{AWAKE: int(time.time())})
    row = Session.objects.get(pk=slow.session_key).get_decoded()
    assert row[LOCKED] is True


def test_the_state_tells_whoever_is_signed_out(client: Client) -> None:
    assert client.get("/accounts/state.json").status_code == 401
    assert client.post("/accounts/lock/").status_code == 401
    assert client.post("/accounts/unlock/", {"password": "x"}).status_code == 401
