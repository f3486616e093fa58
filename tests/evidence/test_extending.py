"""A hold is made longer by a paper of its own, read by a second person; never for what is destroyed (L-05, W-01)."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone, translation

from accounts.models import User
from accounts.roles import Role
from console import worth
from events.models import Event
from evidence import clock, papers, tasks
from evidence.models import HoldExtension, Requisition
from evidence.models.extension import READ_WITHIN
from footage.extraction import building
from footage.models import Extraction
from footage.models.extraction import root
from retention import engine
from retention.models import Destruction
from tests import cast
from tests.evidence.desk import CHECKS, act, entered, errors, local, scan
from tests.footage.recorded import officer, signed_in, supervisor

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
END = (timezone.now() + 30 * DAY).replace(microsecond=0)
ALL = {"checks": HoldExtension.Check.values}


def paper(until: dt.datetime, **said: Any) -> dict[str, Any]:
    return {
        "reference": "PV 2026/0900",
        "dated_on": timezone.localdate().isoformat(),
        "authority": "Juge d’instruction",
        "author": "Juge d’instruction, cabinet 3",
        "ground": "cpp_99_3",
        "kept_until": local(until),
    } | said


@pytest.fixture
def desk() -> Client:
    return signed_in(officer())


@pytest.fixture
def head() -> Client:
    return signed_in(supervisor())


@pytest.fixture
def hold(start: dt.datetime, desk: Client, head: Client) -> Requisition:
    """Checked, and its package sealed."""
    row = entered(desk, start, demand="keep", kept_until=local(END))
    act(head, row, "check", **CHECKS)
    building.build(Extraction.objects.get().pk)
    return row


def kept() -> dt.datetime:
    until = Extraction.objects.get().kept_until
    assert until is not None
    return until


def waiting(row: Requisition) -> dict[str, Any]:
    found = row.extensions.waiting().get()
    return {"extension": found.pk}


def test_received_by_one_agreed_by_another_and_written(hold: Requisition, desk: Client, head: Client) -> None:
    later = END + 60 * DAY
    act(desk, hold, "extend", **paper(later, paper=scan()))
    # Nothing moves before a second person has read it, and who entered it is not that person.
    assert hold.kept_until == END and kept() == END + READ_WITHIN
    with translation.override("en"):
        assert "a later end is to be checked" in clock.of(hold).words
    act(desk, hold, "extension/agree", status=403, **waiting(hold), **ALL)
    act(head, hold, "extension/agree", status=400, **waiting(hold), checks=["ground"])
    act(head, hold, "extension/agree", **waiting(hold), **ALL)
    assert hold.kept_until == later == kept()
    told = hold.extensions.get()
    assert (told.state, told.was_until, told.authority) == ("agreed", END, "Juge d’instruction")
    kinds = [event.kind for event in Event.objects.about(f"requisition:{hold.pk}").order_by("pk")]
    assert kinds[-2:] == ["evidence.hold_extension_received", "evidence.hold_extended"]
    page = head.get(f"/evidence/requisitions/{hold.pk}/").content.decode()
    assert "PV 2026/0900" in page and told.paper_sha256 in page
    got = head.get(f"/evidence/requisitions/{hold.pk}/extension/{told.pk}.pdf")
    assert got.status_code == 200 and got.headers["Content-Disposition"].endswith(f'{told.pk}.pdf"')
    # At its later end it goes, and the certificate names the paper that made it longer.
    act(head, hold, "release")
    engine.purge()
    proof = head.get(f"/evidence/requisitions/{hold.pk}/destruction.json").content.decode()
    assert "PV 2026/0900" in proof
    assert Destruction.objects.filter(what="footage.Extraction", finished_at__isnull=False).count() == 1


def test_refused_the_end_stays_and_nothing_outlives_it(hold: Requisition, desk: Client, head: Client) -> None:
    act(desk, hold, "extend", **paper(END + 60 * DAY))
    act(head, hold, "extension/refuse", status=400, **waiting(hold), refused_for="because")
    act(head, hold, "extension/refuse", **waiting(hold), refused_for="no_ground", words="No article.")
    assert hold.kept_until == kept() == END
    assert hold.extensions.get().refused_words == "No article."
    # The same paper, put right, may come again; then it waits alone.
    act(desk, hold, "extend", **paper(END + 60 * DAY))
    act(desk, hold, "extend", status=409, **paper(END + 70 * DAY, reference="PV 2026/0901"))
    # Who read another paper does not agree to this one unseen.
    other = {"extension": hold.extensions.filter(state="refused").get().pk}
    act(head, hold, "extension/agree", status=409, **other, **ALL)


def test_a_paper_of_the_last_evening_is_read_in_time_or_the_hold_keeps_its_end(
    hold: Requisition, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    act(desk, hold, "extend", **paper(END + 60 * DAY))
    assert hold.kept_until is not None
    now = [hold.kept_until + DAY]
    monkeypatch.setattr(timezone, "now", lambda: now[0])
    tasks.end_holds()
    hold.refresh_from_db()
    assert hold.is_open and (root() / Extraction.objects.get().number).is_dir()
    now[0] = hold.kept_until + READ_WITHIN + DAY
    tasks.end_holds()
    hold.refresh_from_db()
    assert (hold.state, hold.extensions.get().state) == ("released", "lapsed")
    assert kept() == hold.kept_until


def test_what_is_destroyed_stays_so(hold: Requisition, desk: Client, head: Client) -> None:
    """Not after its end, not once its package is gone, not for a hold nobody checked or that was released."""
    act(desk, hold, "extend", **paper(END + 60 * DAY))
    Extraction.objects.update(folder="")
    act(head, hold, "extension/agree", status=409, **waiting(hold), **ALL)
    act(head, hold, "extension/refuse", **waiting(hold), refused_for="not_ours")
    act(desk, hold, "extend", status=404, **paper(END + 60 * DAY))
    Extraction.objects.update(folder="EX")
    Requisition.objects.update(kept_until=timezone.now() - DAY / 24)
    act(desk, hold, "extend", status=409, **paper(END + 60 * DAY))
    Requisition.objects.update(kept_until=END, state="released", closed_at=timezone.now())
    act(desk, hold, "extend", status=409, **paper(END + 60 * DAY))
    assert hold.extensions.count() == 1


def test_a_hold_that_is_closed_takes_its_waiting_paper_with_it(
    hold: Requisition, desk: Client, head: Client
) -> None:
    act(desk, hold, "extend", **paper(END + 60 * DAY))
    act(desk, hold, "hand-over", recipient_name="A", recipient_quality="OPJ", medium="BD-R 1")
    assert hold.extensions.get().state == "lapsed" and kept() == END


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"ground": "because"}, 400),
        ({"reference": ""}, 400),
        ({"kept_until": local(timezone.now() + DAY)}, 400),
        ({"paper": scan(b"%PDF-1.4 cut off")}, 400),
        ({"reference": "PV 2026/0412", "authority": "Tribunal judiciaire"}, 409),
    ],
    ids=["ground", "number", "sooner", "half", "the-holds-own"],
)
def test_what_makes_no_hold_longer(
    hold: Requisition, desk: Client, said: dict[str, Any], status: int
) -> None:
    answer = desk.post(f"/evidence/requisitions/{hold.pk}/extend/", paper(END + 60 * DAY) | said)
    assert answer.status_code == status
    assert errors(answer)
    assert not hold.extensions.exists() and kept() == END
    # What was typed is still there to be put right.
    if status == 400 and "kept_until" not in said and "paper" not in said:
        assert re.search(r"<details open>.*PV 2026|cabinet 3", answer.content.decode(), re.DOTALL)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.TECHNICIAN, Role.ADMIN, Role.DPO, Role.OPJ])
def test_who_may_not(role: Role, hold: Requisition, desk: Client) -> None:
    somebody = signed_in(cast.person(role))
    later = paper(END + 60 * DAY)
    assert somebody.post(f"/evidence/requisitions/{hold.pk}/extend/", later).status_code in (403, 404)
    act(desk, hold, "extend", **later)
    for verb in ("agree", "refuse"):
        said = waiting(hold) | ALL | {"refused_for": "no_ground"}
        path = f"/evidence/requisitions/{hold.pk}/extension/{verb}/"
        assert somebody.post(path, said).status_code in (403, 404)
    assert hold.extensions.get().is_waiting


def test_postgresql_keeps_two_persons_a_later_end_and_one_paper_at_a_time(
    hold: Requisition, desk: Client
) -> None:
    act(desk, hold, "extend", **paper(END + 60 * DAY))
    row = hold.extensions.get()
    rows = HoldExtension.objects.filter(pk=row.pk)
    for wrong in (
        {"decided_by": row.received_by},
        {"state": "agreed"},
        {"state": "refused"},
        {"kept_until": row.was_until},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.pk, row.reference = None, "another"
        row.save()


def test_it_is_told_to_who_can_read_it(hold: Requisition, desk: Client) -> None:
    act(desk, hold, "extend", **paper(END + 60 * DAY))
    who = Requisition.objects.get().checked_by
    assert who is not None

    def told(user: User) -> list[str]:
        return [one["url"] for one in worth.doing(user) if one["kind"] == "hold"]

    assert told(who) == [f"/evidence/requisitions/{hold.pk}/"]
    assert told(hold.received_by) == told(cast.person(Role.OPERATOR)) == []
    # One that ends within a week is told to who could enter a paper for it, unless one is there.
    Requisition.objects.update(kept_until=timezone.now() + 3 * DAY)
    assert told(hold.received_by) == []
    hold.extensions.update(state="lapsed")
    assert told(hold.received_by) == [f"/evidence/requisitions/{hold.pk}/"]


def test_its_scan_goes_with_the_paper_of_the_hold(hold: Requisition, desk: Client, head: Client) -> None:
    act(desk, hold, "extend", **paper(END + 60 * DAY))
    act(desk, hold, "extension/attach", **waiting(hold), paper=scan())
    name = hold.extensions.get().paper
    act(head, hold, "extension/agree", **waiting(hold), **ALL)
    act(head, hold, "release")
    past = timezone.now() - 31 * DAY
    Requisition.objects.update(received_at=past - DAY, closed_at=past)
    # Told to nobody from that day on, and then destroyed.
    extension = hold.extensions.get()
    path = f"/evidence/requisitions/{hold.pk}/extension/{extension.pk}.pdf"
    assert (papers.root() / name).is_file() and desk.get(path).status_code == 404
    engine.purge()
    extension.refresh_from_db()
    assert not (papers.root() / name).exists() and extension.paper == "" and extension.paper_sha256
    told = Destruction.objects.get(what="evidence.HoldExtension:paper")
    assert told.files == 1 and told.finished_at is not None
    assert not list(Path(papers.root()).iterdir())
