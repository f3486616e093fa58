"""As the CNIL and the people concerned would: L-61 to L-66 by name, and what nobody can do to the log."""

from __future__ import annotations

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.roles import Role
from evidence.access import grounds
from evidence.models import AccessRequest
from legal import keys, stamps
from legal.actions import sign_heads
from legal.models import ChainHead, Consultation, HeadStamp
from legal.purposes import CctvPurpose
from legal.record import activities
from legal.regimes import Regime, regime_of
from legal.retention import RULES
from retention.families import GROUNDS, Family
from tests.cast import may_film, person
from tests.footage.test_extraction import authority
from tests.legal.people import operator
from tests.legal.test_pages import looked

__all__ = ["authority"]
pytestmark = pytest.mark.django_db


def request_of(**fields: Any) -> AccessRequest:
    said = {"received_by": person(Role.SUPERVISOR), "due_on": timezone.localdate()} | fields
    return AccessRequest.objects.create(**said)


def test_l61_no_answer_before_it_is_known_who_asks() -> None:
    """L-61: receipt, identity, freeze and copy through the pages: tests/evidence."""
    with pytest.raises(IntegrityError), transaction.atomic():
        request_of(state="granted")


def test_l62_a_refusal_has_a_ground_of_the_closed_list() -> None:
    """L-62: each ground with its source and the day to look at it again."""
    with pytest.raises(IntegrityError), transaction.atomic():
        request_of(state="refused")
    assert set(grounds.SOURCES) == set(AccessRequest.RefusedFor)
    assert timezone.localdate() < grounds.REVIEW_ON


@pytest.mark.parametrize("column", ["user_label", "recipients", "ground"])
def test_l64_a_look_says_who_when_why_and_to_whom_or_is_not_written(column: str) -> None:
    """L-64: not null, and not empty either."""
    row = looked(operator())
    assert all((row.user_id, row.begun_at, row.reason, row.recipients, row.ground))
    values = {field.attname: getattr(row, field.attname) for field in Consultation._meta.concrete_fields}
    for empty in ("", None):
        with pytest.raises(IntegrityError), transaction.atomic():
            Consultation.objects.create(**(values | {"id": row.pk + 1, column: empty}))


def test_l64_no_page_sorts_or_counts_by_person(client: Client) -> None:
    """L-64: what the DPO asks by is a person, never a league of them."""
    who = operator()
    for _ in range(6):
        looked(who, reason="watch")
    client.force_login(person(Role.DPO, "dpo"))
    for path in ("", "questions/"):
        said = client.get(f"/legal/consultations/{path}", {"o": "user", "ordering": "user_label"})
        assert said.status_code == 200
    places = client.get("/legal/consultations/questions/").context["places"]
    assert [set(vars(place)) for place in places] == [{"camera_code", "day", "looks"}]


def test_l65_each_log_has_its_own_time() -> None:
    """L-65: three years for consultations, a year for technical logs."""
    kept = {rule["what"]: (rule["days"], rule.get("at_least")) for rule in RULES}
    assert kept["legal.Consultation"] == kept["legal.ConsultationEnd"] == (1095, 1095)
    assert GROUNDS[Family.LOOKS].longest_days == 1095
    assert GROUNDS[Family.TECHNICAL].longest_days == 366


def test_l66_each_processing_and_each_purpose_has_its_regime() -> None:
    """L-66: rights pages follow the tag."""
    assert regime_of(CctvPurpose.TRANSPORT_FLOWS) == regime_of(CctvPurpose.PUBLIC_BUILDINGS) == Regime.GDPR
    assert regime_of(CctvPurpose.EXPOSED_PLACES) == Regime.OFFENCES
    assert all(one.processing.regimes for one in activities())


@pytest.mark.parametrize(
    ("purposes", "title3", "gdpr"), [([3], False, True), ([5], True, False), ([3, 5], True, True)]
)
def test_l66_what_people_are_told_of_their_rights_follows_it(
    client: Client, purposes: list[int], title3: bool, gdpr: bool
) -> None:
    from legal.models import PrefecturalAuthorisation

    may_film()
    PrefecturalAuthorisation.objects.update(purposes=purposes)
    client.cookies["django_language"] = "en"
    said = client.get("/legal/information/").content.decode()
    assert ("articles 104 to 106" in said, "articles 15 to 21" in said) == (title3, gdpr)


def test_l64_a_head_is_stamped_by_an_authority_and_openssl_agrees(
    client: Client, settings: Any, authority: tuple[str, Path], tmp_path: Path
) -> None:
    """L-64: signed, stamped when configured, exportable; the stamp of something else is refused."""
    looked(operator())
    [head] = sign_heads()
    assert stamps.stamp_heads() == 0  # no authority is configured
    settings.LEGAL_TSA_URL, certificate = authority
    assert stamps.stamp_heads() == 1
    assert stamps.stamp_heads() == 0
    client.force_login(person(Role.DPO, "dpo"))
    answer = client.post("/legal/consultations/copy/", {"format": "jsonl"})
    lines = [json.loads(line) for line in b"".join(answer).decode().splitlines()]  # type: ignore[arg-type]
    [told] = [line for line in lines if "head" in line]
    body = {name: value for name, value in told["head"].items() if name not in ("key", "signature")}
    (tmp_path / "head.json").write_bytes(json.dumps(body, sort_keys=True, separators=(",", ":")).encode())
    (tmp_path / "stamp.tsr").write_bytes(base64.b64decode(told["stamp"]))
    assert (tmp_path / "head.json").read_bytes() == keys.content(ChainHead.objects.get(pk=head.pk))
    verify = [
        "openssl",
        "ts",
        "-verify",
        "-data",
        "head.json",
        "-in",
        "stamp.tsr",
        "-CAfile",
        str(certificate),
    ]
    assert b"OK" in subprocess.run(verify, cwd=tmp_path, capture_output=True, check=True).stdout
    (tmp_path / "head.json").write_bytes(b"another")
    assert subprocess.run(verify, cwd=tmp_path, capture_output=True).returncode != 0


def test_l64_an_authority_that_is_away_is_asked_again(settings: Any) -> None:
    looked(operator())
    sign_heads()
    settings.LEGAL_TSA_URL = "http://127.0.0.1:1/"
    assert stamps.stamp_heads() == 0
    assert not HeadStamp.objects.exists()
