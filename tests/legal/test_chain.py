"""Rows hold on to one another; whoever alters, removes, inserts or moves one is found out (L-64)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from events.models import Event
from legal import tasks
from legal.actions import record_consultation, sign_heads
from legal.chain import digest
from legal.looks import end_look, open_looks
from legal.masked import AT_ALL_TIMES
from legal.models import ChainHead, Consultation, ConsultationEnd, LogReading
from legal.state.sheet import answer
from legal.verify import verify
from tests import cast
from tests.legal.people import INCIDENT, LIVE, STREET, operator, session_of
from tests.servers import ROOT, wait_until

CASE = {"reason": INCIDENT, "reference": "2026-0412"}


def looks(count: int, who: User | None = None) -> User:
    who = who or operator()
    opened = open_looks(actor=who, cameras=[STREET] * count, kind=LIVE, session_key=session_of(who), **CASE)
    for look in opened.looks:
        end_look(look.token)
    return who


@pytest.fixture
def log(db: None) -> None:
    looks(9)
    sign_heads()


@pytest.fixture
def owner_of_tables(log: None) -> Callable[[str], None]:
    """Somebody who owns the tables: neither triggers nor foreign keys hold them."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for model in (Consultation, ConsultationEnd, ChainHead):
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint"
            " WHERE contype = 'f' AND confrelid = 'legal_consultation'::regclass"
        )
        for table, name in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')

    def run(statement: str) -> None:
        with connection.cursor() as cursor:
            for part in statement.split(";"):
                cursor.execute(part)

    return run


def found(chain: str = "consultation", **options: Any) -> list[tuple[int, int, str]]:
    walk = verify(chain, **options)
    return [
        (finding.first, finding.last, finding.words.split(":")[0].split(";")[0]) for finding in walk.findings
    ]


def test_a_whole_log_is_whole(log: None) -> None:
    assert found() == found("end") == []
    assert (verify("consultation").rows, verify("consultation").heads) == (9, 1)


def test_each_row_covers_the_one_before(log: None) -> None:
    """Anybody can do this sum from an export, in any language."""
    rows = list(Consultation.objects.order_by("pk"))
    said = {
        "act": "Mayor · 2026-17",
        "begun_at": rows[1].begun_at.isoformat().replace("+00:00", "Z"),
        "camera_code": "C885",
        "correlation": "",
        "exercise": False,
        "ground": "CSI L251-2, 5°",
        "id": 2,
        "kind": "live",
        "layout": 1,
        "period_from": None,
        "period_to": None,
        "reason": "incident",
        "reason_text": "",
        "recipients": "self",
        "reference": "2026-0412",
        "sector_code": "NORTH",
        "user_id": rows[1].user_id,
        "user_label": rows[1].user_label,
        "workstation": "",
    }
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert rows[1].hash == digest(rows[0].hash, text.encode())


def test_the_clock_reads_all_of_it_each_night_and_what_is_wrong_is_told_by_itself(
    log: None, owner_of_tables: Callable[[str], None], client: Client
) -> None:
    """L-64: page, metric, state of compliance and one fact; nobody has to think of the command."""
    tasks.read_log()
    whole = LogReading.objects.get()
    assert (whole.rows > 9, whole.wrong, whole.findings) == (True, 0, [])
    owner_of_tables("UPDATE legal_consultation SET camera_code = 'C999' WHERE id = 5")
    tasks.read_log()
    tasks.read_log()
    last = LogReading.objects.latest_one()
    assert last is not None
    assert last.wrong == 1 and "row 5" in last.findings[0]
    told = Event.objects.filter(kind="legal.log_not_whole")
    assert [event.data["wrong"] for event in told] == [1]
    assert answer("no_trace").state == "bad"
    assert "nice_audit_wrong 1.0" in client.get("/metrics").content.decode()
    client.force_login(cast.person(Role.DPO))
    assert "row 5" in client.get("/legal/consultations/").content.decode()


