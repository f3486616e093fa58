"""The demonstration city loads quickly, twice, as an exercise and nothing else, and stands on its streets."""

from __future__ import annotations

import json
import re
import stat
import time
from pathlib import Path

import pytest
import shapely
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Habilitation, User
from accounts.roles import Role
from alerts.models import Alert, AlertDevice, Site, SiteContact
from cameras.models import Camera, Preset
from events.models import Event
from nice_supervision.demo import checking, kept
from nice_supervision.demo.files import document, table
from patrols.models import Unit
from places.geometry import Plane, Point
from places.models import Address, Sector
from tests.cast import camera, school

pytestmark = pytest.mark.django_db
STREETS = Path(__file__).resolve().parents[2] / "static" / "basemap" / "streets.geojson"


def load(*arguments: str) -> None:
    call_command("demo_city", *arguments, verbosity=0)


def counts() -> dict[str, int]:
    kinds = (Camera, Preset, Site, SiteContact, AlertDevice, Unit, User, Habilitation, Sector, Address, Event)
    return {kind.__name__: kind._default_manager.count() for kind in kinds}


def test_it_loads_quickly_and_is_in_order() -> None:
    began = time.monotonic()
    load()
    assert time.monotonic() - began < 10
    assert checking.problems() == []
    found = counts()
    assert 75 <= found["Camera"] <= 90
    assert 40 <= found["Site"] <= 45
    assert 190 <= found["Address"] <= 250


def test_twice_is_once(var: Path) -> None:
    load()
    before = counts(), (var / "demo-logins.json").read_text(), (var / "demo-buttons.json").read_text()
    load()
    assert (
        counts(),
        (var / "demo-logins.json").read_text(),
        (var / "demo-buttons.json").read_text(),
    ) == before


def test_what_people_changed_stays_changed() -> None:
    load()
    Site.objects.filter(code="ECO-012").update(access_notes="Portail repeint en bleu.")
    Camera.objects.filter(code="C885").update(state=Camera.State.MAINTENANCE)
    load()
    assert Site.objects.get(code="ECO-012").access_notes == "Portail repeint en bleu."
    assert Camera.objects.get(code="C885").state == Camera.State.MAINTENANCE


def test_everything_in_it_is_marked_as_exercise() -> None:
    load()
    for kind in (Camera, Site, AlertDevice, Unit):
        assert not kind._default_manager.filter(exercise=False).exists(), kind
    assert not User.objects.exclude(email__endswith="@exercice.invalid").exists()
    assert not Habilitation.objects.exclude(act__startswith="EXERCICE").exists()


@pytest.mark.parametrize("make", [lambda: school("ECO-999"), lambda: camera("C1")])
def test_it_stays_out_of_a_real_city(make: object) -> None:
    make()  # type: ignore[operator]
    with pytest.raises(CommandError, match="stays out"):
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
        answer = Client().post("/accounts/sign-in/", said)
        assert answer.status_code == 302, login["username"]


def test_secrets_are_for_the_owner_of_the_folder_only(var: Path) -> None:
    load()
    for name in ("demo-logins.json", "demo-buttons.json"):
        assert stat.S_IMODE((var / name).stat().st_mode) == 0o600


def test_a_lost_file_of_logins_is_written_anew_and_works(var: Path) -> None:
    load()
    before = kept.logins()[0]["password"]
    (var / "demo-logins.json").unlink()
    load()
    after = kept.logins()[0]["password"]
    assert after != before
    assert all(user.check_password(after) for user in User.objects.all()[:2])


def test_the_two_keys_press_their_buttons(client: Client) -> None:
    load()
    buttons = kept.buttons()
    assert {button["site"] for button in buttons} == {"ECO-012", "COM-004"}
    for button in buttons:
        assert button["link"] == f"/button/#key={button['key']}"
        headers = {"Authorization": f"Device {button['key']}", "Idempotency-Key": f"press-{button['site']}"}
        answer = client.post("/api/v1/alerts/", '{"kind": "press"}', "application/json", headers=headers)
        assert answer.status_code == 201
    assert Alert.objects.filter(exercise=True).count() == 2


