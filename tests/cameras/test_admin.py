"""The estate through the administration: forms go through the actions, files are compared before they count."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from cameras.models import Camera, CameraImport, Preset
from events.models import Event
from places import areas
from places.models import Sector
from tests.cameras.estate import PLACE, camera, dome
from tests.cameras.people import operator, person, technician

pytestmark = pytest.mark.django_db
LIST = "/admin/cameras/camera/"


def signed_in(user: User) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def desk() -> Client:
    return signed_in(technician())


def form_of(made: Camera | None = None, **changes: Any) -> dict[str, Any]:
    """What the browser sends for a camera's form."""
    fields = {
        "code": "C1", "name": "Masséna", "kind": "fixed", "owner": "", "lat": PLACE.lat, "lon": PLACE.lon,
        "height_m": 6, "mounting_azimuth_deg": 0, "tilt_deg": 0, "hfov_deg": 90, "hfov_tele_deg": 90,
        "width_px": 1920, "height_px": 1080, "range_m": 100, "purpose": 5, "objective": "", "state": "planned",
        "authorisation_reference": "", "visible_area": "",
    }  # fmt: skip
    if made:
        fields |= {name: getattr(made, name) for name in fields if name != "visible_area"}
        fields["exercise"] = "on" if made.exercise else ""
    inline = {"positions-TOTAL_FORMS": 0, "positions-INITIAL_FORMS": 0}
    return {name: value for name, value in (fields | changes | inline).items() if value not in (None, "")}