@pytest.mark.parametrize(
    "change",
    [
        "camera_code = 'C999'",
        "user_label = 'somebody else'",
        "reason = 'watch'",
        "begun_at = begun_at + interval '1 h'",
    ],
)
def test_an_altered_row_is_named(owner_of_tables: Callable[[str], None], change: str) -> None:
    owner_of_tables(f"UPDATE legal_consultation SET {change} WHERE id = 5")
    assert found() == [(5, 5, "altered or inserted")]


def test_removed_rows_are_named(owner_of_tables: Callable[[str], None]) -> None:
    owner_of_tables("DELETE FROM legal_consultation WHERE id IN (4, 5)")
    assert found() == [(4, 5, "removed")]


def test_rows_removed_from_the_beginning_are_named(owner_of_tables: Callable[[str], None]) -> None:
    owner_of_tables("DELETE FROM legal_consultation WHERE id < 4")
    assert found() == [(1, 3, "removed before their time")]


def test_rows_cut_off_the_end_are_named_by_the_head(owner_of_tables: Callable[[str], None]) -> None:
    owner_of_tables("DELETE FROM legal_consultation WHERE id > 7")
    assert found() == [(8, 9, "removed from the end")]


def test_two_rows_that_changed_places_are_named(owner_of_tables: Callable[[str], None]) -> None:
    owner_of_tables(
        "UPDATE legal_consultation SET id = -4 WHERE id = 4;UPDATE legal_consultation SET id = 4 WHERE id = 5;"
        "UPDATE legal_consultation SET id = 5 WHERE id = -4"
    )
    assert found() == [(4, 4, "moved"), (5, 5, "moved")]


def test_two_distant_rows_that_changed_places_are_named(owner_of_tables: Callable[[str], None]) -> None:
    owner_of_tables(
        "UPDATE legal_consultation SET id = -3 WHERE id = 3;UPDATE legal_consultation SET id = 3 WHERE id = 7;"
        "UPDATE legal_consultation SET id = 7 WHERE id = -3"
    )
    assert found() == [(3, 3, "moved"), (7, 7, "moved")]


COLUMNS = ", ".join(f.column for f in Consultation._meta.concrete_fields if f.name not in ("id", "hash"))


def test_an_inserted_row_is_named(owner_of_tables: Callable[[str], None]) -> None:
    """It needs a number: the later rows are moved up to make room for it."""
    owner_of_tables(
        "UPDATE legal_consultation SET id = id + 1000 WHERE id > 5;"
        "UPDATE legal_consultation SET id = id - 999 WHERE id > 1000;"
        f"INSERT INTO legal_consultation (id, hash, {COLUMNS})"
        f" SELECT 6, repeat('a', 64), {COLUMNS} FROM legal_consultation WHERE id = 1"
    )
    assert (6, 6, "altered or inserted") in found()
    assert (7, 10, "renumbered") in found()


def test_a_row_added_at_the_end_without_the_chain_is_named(owner_of_tables: Callable[[str], None]) -> None:
    owner_of_tables(
        f"INSERT INTO legal_consultation (id, hash, {COLUMNS})"
        f" SELECT 10, hash, {COLUMNS} FROM legal_consultation WHERE id = 9"
    )
    assert found() == [(10, 10, "altered or inserted")]


def _rewrite_from(number: int) -> None:
    """A whole forgery: alter one row and compute every hash after it anew."""
    from legal.chain import canonical, covered

    previous = Consultation.objects.get(pk=number - 1).hash
    for row in Consultation.objects.filter(pk__gte=number).order_by("pk"):
        if row.pk == number:
            row.camera_code = "C999"
        row.hash = previous = digest(previous, canonical(covered(row)))
        row.save()


def test_a_forgery_of_all_later_rows_contradicts_the_signed_head(
    owner_of_tables: Callable[[str], None],
) -> None:
    owner_of_tables("SELECT 1")
    _rewrite_from(4)
    assert found() == [
        (1, 9, "rewritten after the head of " + str(ChainHead.objects.first().day) + " was signed")
    ]