def test_a_key_that_was_taken_back_is_replaced(var: Path) -> None:
    load()
    old = kept.buttons()
    AlertDevice.objects.get(code="BTN-ECO-012").keys.update(revoked_at="2026-01-01T00:00:00Z")
    load()
    assert kept.buttons()[0]["key"] != old[0]["key"]
    assert kept.buttons()[1] == old[1]


def test_the_school_of_the_story_is_looked_at_and_one_camera_says_why_not() -> None:
    load()
    considered = Camera.objects.considered_for(Site.objects.get(code="ECO-012").point, exercise=True)
    assert {"C885", "C412", "C903"} <= {sight.camera.code for sight in considered.sights}
    assert "lost" in {out.why.code for out in considered.left_out if out.camera.code == "C117"}


def test_cameras_stand_on_streets_and_squares_and_sites_beside_them() -> None:
    plane = Plane(Point(43.70, 7.26))
    drawn = shapely.MultiLineString(
        [
            [plane.xy_m(Point(lat, lon)) for lon, lat in feature["geometry"]["coordinates"]]
            for feature in json.loads(STREETS.read_text())["features"]
        ]
    )
    far = {}
    for row in [*table("cameras.csv"), *table("sites.csv")]:
        if row.get("lat"):
            away = drawn.distance(shapely.Point(plane.xy_m(Point(float(row["lat"]), float(row["lon"])))))
            if away > 80:
                far[row.get("name", "")] = round(away)
    # Thermal cameras watch woods and water, from where these are seen.
    assert {name for name in far if not name.startswith("Thermique")} <= {"Gare de Saint-Augustin, parvis"}, (
        far
    )


def test_every_site_and_camera_lies_in_the_sector_it_names() -> None:
    load()
    sectors = {sector.code: sector for sector in Sector.objects.all()}
    for site in Site.objects.all():
        assert sectors[site.sector_code].contains(site.point), site
    for one in Camera.objects.select_related("sector"):
        assert one.sector is not None
        assert one.sector.contains(one.point), one


def test_sectors_do_not_overlap() -> None:
    areas = [
        shapely.Polygon(f["geometry"]["coordinates"][0]) for f in document("sectors.geojson")["features"]
    ]
    together = shapely.union_all(areas).area
    assert sum(area.area for area in areas) == pytest.approx(together, rel=1e-3)


def test_telephone_numbers_are_of_the_range_kept_for_fiction() -> None:
    numbers = [row["phone"] for name in ("sites.csv", "contacts.csv") for row in table(name)]
    assert all(re.fullmatch(r"04 65 71 \d\d \d\d", number) for number in numbers)
    assert len(set(numbers)) == len(numbers)


def test_steps_of_procedures_fit_on_a_line() -> None:
    for sheet in document("procedures.json"):
        assert 5 <= len(sheet["steps"]) <= 8
        assert all(len(step) <= 120 for step in sheet["steps"])


def test_check_says_what_is_wrong() -> None:
    load()
    Camera.objects.update(state=Camera.State.RETIRED)
    User.objects.filter(username="dpo1").delete()
    with pytest.raises(CommandError) as told:
        load("--check")
    assert "no camera sees it" in str(told.value)
    assert "dpo1" in str(told.value)


def test_it_fills_up_to_the_size_of_a_bench() -> None:
    load("--cameras", "300", "--sites", "60", "--units", "40")
    assert (Camera.objects.count(), Site.objects.count(), Unit.objects.count()) == (300, 60, 40)
    assert not Camera.objects.filter(exercise=False).exists()
    load("--cameras", "300", "--sites", "60", "--units", "40")
    assert Camera.objects.count() == 300
