"""The data protection officer reads who looked at what; nobody else does, and nobody is ranked (L-64, W-01)."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import re
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.rights import Right
from accounts.roles import Role
from legal import keys
from legal.actions import record_consultation, sign_heads
from legal.masked import AT_ALL_TIMES
from legal.models import Consultation, PrefecturalAuthorisation
from legal.state.contributions import Look
from legal.state.points import BY_CODE, State
from legal.why import Period
from tests.cast import habilitated, person
from tests.legal.people import operator

pytestmark = pytest.mark.django_db
PAGES = ["/legal/consultations/", "/legal/consultations/questions/"]


@pytest.fixture
def dpo(client: Client) -> Client:
    """A browser with the data protection officer in it."""
    client.force_login(person(Role.DPO, "dpo"))
    client.cookies["django_language"] = "en"
    return client


def looked(who: User, **fields: Any) -> Consultation:
    given = {"camera_code": "C885", "sector_code": "NORTH", "kind": "live", "reason": "incident"} | fields
    given.setdefault("reference", "2026-0412")
    return record_consultation(actor=who, authorised=True, masked=AT_ALL_TIMES, **given)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN, Role.SHIFT_LEAD])
def test_nobody_else_reads_the_log(client: Client, path: str, role: Role) -> None:
    client.force_login(person(role))
    assert client.get(path).status_code == 403
    assert client.post("/legal/consultations/copy/", {"format": "jsonl"}).status_code == 403
    assert not Consultation.objects.exists()


def test_nobody_is_led_where_their_role_does_not_let_them_in(dpo: Client) -> None:
    """Some points are dealt with on pages of technicians: the officer reads what is wrong, and no dead link."""
    led = set()
    for code in BY_CODE:
        page = dpo.get(f"/legal/compliance/{code}/").content.decode().partition("<main")[2]
        led |= set(re.findall(r'<a href="(/[^"]*)">', page))
    assert led, "some lead on"
    assert {path for path in led if dpo.get(path).status_code == 403} == set()
    look = Look(State.GOOD, 0, "", link="/x/", opens_with=[Right.MANAGE_ESTATE])
    assert look.link_for(person(Role.SUPERVISOR)) == "/x/"


@pytest.mark.parametrize("path", PAGES)
def test_one_signs_in_first(client: Client, path: str) -> None:
    assert client.get(path).status_code == 302


def test_a_superuser_does_not_read_it(client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    assert client.get(PAGES[0]).status_code == 403


def test_the_log_is_found_by_person_camera_day_kind_and_reason(dpo: Client) -> None:
    who = operator()
    looked(who)
    looked(who, camera_code="C010", reason="watch")

    def numbers(**asked: str) -> list[int]:
        return [row.pk for row in dpo.get(PAGES[0], asked).context["rows"]]

    today = timezone.localdate()
    assert numbers() == [2, 1]
    assert numbers(person="operator") == [2, 1]
    assert numbers(person="nobody") == []
    assert numbers(camera="c010") == [2]
    assert numbers(reason="incident", reference="2026-0412", kind="live") == [1]
    assert numbers(without_incident="on") == [2]
    assert numbers(since=str(today), until=str(today)) == [2, 1]
    assert numbers(until=str(today - dt.timedelta(days=1))) == []


def test_a_search_that_makes_no_sense_is_told(dpo: Client) -> None:
    answer = dpo.get(PAGES[0], {"since": "2026-11-22", "until": "2026-11-21"})
    assert answer.status_code == 400
    assert "ends before it begins" in answer.content.decode()


def test_older_pages_are_one_link_away_and_cost_the_same(
    dpo: Client, django_assert_max_num_queries: Any
) -> None:
    who = operator()
    for _ in range(103):
        looked(who)
    with django_assert_max_num_queries(11):
        first = dpo.get(PAGES[0], {"camera": "C885"})
    assert len(first.context["rows"]) == 100
    second = dpo.get(f"{PAGES[0]}?{first.context['older']}")
    assert [row.pk for row in second.context["rows"]] == [3, 2, 1]
    assert second.context["older"] == ""


def test_questions_point_at_looks_and_places_and_rank_nobody(dpo: Client) -> None:
    lead = person(Role.SHIFT_LEAD)
    habilitated(lead)
    hour = timezone.now() - dt.timedelta(hours=1)
    for _ in range(5):
        looked(lead, reason="watch")
    recorded = looked(
        lead, kind="playback", reason="other", text="curious", period=Period(hour, timezone.now())
    )
    looked(lead, kind="playback", period=Period(hour, timezone.now()))
    night = [_at(3, recorded), _at(12, recorded)]
    context = dpo.get(PAGES[1]).context
    asked = {question["anomaly"].code: [row.pk for row in question["rows"]] for question in context["asked"]}
    assert [(place.camera_code, place.looks) for place in context["places"]] == [("C885", 6)]
    assert recorded.pk in asked["recorded"]
    assert 7 not in asked["recorded"]
    assert night[0] in asked["night"]
    assert night[1] not in asked["night"]
    assert asked["other"][-1] == recorded.pk


def test_a_camera_looked_at_night_after_night_is_asked_about(dpo: Client) -> None:
    """Two looks of one night are one night; what happens by day or for an incident is none."""
    watched = looked(operator(), reason="watch")
    for hour, ago in ((23, 9), (3, 8), (3, 6), (14, 5)):
        _at(hour, watched, ago)
    assert dpo.get(PAGES[1]).context["nights"] == []
    _at(2, watched, 3)
    [place] = dpo.get(PAGES[1]).context["nights"]
    today = timezone.localdate()
    assert (place.camera_code, place.nights) == ("C885", 3)
    assert (place.first, place.last) == (today - dt.timedelta(days=9), today - dt.timedelta(days=4))
    assert set(vars(place)) == {"camera_code", "nights", "first", "last"}  # places, nobody
    assert "C885" in dpo.get(PAGES[1]).content.decode()


def _at(hour: int, like: Consultation, ago: int = 1) -> int:
    """The same look, at this hour of a day before by the clock of the centre."""
    day = timezone.localdate() - dt.timedelta(days=ago)
    values = {f.attname: getattr(like, f.attname) for f in Consultation._meta.concrete_fields}
    values |= {
        "id": Consultation.objects.order_by("-pk").first().pk + 1,  # type: ignore[union-attr]
        "begun_at": timezone.make_aware(dt.datetime.combine(day, dt.time(hour))),
    }
    return Consultation.objects.create(**values).pk


def test_a_copy_is_written_in_the_log_it_copies(dpo: Client) -> None:
    looked(operator())
    answer = dpo.post("/legal/consultations/copy/", {"format": "csv"})
    table = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))  # type: ignore[arg-type]
    assert [line["camera_code"] for line in table] == ["C885"]
    row = Consultation.objects.get(kind="log_export")
    assert (row.user.username, row.reason, row.camera_code) == ("dpo", "audit", "")


def test_a_spreadsheet_runs_nothing_somebody_wrote(dpo: Client) -> None:
    looked(operator(), reason="other", text='=HYPERLINK("http://x")')
    answer = dpo.post("/legal/consultations/copy/", {"format": "csv"})
    assert "'=HYPERLINK" in b"".join(answer).decode()  # type: ignore[arg-type]


def test_anybody_can_verify_a_chained_copy(dpo: Client) -> None:
    who = operator()
    for _ in range(3):
        row = looked(who)
    sign_heads()
    answer = dpo.post("/legal/consultations/copy/", {"format": "jsonl"})
    lines = [json.loads(line) for line in b"".join(answer).decode().splitlines()]  # type: ignore[arg-type]
    previous, seen = "", 0
    for line in lines:
        if "head" in line:
            head = line["head"]
            signature, key = bytes.fromhex(head.pop("signature")), head.pop("key")
            public = load_pem_public_key((keys.key_file().parent / f"{key}.pub").read_bytes())
            assert isinstance(public, Ed25519PublicKey)
            public.verify(signature, _canonical(head))
            assert (head["last_id"], head["hash"]) == (row.pk, previous)
        elif "previous" in line:
            previous = line["previous"] or "0" * 64
        elif line.pop("chain") == "consultation":
            claimed = line.pop("hash")
            previous = hashlib.sha256(previous.encode() + _canonical(line)).hexdigest()
            assert previous == claimed
            seen += 1
    assert seen == 3


def _canonical(value: dict[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_the_administration_only_reads_the_log(client: Client) -> None:
    both = person(Role.DPO)
    both.is_staff = True
    both.save()
    client.force_login(both)
    row = looked(operator())
    assert client.get("/admin/legal/consultation/").status_code == 200
    assert client.get(f"/admin/legal/consultation/{row.pk}/change/").status_code == 200
    assert client.post(f"/admin/legal/consultation/{row.pk}/change/", {}).status_code == 403
    assert client.post(f"/admin/legal/consultation/{row.pk}/delete/", {}).status_code == 403
    assert client.get("/admin/legal/consultation/add/").status_code == 403


def test_the_supervisor_records_an_order_in_the_administration(client: Client) -> None:
    """L-01."""
    client.force_login(person(Role.SUPERVISOR))
    today = timezone.localdate()
    sent = {
        "number": "2026-117",
        "signed_on": str(today),
        "expires_on": str(today.replace(year=today.year + 3)),
        "purposes": "5,8",
        "sector_codes": "NORTH",
        "camera_codes": "",
        "max_retention_days": "10",
        "recipients": "",
        "document": ContentFile(b"%PDF-1.7 order", "order.pdf"),
    }
    assert client.post("/admin/legal/prefecturalauthorisation/add/", sent).status_code == 302
    order = PrefecturalAuthorisation.objects.get()
    assert order.purposes == [5, 8]
    assert client.get("/admin/legal/prefecturalauthorisation/").status_code == 200
    assert b"".join(client.get(f"/legal/authorisations/{order.pk}/document/")) == b"%PDF-1.7 order"
    client.force_login(person(Role.OPERATOR))
    assert client.get(f"/legal/authorisations/{order.pk}/document/").status_code == 404
    assert client.get("/admin/legal/prefecturalauthorisation/").status_code in (302, 403)