def test_a_forged_head_is_named(owner_of_tables: Callable[[str], None]) -> None:
    owner_of_tables("SELECT 1")
    _rewrite_from(4)
    owner_of_tables(
        "UPDATE legal_chainhead SET hash = (SELECT hash FROM legal_consultation WHERE id = 9)"
        " WHERE chain = 'consultation'"
    )
    assert found()[0][2].endswith("was altered")


def test_heads_kept_elsewhere_show_what_was_cut_with_its_head(
    owner_of_tables: Callable[[str], None], own_key: Path
) -> None:
    owner_of_tables("DELETE FROM legal_consultation WHERE id > 7;DELETE FROM legal_chainhead")
    assert found() == []
    kept = [json.loads(line) for line in (own_key / "heads.jsonl").read_text().splitlines()]
    assert [(first, last) for first, last, _words in found(kept=kept)] == [(9, 9)]


def test_ends_have_their_chain(owner_of_tables: Callable[[str], None]) -> None:
    owner_of_tables("UPDATE legal_consultationend SET seconds = 1 WHERE id = 3")
    assert found("end") == [(3, 3, "altered or inserted")]
    assert found() == []


def test_a_part_of_the_log_is_checked_alone(owner_of_tables: Callable[[str], None]) -> None:
    owner_of_tables("UPDATE legal_consultation SET camera_code = 'C999' WHERE id = 2")
    start = Consultation.objects.get(pk=5).begun_at
    looks(1, User.objects.get())
    later = Consultation.objects.get(pk=10).begun_at
    assert start < later
    assert found(start=later) == []
    assert found(end=later) == [(2, 2, "altered or inserted")]
    assert (verify("consultation", start=later).rows, verify("consultation", end=later).rows) == (1, 9)


def test_rows_let_go_of_after_three_years_leave_a_whole_log(owner_of_tables: Callable[[str], None]) -> None:
    """L-65: the head that ends them ties what remains."""
    owner_of_tables("SELECT 1")
    ChainHead.objects.update(at="2020-01-01T00:00:00Z")
    for head in ChainHead.objects.all():
        from legal import keys

        keys.sign(head)
        head.save()
    looks(3, User.objects.get())
    owner_of_tables("DELETE FROM legal_consultation WHERE id <= 9")
    assert found() == []


