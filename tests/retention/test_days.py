"""Tables that lie in days: made ahead, dropped whole, never a row refused, never today dropped."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from footage.models import Segment
from tests.cast import camera

pytestmark = pytest.mark.django_db


def segment(eye: Any, at: dt.datetime, **fields: Any) -> Segment:
    given = {
        "path": f"{at:%Y-%m-%d/%H}/{eye.code}/{at:%H%M%S}.mp4",
        "started_at": at,
        "ended_at": at,
        "codecs": "avc1",
        "init_bytes": 1,
        "node": "test/1",
        "state": Segment.State.CLOSED,
    }
    return Segment.objects.create(camera=eye, **(given | fields))


def where(row: Segment) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM footage_segment WHERE id = %s", [row.pk])
        return str(cursor.fetchone()[0])


def test_a_row_lies_in_its_day_and_one_of_no_day_in_the_rest() -> None:
    eye, now = camera("C1"), timezone.now()
    assert where(segment(eye, now)) == f"footage_segment_{now:%Y%m%d}"
    old = segment(eye, now - dt.timedelta(days=40))
    assert where(old) == "footage_segment_rest"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT retention_make_day('footage_segment', 'started_at', %s)", [old.started_at.date()]
        )
    assert where(old) == f"footage_segment_{old.started_at:%Y%m%d}", "it moved to its day when that was made"


def test_a_name_is_unique_in_its_day_as_before() -> None:
    eye, now = camera("C1"), timezone.now()
    segment(eye, now)
    with pytest.raises(IntegrityError), transaction.atomic():
        segment(eye, now)
    assert (
        Segment.objects.update_or_create(path=Segment.objects.get().path, defaults={"bytes": 7})[1] is False
    )


@pytest.mark.parametrize("days", [0, 1])
def test_today_and_tomorrow_are_never_dropped(days: int) -> None:
    day = timezone.now().date() + dt.timedelta(days=days)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT retention_drop_day('footage_segment', %s)", [day])
