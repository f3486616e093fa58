"""One workstation, one person (law §3.11)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Occupancy, User, Workstation
from accounts.session import workstation_of
from tests.accounts.conftest import BROWSER, PASSWORD, Someone


@pytest.fixture
def colleague(someone: Someone, seat: Workstation) -> Client:
    """Sits at Poste 3."""
    client = Client(**BROWSER)
    client.force_login(someone("operator", username="colleague", first_name="Colleague"))
    client.post("/accounts/seat/", {"seat": seat.pk})
    return client


def test_after_signing_in_one_chooses_a_seat(browser: Client, operator: User, seat: Workstation) -> None:
    answer = browser.post(
        "/accounts/sign-in/", {"username": "operator", "password": PASSWORD, "next": "/console/wall/"}
    )
    assert answer["Location"] == "/accounts/seat/?next=%2Fconsole%2Fwall%2F"
    taken = browser.post("/accounts/seat/", {"seat": seat.pk, "next": "/console/wall/"})
    assert taken["Location"] == "/console/wall/"
    assert workstation_of(browser.session) == seat


def test_this_machine_remembers_its_seat(browser: Client, operator: User, seat: Workstation) -> None:
    Workstation.objects.create(code="p1", label="Poste 1")
    browser.force_login(operator)
    browser.post("/accounts/seat/", {"seat": seat.pk})
    browser.post("/accounts/sign-out/")
    browser.force_login(operator)
    usual = [row["workstation"] for row in browser.get("/accounts/seat/").context["seats"] if row["usual"]]
    assert usual == [seat]


def test_a_forged_machine_cookie_is_passed_over(browser: Client, operator: User, seat: Workstation) -> None:
    browser.force_login(operator)
    browser.cookies["nice_machine"] = "p3:forged"
    assert not any(row["usual"] for row in browser.get("/accounts/seat/").context["seats"])


def test_a_taken_seat_says_by_whom_and_asks(
    browser: Client, operator: User, seat: Workstation, colleague: Client
) -> None:
    browser.force_login(operator)
    answer = browser.post("/accounts/seat/", {"seat": seat.pk})
    assert answer.status_code == 409
    assert "Poste 3 is taken by Colleague since" in answer.content.decode()
    assert workstation_of(colleague.session) == seat


def test_taking_over_tells_the_other(
    browser: Client, operator: User, seat: Workstation, colleague: Client
) -> None:
    browser.force_login(operator)
    asked = browser.post("/accounts/seat/", {"seat": seat.pk})
    there = asked.context["refused"].extra["taken_by"]
    assert browser.post("/accounts/seat/", {"seat": seat.pk, "replacing": there}).status_code == 302
    assert workstation_of(browser.session) == seat
    assert workstation_of(colleague.session) is None
    state = colleague.get("/accounts/state.json").json()
    assert state["workstation"] is None
    assert state["seat_lost"] == {"seat": "Poste 3", "by": "operator"}


def test_agreeing_to_replace_one_person_does_not_replace_another(
    browser: Client, operator: User, seat: Workstation, colleague: Client, someone: Someone
) -> None:
    third = someone("operator", username="third")
    browser.force_login(operator)
    assert browser.post("/accounts/seat/", {"seat": seat.pk, "replacing": third.pk}).status_code == 409


def test_a_seat_nobody_was_heard_from_is_free(
    browser: Client, operator: User, seat: Workstation, colleague: Client
) -> None:
    Occupancy.objects.update(seen_at=timezone.now() - dt.timedelta(minutes=6))
    browser.force_login(operator)
    assert browser.post("/accounts/seat/", {"seat": seat.pk}).status_code == 302


def test_a_page_that_asks_keeps_its_seat(colleague: Client) -> None:
    Occupancy.objects.update(seen_at=timezone.now() - dt.timedelta(minutes=4))
    colleague.get("/accounts/state.json")
    assert timezone.now() - Occupancy.objects.get().seen_at < dt.timedelta(seconds=10)


def test_nobody_sits_at_two_seats(browser: Client, operator: User, seat: Workstation) -> None:
    second = Workstation.objects.create(code="p4", label="Poste 4")
    browser.force_login(operator)
    for place in (seat, second):
        browser.post("/accounts/seat/", {"seat": place.pk})
    assert [row.workstation for row in Occupancy.objects.all()] == [second]


def test_leaving_a_seat_keeps_the_session(browser: Client, operator: User, seat: Workstation) -> None:
    browser.force_login(operator)
    browser.post("/accounts/seat/", {"seat": seat.pk})
    browser.post("/accounts/seat/leave/")
    assert workstation_of(browser.session) is None
    assert not Occupancy.objects.exists()
    assert browser.get("/accounts/").status_code == 200


def test_whoever_lost_a_seat_does_not_free_it_by_signing_out(
    browser: Client, operator: User, seat: Workstation, colleague: Client
) -> None:
    browser.force_login(operator)
    browser.post("/accounts/seat/", {"seat": seat.pk, "replacing": Occupancy.objects.get().user_id})
    colleague.post("/accounts/sign-out/")
    assert workstation_of(browser.session) == seat


@pytest.mark.parametrize("role", ["dpo", "admin", "site_contact", "elected", "opj"])
def test_roles_without_a_room_skip_it(
    browser: Client, someone: Someone, seat: Workstation, role: str
) -> None:
    someone(role)
    answer = browser.post("/accounts/sign-in/", {"username": "someone", "password": PASSWORD})
    assert "/seat/" not in answer["Location"]
    assert browser.post("/accounts/seat/", {"seat": seat.pk})["Location"] == "/accounts/"
    assert not Occupancy.objects.exists()


def test_without_workstations_nobody_is_stopped(browser: Client, operator: User) -> None:
    answer = browser.post("/accounts/sign-in/", {"username": "operator", "password": PASSWORD})
    assert answer["Location"] == "/"


def test_the_seat_survives_a_new_password(browser: Client, operator: User, seat: Workstation) -> None:
    browser.force_login(operator)
    browser.post("/accounts/seat/", {"seat": seat.pk})
    new = "another-long-passphrase"
    browser.post(
        "/accounts/password/", {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    )
    assert workstation_of(browser.session) == seat