@pytest.mark.django_db(transaction=True)
def test_a_long_log_is_read_by_several_processes_and_what_is_wrong_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each part is tied to the row before it; what they doubt is walked by one."""
    monkeypatch.setattr("legal.verify.MANY", 10)
    walked: list[object] = []
    walk = verify.__globals__["_walk"]
    monkeypatch.setitem(verify.__globals__, "_walk", lambda *given: (walked.append(given), walk(*given)))
    who = looks(30)
    sign_heads()
    looks(11, who)
    whole = verify("consultation", processes=2)
    assert (whole.rows, whole.findings, walked) == (41, [], [])
    with connection.cursor() as cursor:
        for model in (Consultation, ConsultationEnd):
            cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")
        cursor.execute("UPDATE legal_consultation SET camera_code = 'C999' WHERE id = 17")
    assert found(processes=2) == [(17, 17, "altered or inserted")]


def test_heads_are_signed_when_the_log_grew_and_only_then(log: None) -> None:
    assert sign_heads() == []
    looks(1, User.objects.get())
    assert {head.chain: (head.last_id, head.count) for head in sign_heads()} == {
        "consultation": (10, 1),
        "end": (10, 1),
    }
    assert found() == []


def test_the_key_is_for_its_owner_alone(log: None, own_key: Path) -> None:
    assert (own_key / "audit-key.pem").stat().st_mode & 0o777 == 0o600


def test_the_command_names_what_is_wrong_and_fails(owner_of_tables: Callable[[str], None]) -> None:
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert "18 rows and 2 heads" in out.getvalue()
    assert "The log is whole." in out.getvalue()
    owner_of_tables("UPDATE legal_consultation SET camera_code = 'C999' WHERE id = 5")
    with pytest.raises(CommandError, match="1 things"):
        call_command("verify_audit", "--from", "2020-01-01", stdout=out)
    assert "consultation: row 5: altered or inserted" in out.getvalue()


@pytest.fixture
def role() -> Iterator[str]:
    """A role made by the administrator of the server, whom the private servers of the tests let in."""
    at = connection.settings_dict
    try:
        admin = psycopg.connect(
            host=at["HOST"], port=at["PORT"], dbname=at["NAME"], user="postgres", password=at["PASSWORD"]
        )
    except psycopg.OperationalError:
        pytest.skip("roles can be made on a private server only")
    with admin:
        admin.autocommit = True
        admin.execute("DROP ROLE IF EXISTS nice_app_of_tests")
        admin.execute("CREATE ROLE nice_app_of_tests LOGIN")
        admin.execute(f'GRANT nice_app_of_tests TO "{at["USER"]}"')
        yield "nice_app_of_tests"
        admin.execute("DROP ROLE nice_app_of_tests")


@pytest.mark.django_db(transaction=True)
def test_the_role_of_the_application_adds_and_reads_and_changes_nothing(role: str) -> None:
    who = looks(2)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        _as_the_application(role, who)
        raise ZeroDivisionError  # its grants are taken back


def _as_the_application(role: str, who: User) -> None:
    out = StringIO()
    call_command("legal_role", role, stdout=out)
    assert "REVOKE UPDATE, TRUNCATE" in out.getvalue()
    call_command("legal_role", role, "--apply", stdout=out)
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        for statement in (
            "UPDATE legal_consultation SET reason = 'watch'",
            "DELETE FROM legal_consultation",
            "TRUNCATE legal_consultation CASCADE",
            "ALTER TABLE legal_consultation DISABLE TRIGGER USER",
            "DROP TRIGGER legal_consultation_append_only ON legal_consultation",
            "UPDATE legal_chainhead SET hash = ''",
            "UPDATE legal_breachstep SET words = ''",
            "UPDATE legal_headstamp SET authority = ''",
            "UPDATE events_event SET kind = ''",
            "TRUNCATE retention_destruction",
        ):
            with (
                pytest.raises(DatabaseError, match=r"permission denied|must be owner|append-only"),
                transaction.atomic(),
            ):
                cursor.execute(statement)
        record_consultation(
            actor=who,
            camera_code="C885",
            sector_code="",
            kind=LIVE,
            authorised=True,
            masked=AT_ALL_TIMES,
            **CASE,
        )
        assert Consultation.objects.count() == 3
        cursor.execute("RESET ROLE")
    assert found() == []


@pytest.mark.django_db(transaction=True)
def test_looks_at_the_same_moment_join_one_chain() -> None:
    who = operator()

    def look() -> None:
        for _ in range(10):
            record_consultation(
                actor=who,
                camera_code="C885",
                sector_code="",
                kind=LIVE,
                authorised=True,
                masked=AT_ALL_TIMES,
                **CASE,
            )
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(Consultation.objects.order_by("pk").values_list("pk", flat=True)) == list(range(1, 61))
    assert found() == []


_ENDLESS = """
import django; django.setup()
from accounts.models import User
from legal.actions import record_consultation
from legal.masked import AT_ALL_TIMES
who = User.objects.get()
while True:
    record_consultation(actor=who, camera_code="C885", sector_code="", kind="live", reason="incident",
                        reference="1", authorised=True, masked=AT_ALL_TIMES)
"""


@pytest.mark.survival
@pytest.mark.django_db(transaction=True)
def test_a_kill_in_the_middle_leaves_no_hole() -> None:
    operator()
    env = os.environ | {
        "DATABASE_URL": os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{connection.settings_dict['NAME']}"
    }
    for round_ in range(1, 4):
        process = subprocess.Popen([sys.executable, "-c", _ENDLESS], env=env, cwd=ROOT)
        assert wait_until(lambda n=round_: Consultation.objects.count() > 20 * n, 30)
        process.send_signal(signal.SIGKILL)
        process.wait()
    looks(1, User.objects.get())
    assert found() == []
    assert ConsultationEnd.objects.count() == 1
