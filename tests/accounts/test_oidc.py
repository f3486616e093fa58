"""Signing in with the city's account: the whole code flow against a small provider."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.test import Client, override_settings
from django.urls import NoReverseMatch, clear_url_caches, reverse

import accounts.urls
import nice_supervision.urls
from accounts.models import User, Workstation
from accounts.rights import Right
from tests.accounts.conftest import PASSWORD, Someone
from tests.accounts.provider import CLIENT_ID, CLIENT_SECRET, Provider

Rule = Callable[[str], None]


def read_urls_again() -> None:
    for module in (accounts.urls, nice_supervision.urls):
        importlib.reload(module)
    clear_url_caches()


def configured(running: Provider) -> dict[str, Any]:
    return {
        "OIDC_OP": f"{running.url}/authorize",
        "OIDC_OP_AUTHORIZATION_ENDPOINT": f"{running.url}/authorize",
        "OIDC_OP_TOKEN_ENDPOINT": f"{running.url}/token",
        "OIDC_OP_USER_ENDPOINT": f"{running.url}/userinfo",
        "OIDC_OP_JWKS_ENDPOINT": f"{running.url}/jwks",
        "OIDC_OP_ISSUER": running.url,
        "OIDC_RP_CLIENT_ID": CLIENT_ID,
        "OIDC_RP_CLIENT_SECRET": CLIENT_SECRET,
        "OIDC_RP_SIGN_ALGO": "RS256",
        "OIDC_RP_SCOPES": "openid email",
        "OIDC_CREATE_USER": False,
        "OIDC_MATCH_CLAIM": "email",
        "OIDC_ROLES_CLAIM": "",
        "OIDC_AUTHENTICATION_CALLBACK_URL": "accounts:oidc_callback",
        "OIDC_USE_PKCE": True,
        "OIDC_TIMEOUT": 10,
        "AUTHENTICATION_BACKENDS": [*settings.AUTHENTICATION_BACKENDS, "accounts.oidc.CentreOIDCBackend"],
    }


@pytest.fixture
def provider() -> Iterator[Provider]:
    running = Provider()
    with override_settings(**configured(running)):
        read_urls_again()
        yield running
        running.stop()
    read_urls_again()


@pytest.fixture
def known(provider: Provider, someone: Someone) -> User:
    provider.claims = {"sub": "42", "email": "Operator@ville.example", "email_verified": True}
    return someone("operator", username="operator", email="operator@ville.example")


def come_back(browser: Client, provider: Provider, target: str = "") -> Any:
    begin = browser.get("/accounts/oidc/", {"next": target} if target else {})
    assert begin["Location"].startswith(provider.url)
    return browser.get("/accounts/oidc/callback/", provider.let_in(begin["Location"]))


def refused(browser: Client, answer: Any) -> bool:
    page = browser.get(answer["Location"])
    told = "did not let you in" in page.content.decode()
    return told and "_auth_user_id" not in browser.session


def test_a_known_address_signs_in(browser: Client, provider: Provider, known: User) -> None:
    assert come_back(browser, provider, "/console/wall/")["Location"] == "/console/wall/"
    assert browser.session["_auth_user_id"] == str(known.pk)


def test_the_seat_is_asked_for_as_with_a_password(
    browser: Client, provider: Provider, known: User, seat: Workstation
) -> None:
    assert come_back(browser, provider)["Location"] == "/accounts/seat/"


def test_the_centres_second_step_is_still_asked(
    browser: Client, provider: Provider, known: User, second_step_for: Rule
) -> None:
    second_step_for("operator")
    assert come_back(browser, provider)["Location"] == "/accounts/code/enrol/"


def test_the_sign_in_page_offers_both(browser: Client, provider: Provider, known: User) -> None:
    page = browser.get("/accounts/sign-in/?next=/console/").content.decode()
    assert '/accounts/oidc/?next=/console/"' in page
    answer = browser.post("/accounts/sign-in/", {"username": "operator", "password": PASSWORD})
    assert answer.status_code == 302, "local accounts remain"


def test_an_unknown_address_makes_no_account(browser: Client, provider: Provider) -> None:
    provider.claims = {"sub": "7", "email": "new@ville.example"}
    assert refused(browser, come_back(browser, provider))
    assert not User.objects.exists()


def test_an_account_made_on_purpose_has_no_role(browser: Client, provider: Provider) -> None:
    provider.claims = {"sub": "7", "email": "new@ville.example", "groups": ["supervisor"]}
    with override_settings(OIDC_CREATE_USER=True):
        come_back(browser, provider)
    new = User.objects.get(email="new@ville.example")
    assert new.roles == ()
    assert not new.has_usable_password()
    assert not any(new.may(right) for right in Right)


def test_the_provider_decides_roles_only_when_told_so(
    browser: Client, provider: Provider, known: User
) -> None:
    provider.claims["groups"] = ["shift_lead", "something-else"]
    come_back(browser, provider)
    assert User.objects.get(pk=known.pk).roles == ("operator",)
    with override_settings(OIDC_ROLES_CLAIM="groups"):
        come_back(Client(), provider)
        assert User.objects.get(pk=known.pk).roles == ("shift_lead",)
        del provider.claims["groups"]
        come_back(Client(), provider)
        assert User.objects.get(pk=known.pk).roles == ()


def test_another_claim_may_name_the_account(browser: Client, provider: Provider, known: User) -> None:
    provider.claims = {"sub": "42", "preferred_username": "operator"}
    with override_settings(OIDC_MATCH_CLAIM="preferred_username"):
        come_back(browser, provider)
    assert browser.session["_auth_user_id"] == str(known.pk)


def test_a_closed_account_stays_closed(browser: Client, provider: Provider, known: User) -> None:
    User.objects.update(is_active=False)
    assert refused(browser, come_back(browser, provider))


def test_an_address_nobody_verified_is_refused(browser: Client, provider: Provider, known: User) -> None:
    provider.claims["email_verified"] = False
    assert refused(browser, come_back(browser, provider))


@pytest.mark.parametrize(
    "lie",
    [
        {"aud": "another-client"},
        {"iss": "https://evil.example"},
        {"nonce": "replayed"},
        {"exp": 1},
        {"exp": None},
        {"sub": "somebody-else"},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    browser: Client, provider: Provider, known: User, lie: dict[str, object]
) -> None:
    provider.lies = lie
    assert refused(browser, come_back(browser, provider))


def test_a_token_signed_by_another_key_is_refused(browser: Client, provider: Provider, known: User) -> None:
    provider.published = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert refused(browser, come_back(browser, provider))


def test_a_state_of_another_browser_is_refused(browser: Client, provider: Provider, known: User) -> None:
    begin = Client().get("/accounts/oidc/")
    way_back = provider.let_in(begin["Location"])
    browser.get("/accounts/oidc/")
    assert refused(browser, browser.get("/accounts/oidc/callback/", way_back))


def test_a_way_back_serves_once(browser: Client, provider: Provider, known: User) -> None:
    begin = browser.get("/accounts/oidc/")
    way_back = provider.let_in(begin["Location"])
    browser.get("/accounts/oidc/callback/", way_back)
    browser.post("/accounts/sign-out/")
    assert refused(browser, browser.get("/accounts/oidc/callback/", way_back))


def test_a_provider_that_is_down_is_told_in_words(browser: Client, provider: Provider, known: User) -> None:
    begin = browser.get("/accounts/oidc/")
    way_back = provider.let_in(begin["Location"])
    provider.server.shutdown()
    provider.server.server_close()
    assert refused(browser, browser.get("/accounts/oidc/callback/", way_back))


def test_without_a_provider_its_pages_do_not_exist(browser: Client) -> None:
    assert browser.get("/accounts/oidc/").status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("accounts:oidc_begin")
