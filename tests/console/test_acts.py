"""The panel's buttons by HTTP: what they do, whom they refuse and how."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.conf import settings
from django.test import Client

import alerts.actions
from accounts.models import User
from console.models import Presence
from incidents.models import Incident, IncidentNote
from tests.cast import button, camera, may_film, person, school

pytestmark = pytest.mark.django_db(transaction=True)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


@pytest.fixture
def incident(transactional_db: None) -> Incident:
    may_film()
    camera("C885")
    alerts.actions.receive_press(device=button(school()))
    return Incident.objects.get()


def test_the_story_by_its_buttons(incident: Incident) -> None:
    client = client_of(person("operator"))
    base = f"/console/incidents/{incident.pk}"
    assert client.get("/console/").status_code == 200
    assert client.get(f"{base}/").status_code == 200
    for act, data in (
        ("take", {}),
        ("doubt", {"founded": "yes"}),
        ("state", {"state": "on_scene"}),
        ("note", {"text": "Two crews there", "at": "00:01"}),
        ("close", {"outcome": "help", "text": "All well"}),
    ):
        answer = client.post(f"{base}/{act}/", data)
        assert answer.status_code == 200, (act, answer.content.decode())
    incident.refresh_from_db()
    assert incident.is_closed
    assert incident.outcome == "help"
    assert incident.doubt == "founded"
    assert IncidentNote.objects.filter(incident=incident).count() == 2


def test_the_second_to_take_is_told_by_name(incident: Incident) -> None:
    first, second = client_of(person("operator", "one")), client_of(person("operator", "two"))
    assert first.post(f"/console/incidents/{incident.pk}/take/").status_code == 200
    answer = second.post(f"/console/incidents/{incident.pk}/take/")
    assert answer.status_code == 409
    holder = Incident.objects.get().holder
    assert holder in answer.content.decode()


@pytest.mark.parametrize("role", ["dpo", "admin", "elected", "site_contact", "technician"])
def test_other_roles_see_no_room(incident: Incident, role: str) -> None:
    client = client_of(person(role))
    assert client.get("/console/").status_code == 403
    assert client.get("/console/cameras.json").status_code == 403
    assert client.post(f"/console/incidents/{incident.pk}/take/").status_code in (403, 404)
    assert Incident.objects.get().taken_by is None


def test_nobody_signed_in_is_sent_to_sign_in(incident: Incident) -> None:
    for path in ("/console/", "/console/state.json", f"/console/incidents/{incident.pk}/", "/console/wall/"):
        answer = Client().get(path)
        assert answer.status_code == 302, path
        assert "/accounts/sign-in/" in answer.url


@pytest.mark.parametrize(
    ("act", "data", "status"),
    [
        ("doubt", {"founded": "perhaps"}, 400),
        ("state", {"state": "closed"}, 400),
        ("state", {"state": "flying"}, 400),
        ("close", {"outcome": ""}, 400),
        ("note", {"text": ""}, 400),
        ("note", {"text": "x" * 2001}, 400),
        ("note", {"text": "x", "at": "quarter past"}, 400),
        ("priority", {"priority": "1"}, 403),
        ("link", {"number": "I-1999-00001"}, 404),
        ("link", {"number": "1999"}, 404),
        ("note", {"text": "x", "corrects": "²"}, 400),
        ("message", {"text": "x", "alert_id": "9" * 5000}, 400),
    ],
)
def test_bad_input_is_refused_in_words_and_changes_nothing(
    incident: Incident, act: str, data: dict[str, str], status: int
) -> None:
    client = client_of(person("operator"))
    client.post(f"/console/incidents/{incident.pk}/take/")
    before = Incident.objects.values().get()
    answer = client.post(f"/console/incidents/{incident.pk}/{act}/", data)
    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    assert Incident.objects.values().get() == before
    assert not IncidentNote.objects.exists()


def test_a_get_changes_nothing(incident: Incident) -> None:
    assert client_of(person("operator")).get(f"/console/incidents/{incident.pk}/take/").status_code == 405


def test_without_the_token_of_the_page_nothing_is_done(incident: Incident) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(person("operator"), backend=settings.AUTHENTICATION_BACKENDS[-1])
    assert client.post(f"/console/incidents/{incident.pk}/take/").status_code == 403
    assert Incident.objects.get().taken_by is None


def test_the_snapshot_says_the_whole_room(incident: Incident) -> None:
    state = client_of(person("operator")).get("/console/state.json").json()
    [card] = state["incidents"]
    assert card["number"] == incident.number
    assert card["presses"] == 1
    assert [o["code"] for o in card["orders"]] == ["C885"]
    assert state["alerts"] == []
    assert state["last"] >= 3


def test_an_alert_whose_incident_is_still_owed_is_shown(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash between commit and reaction hides nothing."""
    monkeypatch.setattr("events.deliveries.run", lambda delivery_id: False)
    alert = alerts.actions.receive_press(device=button(school()))
    state = client_of(person("operator")).get("/console/state.json").json()
    assert [a["number"] for a in state["alerts"]] == [alert.number]


