"""As the CNIL would: the nine points of its notice to a town of December 2021, each asked of the rows (L-14)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone, translation

from accounts.models import RoleRule, User
from accounts.roles import Role
from footage.models import Source
from legal.actions import sign_heads
from legal.assessments import give_opinion, make_assessment
from legal.models import Controller, PrefecturalAuthorisation
from legal.state import contributions
from legal.state.points import POINTS, State
from legal.state.sheet import answer, answers
from retention.models import Lateness, Limit
from tests.cast import camera, may_film, person
from tests.legal.people import operator
from tests.legal.test_pages import looked

pytestmark = pytest.mark.django_db
# Word for word as the project's law book has them.
REPROACHES = [
    "dwellings visible",
    "retention over the order's limit",
    "no AIPD",
    "incomplete panel",
    "body-cam clock and agent id inaccurate",
    "files older than allowed",
    "weak password",
    "no trace of access",
    "not in the register",
]
REAL = {"exercise": False}


@pytest.fixture(autouse=True)
def english() -> Any:
    with translation.override("en"):
        yield


def words(code: str) -> str:
    return " ".join(found.look.words for found in answer(code).found)


def test_l14_the_nine_reproaches_stand_word_for_word_and_each_is_answered() -> None:
    assert [str(point.quote) for point in POINTS] == REPROACHES
    assert all(one.found for one in answers())


def _dwelling_visible() -> None:
    may_film()
    camera("C1", masks_checked=False, **REAL)


def _kept_over_the_order() -> None:
    may_film()
    Limit.objects.update_or_create(
        what="footage.Segment",
        defaults={"family": "street_video", "days": 10, "source": "CSI L252-5", "review_on": "2027-01-01"},
    )
    PrefecturalAuthorisation.objects.update(max_retention_days=3)  # a new order says less


def _no_assessment() -> None:
    may_film()


def _panel_says_too_little() -> None:
    Controller.objects.create(name="Commune", represented_by="the mayor")


def _clock_is_wrong() -> None:
    Source.objects.create(
        camera=camera("C1"), url="a", kind="scene", clock_offset_ms=-4_000, clock_measured_at=timezone.now()
    )


def _older_than_allowed() -> None:
    Lateness.objects.create(what="footage.Segment", items=3)


def _weak_password() -> None:
    person(Role.OPERATOR)
    User.objects.update(password="sha1$salt$0123456789012345678901234567890123456789")


def _no_trace() -> None:
    who = operator()
    for _ in range(3):
        looked(who)
    with connection.cursor() as cursor:  # somebody who owns the tables, past the triggers
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE legal_consultation DISABLE TRIGGER USER")
        cursor.execute("UPDATE legal_consultation SET camera_code = 'C999' WHERE id = 2")
        cursor.execute("ALTER TABLE legal_consultation ENABLE TRIGGER USER")


def _not_in_the_register() -> None:
    found = contributions._found()
    found.processings[:] = [one for one in found.processings if one["code"] != "cctv"]


@pytest.mark.parametrize(
    ("code", "wrong", "state", "said"),
    [
        ("dwellings", _dwelling_visible, State.LOOK, "1 camera waits"),
        ("over_the_order", _kept_over_the_order, State.BAD, "1 limit is longer"),
        ("assessment", _no_assessment, State.BAD, "lacks a current impact assessment"),
        ("panel", _panel_says_too_little, State.BAD, "postal address, where people exercise their rights"),
        ("clock", _clock_is_wrong, State.LOOK, "1 camera is more than a second wrong"),
        ("too_old", _older_than_allowed, State.BAD, "3 rows or files are there past their limit"),
        ("password", _weak_password, State.BAD, "1 account has a password kept in an old way"),
        ("no_trace", _no_trace, State.BAD, "Row 2 of the log does not agree"),
        ("register", _not_in_the_register, State.BAD, "no activity of the record names"),
    ],
)
def test_l14_what_is_wrong_shows(code: str, wrong: Callable[[], None], state: State, said: str) -> None:
    before = list(contributions._found().processings)
    try:
        wrong()
        found = answer(code)
        assert (found.state, found.figure > 0) == (state, True), words(code)
        assert said in words(code)
        assert any(one.proof() for one in found.found)  # the rows behind the figure
    finally:
        contributions._found().processings[:] = before


def test_l14_a_centre_in_order_says_so(settings: Any) -> None:
    """Only what a test's own servers cannot have is left: a role of its own for the application."""
    may_film()
    camera("C1", **REAL)
    Controller.objects.create(
        **dict.fromkeys(Controller.NEEDED, "said"), panels_checked_on=timezone.localdate()
    )
    RoleRule.objects.update(totp_required=True)
    Lateness.objects.create(what="footage.Segment", items=0)
    dpo = person(Role.DPO, "dpo")
    RoleRule.objects.update(totp_required=True)
    act = PrefecturalAuthorisation.objects.get()
    give_opinion(actor=dpo, assessment=make_assessment(actor=dpo, authorisation=act), opinion="favourable")
    looked(operator())
    sign_heads()
    states = {one.point.code: one.state for one in answers()}
    assert states.pop("no_trace") in (State.GOOD, State.LOOK)
    assert set(states.values()) == {State.GOOD}, {c: words(c) for c, s in states.items() if s != State.GOOD}


def test_l14_every_kind_of_data_stands_in_the_record() -> None:
    """L-60: an app that keeps something new without saying what for is found here."""
    from legal.record import unplaced

    assert unplaced() == []


def test_l14_heads_that_stand_still_show(settings: Any) -> None:
    """L-64: looks that no signed head covers hours later mean that the clock stands still."""
    looked(operator())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE legal_consultation DISABLE TRIGGER USER")
        cursor.execute("UPDATE legal_consultation SET begun_at = now() - interval '3 hours'")
        cursor.execute("ALTER TABLE legal_consultation ENABLE TRIGGER USER")
    assert "clock stands still" in words("no_trace")


def test_an_order_that_has_ended_shows_its_cameras_to_nobody_and_asks_for_no_assessment() -> None:
    may_film()
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    PrefecturalAuthorisation.objects.update(expires_on=yesterday)
    assert answer("assessment").state == State.NONE