def words(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


def test_a_camera_is_registered_by_the_form(desk: Client) -> None:
    answer = desk.post(f"{LIST}add/", form_of())
    assert answer.status_code == 302, answer.context["errors"]
    assert Camera.objects.get().positions.count() == 1
    assert Event.objects.get().kind == "cameras.registered"


def test_a_form_that_does_not_hold_together_says_why(desk: Client) -> None:
    answer = desk.post(f"{LIST}add/", form_of(state="live", hfov_tele_deg=95))
    assert answer.status_code == 200
    assert set(answer.context["adminform"].form.errors) == {"authorisation_reference", "hfov_tele_deg"}
    assert not Camera.objects.exists()


def test_dragging_a_camera_sends_it_back_to_be_declared(desk: Client) -> None:
    made = camera("C1")
    answer = desk.post(f"{LIST}{made.pk}/change/", form_of(made, lat=made.lat + 0.001), follow=True)
    made.refresh_from_db()
    assert made.state == "to_declare"
    assert "C1 has moved" in words(answer)
    assert [event.kind for event in Event.objects.order_by("id")] == [
        "cameras.mask_check_ended",
        "cameras.moved",
    ]


def test_the_form_of_a_camera_has_its_map_and_keeps_the_csp(desk: Client) -> None:
    made = camera("C1", sector=Sector.objects.create(code="N", name="North"))
    page = desk.get(f"{LIST}{made.pk}/change/").content.decode()
    assert "data-camera-map" in page
    assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>\s*\S", page)
    assert not re.search(r"<[^>]+\sstyle=", page)


def test_actions_of_the_list_change_state(desk: Client) -> None:
    one, two = camera("C1"), camera("C2", exercise=False, state="to_declare")
    chosen = {"action": "put_in_service", "_selected_action": [one.pk, two.pk]}
    answer = desk.post(LIST, chosen, follow=True)
    assert "C2" in words(answer)  # no authorisation
    desk.post(LIST, chosen | {"action": "put_under_maintenance", "_selected_action": [one.pk]})
    assert list(Camera.objects.order_by("code").values_list("state", flat=True)) == [
        "maintenance",
        "to_declare",
    ]


def test_a_camera_is_never_deleted(desk: Client) -> None:
    assert desk.post(f"{LIST}{camera('C1').pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_preset_of_a_real_camera_needs_its_masks_checked(desk: Client) -> None:
    made = dome("C1", exercise=False, authorisation_reference="2026-1")
    form = {
        "camera": made.pk,
        "number": 1,
        "name": "Gate",
        "pan_deg": 0,
        "tilt_deg": 0,
        "zoom": 0,
        "site_codes": "ECO-1",
    }
    answer = desk.post("/admin/cameras/preset/add/", form, follow=True)
    assert "masks" in words(answer)
    desk.post("/admin/cameras/preset/add/", form | {"mask_checked_on": "2026-11-01"})
    assert Preset.objects.get().site_codes == ["ECO-1"]


@pytest.mark.parametrize(
    "path", ["", "add/", "import/", "export.csv", "export.geojson", "/admin/cameras/cameraimport/"]
)
def test_an_operator_has_no_desk(path: str) -> None:
    answer = signed_in(operator()).get(path if path.startswith("/") else LIST + path)
    assert answer.status_code in (302, 403)


def upload(desk: Client, content: bytes, name: str = "cameras.csv") -> Any:
    return desk.post(f"{LIST}import/", {"file": SimpleUploadedFile(name, content)}, follow=True)


def test_a_file_is_compared_then_confirmed(desk: Client) -> None:
    camera("C1", name="Old", lat=43.7, lon=7.27)
    page = upload(desk, b"code;name;lat;lon\nC1;New;43.7;7.27\nC9;Nine;43.71;7.28\n")
    taken = CameraImport.objects.get()
    assert page.redirect_chain[-1][0] == f"/admin/cameras/cameraimport/{taken.pk}/change/"
    text = page.content.decode()
    assert "<del>Old</del>" in text
    assert "<ins>Nine</ins>" in text
    places = re.search(r'id="import-steps" type="application/json">(.*?)</script>', text)
    assert places
    assert [place["code"] for place in json.loads(places[1])] == ["C1", "C9"]
    assert Camera.objects.count() == 1
    answer = desk.post(f"/admin/cameras/cameraimport/{taken.pk}/confirm/", follow=True)
    assert "1 camera added, 1 changed" in words(answer)
    assert set(Camera.objects.values_list("code", "name")) == {("C1", "New"), ("C9", "Nine")}
    taken.refresh_from_db()
    assert (taken.state, taken.uploaded_by, taken.applied_by) == (
        "applied",
        taken.applied_by,
        taken.uploaded_by,
    )


def test_a_wrong_file_shows_its_rows_and_cannot_be_confirmed(desk: Client) -> None:
    text = upload(desk, b"code;name;lat;lon\nC1;<b>x</b>;95;7\n").content.decode()
    assert "<td>2</td><td><code>lat</code></td><td>95</td>" in text
    assert "<b>x</b>" not in text
    taken = CameraImport.objects.get()
    assert "confirm" not in text
    assert "not waiting" in words(desk.post(f"/admin/cameras/cameraimport/{taken.pk}/confirm/", follow=True))
    assert not Camera.objects.exists()


def test_an_estate_changed_meanwhile_is_said_on_the_page(desk: Client) -> None:
    made = camera("C1", name="Old", lat=43.7, lon=7.27)
    upload(desk, b"code;name;lat;lon\nC1;New;43.7;7.27\n")
    Camera.objects.filter(pk=made.pk).update(name="Other")
    taken = CameraImport.objects.get()
    answer = desk.post(f"/admin/cameras/cameraimport/{taken.pk}/confirm/", follow=True)
    assert "has changed since" in words(answer)
    assert "C1" in words(answer)


def test_a_file_may_be_dropped(desk: Client) -> None:
    upload(desk, b"code;name;lat;lon\nC1;New;43.7;7.27\n")
    taken = CameraImport.objects.get()
    desk.post(f"/admin/cameras/cameraimport/{taken.pk}/drop/")
    taken.refresh_from_db()
    assert taken.state == "dropped"


def test_confirming_is_a_post(desk: Client) -> None:
    upload(desk, b"code;name;lat;lon\nC1;New;43.7;7.27\n")
    assert (
        desk.get(f"/admin/cameras/cameraimport/{CameraImport.objects.get().pk}/confirm/").status_code == 405
    )


def test_too_large_a_file_is_said_on_the_form(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cameras.exchange.reading.MAX_BYTES", 10)
    page = upload(desk, b"code;name;lat;lon\nC1;New;43.7;7.27\n")
    assert page.context["form"].errors["file"]


@pytest.mark.parametrize(
    ("written", "start"), [("csv", b"\xef\xbb\xbfcode;"), ("geojson", b'{"type":"Feature')]
)
def test_an_export_is_an_attachment(desk: Client, written: str, start: bytes) -> None:
    camera("C1")
    answer = desk.get(f"{LIST}export.{written}")
    assert answer.content.startswith(start)
    assert f".{written}" in answer.headers["Content-Disposition"]


def test_a_sector_is_drawn_and_a_crossed_one_refused(desk: Client) -> None:
    Sector.objects.create(code="OTHER", name="Other", area=areas.circle(PLACE, 300))
    page = desk.get("/admin/places/sector/add/").content.decode()
    assert "data-sector-map" in page
    assert '"name": "Other"' in page
    form = {"code": "NEW", "name": "New", "order": 1}
    crossed = {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}
    answer = desk.post("/admin/places/sector/add/", form | {"area": json.dumps(crossed)})
    assert "area" in answer.context["adminform"].form.errors
    answer = desk.post("/admin/places/sector/add/", form | {"area": json.dumps(areas.circle(PLACE, 500))})
    assert answer.status_code == 302
    assert list(Sector.objects.containing(PLACE).values_list("code", flat=True)) == ["OTHER", "NEW"]


def test_the_owner_of_a_third_partys_camera_is_chosen_by_name(desk: Client) -> None:
    """By its number, with a lens that leads to accounts a technician may not see, nobody could (L-10)."""
    shop, colleague = person("gallery", Role.SITE_CONTACT), operator()
    page = desk.get(f"{LIST}add/").content.decode()
    assert "/admin/accounts/user/" not in page
    chosen = re.search(r'<select name="owner_account".*?</select>', page, re.S)
    assert chosen and "gallery" in chosen[0] and colleague.username not in chosen[0]
    made = form_of(kind="third_party", owner="Gallery", purpose=11, owner_account=shop.pk)
    assert desk.post(f"{LIST}add/", made).status_code == 302
    assert Camera.objects.get().owner_account == shop
