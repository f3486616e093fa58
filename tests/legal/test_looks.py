"""A token serves one person, session, camera and kind, while they may look and 60 s longer (L-07, L-08)."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.actions import close_account, give_roles, withdraw_habilitation
from accounts.models import Habilitation, User
from accounts.roles import Role
from doors.problems import Refused
from legal import looks
from legal.gate import Looked
from legal.looks import Look, check_look, close_lapsed, end_look, open_look, open_looks, renew_look
from legal.masked import AT_ALL_TIMES
from legal.models import Consultation, ConsultationEnd, OpenLook
from legal.why import Period
from tests.cast import habilitated, person
from tests.legal.people import EXERCISE, INCIDENT, LIVE, SOUTH, STREET, operator, session_of

pytestmark = pytest.mark.django_db
CASE = {"reason": INCIDENT, "reference": "2026-0412"}


class Clock:
    """Time for tokens and rows alike."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = 0.0
        real_now, real_time = timezone.now, time.time
        monkeypatch.setattr(timezone, "now", lambda: real_now() + dt.timedelta(seconds=self.ahead))
        monkeypatch.setattr("legal.tokens.time.time", lambda: real_time() + self.ahead)

    def pass_(self, seconds: float) -> None:
        self.ahead += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def who() -> User:
    return operator()


@pytest.fixture
def session(who: User) -> str:
    return session_of(who)


@pytest.fixture
def look(who: User, session: str) -> Look:
    return open_look(actor=who, camera=STREET, kind=LIVE, session_key=session, **CASE)


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.code


def checking(look: Look, **fields: Any) -> Callable[[], Any]:
    given = {"camera_code": look.camera_code, "kind": look.kind} | fields
    return lambda: check_look(look.token, **given)


def test_the_consultation_is_there_before_the_token_serves(look: Look) -> None:
    assert Consultation.objects.get().pk == look.consultation_id
    grant = check_look(look.token, camera_code="C885", kind=LIVE)
    assert (grant.consultation_id, grant.camera_code) == (look.consultation_id, "C885")


def test_a_fresh_token_costs_no_query(look: Look, session: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        check_look(look.token, camera_code="C885", kind=LIVE, session_key=session)


def test_nine_tiles_are_nine_looks_of_one_call(
    who: User, session: str, django_assert_max_num_queries: Any
) -> None:
    wall = [Looked(f"C{n}", "NORTH", authorised=True, masked=AT_ALL_TIMES) for n in range(9)]
    with django_assert_max_num_queries(10):
        opened = open_looks(actor=who, cameras=wall, kind=LIVE, session_key=session, **CASE)
    assert len({look.token for look in opened.looks}) == Consultation.objects.count() == 9


def test_a_camera_that_is_refused_leaves_the_wall_open(session: str, who: User) -> None:
    Habilitation.objects.update(all_cameras=False, sector_codes=["NORTH"])
    opened = open_looks(actor=who, cameras=[STREET, SOUTH, EXERCISE], kind=LIVE, session_key=session, **CASE)
    assert [look.camera_code for look in opened.looks] == ["C885", "X001"]
    assert opened.refused["C010"].code == "habilitation-scope"
    assert Consultation.objects.count() == 2


@pytest.mark.parametrize("place", [0, 10, -1])
def test_a_tampered_token_opens_nothing(look: Look, place: int) -> None:
    letters = list(look.token)
    letters[place] = "A" if letters[place] != "A" else "B"
    assert refused(lambda: check_look("".join(letters), camera_code="C885", kind=LIVE)) == "look-token"


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "é" * 40, "\x00"])
def test_rubbish_opens_nothing(token: str) -> None:
    assert refused(lambda: check_look(token, camera_code="C885", kind=LIVE)) == "look-token"


def test_a_token_of_another_camera_kind_or_session_opens_nothing(look: Look) -> None:
    assert refused(checking(look, camera_code="C010")) == "look-other"
    assert refused(checking(look, kind="playback")) == "look-other"
    assert refused(checking(look, session_key="b" * 32)) == "look-other-session"
    assert refused(lambda: renew_look(look.token, session_key="b" * 32)) == "look-other-session"
    assert refused(lambda: end_look(look.token, session_key="b" * 32)) == "look-other-session"


def test_a_token_from_the_future_opens_nothing(clock: Clock, look: Look) -> None:
    clock.pass_(-30)
    assert refused(checking(look)) == "look-token"


def test_a_token_tells_no_session_key(look: Look, session: str) -> None:
    assert session not in look.token


def test_a_token_serves_the_minutes_it_was_opened_for(who: User) -> None:
    lead = person(Role.SHIFT_LEAD)
    habilitated(lead)
    start = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)
    minutes = Period(start, start + dt.timedelta(minutes=10))
    look = open_look(
        actor=lead, camera=STREET, kind="playback", session_key=session_of(lead), period=minutes, **CASE
    )
    grant = check_look(look.token, camera_code="C885", kind="playback")
    assert grant.period == minutes
    assert grant.allows(start, start + dt.timedelta(minutes=10))
    assert not grant.allows(start - dt.timedelta(seconds=1))
    assert not grant.allows(start, start + dt.timedelta(minutes=11))


