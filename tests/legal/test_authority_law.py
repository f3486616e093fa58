"""As the prefecture and its commission would: L-01 to L-11 by name, through every door a picture can leave by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import RoleRule, User
from accounts.rights import IMAGE_RIGHTS
from accounts.roles import Role, rights_of
from cameras.actions import change_camera, move_camera
from cameras.models import Camera, CameraPosition, MaskCheck
from footage import freezing
from footage.models import Bookmark, Extraction, Freeze, Source
from legal.looks import LAPSE
from legal.models import Consultation, ConsultationEnd, PrefecturalAuthorisation
from legal.tokens import FRESH_S
from legal.why import Period
from retention.families import GROUNDS, Family
from retention.rules import rules
from tests.cast import camera, habilitated, may_film, person

pytestmark = pytest.mark.django_db
REAL = {"exercise": False}
CASE = {"reason": "requisition", "reference": "PV 2026/0412"}


class Doors:
    """Somebody signed in, at every door by which a picture may be had. Each answers with the code of the refusal."""

    def __init__(self, role: Role, *, scope: dict[str, Any] | None = None) -> None:
        self.user = person(role)
        if scope is not None:
            habilitated(self.user, **scope)
        RoleRule.objects.update(totp_required=False)
        self.client = Client()
        self.client.force_login(self.user, backend="django.contrib.auth.backends.ModelBackend")

    def live(self, code: str) -> str:
        return self._look(code, "live", {"kind": "watch"})

    def still(self, code: str) -> str:
        return self._look(code, "still", {"kind": "watch"})

    def tour(self, code: str) -> str:
        return self._look(code, "tour", {"kind": "tour", "reference": "T", "text": "round"})

    def replay(self, code: str) -> str:
        now = timezone.now()
        said = {
            "cameras": [code],
            "from": (now - dt.timedelta(minutes=9)).isoformat(),
            "to": (now - dt.timedelta(minutes=8)).isoformat(),
        }
        return self._code(
            self.client.post("/footage/replay/open", said | CASE, content_type="application/json")
        )

    def extraction(self, code: str) -> str:
        now = timezone.localtime()
        before = Extraction.objects.count()
        said = {
            "cameras": [code],
            "since": f"{now - dt.timedelta(minutes=9):%Y-%m-%dT%H:%M:%S}",
            "until": f"{now - dt.timedelta(minutes=8):%Y-%m-%dT%H:%M:%S}",
            "ground": "cpp_77_1_1",
        }
        self.client.post("/footage/extractions/ask/", said | CASE)
        return "" if Extraction.objects.count() > before else "refused"

    def hold(self, code: str) -> str:
        """Turning it oneself."""
        answer = self.client.post(f"/api/v1/cameras/{code}/hold/", {}, content_type="application/json")
        return "" if answer.status_code < 300 else str(answer.json().get("code", answer.status_code))

    def _look(self, code: str, kind: str, reason: dict[str, str]) -> str:
        said = {"cameras": [code], "kind": kind, "reason": reason}
        return self._code(self.client.post("/api/v1/looks/", said, content_type="application/json"))

    @staticmethod
    def _code(answer: Any) -> str:
        body = answer.json()
        if answer.status_code < 300 and body.get("looks"):
            return ""
        refused = body.get("refused") or [{}]
        first = refused[0] if isinstance(refused, list) else next(iter(refused.values()))
        return str(body.get("code") or first.get("code", ""))


def real(code: str = "C885", **fields: Any) -> Camera:
    made = camera(code, **(REAL | fields))
    Source.objects.create(camera=made, kind="scene", url="avenue", sub_url="avenue")
    return made


SEES = [Doors.live, Doors.still, Doors.tour, Doors.replay, Doors.extraction, Doors.hold]


@pytest.fixture
def lead() -> Doors:
    return Doors(Role.SHIFT_LEAD, scope={})


@pytest.fixture
def officer() -> Doors:
    return Doors(Role.EVIDENCE_OFFICER, scope={})


def at(door: Callable[[Doors, str], str], lead: Doors, officer: Doors) -> Doors:
    return officer if door in (Doors.replay, Doors.extraction) else lead


@pytest.mark.parametrize("door", SEES, ids=lambda door: door.__name__)
def test_l01_no_picture_without_an_order_that_covers_the_camera_and_its_purpose(
    door: Callable[[Doors, str], str], lead: Doors, officer: Doors
) -> None:
    """L-01: live, still, tour, replay, extraction, and turning the camera."""
    real()
    somebody = at(door, lead, officer)
    assert door(somebody, "C885") != ""
    may_film()
    PrefecturalAuthorisation.objects.update(purposes=[4])  # filmed for purpose 5
    assert door(somebody, "C885") != ""
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    PrefecturalAuthorisation.objects.update(purposes=[5], expires_on=yesterday)
    assert door(somebody, "C885") != ""
    assert not Consultation.objects.exists()  # nothing was shown, so nothing was looked at
    PrefecturalAuthorisation.objects.update(expires_on=timezone.localdate())
    assert door(somebody, "C885") in ("", "not-kept", "refused")  # nothing is recorded in this test


def test_l01_generated_pictures_need_no_order_and_say_that_they_are_an_exercise(lead: Doors) -> None:
    """L-01, L-29."""
    real("X001", exercise=True)
    assert lead.live("X001") == ""
    assert Consultation.objects.get().exercise is True


def test_l02_a_moved_camera_is_to_be_declared_and_shown_to_nobody(lead: Doors) -> None:
    """L-02: and its positions are dated."""
    may_film()
    eye = real()
    CameraPosition.of(eye).save()
    move_camera(camera=eye, lat=eye.lat + 0.001, lon=eye.lon, actor=None)
    eye.refresh_from_db()
    assert eye.state == Camera.State.TO_DECLARE
    assert lead.live("C885") == "camera-not-in-service"
    before, now = eye.positions.order_by("since")
    assert (before.until is not None, now.until) == (True, None)


def test_l03_a_camera_whose_masks_nobody_checked_shows_nothing(lead: Doors) -> None:
    """L-03: L251-3. A view of a dome nobody checked is black: tests/footage/test_masks.py."""
    may_film()
    eye = real(masks_checked=False)
    assert lead.live("C885") == lead.still("C885") == lead.tour("C885") == "masks-unchecked"
    MaskCheck.objects.create(camera=eye, result="nothing", holds_from=timezone.now())
    assert lead.live("C885") == ""
    # What the picture shows has changed: the check ends with it.
    change_camera(camera=eye, actor=None, tilt_deg=-30)
    assert lead.live("C885") == "masks-unchecked"


@pytest.mark.parametrize("what", ["footage.Segment"])
def test_l04_recordings_have_a_limit_no_limit_can_pass(what: str) -> None:
    """L-04: min(authorisation, one month); form, model and database: tests/retention/test_limits.py."""
    assert GROUNDS[Family.STREET_VIDEO].longest_days == 31
    may_film()
    assert rules()[what].most_days == 10  # the order's
    PrefecturalAuthorisation.objects.update(max_retention_days=31)
    assert rules()[what].most_days == 31


def test_l05_only_a_copy_keeps_minutes_longer_and_the_rolling_store_goes_on() -> None:
    """L-05: what holds them ends by itself, within the month of the law."""
    eye = real()
    now = timezone.now()
    freezing.freeze([eye], Period(now - dt.timedelta(hours=2), now - dt.timedelta(hours=1)), "extraction:1")
    held = Freeze.objects.get()
    assert held.ends_at <= held.since + dt.timedelta(days=31)
    assert not Freeze.objects.holding(held.ends_at + dt.timedelta(seconds=1)).exists()


def test_l06_the_register_is_a_page_a_table_lines_and_a_paper(client: Client) -> None:
    """L-06: by camera and day; what is in it: tests/retention/test_pages.py, test_twelve_days.py."""
    client.force_login(person(Role.DPO))
    day = timezone.localdate().isoformat()
    for kind, begins in (("csv", b"what,"), ("json", b""), ("pdf", b"%PDF-")):
        answer = client.get(f"/retention/register/?since={day}&until={day}&format={kind}")
        content = b"".join(answer)  # type: ignore[arg-type]
        assert answer.status_code == 200
        assert content.startswith(begins)


def everybody(**given: Any) -> list[tuple[Callable[[Doors, str], str], Doors]]:
    """Each door with somebody whose role opens it."""
    lead, officer = Doors(Role.SHIFT_LEAD, **given), Doors(Role.EVIDENCE_OFFICER, **given)
    return [(door, at(door, lead, officer)) for door in SEES]


def test_l07_no_door_opens_without_a_live_habilitation() -> None:
    """L-07: not without one, not before it begins, not after it ended."""
    may_film()
    real()
    doors, today = everybody(), timezone.localdate()
    day = dt.timedelta(days=1)
    for act in ({}, {"starts_on": today + day}, {"ends_on": today - day}):
        for somebody in {one.user.pk: one for _door, one in doors}.values() if act else ():
            habilitated(somebody.user, **act)
        assert [door.__name__ for door, somebody in doors if door(somebody, "C885") == ""] == []
    assert not Consultation.objects.exists()


def test_l07_what_ends_the_right_cuts_the_picture_within_a_minute(lead: Doors) -> None:
    """L-07: the token serves a minute unasked; then everything is asked again, and the cut is written."""
    assert FRESH_S <= 60
    assert LAPSE.total_seconds() <= 120
    may_film()
    real()
    said = {"cameras": ["C885"], "kind": "live", "reason": {"kind": "watch"}}
    answer = lead.client.post("/api/v1/looks/", said, content_type="application/json")
    token = answer.json()["looks"][0]["token"]
    lead.user.habilitations.update(withdrawn_at=timezone.now(), withdrawn_why="end of service")
    again = lead.client.post("/api/v1/looks/renew/", {"tokens": [token]}, content_type="application/json")
    assert not again.json().get("looks")
    assert ConsultationEnd.objects.get().how == ConsultationEnd.How.CUT


def test_l08_the_scope_is_checked_at_every_door() -> None:
    """L-08: only the cameras the act covers, whatever page the address was typed in."""
    may_film()
    real("C885")
    real("C010")
    doors = everybody(scope={"all_cameras": False, "camera_codes": ["C010"]})
    assert [door.__name__ for door, somebody in doors if door(somebody, "C885") == ""] == []
    assert not Consultation.objects.filter(camera_code="C885").exists()


def test_l09_nothing_is_shared_outside_an_agreement() -> None:
    """L-09: a partner's account sees no image; what is handed over is kept a month at most by its recipient."""
    assert not rights_of([Role.PARTNER_AGENCY]) & IMAGE_RIGHTS
    assert GROUNDS[Family.RECIPIENT_COPY].longest_days == 31
    may_film()
    real()
    partner = Doors(Role.PARTNER_AGENCY, scope={})
    assert all(door(partner, "C885") != "" for door in SEES)


