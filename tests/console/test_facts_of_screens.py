"""What the screens know of the facts is what the server says: the same kinds, the same fields, the same cards."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from dataclasses import fields
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.utils import timezone

import alerts.actions
import cameras.actions
from alerts.models import Alert
from console import snapshot
from events import tail
from events.facts import KINDS
from events.models import Event
from events.reader import Row
from incidents import actions
from incidents.models import Incident, IncidentStep, Nature, Procedure
from places.geometry import Point, destination
from tests.cast import SCHOOL, button, camera, habilitated, person, school

SCRIPTS = Path(__file__).resolve().parent.parent / "js"
TOLD = json.loads((SCRIPTS / "fixtures" / "facts.json").read_text())


def node(script: str, given: bytes = b"") -> dict[str, Any]:
    done = subprocess.run(["node", SCRIPTS / script], input=given, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)  # type: ignore[no-any-return]


@pytest.mark.parametrize("fact", TOLD, ids=lambda fact: f"{fact['id']} {fact['kind']}")
def test_the_scripts_are_tested_on_facts_the_server_could_have_told(fact: dict[str, Any]) -> None:
    kind = KINDS[fact["kind"]]
    assert set(fact["data"]) == {field.name for field in fields(kind)}
    assert kind(**fact["data"]).data() == fact["data"]


def test_every_kind_of_fact_is_handled_by_the_room_or_let_pass_on_purpose() -> None:
    said = node("handled.js")
    handled, silent = set(said["handled"]), set(said["silent"])
    assert not handled & silent
    assert handled | silent <= set(KINDS), "kinds no app declares"
    ours = {kind: fact for kind, fact in KINDS.items() if not kind.startswith("tests.")}
    heard = {kind for kind, fact in ours.items() if "room" in fact.audiences}
    assert heard == handled | silent


# The estate comes from cameras.json, and tests of buttons change no card: neither is told on the wall.
NOT_FOR_THE_WALL = {"alerts.tested", "alerts.message_sent"}


def test_the_wall_hears_whatever_changes_a_card() -> None:
    changing = {kind for kind in node("handled.js")["handled"] if kind.startswith(("alerts.", "incidents."))}
    deaf = {kind for kind in changing if "wall" not in KINDS[kind].audiences}
    assert deaf == NOT_FOR_THE_WALL


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("audience", ["room", "wall"])
def test_a_snapshot_and_the_facts_after_it_show_what_a_later_snapshot_shows(audience: str) -> None:
    lead = person("shift_lead")
    habilitated(lead)
    _city()
    early = _press("ECO-001")
    before = snapshot.state(lead)
    told = before["last"]
    frames = []
    for part in (_a_day_begins, _what_nobody_takes, _one_is_worked, _others_end):
        part(lead, early)
        after = snapshot.state(lead)
        frame = tail.encode(_log_after(told), audience)
        assert frame
        frames += json.loads(frame)["facts"]
        told = after["last"]
        both = node("retell.js", orjson.dumps({"before": before, "facts": frames, "after": after}))
        assert both["told"] == both["read"], part.__name__
    assert [card["number"] for card in both["read"]["closed"]], "the story closes something"
    assert both["read"]["real"], "and leaves something open"


def _log_after(event_id: int) -> list[Row]:
    columns = ("id", "at", "kind", "data", "actor_id", "correlation")
    return [Row(*row) for row in Event.objects.after(event_id).values_list(*columns)]


def _city() -> None:
    camera("C885", distance_m=40, bearing=200)
    camera("C412", distance_m=95, bearing=90)
    camera("C117", distance_m=30, bearing=300, state="lost")
    Procedure.objects.create(
        title="School", nature=Nature.ALERT_BUTTON, site_kind="school", steps=["Look", "Call", "Tell"]
    )
    for code, away_m, priority in [
        ("ECO-001", 0, 1),
        ("ECO-002", 30, 2),
        ("ECO-003", 900, 2),
        ("ECO-004", 1800, 1),
        ("ECO-005", 2700, 3),
    ]:
        button(school(code, at=destination(SCHOOL, 0, away_m), priority=priority))
    button(school("EXE-001", at=destination(SCHOOL, 180, 900), exercise=True))


def _press(code: str, **said: Any) -> Alert:
    return alerts.actions.receive_press(device=_device(code), **said)


def _device(code: str) -> Any:
    return alerts.models.AlertDevice.objects.get(site__code=code)


def _of(alert: Alert) -> Incident:
    return Incident.objects.get(causes__cause=f"alert:{alert.pk}")


def _a_day_begins(lead: Any, early: Alert) -> None:
    _press("ECO-001")
    alerts.actions.receive_cancel(device=_device("ECO-001"))
    _press("ECO-001", point=Point(SCHOOL.lat + 0.0001, SCHOOL.lon), accuracy_m=8)
    _press("ECO-002")
    _press("EXE-001")
    _press("ECO-003", at=timezone.now() - dt.timedelta(minutes=4))
    alerts.actions.receive_cancel(device=_device("ECO-003"))
    alerts.actions.receive_test(device=_device("ECO-004"))
    alerts.actions.receive_heartbeat(device=_device("ECO-004"))


def _what_nobody_takes(lead: Any, early: Alert) -> None:
    fourth = _press("ECO-004")
    alerts.actions.present(alert_ids=[early.pk, fourth.pk], actor=lead)
    alerts.actions.escalate(alert_ids=[early.pk, fourth.pk])
    _press("ECO-004")
    cameras.actions.report_lost(camera_id=cameras.models.Camera.objects.get(code="C412").pk, why="silent")


def _one_is_worked(lead: Any, early: Alert) -> None:
    incident = _of(early)
    operator = person("operator")
    habilitated(operator)
    actions.take(incident=incident, actor=operator, workstation="Poste 3")
    actions.take(incident=incident, actor=lead, workstation="Poste 1", take_over=True)
    actions.release(incident=incident, actor=lead)
    actions.take(incident=incident, actor=operator, workstation="Poste 3")
    actions.remove_doubt(incident=incident, founded=True, actor=operator)
    actions.set_state(incident=incident, state=Incident.State.DISPATCHED, actor=operator)
    actions.set_state(incident=incident, state=Incident.State.ON_SCENE, actor=operator)
    actions.set_priority(incident=incident, priority=2, actor=lead)
    actions.add_note(incident=incident, text="Two people at the gate", actor=operator)
    step = IncidentStep.objects.filter(incident=incident).first()
    assert step is not None
    actions.tick_step(step=step, done=True, actor=operator, by="Poste 3")
    alerts.actions.send_message(alert=early, text="Help is on its way", actor=operator)
    _press("ECO-002")


def _others_end(lead: Any, early: Alert) -> None:
    fifth = _press("ECO-005")
    actions.link(incident=_of(fifth), other=_of(early), actor=lead)
    third = Alert.objects.get(site__code="ECO-003")
    for alert, founded, outcome in [
        (fifth, True, Incident.Outcome.HELP),
        (third, False, Incident.Outcome.UNFOUNDED),
    ]:
        actions.take(incident=_of(alert), actor=lead, workstation="Poste 1")
        actions.remove_doubt(incident=_of(alert), founded=founded, actor=lead)
        actions.close(incident=_of(alert), outcome=outcome, actor=lead)
    _press("ECO-003")
