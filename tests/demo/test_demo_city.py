"""The demonstration city loads quickly, twice, and as an exercise and nothing else."""

from __future__ import annotations

import io
import json
import re
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.models import Habilitation, User
from accounts.roles import Role
from alerts.models import Alert, AlertDevice, Site, SiteContact
from cameras.masks.standing import burnt_in, standings
from cameras.models import Camera, Preset
from detection import plan
from detection.models import Profile
from events.models import Event
from footage.models import Source
from nice_supervision.demo import checking, kept
from nice_supervision.start.life import Run
from patrols.models import Unit
from places.models import Address, Sector
from tests.cast import camera, school

pytestmark = pytest.mark.django_db


def load(*arguments: str) -> None:
    call_command("demo_city", *arguments, verbosity=0)


def state(var: Path) -> list[object]:
    kinds = (Camera, Preset, Site, SiteContact, AlertDevice, Unit, User, Habilitation, Sector, Address, Event)
    files = [(var / name).read_text() for name in ("demo-logins.json", "demo-buttons.json")]
    return [*(kind._default_manager.count() for kind in kinds), *files]


def test_it_loads_quickly_and_is_in_order() -> None:
    with CaptureQueriesContext(connection) as queries:
        began = time.process_time()
        load()
        took_s = time.process_time() - began
    assert took_s < 6  # our own time: how long others run on this machine is not ours
    assert len(queries) < 3_000
    assert checking.problems() == []
    assert 75 <= Camera.objects.count() <= 90
    assert 40 <= Site.objects.count() <= 45
    assert 190 <= Address.objects.count() <= 250
    everything_is_marked_as_exercise()
    what_shows_pictures_was_checked_and_one_camera_has_a_mask()
    the_school_is_looked_at_and_one_camera_says_why_not()


def what_shows_pictures_was_checked_and_one_camera_has_a_mask() -> None:
    shown = list(Camera.objects.filter(source__isnull=False))
    assert len(shown) == 16
    assert all(standing.shown for standing in standings(shown).values())
    (masked,) = burnt_in(shown)
    assert Camera.objects.get(pk=masked).kind == Camera.Kind.FIXED


def everything_is_marked_as_exercise() -> None:
    for kind in (Camera, Site, AlertDevice, Unit):
        assert not kind._default_manager.filter(exercise=False).exists(), kind
    assert not User.objects.exclude(email__endswith="@exercice.invalid").exists()
    assert not Habilitation.objects.exclude(act__startswith="EXERCICE").exists()


def the_school_is_looked_at_and_one_camera_says_why_not() -> None:
    considered = Camera.objects.considered_for(Site.objects.get(code="ECO-012").point, exercise=True)
    assert {"C885", "C412", "C903"} <= {sight.camera.code for sight in considered.sights}
    assert "lost" in {out.why.code for out in considered.left_out if out.camera.code == "C117"}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_whoever_waits_for_it_sees_how_far_it_is_and_how_to_begin(
    var: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    call_command("demo_city")
    drawn = re.findall(r"demonstration: +(\d+)%", screen.getvalue())
    assert len(drawn) > 10 and drawn[-1] == "100"
    assert "sites: 41" in capsys.readouterr().out
    story = "\n".join(Run(var, "127.0.0.1", 8111, {}, demo=True)._story())
    assert f"NICE_VAR={var}" in story and "manage.py press --site ECO-012" in story
    assert f"http://localhost:8111/button/#key={kept.buttons()[0]['key']}" in story


def test_twice_is_once_and_undoes_nobodys_work(var: Path) -> None:
    load()
    Site.objects.filter(code="ECO-012").update(access_notes="Portail repeint en bleu.")
    Camera.objects.filter(code="C885").update(state=Camera.State.MAINTENANCE)
    before = state(var)
    load()
    assert state(var) == before
    assert Site.objects.get(code="ECO-012").access_notes == "Portail repeint en bleu."
    assert Camera.objects.get(code="C885").state == Camera.State.MAINTENANCE


@pytest.mark.parametrize("real", [lambda: school("ECO-999"), lambda: camera("C1")])
def test_it_stays_out_of_a_real_city(real: Callable[[], object]) -> None:
    real()
    with pytest.raises(CommandError, match="real cameras or sites"), translation.override("en"):
        load()
    assert not User.objects.exists()


def test_it_takes_no_account_of_somebody_else() -> None:
    User.objects.create_user("admin1", email="somebody@example.org", password="their own long password")
    with pytest.raises(CommandError, match="admin1"):
        load()
    assert User.objects.get().check_password("their own long password")
    assert not Camera.objects.exists()


def test_every_role_signs_in_with_what_was_written_down(var: Path) -> None:
    load()
    logins = json.loads((var / "demo-logins.json").read_text())
    assert {login["role"] for login in logins} == set(Role.values)
    for login in {login["role"]: login for login in logins}.values():
        said = {"username": login["username"], "password": login["password"]}
        assert Client().post("/accounts/sign-in/", said).status_code == 302, login["username"]
    for name in ("demo-logins.json", "demo-buttons.json"):
        assert stat.S_IMODE((var / name).stat().st_mode) == 0o600


def test_a_lost_file_of_logins_is_written_anew_and_works(var: Path) -> None:
    load()
    before = kept.logins()[0]["password"]
    (var / "demo-logins.json").unlink()
    load()
    after = kept.logins()[0]["password"]
    assert after != before
    assert User.objects.get(username="chef1").check_password(after)


def test_the_two_keys_press_their_buttons_and_are_replaced_when_taken_back(client: Client) -> None:
    load()
    buttons = kept.buttons()
    assert [button["site"] for button in buttons] == ["ECO-012", "COM-004"]
    for button in buttons:
        assert button["link"] == f"/button/#key={button['key']}"
        headers = {"Authorization": f"Device {button['key']}", "Idempotency-Key": f"press-{button['site']}"}
        answer = client.post("/api/v1/alerts/", '{"kind": "press"}', "application/json", headers=headers)
        assert answer.status_code == 201
    assert Alert.objects.filter(exercise=True).count() == 2
    AlertDevice.objects.get(code="BTN-ECO-012").keys.update(revoked_at="2026-01-01T00:00:00Z")
    load()
    assert kept.buttons()[0]["key"] != buttons[0]["key"]
    assert kept.buttons()[1] == buttons[1]


def test_check_changes_nothing_and_says_what_is_wrong() -> None:
    with pytest.raises(CommandError, match="not loaded"):
        load("--check")
    assert not Camera.objects.exists()
    load()
    Camera.objects.update(state=Camera.State.RETIRED)
    User.objects.filter(username="dpo1").update(is_active=False)
    with pytest.raises(CommandError) as told:
        load("--check")
    assert "no camera sees it" in str(told.value)
    assert "dpo1" in str(told.value)


def test_it_fills_up_to_the_size_of_a_bench() -> None:
    for _n in range(2):
        load("--cameras", "300", "--sites", "60", "--units", "40")
        assert (Camera.objects.count(), Site.objects.count(), Unit.objects.count()) == (300, 60, 40)
    assert not Camera.objects.filter(exercise=False).exists()


def test_software_watches_one_drawn_square_and_nothing_real() -> None:
    load()
    [watch] = plan.watched(timezone.now())
    assert (watch.event_type, watch.exercise, len(watch.ground)) == ("abandoned_object", True, 2)
    assert Source.objects.get(camera=watch.camera_id).url == "square_bag"
    assert Profile.objects.filter(enabled_at=None).count() == 4
