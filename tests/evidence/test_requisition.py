"""A requisition from its paper to its receipt, through the pages, with real recordings (W-01, W-11, L-05)."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from cameras.models import Camera
from events.models import Event
from evidence import papers
from evidence.models import Requisition
from footage.extraction import building
from footage.models import Extraction, Freeze, Segment
from footage.models.extraction import root
from legal.models import Consultation
from retention import engine
from retention.models import Destruction, Limit
from tests import cast
from tests.evidence.desk import CHECKS, PDF, SECONDS, act, entered, line, local, paper, scan
from tests.footage.recorded import Stream, minutes_ago, officer, record, signed_in, supervisor

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def who() -> User:
    return officer()


@pytest.fixture
def desk(who: User) -> Client:
    return signed_in(who)


@pytest.fixture
def head() -> Client:
    return signed_in(supervisor())


def built(row: Requisition) -> Extraction:
    (minutes,) = row.lines
    assert minutes.extraction is not None, minutes.waits_for
    building.build(minutes.extraction.pk)
    minutes.extraction.refresh_from_db()
    return minutes.extraction


def letter(client: Client, row: Requisition, name: str, form: str) -> bytes:
    answer = client.get(f"/evidence/requisitions/{row.pk}/{name}.{form}")
    assert answer.status_code == 200, answer.content
    return answer.content


def test_from_the_paper_to_the_receipt(start: dt.datetime, desk: Client, head: Client) -> None:
    row = entered(desk, start, paper=scan())
    assert (row.state, row.exercise, row.number) == ("received", True, f"RQ-{row.pk:06d}")
    # Frozen with its receipt, and asked for: what the second person agrees to is there.
    (minutes,) = row.lines
    assert minutes.extraction is not None and minutes.extraction.state == "asked"
    assert Freeze.objects.holding().get().cause == minutes.extraction.cause
    assert row.due_at is not None and row.due_at - start == 10 * DAY

    act(head, row, "check", **CHECKS)
    assert row.state == "checked" and row.checked_by is not None
    extraction = built(row)
    assert extraction.state == "sealed" and row.is_sealed
    assert not Freeze.objects.holding().exists()

    who = {"recipient_name": "A. Gent", "recipient_quality": "OPJ", "medium": "BD-R 2026-118"}
    act(desk, row, "hand-over", **who)
    assert row.state == "handed_over"
    extraction.refresh_from_db()
    assert extraction.recipient == "A. Gent, OPJ, Commissariat central"
    left = Consultation.objects.filter(recipients=extraction.recipient)
    assert [one.reference for one in left] == ["PV 2026/0412"]
    assert desk.get(f"/footage/extractions/{extraction.pk}/package.zip").status_code == 200

    said = json.loads(letter(desk, row, "receipt", "json"))
    assert said["exercise"] is True
    assert said["data"]["minutes"][0]["manifest_sha256"] == extraction.manifest_sha256
    assert any("BD-R 2026-118" in str(block) for block in said["blocks"])
    first = letter(desk, row, "receipt", "pdf")
    assert first.startswith(b"%PDF-") and first == letter(desk, row, "receipt", "pdf")
    with zipfile.ZipFile(io.BytesIO(letter(desk, row, "transmission", "odt"))) as odt:
        assert extraction.manifest_sha256 in odt.read("content.xml").decode()
    assert desk.get(f"/evidence/requisitions/{row.pk}/refusal.pdf").status_code == 404
    kinds = Event.objects.about(f"requisition:{row.pk}").values_list("kind", flat=True)
    assert [kind.partition(".")[2] for kind in kinds] == [
        "requisition_received",
        "requisition_checked",
        "requisition_handed_over",
    ]


def test_facts_name_nobody(start: dt.datetime, desk: Client) -> None:
    row = entered(desk, start, opj_name="Zx Yw", facts="Qv stood there")
    told = json.dumps([event.data for event in Event.objects.about(f"requisition:{row.pk}")])
    assert "Zx" not in told and "Qv" not in told and "PV 2026" not in told


def test_two_persons_in_the_action_and_in_the_database(start: dt.datetime, head: Client) -> None:
    """W-01: who enters a paper does not check it, whatever their roles."""
    row = entered(head, start)
    assert "autre personne" in act(head, row, "check", status=403, **CHECKS) or row.state == "received"
    with pytest.raises(IntegrityError), transaction.atomic():
        Requisition.objects.filter(pk=row.pk).update(checked_by=row.received_by)
    with pytest.raises(IntegrityError), transaction.atomic():
        Requisition.objects.filter(pk=row.pk).update(state="handed_over")


def test_every_point_is_read_before_it_is_checked(start: dt.datetime, desk: Client, head: Client) -> None:
    row = entered(desk, start)
    act(head, row, "check", status=400, checks=["ground", "authority"])
    assert row.state == "received"


def test_a_night_without_an_evidence_officer(start: dt.datetime, desk: Client, head: Client) -> None:
    """The shift lead enters it and it is frozen; who may ask asks in the morning, past the day of its minutes."""
    lead = cast.person(Role.SHIFT_LEAD)
    cast.habilitated(lead)
    row = entered(signed_in(lead), start)
    (minutes,) = row.lines
    assert minutes.extraction is None and minutes.frozen_until == start + 30 * DAY
    other = cast.person(Role.SHIFT_LEAD, "lead2")
    act(signed_in(other), row, "check", **CHECKS)
    assert row.state == "checked"
    # Its ordinary day passes: only the freeze still holds it.
    Limit.objects.update_or_create(
        what="footage.Segment", defaults={"days": 0, "family": "street_video", "source": "test"}
    )
    engine.purge()
    assert Segment.objects.get().file.exists()
    act(desk, row, "ask")
    (minutes,) = row.lines
    assert minutes.extraction is not None and minutes.extraction.since == start
    act(head, row, "validate")
    assert built(row).state == "sealed"


def test_what_cannot_be_asked_yet_stays_frozen_and_says_why(start: dt.datetime, eye: Camera) -> None:
    who = officer("elsewhere", all_cameras=False, camera_codes=["C1"])
    row = entered(signed_in(who), start)
    (minutes,) = row.lines
    assert minutes.extraction is None and "C885" in minutes.waits_for
    assert minutes.frozen_until is not None


def test_a_refusal_names_its_ground_and_lets_the_minutes_go(
    start: dt.datetime, desk: Client, head: Client
) -> None:
    row = entered(desk, start)
    act(desk, row, "refuse", status=403, refused_for="no_ground")
    act(head, row, "refuse", status=400, refused_for="because")
    act(head, row, "refuse", refused_for="no_ground", words="No article is named.")
    assert row.state == "refused" and not Freeze.objects.holding().exists()
    said = json.loads(letter(head, row, "refusal", "json"))
    assert "No article is named." in json.dumps(said)
    # The same paper, put right, may come again.
    assert entered(desk, start).pk != row.pk


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"0-codes": "NOBODY"}, 400),
        ({"0-codes": ""}, 400),
        ({"0-until": local(timezone.now() - 40 * DAY), "0-since": local(timezone.now() - 41 * DAY)}, 404),
        ({"0-until": local(timezone.now() + 2 * DAY)}, 400),
        ({"0-since": local(timezone.now() + DAY), "0-until": local(timezone.now() + 1.5 * DAY)}, 400),
        ({"ground": "because"}, 400),
        ({"reference": ""}, 400),
        ({"demand": "keep"}, 400),
        ({"paper": scan(b"MZ not a paper")}, 400),
    ],
    ids=["camera", "none", "destroyed", "too-long", "future", "ground", "number", "endless", "no-pdf"],
)
def test_what_no_paper_can_ask(start: dt.datetime, desk: Client, said: dict[str, Any], status: int) -> None:
    answer = desk.post("/evidence/receive/", paper() | line(start, start + 8 * SECONDS) | said)
    assert answer.status_code == status
    assert not Requisition.objects.exists() and not Freeze.objects.exists()


def test_destroyed_minutes_are_answered_with_a_letter(desk: Client, eye: Camera) -> None:
    long_ago = timezone.now() - 40 * DAY
    row = entered(desk, long_ago, answered_with_nothing="on")
    assert row.state == "nothing_found" and row.closed_at is not None
    assert b"L252-5" in letter(desk, row, "nothing", "json")


def test_real_and_drawn_cameras_are_never_in_one_paper(start: dt.datetime, desk: Client) -> None:
    cast.camera("C900")
    answer = desk.post("/evidence/receive/", paper() | line(start, start + 8 * SECONDS, "C885, C900"))
    assert answer.status_code == 400 and not Requisition.objects.exists()


def test_one_paper_is_one_row(start: dt.datetime, desk: Client) -> None:
    entered(desk, start)
    again = desk.post("/evidence/receive/", paper() | line(start, start + 8 * SECONDS))
    assert again.status_code == 409 and Requisition.objects.count() == 1


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.TECHNICIAN, Role.ADMIN, Role.DPO, Role.OPJ])
def test_who_may_not_receive(role: Role, start: dt.datetime) -> None:
    client = signed_in(cast.person(role))
    answer = client.post("/evidence/receive/", paper() | line(start, start + 8 * SECONDS))
    assert answer.status_code == 403 and not Requisition.objects.exists()


def test_an_opj_sees_their_own_once_handed_over(start: dt.datetime, desk: Client, head: Client) -> None:
    opj, other = cast.person(Role.OPJ), cast.person(Role.OPJ, "opj2")
    row = entered(desk, start, opj=str(opj.pk), paper=scan())
    theirs, page = signed_in(opj), f"/evidence/requisitions/{row.pk}/"
    assert theirs.get(page).status_code == 404
    assert row.number not in theirs.get("/evidence/").content.decode()
    act(head, row, "check", **CHECKS)
    built(row)
    act(desk, row, "hand-over", recipient_name="A", recipient_quality="OPJ", medium="BD-R 1")
    assert theirs.get(page).status_code == 200
    assert row.number in theirs.get("/evidence/").content.decode()
    assert theirs.get(f"{page}receipt.pdf").status_code == 200
    assert theirs.get(f"{page}paper.pdf").status_code == 403
    assert signed_in(other).get(page).status_code == 404


def test_the_scan_keeps_its_hash_and_nothing_of_its_name(start: dt.datetime, desk: Client) -> None:
    row = entered(desk, start)
    assert row.paper == ""
    act(desk, row, "attach", paper=scan())
    assert [path.name for path in papers.root().iterdir()] == [row.paper]
    got = desk.get(f"/evidence/requisitions/{row.pk}/paper.pdf")
    assert got.content == PDF and got.headers["X-Content-Type-Options"] == "nosniff"
    act(desk, row, "attach", status=400, paper=scan())
    # Changed on the disk, replaced by a link, or a row that points elsewhere: nothing is given.
    path = papers.root() / row.paper
    path.chmod(0o640)
    path.write_bytes(PDF + b" ")
    assert desk.get(f"/evidence/requisitions/{row.pk}/paper.pdf").status_code == 409
    path.unlink()
    path.symlink_to("/etc/hostname")
    assert desk.get(f"/evidence/requisitions/{row.pk}/paper.pdf").status_code == 404
    Requisition.objects.filter(pk=row.pk).update(paper="../seal/key.pem")
    assert desk.get(f"/evidence/requisitions/{row.pk}/paper.pdf").status_code == 404


def test_cameras_around_a_place_are_looked_at_before_they_are_taken(start: dt.datetime, desk: Client) -> None:
    near = {"0-codes": "", "0-place": f"{cast.SCHOOL.lat}, {cast.SCHOOL.lon}", "0-radius": "100"}
    typed = paper() | line(start, start + 8 * SECONDS) | near
    answer = desk.post("/evidence/receive/", typed)
    assert answer.status_code == 200 and not Requisition.objects.exists()
    assert 'value="C885"' in answer.content.decode()


def test_what_is_destroyed_first_comes_first(
    store: Path, eye: Camera, street: Stream, desk: Client, start: dt.datetime
) -> None:
    old = minutes_ago(20) - 9 * DAY
    record(store, eye, street, old)
    late = entered(desk, start, reference="later")
    soon = entered(desk, old, reference="sooner")
    page = desk.get("/evidence/").content.decode()
    assert page.index(soon.number) < page.index(late.number)
    assert page.count("clock near") == 1


def test_a_longer_queue_costs_no_more_questions(start: dt.datetime, desk: Client) -> None:
    entered(desk, start, reference="1")
    with CaptureQueriesContext(connection) as one:
        desk.get("/evidence/")
    for number in range(2, 6):
        entered(desk, start, reference=str(number))
    with CaptureQueriesContext(connection) as five:
        desk.get("/evidence/")
        assert len(five) <= len(one)
    with CaptureQueriesContext(connection) as listed:
        assert len(desk.get("/api/v1/requisitions/").json()["requisitions"]) == 5
    assert len(listed) <= len(one)


def test_a_hold_is_kept_to_its_end_and_destroyed_with_proof(
    start: dt.datetime, desk: Client, head: Client
) -> None:
    """L-05: copied to the evidence store while the rolling store empties; then a line in the register."""
    ends = timezone.now() + 60 * DAY
    row = entered(desk, start, demand="keep", kept_until=local(ends))
    act(head, row, "check", **CHECKS)
    extraction = built(row)
    assert extraction.kept_until == ends.replace(microsecond=0)
    Segment.objects.all().delete()
    engine.purge()
    assert (root() / extraction.number / "manifest.json").is_file()
    act(desk, row, "release", status=403)
    act(head, row, "release")
    assert row.state == "released"
    engine.purge()
    assert not (root() / extraction.number).exists()
    told = Destruction.objects.get(what="footage.Extraction", scope=extraction.number)
    assert told.names_sha256 == extraction.manifest_sha256 and told.finished_at is not None
    proof = letter(head, row, "destruction", "json").decode()
    assert extraction.manifest_sha256 in proof and str(told.pk) in proof


def test_the_paper_goes_thirty_days_after_the_answer_and_its_row_stays(
    start: dt.datetime, desk: Client, head: Client
) -> None:
    row = entered(desk, start, paper=scan(), facts="A theft")
    act(head, row, "refuse", refused_for="not_precise")
    past = timezone.now() - 31 * DAY
    Requisition.objects.filter(pk=row.pk).update(received_at=past - DAY, closed_at=past)
    (papers.root() / f"{'0' * 32}.pdf").write_bytes(PDF)  # nobody's, just written
    engine.purge()
    row.refresh_from_db()
    assert (row.paper, row.facts, row.state) == ("", "", "refused") and row.paper_sha256
    assert [path.name for path in papers.root().iterdir()] == [f"{'0' * 32}.pdf"]
    assert Destruction.objects.get(what="evidence.Requisition:paper").files == 1


def test_a_paper_past_its_time_is_given_to_nobody_before_it_is_destroyed(
    start: dt.datetime, desk: Client, head: Client
) -> None:
    row = entered(desk, start, paper=scan(), facts="A theft of a bicycle")
    page = f"/evidence/requisitions/{row.pk}/"
    act(head, row, "refuse", refused_for="not_precise")
    assert desk.get(f"{page}paper.pdf").status_code == 200
    assert "A theft of a bicycle" in desk.get(page).content.decode()
    past = timezone.now() - 31 * DAY
    Requisition.objects.filter(pk=row.pk).update(received_at=past - DAY, closed_at=past)
    assert (papers.root() / row.paper).is_file()
    assert desk.get(f"{page}paper.pdf").status_code == 404
    assert "A theft of a bicycle" not in desk.get(page).content.decode()


def test_a_paper_is_found_again_however_old(start: dt.datetime, desk: Client, head: Client) -> None:
    """By its number, the authority's, a camera, what it asked, when it came; the others by pages."""
    one = entered(desk, start, reference="PV 2026/0001", authority="Parquet de Nice")
    two = entered(desk, start, reference="PV 2026/0002", incident="I-2026-00009")
    act(head, one, "refuse", refused_for="not_precise")
    long_ago = timezone.now() - 400 * DAY
    Requisition.objects.filter(pk=one.pk).update(received_at=long_ago, closed_at=long_ago + DAY)

    def found(**said: str) -> list[str]:
        answer = desk.get("/evidence/", said)
        assert answer.status_code == 200
        return [row.number for row in answer.context["listed"]]

    assert found() == [one.number]
    assert found(text=one.number) == found(text=f"rq{one.pk}") == [one.number]
    assert found(text="2026/0002") == found(text="i-2026-00009") == [two.number]
    assert found(text="de Nice") == [one.number]
    assert found(text="c885") == [two.number, one.number]
    assert found(text="C886") == found(demand="keep") == found(text="nobody") == []
    assert found(until=f"{long_ago + DAY:%Y-%m-%d}") == [one.number]
    wrong = {"since": "2026-11-02", "until": "2026-11-01"}
    assert desk.get("/evidence/", wrong).status_code == 400
