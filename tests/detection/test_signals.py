"""One situation, one card; a person answers; what was answered says how right it is (law L-22, L-23, L-25, L-26)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from detection import actions, precision
from detection.models import Designation, EventType, Profile, Signal, SignalDay, UseRecord
from doors.problems import Conflict, NotAllowed, Refused
from events.models import Event
from incidents.models import Incident, Procedure
from tests import cast
from tests.detection.cast import authorisation, profile, street

pytestmark = pytest.mark.django_db
BAG = [0.5, 0.7, 0.05, 0.08]
NOW = timezone.now().replace(microsecond=0)


@pytest.fixture
def operator() -> User:
    person = cast.person("operator")
    cast.habilitated(person)
    return person


@pytest.fixture
def watched() -> Profile:
    return actions.enable_profile(actor=None, profile=profile(), why="Exercise")


def seen(row: Profile, key: str, *, after_s: float = 0, box: Any = None, **more: Any) -> Signal:
    at = NOW + dt.timedelta(seconds=after_s)
    boxes = [{"at": round(at.timestamp() * 1000), "box": box or BAG}]
    return actions.raise_signal(profile_id=row.pk, key=key, at=at, boxes=boxes, score=0.8, **more)


def facts(kind: str) -> list[dict[str, Any]]:
    return list(Event.objects.filter(kind=f"detection.{kind}").order_by("pk").values_list("data", flat=True))


def test_a_signal_is_told_once_however_often_it_is_raised(watched: Profile) -> None:
    first = seen(watched, "p1:bag:1")
    assert seen(watched, "p1:bag:1").pk == first.pk
    assert Signal.objects.count() == 1
    [fact] = facts("signalled")
    assert (fact["camera_code"], fact["event_type"], fact["exercise"]) == ("C101", "abandoned_object", True)
    assert Incident.objects.count() == 0, "nothing follows before a person has answered"


def test_one_situation_is_one_card_and_two_bags_are_two(watched: Profile) -> None:
    card = seen(watched, "a")
    assert seen(watched, "b", after_s=40, box=[0.51, 0.7, 0.05, 0.08]).pk == card.pk
    assert seen(watched, "b", after_s=40).pk == card.pk, "told again, it is not counted again"
    other = seen(watched, "c", after_s=41, box=[0.1, 0.5, 0.05, 0.08])
    assert other.pk != card.pk
    card.refresh_from_db()
    assert (card.folded, len(card.boxes), card.last_at) == (1, 2, NOW + dt.timedelta(seconds=40))
    assert facts("seen_again")[0]["folded"] == 1
    later = seen(watched, "d", after_s=40 + 121)
    assert later.pk not in (card.pk, other.pk), "much later it is another situation"


def test_a_crowd_is_one_situation_wherever_in_the_zone(operator: User) -> None:
    row = actions.enable_profile(actor=None, profile=profile(code="crowd_density"), why="Exercise")
    card = seen(row, "a")
    assert seen(row, "b", after_s=30, box=[0.1, 0.1, 0.1, 0.1]).pk == card.pk


def test_what_was_answered_does_not_come_back_while_it_lasts(watched: Profile, operator: User) -> None:
    card = seen(watched, "a")
    actions.judge_signal(actor=operator, signal=card, verdict="rejected", reason="owner_near")
    assert seen(watched, "b", after_s=60).pk == card.pk
    assert seen(watched, "c", after_s=150).pk == card.pk
    assert len(facts("signalled")) == 1 and facts("seen_again") == []


def test_the_gate_is_asked_for_the_moment_of_the_picture(watched: Profile) -> None:
    actions.stop_all(actor=None, why="Doubt")
    with pytest.raises(NotAllowed) as refused:
        seen(watched, "a")
    assert refused.value.code == "gate-stopped"
    assert Signal.objects.count() == 0


def test_a_confirmed_signal_opens_an_incident_with_its_procedure(
    watched: Profile, operator: User, django_capture_on_commit_callbacks: Any
) -> None:
    Procedure.objects.create(title="Signal", nature="signal", site_kind="", steps=["Look again", "Decide"])
    card = seen(watched, "a")
    with django_capture_on_commit_callbacks(execute=True):
        actions.judge_signal(actor=operator, signal=card, verdict="confirmed")
    incident = Incident.objects.get(causes__cause=f"signal:{card.pk}")
    assert (incident.nature, incident.exercise, incident.priority) == ("signal", True, 2)
    assert [step.text for step in incident.steps.all()] == ["Look again", "Decide"]
    assert incident.taken_by is None, "nobody is sent and nobody has it"


def test_a_second_answer_is_a_conflict_that_says_the_first(watched: Profile, operator: User) -> None:
    card = seen(watched, "a")
    stale = Signal.objects.get(pk=card.pk)
    actions.judge_signal(actor=operator, signal=card, verdict="cannot_tell", reason="dark")
    with pytest.raises(Conflict) as refused:
        actions.judge_signal(actor=operator, signal=stale, verdict="confirmed")
    assert refused.value.extra["state"] == "cannot_tell"
    assert Signal.objects.get().state == "cannot_tell"


@pytest.mark.parametrize(
    ("verdict", "reason"), [("rejected", ""), ("rejected", "seen"), ("pending", ""), ("maybe", "light")]
)
def test_an_answer_needs_a_reason_of_its_own(
    watched: Profile, operator: User, verdict: str, reason: str
) -> None:
    card = seen(watched, "a")
    with pytest.raises(Refused):
        actions.judge_signal(actor=operator, signal=card, verdict=verdict, reason=reason)


def test_only_who_may_see_the_camera_answers(watched: Profile) -> None:
    card = seen(watched, "a")
    stranger = cast.person("operator", "not_habilitated")
    with pytest.raises(NotAllowed):
        actions.judge_signal(actor=stranger, signal=card, verdict="confirmed")
    for role in ("call_taker", "technician", "dpo"):
        person = cast.person(role)
        with pytest.raises(NotAllowed):
            actions.judge_signal(actor=person, signal=card, verdict="confirmed")
    assert list(Signal.objects.visible_to(stranger)) == []


def test_signals_of_real_cameras_are_for_trained_agents(operator: User) -> None:
    row = profile(street(exercise=False))
    authorisation(row.zone.camera)
    actions.enable_profile(actor=None, profile=row, why="Match")
    card = seen(row, "a")
    with pytest.raises(NotAllowed) as refused:
        actions.judge_signal(actor=operator, signal=card, verdict="confirmed")
    assert refused.value.code == "not-designated"
    today = timezone.localdate()
    Designation.objects.create(
        user=operator, authority="Préfet", act="D-1", trained_on=today, starts_on=today
    )
    assert actions.judge_signal(actor=operator, signal=card, verdict="confirmed").judged_by == operator


def test_a_row_has_no_place_for_a_person() -> None:
    """L-22: who answered is known, who was seen never; nothing links it to plates, badges or people."""
    linked = {field.name for field in Signal._meta.get_fields() if field.is_relation}
    assert linked == {"profile", "camera", "judged_by"}


def test_wilsons_lower_end() -> None:
    assert precision.wilson_low(0, 0) is None
    assert precision.wilson_low(8, 10) == pytest.approx(0.490, abs=0.001)
    assert precision.wilson_low(50, 50) == pytest.approx(0.929, abs=0.001)


def test_what_is_wrong_too_often_suspends_itself(watched: Profile, operator: User) -> None:
    EventType.objects.update(judged_least=4, floor=0.5)

    def answer(number: int, verdict: str) -> None:
        card = seen(watched, f"k{number}", after_s=number * 400)
        reason = "light" if verdict == "rejected" else ""
        actions.judge_signal(actor=operator, signal=card, verdict=verdict, reason=reason)

    for number, verdict in enumerate(["confirmed", "rejected", "rejected"]):
        answer(number, verdict)
    watched.refresh_from_db()
    assert watched.is_on, "three answers decide nothing"
    answer(3, "rejected")
    watched.refresh_from_db()
    assert not watched.is_on and watched.suspended_why
    assert UseRecord.objects.first().kind == "suspended"  # type: ignore[union-attr]
    assert facts("ended")[-1]["why"] == "suspended"
    known = precision.measured([watched])[watched.pk]
    assert (known.confirmed, known.rejected, known.percent) == (1, 3, 25)
    # Whoever switches it on again has been told: it is measured anew.
    actions.enable_profile(actor=None, profile=watched, why="Zone drawn anew")
    watched.refresh_from_db()
    assert precision.measured([watched])[watched.pk].judged == 0
    answer(4, "rejected")
    watched.refresh_from_db()
    assert watched.is_on


def test_counts_stay_when_signals_are_erased(watched: Profile) -> None:
    seen(watched, "a")
    Signal.objects.all().delete()
    assert SignalDay.objects.get().raised == 1
