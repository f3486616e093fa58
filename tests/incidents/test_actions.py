"""One incident, one holder: opening, joining, taking, working, closing."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

import alerts.actions
from accounts.models import User
from alerts.models import Alert
from doors.problems import Conflict, NotAllowed, Refused
from events.models import Event
from incidents import actions, timeline
from incidents.models import Incident, IncidentCause, IncidentNote, JoinRule, Nature, Procedure
from places.geometry import Point, destination
from tests.cast import SCHOOL, button, camera, may_film, person, school
from tests.servers import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def rules(transactional_db: None) -> None:
    JoinRule.objects.get_or_create(nature=Nature.ALERT_BUTTON, defaults={"minutes": 15, "radius_m": 50})


def pressed(code: str = "ECO-012", at: Point = SCHOOL) -> tuple[Alert, Incident]:
    """A press, and the incident its reactions opened or joined."""
    alert = alerts.actions.receive_press(device=button(school(code, at)))
    return alert, IncidentCause.objects.get(cause=f"alert:{alert.pk}").incident


def test_a_press_opens_an_incident_and_turns_cameras() -> None:
    near, far = camera("C885", distance_m=40), camera("C900", distance_m=4_000)
    may_film()
    alert, incident = pressed()
    assert incident.number.startswith("I-")
    assert incident.priority == alert.priority == 1
    assert incident.place_label == alert.site.name
    kinds = list(Event.objects.order_by("id").values_list("kind", flat=True))
    assert kinds == ["alerts.received", "incidents.opened", "cameras.lock_taken", "cameras.steering_ordered"]
    told = Event.objects.get(kind="cameras.steering_ordered").data
    assert [o["code"] for o in told["orders"]] == [near.code]
    assert far.code not in [o["code"] for o in told["orders"]]
    assert "px/m" in told["orders"][0]["why"]
    assert told["cause"] == f"incident:{incident.pk}"


def test_repeating_the_reaction_opens_nothing_twice() -> None:
    alert, incident = pressed()
    again = actions.open_or_join(
        cause=f"alert:{alert.pk}",
        nature=Nature.ALERT_BUTTON,
        priority=1,
        title="x",
        place_label="x",
        point=SCHOOL,
        at=timezone.now(),
    )
    assert again == incident
    assert Incident.objects.count() == 1
    assert Event.objects.filter(kind="incidents.opened").count() == 1


def test_same_site_joins_and_says_why() -> None:
    site = school()
    first, second = button(site, "BTN-1"), button(site, "BTN-2")
    alerts.actions.receive_press(device=first)
    alerts.actions.receive_press(device=second)
    incident = Incident.objects.get()
    assert incident.causes.count() == 2
    assert "same site" in Event.objects.get(kind="incidents.joined").data["why"]


@pytest.mark.parametrize(("metres", "incidents"), [(30, 1), (49, 1), (60, 2), (500, 2)])
def test_near_places_join_within_the_radius_of_the_rule(metres: float, incidents: int) -> None:
    pressed("ECO-012")
    pressed("CRE-003", destination(SCHOOL, 90, metres))
    assert Incident.objects.count() == incidents


def test_minutes_of_the_rule_have_passed() -> None:
    _alert, incident = pressed("ECO-012")
    Incident.objects.update(last_cause_at=timezone.now() - dt.timedelta(minutes=16))
    pressed("CRE-003", destination(SCHOOL, 90, 10))
    assert Incident.objects.exclude(pk=incident.pk).count() == 1


def test_an_exercise_never_joins_a_real_incident() -> None:
    pressed("ECO-012")
    alerts.actions.receive_press(device=button(school("EXE-001", exercise=True)))
    assert sorted(Incident.objects.values_list("exercise", flat=True)) == [False, True]


def test_a_joining_alert_of_higher_priority_raises_the_incident() -> None:
    alerts.actions.receive_press(device=button(school("SHO-001", priority=3)))
    alerts.actions.receive_press(device=button(school("ECO-012", priority=1)))
    assert Incident.objects.get().priority == 1


def test_alerts_at_once_at_one_place_open_one_incident() -> None:
    devices = [button(school(f"ECO-{n:03d}"), f"BTN-{n}") for n in range(6)]

    def press(device: object) -> None:
        alerts.actions.receive_press(device=device)  # type: ignore[arg-type]
        connections.close_all()

    threads = [threading.Thread(target=press, args=[d]) for d in devices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Incident.objects.count() == 1
    assert Incident.objects.get().causes.count() == 6


def test_taking_acknowledges_the_alert_and_names_the_workstation_only() -> None:
    alert, incident = pressed()
    operator = person("operator")
    actions.take(incident=incident, actor=operator, workstation="Poste 3")
    alert.refresh_from_db()
    assert alert.state == Alert.State.ACKNOWLEDGED
    assert alert.acknowledged_by == operator
    fact = Event.objects.get(kind="incidents.taken")
    assert fact.data["by"] == "Poste 3"
    assert operator.label not in str(fact.data)


def test_a_note_and_a_take_at_once_do_not_wait_for_one_another() -> None:
    """The note has its turn in the log and points to the incident; who takes it holds that row and waits for a turn."""
    _alert, incident = pressed()
    writer, taker = person("operator", "one"), person("operator", "two")

    def take() -> None:
        actions.take(incident=incident, actor=taker, workstation="Poste 2")
        connections.close_all()

    def waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)")
            return bool(cursor.fetchone()[0])

    taking = threading.Thread(target=take)
    with transaction.atomic():
        actions.add_note(incident=incident, text="Deux équipages au portail", actor=writer)
        taking.start()
        assert wait_until(waits, 20)
    taking.join(20)
    incident.refresh_from_db()
    assert incident.taken_by == taker and incident.notes.count() == 1


def test_two_take_at_once_one_wins_and_the_other_is_told_by_name() -> None:
    _alert, incident = pressed()
    people = [person("operator", "one"), person("operator", "two")]
    barrier = threading.Barrier(2)
    results: dict[str, object] = {}

    def take(who: object, seat: str) -> None:
        barrier.wait()
        try:
            actions.take(incident=incident, actor=who, workstation=seat)  # type: ignore[arg-type]
            results[seat] = "won"
        except Conflict as refused:
            results[seat] = refused
        connections.close_all()

    threads = [
        threading.Thread(target=take, args=[p, s])
        for p, s in zip(people, ["Poste 1", "Poste 2"], strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = next(seat for seat, result in results.items() if result == "won")
    loser = next(result for result in results.values() if result != "won")
    assert isinstance(loser, Conflict)
    assert winner in loser.title
    assert loser.what_to_do
    incident.refresh_from_db()
    assert incident.taken_from == winner
    assert Event.objects.filter(kind="incidents.taken").count() == 1


def test_take_over_replaces_the_holder_and_tells() -> None:
    _alert, incident = pressed()
    one, two = person("operator", "one"), person("operator", "two")
    actions.take(incident=incident, actor=one, workstation="Poste 1")
    first_taken = Incident.objects.get().first_taken_at
    actions.take(incident=incident, actor=two, workstation="Poste 2", take_over=True)
    incident.refresh_from_db()
    assert incident.taken_by == two
    assert incident.first_taken_at == first_taken, "the answer time is that of the first"
    assert Event.objects.filter(kind="incidents.taken").last().data["from_user_id"] == one.pk


@pytest.mark.parametrize("role", ["dpo", "admin", "technician", "elected", "site_contact"])
def test_roles_without_the_right_take_nothing(role: str) -> None:
    _alert, incident = pressed()
    with pytest.raises(NotAllowed) as refused:
        actions.take(incident=incident, actor=person(role))
    assert refused.value.what_to_do
    incident.refresh_from_db()
    assert incident.taken_by is None


def test_only_the_holder_or_the_lead_works_it() -> None:
    _alert, incident = pressed()
    holder, other, lead = person("operator", "one"), person("operator", "two"), person("shift_lead")
    with pytest.raises(NotAllowed, match=r"Nobody|Personne"):
        actions.remove_doubt(incident=incident, founded=True, actor=other)
    actions.take(incident=incident, actor=holder, workstation="Poste 1")
    with pytest.raises(NotAllowed, match="Poste 1"):
        actions.close(incident=incident, outcome=Incident.Outcome.UNFOUNDED, actor=other)
    actions.set_state(incident=incident, state=Incident.State.ON_SCENE, actor=lead)
    incident.refresh_from_db()
    assert incident.on_scene_at is not None


def test_the_whole_life_of_an_incident() -> None:
    Procedure.objects.create(
        title="School", nature=Nature.ALERT_BUTTON, site_kind="school", steps=["Images", "Voice"]
    )
    alert, incident = pressed()
    operator = person("operator")
    actions.take(incident=incident, actor=operator, workstation="Poste 3")
    actions.tick_step(step=incident.steps.first(), done=True, actor=operator, by="Poste 3")
    actions.remove_doubt(incident=incident, founded=True, actor=operator)
    alert.refresh_from_db()
    assert alert.state == Alert.State.CONFIRMED
    actions.add_note(incident=incident, text="Crew asked by radio", actor=operator, author_label="Poste 3")
    actions.close(incident=incident, outcome=Incident.Outcome.HELP, actor=operator)
    incident.refresh_from_db()
    alert.refresh_from_db()
    assert incident.is_closed
    assert alert.closed_at is not None
    told = [entry.kind for entry in timeline.of(incident, user=operator)]
    assert told == [
        "alerts.received",
        "incidents.opened",
        "cameras.steering_ordered",
        "incidents.taken",
        "incidents.step_ticked",
        "incidents.doubt_removed",
        "note",
        "incidents.closed",
    ]
    for act in (
        lambda: actions.take(incident=incident, actor=operator),
        lambda: actions.close(incident=incident, outcome=Incident.Outcome.HELP, actor=operator),
    ):
        with pytest.raises(Conflict, match=incident.number):
            act()


def test_a_press_after_closing_opens_a_new_incident() -> None:
    alert, incident = pressed()
    operator = person("operator")
    actions.take(incident=incident, actor=operator)
    actions.close(incident=incident, outcome=Incident.Outcome.UNFOUNDED, actor=operator)
    again = alerts.actions.receive_press(device=alert.device)
    assert again.pk != alert.pk
    assert Incident.objects.open().get().causes.get().cause == f"alert:{again.pk}"


def test_a_late_note_shows_both_times() -> None:
    """W-02."""
    _alert, incident = pressed()
    operator = person("operator")
    then = timezone.now() - dt.timedelta(minutes=12)
    actions.add_note(incident=incident, text="Seen on C885", actor=operator, at=then)
    entry = next(e for e in timeline.of(incident, user=operator) if e.kind == "note")
    assert entry.late
    assert entry.at == then
    assert entry.entered_at is not None
    with pytest.raises(Refused):
        actions.add_note(
            incident=incident, text="x", actor=operator, at=timezone.now() + dt.timedelta(minutes=1)
        )


def test_a_note_is_corrected_by_another_never_changed() -> None:
    """W-02."""
    _alert, incident = pressed()
    operator = person("operator")
    wrong = actions.add_note(incident=incident, text="Two persons", actor=operator)
    actions.add_note(incident=incident, text="Three persons", actor=operator, corrects=wrong)
    assert IncidentNote.objects.count() == 2
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        IncidentNote.objects.filter(pk=wrong.pk).update(text="Three persons")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM incidents_incidentnote WHERE id = %s", [wrong.pk])
        assert cursor.fetchone()[0] == "Two persons"


def test_links_are_made_once_whichever_way() -> None:
    _a, one = pressed("ECO-012")
    _b, two = pressed("ECO-099", destination(SCHOOL, 0, 900))
    operator = person("operator")
    assert actions.link(incident=one, other=two, actor=operator) == actions.link(
        incident=two, other=one, actor=operator
    )
    assert Event.objects.filter(kind="incidents.linked").count() == 1
    with pytest.raises(Refused):
        actions.link(incident=one, other=one, actor=operator)


def test_people_say_the_end_of_a_number_and_mean_the_whole_of_it() -> None:
    """42 is no 142, though both end alike and 142 is the later one."""
    numbers: dict[str, Incident] = {}
    for number in ("I-2025-00042", "I-2026-00042", "I-2026-00142"):
        _alert, incident = pressed(f"ECO-{len(numbers)}", destination(SCHOOL, 0, 900 * len(numbers)))
        Incident.objects.filter(pk=incident.pk).update(number=number)
        numbers[number] = incident
    for typed, meant in (
        ("42", "I-2026-00042"),
        ("00042", "I-2026-00042"),
        ("142", "I-2026-00142"),
        ("i-2025-00042", "I-2025-00042"),
    ):
        assert Incident.objects.numbered(typed) == numbers[meant], typed
    for nobodys in ("2", "", "-00042", "²"):
        assert Incident.objects.numbered(nobodys) is None, nobodys


def test_nobody_is_given_an_incident_who_works_on_none() -> None:
    """The refusal speaks of the one chosen, not of the lead who chose."""
    _alert, incident = pressed()
    lead, fining = person("shift_lead"), person("fine_agent")
    with pytest.raises(Refused, match="Fine Agent works on no incident"):
        actions.assign(incident=incident, to=fining, actor=lead)
    left = person("operator")
    User.objects.filter(pk=left.pk).update(is_active=False)
    with pytest.raises(Refused, match="works on no incident"):
        actions.assign(incident=incident, to=User.objects.get(pk=left.pk), actor=lead)


def test_the_lead_assigns_and_sets_priority_the_operator_does_not() -> None:
    _alert, incident = pressed()
    operator, lead = person("operator"), person("shift_lead")
    with pytest.raises(NotAllowed):
        actions.set_priority(incident=incident, priority=3, actor=operator)
    actions.assign(incident=incident, to=operator, actor=lead)
    actions.set_priority(incident=incident, priority=2, actor=lead)
    incident.refresh_from_db()
    assert (incident.taken_by, incident.priority) == (operator, 2)
    with pytest.raises(Refused):
        actions.set_priority(incident=incident, priority=4, actor=lead)


def test_a_fact_names_nobody() -> None:
    """Facts outlive people: no name, note or plate may be in them."""
    _alert, incident = pressed()
    operator = person("operator", "sarcelle")
    actions.take(incident=incident, actor=operator, workstation="Poste 3")
    actions.add_note(incident=incident, text="grey scooter AB-123-CD", actor=operator)
    everything = str(list(Event.objects.values_list("data", flat=True)))
    assert "sarcelle" not in everything.lower()
    assert "AB-123-CD" not in everything
