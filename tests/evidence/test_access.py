"""A request of access from its receipt to its answer (law L-61, L-62)."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from evidence.access.grounds import SOURCES
from evidence.models import AccessRequest
from evidence.models.access import a_month_after
from footage.extraction import actions as extractions
from footage.extraction import building, copies
from footage.models import BlurredCopy, Extraction, Freeze
from footage.models.extraction import root
from legal.models import Consultation
from retention import engine
from tests import cast
from tests.evidence.desk import SECONDS, act_on, asked, line
from tests.footage.recorded import officer, signed_in, supervisor

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
BOX = {"box": [0.25, 0.25, 0.5, 0.5]}


@pytest.fixture
def who() -> User:
    return officer()


@pytest.fixture
def desk(who: User) -> Client:
    return signed_in(who)


@pytest.fixture
def head() -> Client:
    return signed_in(supervisor())


@pytest.fixture
def dpo() -> Client:
    return signed_in(cast.person(Role.DPO))


def test_from_the_request_to_the_blurred_copy(
    start: dt.datetime, who: User, desk: Client, head: Client, dpo: Client
) -> None:
    """The data protection officer enters it, an officer draws and asks, a supervisor grants."""
    row = asked(dpo, start)
    assert Freeze.objects.holding().get().until == start + 8 * SECONDS
    assert row.due_on == a_month_after(timezone.localdate())
    act_on(desk, row, "prepare", status=409)
    act_on(dpo, row, "identify", identity="shown")
    # What stays sharp is drawn on the page of recordings, and asked for there.
    drawn = extractions.ask_extraction(
        actor=who,
        codes=["C885"],
        since=start,
        until=start + 8 * SECONDS,
        reason="access_request",
        ground="csi_l253_5",
        reference=row.number,
        sharp={"C885": [{"at": (start + 2 * SECONDS).isoformat(), "track": "1", **BOX}]},
    )
    act_on(desk, row, "attach")
    assert row.lines[0].extraction == drawn
    act_on(desk, row, "answer", status=400, how="copy")
    act_on(dpo, row, "grant", status=403)
    act_on(head, row, "grant")
    assert row.state == "granted"
    act_on(desk, row, "answer", status=409, how="copy")
    building.build(drawn.pk)
    copies.build(drawn.pk)
    act_on(desk, row, "answer", how="copy")
    assert (row.state, row.answer) == ("answered", "copy")
    copy = BlurredCopy.objects.get()
    assert copy.recipient.endswith(row.number) and "A person" not in copy.recipient
    assert Consultation.objects.filter(recipients=copy.recipient, reference=row.number).exists()
    # The original never leaves; both are destroyed two months after the answer at the latest.
    drawn.refresh_from_db()
    assert drawn.state == "sealed" and drawn.kept_until is not None
    assert drawn.kept_until - timezone.now() < 62 * DAY
    said = json.loads(head.get(f"/evidence/access/{row.pk}/answer.json").content)
    assert copy.manifest_sha256 in json.dumps(said)
    assert head.get(f"/evidence/access/{row.pk}/answer.pdf").content.startswith(b"%PDF-")
    Extraction.objects.update(kept_until=timezone.now() - DAY)
    engine.purge()
    assert not (root() / drawn.number).exists() and not (root() / copy.number).exists()


def test_viewing_on_site_is_an_answer_too(start: dt.datetime, desk: Client, head: Client) -> None:
    row = asked(desk, start)
    act_on(desk, row, "identify", identity="shown")
    act_on(desk, row, "grant", status=403)
    act_on(head, row, "grant")
    act_on(desk, row, "answer", how="viewing")
    assert row.answer == "viewing" and not Freeze.objects.holding().exists()


def test_it_is_refused_on_a_ground_of_the_closed_list_with_its_source(
    start: dt.datetime, desk: Client, head: Client
) -> None:
    row = asked(desk, start)
    why = "An inquiry is under way before the court."
    act_on(head, row, "refuse", status=400, refused_for="too much work", words=why)
    act_on(head, row, "refuse", status=400, refused_for="proceedings", words="no")
    act_on(desk, row, "refuse", status=403, refused_for="proceedings", words=why)
    act_on(head, row, "refuse", refused_for="proceedings", words=why)
    assert row.state == "refused" and not Freeze.objects.holding().exists()
    letter = head.get(f"/evidence/access/{row.pk}/answer.json").content.decode()
    assert why in letter and SOURCES[AccessRequest.RefusedFor.PROCEEDINGS] in letter and "CNIL" in letter


def test_every_ground_has_its_source() -> None:
    assert set(SOURCES) == set(AccessRequest.RefusedFor)


def test_the_same_person_does_not_decide(start: dt.datetime, head: Client) -> None:
    row = asked(head, start)
    act_on(head, row, "identify", identity="shown")
    act_on(head, row, "grant", status=403)
    act_on(head, row, "refuse", status=403, refused_for="state", words="It would endanger it.")
    assert row.state == "received"


def test_the_month_is_made_longer_once_with_its_reason(
    start: dt.datetime, desk: Client, head: Client
) -> None:
    row = asked(desk, start)
    act_on(head, row, "extend", status=400, why=" ")
    act_on(head, row, "extend", why="Forty cameras are concerned.")
    assert row.due_on == a_month_after(timezone.localdate(row.received_at), 3)
    act_on(head, row, "extend", status=400, why="Still.")
    assert head.get(f"/evidence/access/{row.pk}/longer.pdf").status_code == 200


@pytest.mark.parametrize(
    ("day", "months", "due"),
    [("2026-01-31", 1, "2026-02-28"), ("2026-11-22", 1, "2026-12-22"), ("2026-11-30", 3, "2027-02-28")],
)
def test_a_month_ends_on_its_day_or_its_last(day: str, months: int, due: str) -> None:
    assert a_month_after(dt.date.fromisoformat(day), months).isoformat() == due


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.OPJ, Role.TECHNICIAN, Role.ADMIN])
def test_who_sees_no_request(role: Role, start: dt.datetime, desk: Client) -> None:
    row = asked(desk, start)
    client = signed_in(cast.person(role))
    assert client.get(f"/evidence/access/{row.pk}/").status_code in (403, 404)
    assert client.get("/evidence/access/").status_code == 403


def test_destroyed_minutes_are_said(start: dt.datetime, desk: Client) -> None:
    typed = {"lines": "1", "person": "A person", "contact": "Here"}
    long_ago = timezone.now() - 40 * DAY
    answer = desk.post("/evidence/access/receive/", typed | line(long_ago, long_ago + DAY))
    assert answer.status_code == 404 and not AccessRequest.objects.exists()
    row = asked(desk, long_ago, answered_with_nothing="on")
    assert row.state == "nothing_found"


def test_the_person_is_forgotten_and_the_proof_stays(start: dt.datetime, desk: Client, head: Client) -> None:
    row = asked(desk, start)
    act_on(head, row, "refuse", refused_for="unfounded", words="Asked for each day of the year.")
    AccessRequest.objects.update(answered_at=timezone.now() - 60 * DAY)
    engine.purge()
    assert AccessRequest.objects.get().person == "A person"
    assert "A person" in head.get(f"/evidence/access/{row.pk}/").content.decode()
    AccessRequest.objects.update(answered_at=timezone.now() - 62 * DAY)
    # From that day on told to nobody, on no page, in no letter, by no search, even before it is erased.
    assert "A person" not in head.get(f"/evidence/access/{row.pk}/").content.decode()
    assert "A person" not in head.get(f"/evidence/access/{row.pk}/answer.json").content.decode()
    assert head.get("/evidence/access/?text=person").context["listed"] == []
    assert head.get(f"/evidence/access/?text={row.number}").context["listed"] == [row]
    engine.purge()
    row.refresh_from_db()
    assert (row.person, row.contact, row.described) == ("", "", "")
    assert row.state == "refused" and row.refused_for == "unfounded"
    assert "A person" not in head.get(f"/evidence/access/{row.pk}/answer.json").content.decode()
