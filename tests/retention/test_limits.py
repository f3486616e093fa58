"""L-04: a value above the law's or the authorisation's is refused by form, model and database, whoever asks."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from events.models import Event
from footage.replay import limits
from legal.models import PrefecturalAuthorisation
from legal.role import statements
from retention.models import Destruction, Limit, Run
from retention.rules import days_of, rules, sync
from tests.cast import camera, person
from tests.legal.test_chain import role

__all__ = ["role"]
pytestmark = pytest.mark.django_db
VIDEO = "footage.Segment"
PATH = f"/retention/limits/{VIDEO}/"
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def order(days: int) -> PrefecturalAuthorisation:
    today = timezone.localdate()
    return PrefecturalAuthorisation.objects.create(
        number="2026-117",
        signed_on=today - dt.timedelta(days=30),
        expires_on=today + dt.timedelta(days=900),
        purposes=[5],
        max_retention_days=days,
        all_cameras=True,
    )


def asked(client: Client, role: Role, days: int) -> Any:
    client.force_login(person(role))
    client.cookies["django_language"] = "en"
    given = {"days": days, "source": "Order 2026-117", "review_on": "2027-11-01"}
    return client.post(PATH, given)


def limit(**fields: Any) -> Limit:
    given = {"what": VIDEO, "family": "street_video", "days": 10, "source": "Order 2026-117"}
    return Limit(**(given | fields))


def test_the_supervisor_sets_a_lawful_limit_and_the_log_says_who(client: Client) -> None:
    order(15)
    assert asked(client, Role.SUPERVISOR, 12).status_code == 302
    assert days_of(VIDEO) == 12
    told = Event.objects.get(kind="retention.limit_set")
    assert (told.data, told.actor.username) == ({"what": VIDEO, "days": 12, "before": 10}, "supervisor")
    eye = camera("C1")
    assert limits.days_by_camera([eye]) == {eye.pk: 12}


@pytest.mark.parametrize(("days", "says"), [(16, "no authorisation in force"), (32, "31 days at most")])
def test_the_form_refuses_more(client: Client, days: int, says: str) -> None:
    order(15)
    answer = asked(client, Role.SUPERVISOR, days)
    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert not Limit.objects.exists() and not Event.objects.exists()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DPO, Role.OPERATOR, Role.TECHNICIAN])
def test_nobody_else_sets_one(client: Client, role: Role) -> None:
    assert asked(client, role, 3).status_code == 403
    assert not Limit.objects.exists()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SUPERVISOR])
def test_the_administration_changes_none(client: Client, role: Role) -> None:
    """Nor with every right Django knows: the only way is the page that asks the law and the orders."""
    limit().save()
    user = person(role)
    User.objects.filter(pk=user.pk).update(is_superuser=True, is_staff=True)
    client.force_login(user)
    for path in ("add/", f"{Limit.objects.get().pk}/change/", f"{Limit.objects.get().pk}/delete/"):
        answer = client.post(f"/admin/retention/limit/{path}", {"days": 31, "what": VIDEO, "post": "yes"})
        assert answer.status_code in (302, 403, 405), path
    assert list(Limit.objects.values_list("what", "days")) == [(VIDEO, 10)]


def test_no_setting_lengthens_a_limit() -> None:
    """What the centre wants is a row under the law: neither rules nor limits read a line of the environment."""
    beside = [path for path in ROOT.glob("*/retention.py") if ".venv" not in path.parts]
    engine = [ROOT / "retention" / name for name in ("rules.py", "families.py", "models.py", "actions.py")]
    assert len(beside) > 10
    reading = re.compile(r"environ|getenv|conf import settings|conf\.settings")
    told = [*beside, *engine, ROOT / "footage" / "replay" / "limits.py"]
    assert [path.name for path in told if reading.search(path.read_text())] == []


def test_the_model_refuses_more() -> None:
    order(15)
    for days in (16, 32):
        with pytest.raises(ValidationError):
            limit(days=days).full_clean()


@pytest.mark.parametrize("days", [16, 32, 3000])
def test_postgresql_refuses_more(days: int) -> None:
    order(15)
    with pytest.raises(IntegrityError), transaction.atomic():
        limit(days=days).save()


def test_an_administrator_with_sql_and_the_applications_role_extends_nothing(role: str) -> None:
    """Neither a limit nor the register: as the role the application runs under."""
    order(15)
    limit().save()
    run = Run.objects.create(kind="night", node="x", clock=timezone.now())
    now = timezone.now()
    Destruction.objects.create(
        run=run, what=VIDEO, basis="x", items=1, oldest=now, newest=now, names_sha256="0" * 64
    )
    with connection.cursor() as cursor, transaction.atomic():
        cursor.execute("SELECT current_user")
        (owner,) = cursor.fetchone()
        for statement in statements(role, owner):
            cursor.execute(statement.as_string(cursor.connection))
        cursor.execute(f"SET LOCAL ROLE {role}")
        for sql in (
            "UPDATE retention_limit SET days = 20",
            "UPDATE retention_limit SET family = 'register', days = 3000",
            "DELETE FROM retention_limit",
            "INSERT INTO retention_limit (what, family, days, source, review_on, set_at)"
            " VALUES ('footage.Segment:x', 'street_video', 32, 'me', now(), now())",
            "ALTER TABLE retention_limit DISABLE TRIGGER ALL",
            "UPDATE retention_destruction SET items = 0",
            "DELETE FROM retention_destruction",
            "TRUNCATE retention_destruction",
            "SELECT retention_drop_day('footage_segment', current_date)",
            "DROP TABLE footage_segment",
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(sql)
        # What it may: make the days ahead, and say once that something is gone.
        cursor.execute("SELECT retention_make_day('footage_segment', 'started_at', current_date + 9)")
        cursor.execute("UPDATE retention_destruction SET finished_at = now()")
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("UPDATE retention_destruction SET finished_at = NULL")
        cursor.execute("RESET ROLE")
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("now", "days", "cut"),
    [
        ("2027-03-01 12:00", 31, "2027-02-01 12:00"),
        ("2027-02-28 12:00", 31, "2027-01-31 12:00"),
        ("2027-03-30 12:00", 31, "2027-03-01 00:00"),
        ("2027-01-15 12:00", 31, "2026-12-15 12:00"),
        ("2027-03-01 12:00", 10, "2027-02-19 12:00"),
    ],
)
def test_a_month_is_one_of_the_calendar(now: str, days: int, cut: str) -> None:
    """L-04: an order of 31 days does not make February longer than it is."""
    here = timezone.get_default_timezone()
    moment, expected = (dt.datetime.fromisoformat(text).replace(tzinfo=here) for text in (now, cut))
    assert limits.cut(moment, days) == expected


def test_what_is_cut_is_never_given_back() -> None:
    moment = dt.datetime(2027, 1, 1, 7, tzinfo=dt.UTC)
    cuts = [limits.cut(moment + n * dt.timedelta(hours=5), 31) for n in range(24 * 365 // 5)]
    assert cuts == sorted(cuts)
    for month in range(1, 13):
        taken = dt.datetime(2027, month, 15, 12, tzinfo=timezone.get_default_timezone())
        due = taken.replace(year=2028, month=1) if month == 12 else taken.replace(month=month + 1)
        assert limits.cut(due + dt.timedelta(seconds=1), 31) > taken >= limits.cut(due, 31)


def test_whatever_a_row_says_the_law_counts() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE retention_limit DROP CONSTRAINT retention_limit_street_video")
    limit(days=300).save()
    assert days_of(VIDEO) == 31


def test_an_order_that_comes_later_counts_at_once() -> None:
    limit(days=10).save()
    order(7)
    eye = camera("C1")
    assert limits.days_by_camera([eye]) == {eye.pk: 7}


def test_each_rule_gets_its_row_under_the_orders() -> None:
    order(7)
    assert set(sync()) == set(rules())
    assert days_of(VIDEO) == 7
    assert sync() == []


def test_a_rule_the_engine_cannot_read_is_found_before_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    from doors import retention as beside
    from retention.checks import rules_can_be_carried_out

    assert rules_can_be_carried_out() == []
    rules.cache_clear()
    monkeypatch.setattr(beside, "RULES", [{"what": "doors.KeptAnswer", "days": 1}])
    (error,) = rules_can_be_carried_out()
    assert error.id == "retention.E001"
    monkeypatch.undo()
    rules.cache_clear()
    assert VIDEO in rules()