def test_the_supervisor_sees_what_is_owed_and_tries_again(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.deliveries.run", lambda delivery_id: False)
    alerts.actions.receive_press(device=button(school()))
    monkeypatch.undo()
    supervisor, operator = client_of(person("supervisor")), client_of(person("operator"))
    assert operator.get("/console/owed/").status_code == 403
    assert "alert_opens_incident" in supervisor.get("/console/owed/").content.decode()
    from events.models import Delivery

    assert supervisor.post(f"/console/owed/{Delivery.objects.get().pk}/again/").status_code == 302
    assert Incident.objects.count() == 1


def test_any_button_of_the_exercise_can_be_pressed_and_no_real_one(transactional_db: None) -> None:
    exercise = button(school("EXE-001", exercise=True))
    real = button(school("ECO-012"))
    lead = client_of(person("shift_lead"))
    page = lead.get("/console/exercise/").content.decode()
    assert exercise.code in page
    assert real.code not in page
    assert lead.post(f"/console/exercise/{exercise.code}/press/").status_code == 200
    assert lead.post(f"/console/exercise/{real.code}/press/").status_code == 404
    assert Incident.objects.get().exercise


def test_the_map_data_is_not_sent_twice(incident: Incident) -> None:
    client = client_of(person("operator"))
    first = client.get("/console/cameras.json")
    assert first.json()["features"][0]["properties"]["code"] == "C885"
    again = client.get("/console/cameras.json", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_the_command_bar_finds_cameras_sites_and_incidents(incident: Incident) -> None:
    client = client_of(person("operator"))
    kinds = {r["kind"] for r in client.get("/console/search.json", {"q": "School"}).json()["results"]}
    assert {"incident", "site"} <= kinds
    [found] = client.get("/console/search.json", {"q": "c88"}).json()["results"]
    assert (found["kind"], found["key"]) == ("camera", "C885")
    assert client.get("/console/search.json", {"q": "x"}).json()["results"] == []


@pytest.mark.parametrize("typed", ["1", "I-2026", "school eco", "00001"])
def test_the_command_bar_finds_an_incident_that_is_over(incident: Incident, typed: str) -> None:
    Incident.objects.update(number="I-2026-00001")
    client = client_of(person("operator"))
    for act, data in (("take", {}), ("doubt", {"founded": "no"}), ("close", {"outcome": "unfounded"})):
        assert client.post(f"/console/incidents/{incident.pk}/{act}/", data).status_code == 200
    found = client.get("/console/search.json", {"q": typed}).json()["results"][0]
    assert (found["kind"], found["label"], found["key"]) == ("incident", "I-2026-00001", str(incident.pk))
    assert dt.datetime.fromisoformat(found["at"]) == incident.opened_at


def test_the_lead_gives_an_incident_to_somebody_in_the_room(incident: Incident) -> None:
    operator, lead = person("operator"), person("shift_lead")
    fining = person("fine_agent")
    for user, seat in ((operator, "Poste 2"), (fining, "Poste 7")):
        Presence.objects.create(socket=uuid.uuid4(), user=user, label=user.label, workstation=seat)
    panel = client_of(lead).get(f"/console/incidents/{incident.pk}/").content.decode()
    assert "Poste 2" in panel
    assert "Poste 7" not in panel, "who takes no incident is not offered"
    assert "assign/" not in client_of(operator).get(f"/console/incidents/{incident.pk}/").content.decode()
    given = {"user_id": str(operator.pk)}
    assert client_of(operator).post(f"/console/incidents/{incident.pk}/assign/", given).status_code == 403
    assert client_of(lead).post(f"/console/incidents/{incident.pk}/assign/", given).status_code == 200
    assert Incident.objects.get().taken_by == operator
    assert (
        client_of(lead).post(f"/console/incidents/{incident.pk}/priority/", {"priority": "3"}).status_code
        == 200
    )
    assert Incident.objects.get().priority == 3
