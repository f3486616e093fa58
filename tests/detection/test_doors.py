"""The page, the report, REST and the administration's zones: what they show, do and refuse."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from detection import actions
from detection.models import (
    AnalyticsAuthorisation,
    DetectorModel,
    Profile,
    Signal,
    Stop,
    Trial,
    UseRecord,
    WatchState,
    Zone,
)
from detection.version import SOFTWARE
from legal.models import Consultation
from places import areas
from places.geometry import Point
from tests import cast
from tests.detection.cast import authorisation, profile, street

pytestmark = pytest.mark.django_db
FAR = Point(48.85, 2.35)


@pytest.fixture
def supervisor() -> User:
    person = cast.person("supervisor")
    cast.habilitated(person)
    return person


def door(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def raised(row: Profile, key: str = "a") -> Signal:
    now = timezone.now()
    boxes = [{"at": round(now.timestamp() * 1000), "box": [0.5, 0.5, 0.1, 0.1]}]
    measured = {"seconds": 31.0, "size_m": 0.4}
    return actions.raise_signal(profile_id=row.pk, key=key, at=now, boxes=boxes, score=0.7, measured=measured)


def test_the_page_says_what_watches_by_what_right_and_what_is_not_built(supervisor: User) -> None:
    real = profile(street("R1", exercise=False))
    act = authorisation(real.zone.camera)
    actions.enable_profile(actor=supervisor, profile=real, why="Match")
    drill = actions.enable_profile(actor=supervisor, profile=profile(street("E1")), why="Drill")
    raised(drill)
    page = door(supervisor).get("/detection/").content.decode()
    for words in ("R1", act.number, "E1", "exercise", "Weapons", "Présence d’objets", "Match"):
        assert words in page or words.replace("Présence d’objets", "Presence of abandoned") in page
    assert "2 watch now" in page


def test_where_people_are_counted_the_board_says_how_full_it_is(supervisor: User) -> None:
    row = actions.enable_profile(actor=supervisor, profile=profile(code="crowd_density"), why="Drill")
    WatchState.objects.create(camera=row.zone.camera, due=True, crowds={str(row.pk): [9, 20]})
    assert "busy: 9 of 20" in door(supervisor).get("/detection/").content.decode()


def test_switch_stop_and_allow_by_the_page(supervisor: User) -> None:
    row = profile()
    client = door(supervisor)
    assert (
        client.post(f"/detection/profiles/{row.pk}/switch/", {"to": "on", "why": "Drill"}).status_code == 302
    )
    row.refresh_from_db()
    assert row.is_on
    operator = door(cast.person("operator"))
    assert operator.post("/detection/stop/", {"why": "Doubt"}).status_code == 302
    assert Stop.objects.get().why == "Doubt"
    assert operator.post("/detection/allow/", {"why": "no"}).status_code == 403
    assert "Everything is stopped" in operator.get("/detection/").content.decode()
    assert client.post("/detection/allow/", {"why": "Looked at"}).status_code == 302
    real = profile(street("R1", exercise=False))
    refused = client.post(f"/detection/profiles/{real.pk}/switch/", {"to": "on", "why": "Match"})
    assert refused.status_code == 403
    assert "No authorisation in force covers" in refused.content.decode()


@pytest.mark.parametrize("role", ["technician", "fine_agent", "call_taker", "admin"])
def test_it_is_closed_to_who_has_nothing_to_do_with_it(role: str) -> None:
    assert door(cast.person(role)).get("/detection/").status_code == 403


def test_the_dpo_reads_everything_and_may_stop_it() -> None:
    dpo = door(cast.person("dpo"))
    actions.enable_profile(actor=None, profile=profile(), why="Drill")
    assert dpo.get("/detection/").status_code == 200
    assert dpo.get("/detection/week/").status_code == 200
    assert dpo.post("/detection/stop/", {"why": "Complaint"}).status_code == 302


def test_the_report_of_the_week_keeps_exercises_apart(supervisor: User) -> None:
    real = profile(street("R1", exercise=False))
    act = authorisation(real.zone.camera)
    actions.enable_profile(actor=supervisor, profile=real, why="=cmd()")
    actions.enable_profile(actor=supervisor, profile=profile(street("E1")), why="Drill")
    raised(real)
    client = door(supervisor)
    page = client.get("/detection/week/").content.decode()
    real_part, drill_part = page.split("Drawn or staged pictures")
    assert "R1" in real_part and act.number in real_part and "E1" not in real_part
    assert "E1" in drill_part
    sheet = client.get("/detection/register.csv").content.decode()
    assert "'=cmd()" in sheet and "Drill" not in sheet
    assert client.get("/detection/week/?week=2026-99-99").status_code == 200
    assert client.get("/detection/week/?week=0001-01-01").status_code == 200


def test_signals_by_rest_are_those_one_may_see(supervisor: User) -> None:
    card = raised(actions.enable_profile(actor=None, profile=profile(), why="Drill"))
    client = APIClient()
    client.force_login(supervisor)
    [told] = client.get("/api/v1/signals/?state=pending&camera=C101").json()["signals"]
    assert told["id"] == card.pk and "boxes" not in told
    assert told["measured"] == "A thing of about 0.4 m, nobody with it for 31 s."
    assert client.get("/api/v1/signals/?event_type=fire_start").json()["signals"] == []
    answer = client.post(f"/api/v1/signals/{card.pk}/judgement/", {"verdict": "rejected"}, format="json")
    assert answer.status_code == 400 and answer.json()["code"] == "verdict-reason"
    answer = client.post(
        f"/api/v1/signals/{card.pk}/judgement/", {"verdict": "rejected", "reason": "light"}, format="json"
    )
    assert answer.json()["state"] == "rejected"
    again = client.post(f"/api/v1/signals/{card.pk}/judgement/", {"verdict": "confirmed"}, format="json")
    assert again.status_code == 409
    client.force_login(cast.person("operator"))  # no habilitation: no camera of theirs
    assert client.get("/api/v1/signals/").json()["signals"] == []
    assert client.get(f"/api/v1/signals/{card.pk}/").status_code == 404
    client.force_login(cast.person("technician"))
    assert client.get("/api/v1/signals/").status_code == 403


def test_profiles_and_the_stop_by_rest(supervisor: User) -> None:
    row = profile()
    client = APIClient()
    client.force_login(supervisor)
    path = f"/api/v1/detection/profiles/{row.pk}/switch/"
    assert client.post(path, {"on": True, "why": "Drill"}, format="json").json()["watches"] is True
    assert client.post("/api/v1/detection/stop/", {"why": "x"}, format="json").json()["stopped"] is True
    told = client.get("/api/v1/detection/profiles/").json()
    assert told["stopped"] is True and told["profiles"][0]["why_not"] == "stopped"
    assert client.post("/api/v1/detection/allow/", {"why": "y"}, format="json").status_code == 200
    assert client.post(path, {"on": False, "why": "Over", "who": 1}, format="json").status_code == 400


def test_the_panel_answers_and_shows_the_moment_after_writing_it_down(supervisor: User) -> None:
    card = raised(actions.enable_profile(actor=None, profile=profile(), why="Drill"))
    client = door(supervisor)
    page = client.get(f"/console/signals/{card.pk}/").content.decode()
    assert 'data-key="F"' in page and "exercise" in page
    assert "nobody with it for 31 s" in page, "what was measured, beside how sure it is"
    state = client.get("/console/state.json").json()
    assert [one["signal_id"] for one in state["signals"]] == [card.pk]
    assert client.get("/console/state.json?room=1").json()["signals"] == []
    refused = client.post(f"/console/signals/{card.pk}/judge/", {"verdict": "rejected"})
    assert refused.status_code == 400 and "needs its reason" in refused.content.decode()
    done = client.post(f"/console/signals/{card.pk}/judge/", {"verdict": "rejected", "reason": "light"})
    assert done.status_code == 200 and "Rejected" in done.content.decode()
    assert door(cast.person("operator")).get(f"/console/signals/{card.pk}/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_clip_is_a_consultation_with_where_the_boxes_were(supervisor: User) -> None:
    card = raised(actions.enable_profile(actor=None, profile=profile(), why="Drill"))
    told = door(supervisor).post(f"/console/signals/{card.pk}/clip/").json()
    assert told["boxes"]["C101"][0]["box"] == [0.5, 0.5, 0.1, 0.1]
    look = Consultation.objects.get()
    assert (look.kind, look.reference, look.camera_code) == ("preroll", f"S-{card.pk}", "C101")
    assert look.period_to is not None and look.period_from is not None
    assert (look.period_to - look.period_from).total_seconds() <= 120


def test_a_zone_is_drawn_and_its_drawing_holds_together(supervisor: User) -> None:
    row = actions.enable_profile(actor=None, profile=profile(), why="Drill")
    client = door(supervisor)
    address = f"/admin/detection/zone/{row.zone_id}/draw/"
    assert client.get(address).status_code == 200
    ground = [
        {"from": [0.1, 0.9], "to": [0.5, 0.9], "metres": 3.5},
        {"from": [0.3, 0.5], "to": [0.5, 0.5], "metres": 3.5},
    ]
    points = [[0, 0], [1, 0], [1, 1]]
    client.post(address, {"points": json.dumps(points), "ground": json.dumps(ground)})
    zone = Zone.objects.get(pk=row.zone_id)
    assert (len(zone.points), zone.ground[0]["metres"]) == (3, 3.5)
    assert UseRecord.objects.first().kind == UseRecord.Kind.CHANGED  # type: ignore[union-attr]
    for wrong in ("[[0,0],[2,0],[1,1]]", "[[0,0],[1,0]]", "nonsense", "{}"):
        client.post(address, {"points": wrong, "ground": "[]"})
        zone.refresh_from_db()
        assert len(zone.points) == 3 and zone.ground
    assert door(cast.person("operator")).get(address).status_code in (302, 403)


def test_thresholds_and_hours_are_set_in_the_administration(supervisor: User) -> None:
    row = profile()
    client = door(supervisor)
    address = f"/admin/detection/profile/{row.pk}/change/"
    page = client.get(address).content.decode()
    assert "owner farther than (m)" in page
    given: dict[str, Any] = {
        "zone": row.zone_id,
        "event_type": row.event_type_id,
        "detector": row.detector_id,
        "threshold_away_m": "3",
        "threshold_alone_s": "45",
        "threshold_still_s": "10",
        "days_0": ["4", "5"],
        "start_0": "22:00",
        "until_0": "06:00",
    }
    assert client.post(address, given).status_code == 302
    row.refresh_from_db()
    assert row.parameters["alone_s"] == 45
    assert row.schedule == [{"days": [4, 5], "start": "22:00", "until": "06:00"}]
    assert client.post(address, given | {"threshold_alone_s": "1"}).status_code == 200


def test_whether_vehicles_count_is_a_box_to_tick(supervisor: User) -> None:
    row = profile(code="zone_intrusion")
    client, address = door(supervisor), f"/admin/detection/profile/{row.pk}/change/"
    page = client.get(address).content.decode()
    assert 'type="checkbox" name="threshold_vehicles"' in page and "vehicles, too" in page
    given = {"zone": row.zone_id, "event_type": row.event_type_id, "detector": row.detector_id}
    for ticked, kept in (({"threshold_vehicles": "on"}, 1.0), ({}, 0.0)):
        assert client.post(address, {**given, "threshold_stay_s": "2", **ticked}).status_code == 302
        row.refresh_from_db()
        assert row.parameters == {"stay_s": 2.0, "vehicles": kept}


def test_recordings_of_a_street_are_gone_over_only_where_they_could_have_been_watched(
    supervisor: User,
) -> None:
    """L-28: software that searches recordings is analysis too."""
    row = profile(street("R1", exercise=False))
    client = door(supervisor)
    address = f"/admin/detection/zone/{row.zone_id}/try/"
    asked = {
        "event_type": "abandoned_object",
        "detector": DetectorModel.objects.get().pk,
        "recordings": "1",
    }
    assert "may not go over" in client.post(address, asked).content.decode()
    assert Trial.objects.count() == 0
    drill = profile(street("E1"))
    client.post(f"/admin/detection/zone/{drill.zone_id}/try/", asked)
    assert Trial.objects.get().state == Trial.State.WAITING
    assert UseRecord.objects.get().kind == UseRecord.Kind.TRIED


def test_an_authorisation_is_recorded_by_who_keeps_the_acts_and_withdrawn_on_the_board(
    supervisor: User,
) -> None:
    camera = street("R1", exercise=False)
    client = door(supervisor)
    address = "/admin/detection/analyticsauthorisation/add/"
    assert 'data-sector-map="perimeter"' in client.get(address).content.decode()
    now = timezone.localtime()
    given: dict[str, Any] = {
        "text": "loi 2023-380 art. 10",
        "number": "AP-2027-31",
        "authority": "Préfet",
        "occasion": "Carnaval",
        "event_types": ["abandoned_object"],
        "place_classes": ["public_road"],
        "camera_codes": "R1",
        "perimeter": json.dumps(areas.circle(camera.point, 200)),
        "starts_at_0": f"{now:%Y-%m-%d}",
        "starts_at_1": "00:00",
        "ends_at_0": f"{now.year + 1}-01-31",
        "ends_at_1": "23:00",
        "software_version": SOFTWARE,
        "aipd": "AIPD-7",
        "aipd_document": ContentFile(b"%PDF-1.7 assessment", "aipd.pdf"),
        "model_card": "https://city.example/cards/4",
    }
    elsewhere = {"perimeter": json.dumps(areas.circle(FAR, 200))}
    unread = [{"aipd": ""}, {"model_card": "in a drawer"}, {"model_card": "javascript:alert(1)"}]
    for wrong in ({"camera_codes": "R9"}, elsewhere, *unread):
        given["aipd_document"].seek(0)
        assert client.post(address, given | wrong).status_code == 200
    assert AnalyticsAuthorisation.objects.count() == 0
    given["aipd_document"].seek(0)
    assert client.post(address, given).status_code == 302
    act = AnalyticsAuthorisation.objects.get()
    assert act.recorded_by == supervisor
    changed = client.post(address.replace("add", f"{act.pk}/change"), given | {"camera_codes": "R1, R2"})
    assert changed.status_code == 403, "what was recorded is not changed"
    assessment = f"/detection/authorisations/{act.pk}/papers/aipd/"
    for page in ("/detection/", address.replace("add", f"{act.pk}/change")):
        shown = client.get(page).content.decode()
        assert f'<a href="{assessment}">AIPD-7</a>' in shown
        assert '<a href="https://city.example/cards/4">' in shown
    assert b"".join(client.get(assessment)) == b"%PDF-1.7 assessment"
    assert client.get(assessment.replace("aipd", "document")).status_code == 404
    operator = door(cast.person("operator"))
    assert operator.get(assessment).status_code == 404
    row = actions.enable_profile(actor=supervisor, profile=profile(camera), why="Carnival")
    client.post(f"/detection/authorisations/{act.pk}/withdraw/", {"why": "Cancelled"})
    row.refresh_from_db()
    assert not row.is_on
    assert operator.post(f"/detection/authorisations/{act.pk}/withdraw/", {"why": "x"}).status_code == 404