def test_l10_who_owns_a_third_party_camera_never_sees_it(lead: Doors) -> None:
    """L-10."""
    may_film()
    real("T001", kind=Camera.Kind.THIRD_PARTY, owner="A shop", owner_account=lead.user)
    assert lead.live("T001") == lead.still("T001") == "third-party-owner"


def test_l11_each_camera_in_service_says_what_it_is_there_to_show() -> None:
    """L-11: the journal of all actions is the log of consultations and of orders; export is a copy of the stream."""
    eye = real()
    assert eye.objective
    fields = {field.name for field in Consultation._meta.get_fields()}
    assert {"user", "begun_at", "camera_code", "kind", "reason", "recipients", "ground"} <= fields


@pytest.mark.parametrize("role", [Role.ADMIN, Role.TECHNICIAN, Role.DPO, Role.SITE_CONTACT])
def test_w01_an_administrator_sees_no_image_at_any_door(role: Role) -> None:
    """W-01, L-07: not even with a habilitation somebody wrote for the account, nor as superuser."""
    may_film()
    real()
    somebody = Doors(role, scope={})
    for is_superuser in (False, True):
        User.objects.update(is_superuser=is_superuser, is_staff=is_superuser)
        assert [door.__name__ for door in SEES if door(somebody, "C885") == ""] == []
    assert not Consultation.objects.exists()
    assert not Bookmark.objects.exists()