def test_watching_on_is_one_consultation(clock: Clock, look: Look, session: str) -> None:
    for _minute in range(5):
        clock.pass_(50)
        look = renew_look(look.token, session_key=session)
    assert check_look(look.token, camera_code="C885", kind=LIVE)
    assert Consultation.objects.count() == 1
    end = end_look(look.token)
    assert end
    assert end.how == "closed" and 250 <= end.seconds < 300, "and the time the test itself took"


def test_a_player_that_keeps_its_token_is_asked_again_each_time(clock: Clock, look: Look) -> None:
    for _fetch in range(4):
        clock.pass_(61)
        grant = check_look(look.token, camera_code="C885", kind=LIVE)
        assert grant.recheck_at <= timezone.now() + dt.timedelta(seconds=60)


def test_a_look_nobody_asks_for_is_over(clock: Clock, look: Look) -> None:
    clock.pass_(121)
    assert refused(checking(look)) == "look-over"
    assert ConsultationEnd.objects.get().how == "lapsed"
    assert refused(lambda: renew_look(look.token)) == "look-over"


def test_the_sweep_writes_the_end_of_what_was_left(clock: Clock, look: Look) -> None:
    clock.pass_(100)
    assert close_lapsed() == 0
    clock.pass_(21)
    assert close_lapsed() == 1
    end = ConsultationEnd.objects.get()
    assert (end.how, end.seconds, end.consultation_id) == ("lapsed", 0, look.consultation_id)
    assert close_lapsed() == 0


def test_ending_twice_writes_one_end(look: Look) -> None:
    assert end_look(look.token)
    assert end_look(look.token) is None
    assert not OpenLook.objects.exists()
    assert refused(lambda: renew_look(look.token)) == "look-over"


def _withdraw(who: User, session: str) -> None:
    withdraw_habilitation(actor=None, habilitation=Habilitation.objects.get(user=who))


def _end_today(who: User, session: str) -> None:
    Habilitation.objects.update(ends_on=timezone.localdate() - dt.timedelta(days=1))


def _narrow(who: User, session: str) -> None:
    Habilitation.objects.update(all_cameras=False, sector_codes=["SOUTH"])


def _change_roles(who: User, session: str) -> None:
    give_roles(actor=None, user=who, roles=[Role.FIELD_UNIT])


def _bar(who: User, session: str) -> None:
    who.groups.add(Group.objects.get(name=Role.DPO))


def _close(who: User, session: str) -> None:
    close_account(actor=None, user=who)


def _sign_out(who: User, session: str) -> None:
    Session.objects.filter(pk=session).delete()


def _session_ends(who: User, session: str) -> None:
    Session.objects.update(expire_date=timezone.now())


def _new_password(who: User, session: str) -> None:
    who.set_password("another long passphrase")
    who.save()


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (_withdraw, "habilitation-withdrawn"),
        (_end_today, "habilitation-ended"),
        (_narrow, "habilitation-scope"),
        (_change_roles, "not-allowed"),
        (_bar, "not-allowed"),
        (_close, "look-signed-out"),
        (_sign_out, "look-signed-out"),
        (_session_ends, "look-signed-out"),
        (_new_password, "look-signed-out"),
    ],
)
def test_what_ends_the_right_cuts_the_picture_within_60_seconds(
    clock: Clock, who: User, session: str, look: Look, event: Callable[[User, str], None], code: str
) -> None:
    clock.pass_(30)
    look = renew_look(look.token, session_key=session)
    grant = check_look(look.token, camera_code="C885", kind=LIVE)
    event(who, session)
    assert grant.recheck_at <= timezone.now() + dt.timedelta(seconds=60)
    clock.pass_(60.1)
    assert refused(checking(look)) == code
    end = ConsultationEnd.objects.get()
    assert (end.how, end.why) == ("cut", code)
    assert refused(lambda: renew_look(look.token)) == "look-over"


def test_a_door_that_starts_late_asks_early(clock: Clock, look: Look) -> None:
    """59 seconds after the token was made, a door still has one second, not sixty."""
    clock.pass_(59)
    grant = check_look(look.token, camera_code="C885", kind=LIVE)
    assert grant.recheck_at - timezone.now() < dt.timedelta(seconds=1.5)


def test_a_renewal_is_refused_at_once(who: User, session: str, look: Look) -> None:
    _withdraw(who, session)
    assert refused(lambda: renew_look(look.token)) == "habilitation-withdrawn"


def test_a_camera_that_loses_its_authorisation_is_cut_at_renewal(look: Look) -> None:
    """L-01."""
    assert refused(lambda: renew_look(look.token, camera=Looked("C885", "NORTH"))) == "camera-not-authorised"


def test_a_locked_screen_goes_on_showing(look: Look, session: str, clock: Clock) -> None:
    row = Session.objects.get(pk=session)
    row.session_data = Session.objects.encode(row.get_decoded() | {"locked": True})
    row.save()
    clock.pass_(61)
    assert check_look(look.token, camera_code="C885", kind=LIVE)


@pytest.mark.django_db(transaction=True)
def test_a_look_cannot_be_opened_inside_another_transaction(transactional_db: None) -> None:
    from django.db import transaction

    who = operator()
    with pytest.raises(RuntimeError), transaction.atomic():
        open_look(actor=who, camera=STREET, kind=LIVE, session_key=session_of(who), **CASE)
    assert not Consultation.objects.exists()


def test_a_look_belongs_to_a_session(who: User) -> None:
    with pytest.raises(ValueError, match="session"):
        looks.open_looks(actor=who, cameras=[STREET], kind=LIVE, session_key="", **CASE)
