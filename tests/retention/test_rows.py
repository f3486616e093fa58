"""Rows without files of their own: batches, what goes with them, what is kept because something points to it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from accounts.models import User
from alerts.models import Alert
from cameras.models import Camera, SteeringOrder
from events.deliveries import sweep
from incidents.models import Incident, Nature
from legal.actions import record_consultation, sign_heads
from legal.masked import AT_ALL_TIMES
from legal.models import Consultation
from legal.verify import verify
from patrols.models import TrackPoint, Unit
from retention import alarms, engine, partitions, rows
from retention.models import Destruction, Lateness, Run
from retention.rules import rules
from tests.cast import camera, habilitated, person, school
from tests.retention.test_days import segment
from tests.retention.travel import DAY, HOUR, Time

pytestmark = pytest.mark.django_db
CASE = {"reason": "incident", "reference": "2026-0412"}
YEARS = 3 * 365 * DAY + DAY


def destroyed(what: str) -> int:
    """One rule, as the engine carries it out."""
    connection.check_constraints()
    run = Run.objects.create(kind="by_hand", node="test", clock=timezone.now())
    return rows.destroy(rules()[what], run, now=timezone.now(), days=rules()[what].days)


def incident(number: str, closed_at: dt.datetime | None) -> Incident:
    return Incident.objects.create(
        number=number,
        priority=2,
        nature=Nature.OBSERVED,
        title="x",
        place_label="x",
        lat=43.7,
        lon=7.2,
        closed_at=closed_at,
        state="closed" if closed_at else "open",
        outcome="nothing_found" if closed_at else "",
    )


def test_rows_go_by_batches_with_what_hangs_on_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "BATCH", 2)
    now = timezone.now()
    for n in range(5):
        incident(f"I-{n}", now - YEARS).steps.create(order=1, text="Look")
    young, running = incident("I-8", now - DAY), incident("I-9", None)
    assert destroyed("incidents.Incident") == 5
    assert set(Incident.objects.all()) == {young, running}
    told = list(Destruction.objects.filter(what="incidents.Incident"))
    assert [one.items for one in told] == [1, 2, 2]
    assert sum(one.with_them["incidents.IncidentStep"] for one in told) == 5


def test_what_something_points_to_waits() -> None:
    """A camera retired long ago, and one whose recordings are still there."""
    long_ago = timezone.now() - YEARS
    for code in ("C1", "C2", "C3"):
        camera(code)
    Camera.objects.exclude(code="C3").update(state=Camera.State.RETIRED)
    Camera.objects.update(state_since=long_ago)
    segment(Camera.objects.get(code="C2"), timezone.now())
    assert destroyed("cameras.Camera") == 1
    assert set(Camera.objects.values_list("code", flat=True)) == {"C2", "C3"}


def test_who_left_is_nobody_after_three_years_and_is_erased_once() -> None:
    user = person("operator")
    User.objects.filter(pk=user.pk).update(left_at=timezone.now() - YEARS, email="a@b.fr")
    assert (destroyed("accounts.User"), destroyed("accounts.User")) == (1, 0)
    user.refresh_from_db()
    assert (user.username, user.first_name, user.last_name, user.email) == (f"left-{user.pk}", "", "", "")


def test_the_plan_of_a_closed_site_goes_with_its_file(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    site = school()
    site.plan = ContentFile(b"%PDF-1.7 plan", "plan.pdf")
    site.access_notes, site.closed_on = "Key at the caretaker's", timezone.localdate() - 2 * DAY
    site.save()
    assert destroyed("alerts.Site:plan") == 1
    site.refresh_from_db()
    assert (site.plan.name, site.access_notes) == ("", "")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_days_of_tracks_are_dropped_whole() -> None:
    day = (timezone.now() - 40 * DAY).date()
    partitions.make_ahead(day)
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)
    unit = Unit.objects.create(call_sign="BRAVO-1")
    TrackPoint.objects.bulk_create(
        TrackPoint(unit=unit, lat=43.7, lon=7.2, at=at) for at in (noon, noon + HOUR, timezone.now())
    )
    assert destroyed("patrols.TrackPoint") == 2
    assert TrackPoint.objects.count() == 1
    assert day not in partitions.days("patrols_trackpoint")
    told = Destruction.objects.get()
    assert (told.scope, told.items, told.oldest) == (f"day {day}", 2, noon)


def test_the_log_of_looks_goes_up_to_a_signed_head_and_still_proves_itself(
    settings: Any, tmp_path: Any, time_: Time
) -> None:
    settings.LEGAL_KEY_FILE = str(tmp_path / "key.pem")
    today, user = time_.now, person("operator")

    def look() -> None:
        record_consultation(
            actor=user,
            camera_code="C1",
            sector_code="",
            kind="live",
            authorised=True,
            masked=AT_ALL_TIMES,
            **CASE,
        )

    time_.now = today - YEARS
    habilitated(user)
    look(), look()
    sign_heads()
    look()
    time_.now = today
    look()
    sign_heads()
    assert destroyed("legal.Consultation") == 2, "the third is old enough, but no head says where it stood"
    assert list(Consultation.objects.order_by("pk").values_list("pk", flat=True)) == [3, 4]
    assert verify(Consultation.CHAIN).findings == []


def test_an_engine_that_stands_still_is_told(monkeypatch: pytest.MonkeyPatch, time_: Time) -> None:
    engine.purge()
    time_.passes(2 * HOUR)
    assert alarms.judge(Run.objects.latest("pk")) == "silent"
    assert engine.purge().alarm == ""  # type: ignore[union-attr]


def test_what_is_late_opens_an_incident_and_turns_no_camera(
    time_: Time, django_capture_on_commit_callbacks: Any
) -> None:
    camera("C1", distance_m=0)
    run = Run.objects.create(kind="night", node="x", clock=time_.now)
    Lateness.objects.create(what="footage.Segment", items=3)
    with django_capture_on_commit_callbacks(execute=True):
        assert alarms.judge(run) == "late"
    sweep()
    told = Incident.objects.get()
    assert (told.priority, told.nature) == (1, Nature.CENTRE)
    assert not Alert.objects.exists()
    assert not SteeringOrder.objects.exists()
