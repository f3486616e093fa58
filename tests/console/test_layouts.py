"""Layouts of a room, wall tours, and what the shift lead puts on the wall (W-05, W-14)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

import alerts.actions
from accounts.models import User, Workstation
from accounts.roles import Role
from console.models import Layout, Wall, WallTour
from console.wall import actions
from doors.problems import NotAllowed, Refused
from events.models import Event
from incidents.models import Incident
from legal.models import Consultation
from tests.cast import button, camera, person, school

ROOM = "Salle 1"
CELLS: list[Any] = [{"camera": "C1", "live": True}, None, {"camera": "C2"}]


@pytest.fixture
def lead(db: None) -> User:
    camera("C1")
    camera("C2")
    Workstation.objects.create(code="poste-1", label="Poste 1", room=ROOM)
    return person(Role.SHIFT_LEAD)


class Desk:
    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])

    def post(self, path: str, **body: Any) -> HttpResponse:
        url = f"/console/{path}?room={ROOM}"
        return self.client.post(url, body, content_type="application/json")  # type: ignore[return-value]

    def state(self) -> Any:
        return self.client.get(f"/console/state.json?room={ROOM}").json()["wall"]


def test_a_layout_is_kept_for_the_room_and_found_again_by_its_name(lead: User) -> None:
    operator = Desk(person(Role.OPERATOR))
    assert operator.post("layouts/", name="Promenade", size=4, cells=CELLS).status_code == 201
    assert operator.post("layouts/", name="Promenade", size=9, cells=CELLS).status_code == 201
    [kept] = Desk(lead).client.get(f"/console/layouts.json?room={ROOM}").json()["layouts"]
    assert (kept["name"], kept["size"], len(kept["cells"])) == ("Promenade", 9, 9)
    assert kept["cells"][:3] == [{"camera": "C1", "live": True}, None, {"camera": "C2", "live": False}]
    assert Desk(lead).client.get("/console/layouts.json?room=").json()["layouts"] == []
    assert Desk(lead).post(f"layouts/{kept['id']}/remove/").status_code == 204
    assert not Layout.objects.exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": "", "size": 4, "cells": []}, "Give it a name"),
        ({"name": "x", "size": 5, "cells": []}, "1, 4, 9 or 16"),
        ({"name": "x", "size": 1, "cells": [None, None]}, "more cameras than tiles"),
        ({"name": "x", "size": 4, "cells": [{"camera": "C404"}]}, "no camera C404"),
        ({"name": "x", "size": 4, "cells": [{"tour": 77}]}, "no such tour"),
        ({"name": "x", "size": 4, "cells": [{"camera": "C1"}, {"camera": "C1"}]}, "one tile"),
        ({"name": "x", "size": 4, "cells": ["C1"]}, "a camera, a tour or nothing"),
    ],
)
def test_a_layout_that_makes_no_sense_is_refused_in_words(
    lead: User, said: dict[str, Any], words: str
) -> None:
    answer = Desk(lead).post("layouts/", **said)
    assert answer.status_code == 400
    assert words in answer.json()["title"]  # type: ignore[attr-defined]
    assert answer.json()["what_to_do"]  # type: ignore[attr-defined]


def test_the_lead_puts_it_on_the_wall_and_every_screen_is_told(lead: User) -> None:
    answer = Desk(lead).post("wall/push/", name="Promenade", size=4, cells=CELLS)
    assert answer.status_code == 200
    told = Event.objects.get(kind="console.wall_pushed")
    assert (told.data["room"], told.data["size"], told.actor_id) == (ROOM, 4, lead.pk)
    assert told.data["cells"] == Desk(lead).state()["cells"]
    assert told.data["cells"][3] is None, "a free place is a spot for alerts"

    actions.save_layout(room=ROOM, name="Promenade", size=1, cells=[{"camera": "C2"}], actor=lead)
    assert Desk(lead).state()["size"] == 4, "changing the layout changes no wall"
    Desk(lead).post("wall/push/", size=0)
    assert Desk(lead).state()["size"] == 0


def test_only_who_leads_the_room_puts_anything_on_its_wall(lead: User) -> None:
    operator = Desk(person(Role.OPERATOR))
    for path, body in [
        ("wall/push/", {"name": "x", "size": 4, "cells": CELLS}),
        ("wall/push/", {"size": 0}),
        ("tours/", {"name": "x", "purpose": "x", "stops": [{"cameras": ["C1"], "seconds": 10}]}),
    ]:
        answer = operator.post(path, **body)
        assert answer.status_code == 403
        assert "Lead the room" in answer.json()["title"]  # type: ignore[attr-defined]
    assert not Wall.objects.exists() and not Event.objects.filter(kind__startswith="console.").exists()
    assert Desk(person(Role.DPO)).post("layouts/", name="x", size=1, cells=[]).status_code == 403


def test_a_tour_stops_from_five_to_sixty_seconds_and_says_what_for(lead: User) -> None:
    def save(seconds: int = 10, purpose: str = "Schools at noon") -> WallTour:
        stops = [{"cameras": ["C1"], "seconds": seconds}, {"cameras": ["C2"], "seconds": 5}]
        return actions.save_tour(room=ROOM, name="Schools", purpose=purpose, stops=stops, actor=lead)

    for seconds in (4, 61):
        with pytest.raises(Refused, match="5 to 60"):
            save(seconds)
    with pytest.raises(Refused, match="what it is for"):
        save(purpose=" ")
    tour = save()
    actions.push_to_wall(room=ROOM, name="Day", size=4, cells=[{"tour": tour.pk}], actor=lead)
    assert Desk(lead).state()["tours"] == [actions.told(tour)], "the wall asks for nothing more"
    assert Desk(person(Role.OPERATOR)).post(f"tours/{tour.pk}/remove/").status_code == 403
    assert Desk(lead).post(f"tours/{tour.pk}/remove/").status_code == 204
    assert Desk(lead).state()["tours"] == []


def _shown(who: User, tour: str, at: dt.datetime) -> None:
    """A stop of this tour, as it stands in the audit log."""
    Consultation.objects.create(
        pk=Consultation.objects.count() + 1,
        begun_at=at,
        user=who,
        user_label=who.label,
        camera_code="C1",
        kind="tour",
        reason="tour",
        reference=tour,
        ground="x",
        hash="0" * 64,
    )


def test_a_tour_has_hours_and_a_report_of_looks_made_against_planned(lead: User) -> None:
    """W-05: two cameras a round of 20 s, from 22:00 to 02:00 on Fridays; some were shown, one outside its hours."""
    stops = [{"cameras": ["C1"], "seconds": 10}, {"cameras": ["C2"], "seconds": 10}]
    said = {"name": "Night", "purpose": "The bars", "stops": stops}
    for wrong in ([{"weekdays": [8], "starts": "22:00", "ends": "02:00"}], [{"weekdays": [5]}], "noon"):
        answer = Desk(lead).post("tours/", **said, hours=wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, "tour-hours")  # type: ignore[attr-defined]
    friday = [{"weekdays": [5], "starts": "22:00", "ends": "02:00"}]
    assert Desk(lead).post("tours/", **said, hours=friday).status_code == 201
    WallTour.objects.update(changed_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    zone = timezone.get_default_timezone()
    # A Friday night in February, over midnight.
    shown = [dt.datetime(2026, 2, 6, 22, 5), dt.datetime(2026, 2, 7, 1, 59), dt.datetime(2026, 2, 7, 2, 1)]
    for at in shown:
        _shown(lead, "Night", at.replace(tzinfo=zone))
    client = Desk(lead).client
    report = f"/console/tours/report.json?room={ROOM}"
    got = client.get(f"{report}&start=2026-02-05&end=2026-02-08").json()
    assert got["tours"] == [{"tour": "Night", "planned": 4 * 3600 // 20 * 2, "made": 2}]
    got = client.get(f"{report}&start=2026-02-06&end=2026-02-06").json()
    assert got["tours"] == [{"tour": "Night", "planned": 2 * 3600 // 20 * 2, "made": 1}]
    assert client.get(f"{report}&start=soon").status_code == 400
    page = client.get("/console/tours/report/?start=2026-02-05&end=2026-02-08").content.decode()
    assert "<td>1440</td><td>2</td>" in page.replace(" ", "").replace(",", "").replace("\xa0", "")
    assert client.get("/console/tours/report/?start=2026-02-08&end=2026-02-05").status_code == 400


@pytest.mark.django_db(transaction=True)
def test_an_alerts_tiles_are_given_back_once_by_who_works_incidents(lead: User) -> None:
    alerts.actions.receive_press(device=button(school(exercise=True)))
    incident = Incident.objects.get()
    with pytest.raises(NotAllowed):
        actions.give_back(room=ROOM, incident=incident, actor=person(Role.DPO))
    operator = Desk(person(Role.OPERATOR))
    for _ in range(2):
        assert operator.post("wall/give-back/", incident=incident.pk).status_code == 200
    assert operator.state()["given_back"] == [incident.pk]
    assert Event.objects.filter(kind="console.wall_given_back").count() == 1
