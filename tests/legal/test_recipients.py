"""Who may receive images, and what they got: L-09 through the pages, the looks and the handing over."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Habilitation, User
from accounts.roles import Role
from console import worth
from doors.problems import Refused
from events.models import Event
from footage.extraction.actions import ask_extraction, hand_over
from footage.models import Extraction
from legal import clocks, recipients
from legal.looks import check_look, open_look, renew_look
from legal.models import Communication, Consultation, ConsultationEnd, PrefecturalAuthorisation
from legal.models import RecipientAgreement as Agreement
from legal.state.registers import standings
from tests.cast import camera, habilitated, may_film, person
from tests.legal.people import EXERCISE, STREET, session_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
NAMED = [("C885", "NORTH", False)]


def agreement(**fields: Any) -> Agreement:
    may_film()
    today = timezone.localdate()
    values: dict[str, Any] = {
        "agency": "Police nationale",
        "kind": "police",
        "act": "Convention 2026-4",
        "authorisation": PrefecturalAuthorisation.objects.get(),
        "starts_on": today - DAY,
        "ends_on": today + 200 * DAY,
        "live": True,
        "recorded": True,
        "keep_days": 31,
        "manner": "Medium handed over against signature",
        "contact": "The head of the station",
        "all_cameras": True,
    }
    return Agreement.objects.create(**(values | fields))


@pytest.fixture
def policeman() -> tuple[User, Habilitation]:
    """With every right to see: what is missing is the agreement."""
    who = person(Role.SHIFT_LEAD, "police")
    act = habilitated(who, category=Habilitation.Category.STATE_AGENT, authority="Prefect", act="2026-9")
    return who, act


def look(who: User, seen: Any = STREET, kind: str = "live") -> Any:
    session = session_of(who)
    return open_look(
        actor=who, camera=seen, kind=kind, reason="incident", reference="2026-1", session_key=session
    )


def test_l09_a_live_picture_is_shared_with_a_service_only_under_an_agreement(
    policeman: tuple[User, Habilitation], time_to_go: Any
) -> None:
    """L-09: designated under it, of this camera, live; the log says for which service; its end cuts the picture."""
    who, act = policeman
    one = agreement()
    with pytest.raises(Refused, match="No agreement in force"):
        look(who)
    assert look(who, EXERCISE)  # drawn streets are nobody's
    one.agents.add(act)
    seen = look(who)
    assert (
        Consultation.objects.get(pk=seen.consultation_id).recipients == "Police nationale · Convention 2026-4"
    )
    for without in ({"live": False}, {"all_cameras": False, "camera_codes": ["C010"]}):
        before = {name: getattr(one, name) for name in without}
        Agreement.objects.update(**without)
        with pytest.raises(Refused):
            look(who)
        Agreement.objects.update(**before)
    chief = person(Role.SUPERVISOR)
    recipients.end_agreement(actor=chief, agreement=one, why="The station moved.")
    time_to_go(61)
    with pytest.raises(Refused, match="No agreement in force") as refused:
        check_look(seen.token, camera_code="C885", kind="live")
    assert "Convention 2026-4 ended" in refused.value.detail
    assert ConsultationEnd.objects.latest("pk").how == ConsultationEnd.How.CUT
    with pytest.raises(Refused):
        renew_look(seen.token)


@pytest.fixture
def time_to_go(monkeypatch: pytest.MonkeyPatch) -> Any:
    def go(seconds: int) -> None:
        now, clock = timezone.now, __import__("time").time
        monkeypatch.setattr("legal.tokens.time.time", lambda: clock() + seconds)
        monkeypatch.setattr(timezone, "now", lambda: now() + dt.timedelta(seconds=seconds))

    return go


@pytest.mark.parametrize(
    "lacking",
    [
        {"recorded": False},
        {"all_cameras": False, "sector_codes": ["SOUTH"]},
        {"ends_on": dt.date(2026, 1, 2), "starts_on": dt.date(2026, 1, 1)},
        {"ended_on": dt.date(2026, 1, 1), "ended_why": "over"},
        {"exercise": True},
    ],
)
def test_l09_recordings_leave_only_under_one_that_covers_them(lacking: dict[str, Any]) -> None:
    agreement(**lacking)
    assert recipients.who_may_receive(NAMED) == []
    with pytest.raises(Refused, match="No agreement in force"):
        recipients.require_recipient(NAMED)


def test_l09_an_agreement_falls_with_the_order_it_stands_on() -> None:
    agreement()
    assert recipients.who_may_receive(NAMED)
    PrefecturalAuthorisation.objects.update(expires_on=timezone.localdate() - DAY)
    assert recipients.who_may_receive(NAMED) == []
    assert not Agreement.objects.get().is_in_force


def test_l09_what_is_handed_over_names_its_agreement_and_the_day_it_is_gone() -> None:
    """The service is chosen among those in force, never typed; a month of the calendar at most."""
    may_film()
    camera("C885", exercise=False)
    now = timezone.now()
    officer, chief = person(Role.EVIDENCE_OFFICER), person(Role.SUPERVISOR)
    habilitated(officer)
    asked: dict[str, Any] = {
        "actor": officer,
        "codes": ["C885"],
        "since": now - dt.timedelta(minutes=9),
        "until": now - dt.timedelta(minutes=8),
        "reason": "incident",
        "ground": "csi_l252_3",
        "reference": "2026-0412",
    }
    with pytest.raises(Refused, match="No agreement in force"):
        ask_extraction(**asked)
    one = agreement(keep_days=31)
    extraction = ask_extraction(**asked)
    sealed = {"state": "sealed", "sealed_at": now, "manifest_sha256": "0" * 64, "folder": "EX"}
    Extraction.objects.update(validator=chief, validated_at=now, **sealed)
    for wrong in ("", "999999", "x"):
        with pytest.raises(Refused, match="Choose the agreement"), transaction.atomic():
            hand_over(actor=officer, extraction=extraction, recipient="The duty officer", agreement=wrong)
    assert Extraction.objects.get().state == "sealed"
    hand_over(actor=officer, extraction=extraction, recipient="The duty officer", agreement=str(one.pk))
    given = Communication.objects.get()
    assert (given.what, given.camera_codes, given.case) == (extraction.number, ["C885"], "2026-0412")
    today = timezone.localdate()
    assert today + 28 * DAY <= given.destroy_by <= today + 31 * DAY
    said = "The duty officer, Police nationale · Convention 2026-4"
    assert Consultation.objects.latest("pk").recipients == said == Extraction.objects.get().recipient


@pytest.mark.parametrize(
    "fields",
    [
        {"keep_days": 32},
        {"live": False, "recorded": False},
        {"all_cameras": False},
        {"ended_on": dt.date(2026, 1, 1)},
    ],
)
def test_l09_postgresql_keeps_the_month_the_scope_and_the_reason(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        agreement(**fields)


def test_l09_its_end_is_told_at_six_three_and_one_months_and_when_it_is_over() -> None:
    one = agreement()
    for days, told in ((200, 0), (170, 1), (80, 1), (20, 1), (19, 0), (-1, 1), (-2, 0)):
        assert len(clocks.tell_of_agreements(one.ends_on - days * DAY)) == told, days
    said = Event.objects.filter(kind="legal.agreement_ending").order_by("pk")
    assert [event.data["months"] for event in said] == [6, 3, 1, 0]
    chief = person(Role.SUPERVISOR)
    assert "agreements" not in {line["kind"] for line in worth.doing(chief)}  # further than six months
    Agreement.objects.update(ends_on=timezone.localdate() + 100 * DAY)
    assert "agreements" in {line["kind"] for line in worth.doing(chief)}
    assert "agreements" not in {line["kind"] for line in worth.doing(person(Role.OPERATOR))}


def in_words() -> str:
    return next(one.words for one in standings() if one.code == "recipients")


def test_l09_the_supervisor_records_it_the_officer_reads_it_and_compliance_tells_it(client: Client) -> None:
    may_film()
    PrefecturalAuthorisation.objects.update(recipients="Police nationale\nSDIS 06")
    today = timezone.localdate()
    chief, dpo = person(Role.SUPERVISOR), person(Role.DPO)
    client.cookies["django_language"] = "en"
    client.force_login(chief)
    typed = {
        "agency": "Police nationale",
        "kind": "police",
        "contact": "The head of the station",
        "act": "Convention 2026-4",
        "authorisation": PrefecturalAuthorisation.objects.get().pk,
        "starts_on": today.isoformat(),
        "ends_on": (today + 100 * DAY).isoformat(),
        "recorded": "on",
        "keep_days": "31",
        "manner": "Medium against signature",
        "camera_codes": "c885, C886",
    }
    later = client.post("/legal/recipients/record/", typed | {"ends_on": (today + 900 * DAY).isoformat()})
    assert later.status_code == 400  # longer than the order it stands on
    assert client.post("/legal/recipients/record/", typed | {"keep_days": "32"}).status_code == 400
    assert client.post("/legal/recipients/record/", typed).status_code == 302
    one = Agreement.objects.get()
    assert one.camera_codes == ["C885", "C886"]
    assert in_words() == (
        "1 agreement in force · 1 ends within six months · 1 service named by an order has none."
    )
    given = Communication.objects.create(
        agreement=one,
        by=chief,
        what="EX-000001",
        case="2026-1",
        camera_codes=["C885"],
        since=timezone.now() - DAY,
        until=timezone.now(),
        recipient="The duty officer",
        destroy_by=today - DAY,
        at=timezone.now() - 32 * DAY,
    )
    assert "1 communication is past its day" in in_words()
    client.force_login(dpo)
    assert "To be heard of" in client.get("/legal/recipients/").content.decode()
    assert client.get(f"/legal/recipients/{one.pk}/").status_code == 200
    assert "SDIS 06" in client.get("/legal/recipients/").content.decode()
    told = client.get("/legal/recipients/?format=json").json()["data"]
    assert told["agreements"][0]["agency"] == "Police nationale"
    assert told["communications"][0]["what"] == "EX-000001"
    path = f"/legal/recipients/given/{given.pk}/destroyed/"
    assert client.post(path, {"on": (today + DAY).isoformat()}).status_code == 400
    assert client.post(path, {"on": today.isoformat()}).status_code == 302
    assert client.post(path, {"on": today.isoformat()}).status_code == 409
    assert "past its day" not in in_words()
    # Who controls writes none, and ends none.
    assert client.post("/legal/recipients/record/", typed).status_code == 403
    assert client.post(f"/legal/recipients/{one.pk}/end/", {"why": "x"}).status_code == 403
    client.force_login(chief)
    assert client.post(f"/legal/recipients/{one.pk}/end/", {"why": "Moved."}).status_code == 302
    assert client.post(f"/legal/recipients/{one.pk}/end/", {"why": "Moved."}).status_code == 409
    assert not Agreement.objects.in_force(today).exists()
