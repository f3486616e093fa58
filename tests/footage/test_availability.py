"""Availability: the share of the time due in which pictures came, by day and by month."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from django.utils import timezone

from accounts.roles import Role
from cameras.facts import Lost, Returned, StateChanged
from cameras.models import Camera
from events.models import Event
from footage.health.availability import keep_days, of_month, reckon
from footage.health.away import first_id_since
from footage.models import CameraDay, RecordingDuty, Segment
from tests.cameras.estate import camera
from tests.cast import person
from tests.footage.recorded import signed_in

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
TODAY = timezone.now().astimezone(dt.UTC).date()
YESTERDAY = dt.datetime.combine(TODAY - DAY, dt.time(), dt.UTC)


def told(kind: type, at: dt.datetime, eye: Camera, **data: object) -> None:
    fact = kind(camera_id=eye.pk, code=eye.code, **data)
    Event.objects.create(kind=kind.kind, at=at, data=fact.data(), about=fact.about())


def lost(eye: Camera, begins: dt.datetime, ends: dt.datetime) -> None:
    told(Lost, begins, eye, state="lost", why="silent")
    told(Returned, ends, eye, state="live", away_s=round((ends - begins).total_seconds()))


@pytest.fixture
def eye() -> Camera:
    made = camera("C1")
    RecordingDuty.objects.create(camera=made, since=YESTERDAY - 30 * DAY)
    return made


def test_a_day_is_counted_in_seconds(eye: Camera) -> None:
    lost(eye, YESTERDAY - HOUR, YESTERDAY + HOUR)  # over midnight
    lost(eye, YESTERDAY + 5 * HOUR, YESTERDAY + 5.5 * HOUR)
    Segment.objects.create(
        camera=eye,
        started_at=YESTERDAY + 6 * HOUR,
        ended_at=YESTERDAY + 6 * HOUR + dt.timedelta(minutes=10),
        seconds=590,
        path="a.mp4",
        codecs="avc1",
        init_bytes=1,
        state=Segment.State.CLOSED,
    )
    (row,) = reckon(YESTERDAY.date())
    assert (row.due_s, row.away_s, row.recorded_s, row.losses) == (86400, 5400, 590, 1)


def test_one_that_is_still_away_and_one_that_was_put_under_maintenance(eye: Camera) -> None:
    told(Lost, YESTERDAY + 20 * HOUR, eye, state="lost", why="silent")
    Camera.objects.filter(pk=eye.pk).update(state="lost", state_since=YESTERDAY + 20 * HOUR)
    other = camera("C2")
    RecordingDuty.objects.create(camera=other, since=YESTERDAY - DAY, until=YESTERDAY + 12 * HOUR)
    told(Lost, YESTERDAY + 11 * HOUR, other, state="lost", why="silent")
    told(StateChanged, YESTERDAY + 12 * HOUR, other, state="maintenance")
    rows = {row.camera_id: row for row in reckon(YESTERDAY.date())}
    assert (rows[eye.pk].due_s, rows[eye.pk].away_s) == (86400, 4 * 3600)
    assert (rows[other.pk].due_s, rows[other.pk].away_s) == (12 * 3600, 3600)


def test_days_are_kept_once_and_outlive_the_recordings(eye: Camera) -> None:
    lost(eye, YESTERDAY + HOUR, YESTERDAY + 2 * HOUR)
    assert keep_days() == keep_days() + 7, "then the last two again"
    assert CameraDay.objects.count() == 9
    month = of_month(YESTERDAY.date().replace(day=1), [eye])
    ((_camera, row),) = month.cameras
    assert row.away_s == 3600 and month.whole.away_s == 3600
    assert row.available == pytest.approx(1 - 3600 / row.due_s)


def test_the_log_is_entered_at_a_time_without_reading_it(eye: Camera) -> None:
    for hour in range(48):
        told(StateChanged, YESTERDAY + hour * HOUR, eye, state="live")
    first = first_id_since(YESTERDAY + 24 * HOUR)
    assert Event.objects.get(pk=first).at == YESTERDAY + 24 * HOUR
    assert first_id_since(YESTERDAY - DAY) <= Event.objects.order_by("pk").values_list("pk", flat=True)[0]
    assert first_id_since(timezone.now() + DAY) == Event.objects.last_id() + 1


def test_the_page_the_file_and_the_rest_door_say_one_figure(eye: Camera) -> None:
    lost(eye, YESTERDAY + HOUR, YESTERDAY + 2 * HOUR)
    keep_days()
    client = signed_in(person(Role.TECHNICIAN))
    month = f"{YESTERDAY:%Y-%m}"
    rest = client.get(f"/api/v1/availability/?month={month}").json()
    file = client.get(f"/footage/health/availability.csv?month={month}").content.decode()
    (line,) = csv.DictReader(io.StringIO(file))
    page = client.get(f"/footage/health/availability/?month={month}").content.decode()
    share = rest["cameras"][0]["available"]
    assert float(line["available"]) == pytest.approx(share, abs=1e-3)
    shown = re.search(r'<td><span class="tag ok">([\d.]+) %', page)
    assert shown is not None and float(shown[1]) == pytest.approx(100 * share, abs=0.02)
    assert rest["target"] == 0.98
    assert client.get("/footage/health/availability/?month=2026-99").status_code == 200


def test_the_last_ten_days_stand_on_the_cameras_page(eye: Camera) -> None:
    lost(eye, YESTERDAY, YESTERDAY + 6 * HOUR)
    client = signed_in(person(Role.TECHNICIAN))
    for page in (f"/admin/cameras/camera/{eye.pk}/change/", f"/footage/health/cameras/{eye.code}/"):
        shown = client.get(page).content.decode()
        assert shown.count('class="due"') == 10 and 'height="15.0"' in shown, "a quarter of a bar of 60"
        assert " style=" not in shown[shown.index("camera-days") :]
