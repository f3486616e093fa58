"""Who looked is written before anything is shown, and not at all for who may not look (L-07, L-08, L-10, L-64)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from doors.problems import Refused
from legal.actions import record_consultation
from legal.masked import AT_ALL_TIMES
from legal.models import Consultation
from legal.why import Period
from tests.cast import habilitated, person
from tests.legal.people import INCIDENT, LIVE, operator

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
MINUTES = Period(NOW, NOW + dt.timedelta(minutes=10))


def look(actor: User, **fields: Any) -> Consultation:
    given = {
        "camera_code": "C885",
        "sector_code": "NORTH",
        "kind": LIVE,
        "reason": INCIDENT,
        "reference": "2026-0412",
        "authorised": True,
        "masked": AT_ALL_TIMES,
        "workstation": "Poste 3",
    } | fields
    return record_consultation(actor=actor, **given)


def refusal(actor: User, **fields: Any) -> str:
    with pytest.raises(Refused) as refused:
        look(actor, **fields)
    assert not Consultation.objects.exists()
    return refused.value.code


def test_it_says_who_what_when_why_and_to_whom() -> None:
    who = operator(act="2026-17", authority="Mayor")
    row = Consultation.objects.get(pk=look(who, purpose=5).pk)
    assert (row.user, row.user_label) == (who, f"{who.label} ({who.username})")
    assert (row.camera_code, row.sector_code, row.kind) == ("C885", "NORTH", "live")
    assert (row.reason, row.reference, row.ground) == ("incident", "2026-0412", "CSI L251-2, 5°")
    assert (row.act, row.workstation, row.recipients) == ("Mayor · 2026-17", "Poste 3", "self")
    assert abs(row.begun_at - timezone.now()) < dt.timedelta(seconds=5)


def test_numbers_have_no_holes_even_after_a_rollback() -> None:
    who = operator()
    first = look(who)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        look(who)
        raise ZeroDivisionError
    assert look(who).pk == first.pk + 1


def test_without_the_right_nothing_is_shown() -> None:
    who = person(Role.DPO)
    habilitated(who)
    assert refusal(who) == "not-allowed"


def test_without_a_habilitation_nothing_is_shown() -> None:
    assert refusal(person(Role.OPERATOR)) == "habilitation-missing"


def test_a_habilitation_that_ended_yesterday_shows_nothing() -> None:
    assert refusal(operator(ends_on=timezone.localdate() - dt.timedelta(days=1))) == "habilitation-ended"


def test_another_sector_stays_closed() -> None:
    who = operator(all_cameras=False, sector_codes=["SOUTH"])
    assert refusal(who) == "habilitation-scope"


def test_the_owner_of_a_third_party_camera_sees_nothing() -> None:
    """L-10: the shop that pays for a camera never sees the street."""
    who = operator()
    assert refusal(who, owner_account_id=who.pk) == "third-party-owner"


def test_a_camera_without_the_prefects_order_is_not_shown() -> None:
    """L-01; a camera of the exercise needs none."""
    who = operator()
    assert refusal(who, authorised=False) == "camera-not-authorised"
    assert look(who, authorised=False, exercise=True).exercise


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"reason": ""}, "look-reason"),
        ({"reason": "curiosity"}, "look-reason"),
        ({"reason": "audit"}, "look-reason"),
        ({"reference": " "}, "look-reason"),
        ({"reason": "other"}, "look-reason"),
        ({"reason": "exercise"}, "exercise-camera"),
        ({"period": MINUTES}, "look-reason"),
    ],
)
def test_no_image_without_a_reason_that_does(fields: dict[str, Any], code: str) -> None:
    assert refusal(operator(), **fields) == code


def test_a_recording_needs_its_own_right_and_its_minutes() -> None:
    assert refusal(operator(), kind="playback", period=MINUTES) == "not-allowed"
    lead = person(Role.SHIFT_LEAD)
    habilitated(lead)
    assert refusal(lead, kind="playback") == "look-reason"
    assert refusal(lead, kind="playback", period=Period(MINUTES.end, MINUTES.start)) == "look-reason"
    row = look(lead, kind="playback", period=MINUTES)
    assert (row.period_from, row.period_to) == MINUTES


def test_a_still_of_a_recording_needs_the_right_to_recordings() -> None:
    who = operator()
    assert look(who, kind="still")
    with pytest.raises(Refused):
        look(who, kind="still", period=MINUTES)


def test_images_are_taken_out_for_a_case_only() -> None:
    officer = person(Role.EVIDENCE_OFFICER)
    habilitated(officer)
    assert refusal(officer, kind="extraction", period=MINUTES, reason="watch") == "look-reason"
    row = look(officer, kind="extraction", period=MINUTES, reason="requisition", reference="PV 2026/118")
    assert row.ground == "requisition"


def test_who_sees_recordings_takes_none_out() -> None:
    lead = person(Role.SHIFT_LEAD)
    habilitated(lead)
    assert refusal(lead, kind="extraction", period=MINUTES) == "not-allowed"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE legal_consultation SET reason = 'watch'",
        "DELETE FROM legal_consultation",
        "UPDATE legal_consultation SET user_id = user_id",
    ],
)
def test_postgresql_itself_refuses_to_change_the_log(statement: str) -> None:
    look(operator())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)


def test_it_lets_go_of_a_row_after_three_years() -> None:
    """L-65."""
    row = look(operator())
    old = {name: getattr(row, name) for name in ("user_id", "user_label", "camera_code", "kind", "reason")}
    long_ago = timezone.now() - dt.timedelta(days=1096)
    Consultation.objects.create(pk=0, begun_at=long_ago, ground="x", hash="0" * 64, **old)
    assert Consultation.objects.filter(pk=0).delete()[0] == 1


def test_the_database_refuses_a_row_that_does_not_say_why() -> None:
    row = look(operator())
    row.pk, row.ground = 99, ""
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)
