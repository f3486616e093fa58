"""Once a minute over the whole estate: the faults that no picture shows. A handful of queries, however many cameras."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from cameras.models import Camera, Device
from events.models import Event
from footage.health.actions import reopen_unmended, report_fault, report_good
from footage.health.away import first_id_since
from footage.models import RecordingDuty, Segment, Source, WorkOrder

Kind = WorkOrder.Kind
# A camera that starts anew is away for a minute or two, and nobody need climb a mast for it.
OFFLINE_S, BACK_S = 120.0, 300.0
# Unstable: so many losses within so long; over when there was none, and no interruption told, for as long.
LOSSES, UNSTABLE_S = 4, 3600.0
# Law W-13: more than a second is told; half of it is good again. Measured longer ago it says nothing.
CLOCK_MS, CLOCK_GOOD_MS = 1000, 500
CLOCK_AGE = dt.timedelta(days=1)
# Recording: of the last whole stretch of files, so much at least; a file lasts ten minutes.
FILE = dt.timedelta(minutes=10)
STRETCH = dt.timedelta(minutes=60)
RECORDED_SHARE, RECORDED_GOOD = 0.95, 0.99
Found = dict[int, dict[str, Any]]


def go_round(now: dt.datetime | None = None) -> None:
    now = now or timezone.now()
    standing = _standing()
    for kind, bad, good in (
        (Kind.OFFLINE, offline(now), _back(now)),
        (Kind.GAPS, *gaps(now)),
        (Kind.CLOCK, *clocks(now)),
        (Kind.UNSTABLE, *unstable(now, standing[Kind.UNSTABLE])),
    ):
        for camera_id, evidence in bad.items():
            if camera_id not in standing[kind]:
                report_fault(camera_id=camera_id, kind=kind, evidence=evidence)
        for camera_id in set(standing[kind]) & set(good):
            report_good(camera_id=camera_id, kind=kind)
    _let_go_of_retired()
    reopen_unmended(now=now)


def _standing() -> dict[str, dict[int, WorkOrder]]:
    """By fault and camera what is measured to stand already."""
    found: dict[str, dict[int, WorkOrder]] = defaultdict(dict)
    for order in WorkOrder.objects.filter(standing=True).order_by("pk"):
        found[order.kind][order.camera_id] = order
    return found


def offline(now: dt.datetime) -> Found:
    since = now - dt.timedelta(seconds=OFFLINE_S)
    away = Camera.objects.filter(state=Camera.State.LOST, state_since__lt=since, source__enabled=True)
    whys = _whys(away)
    return {
        pk: {"since": at.isoformat(timespec="seconds"), "why": whys.get(pk, "silent")}
        for pk, at in away.values_list("pk", "state_since")
    }


def _whys(cameras: Iterable[Camera]) -> dict[int, str]:
    """What was last said when each went."""
    told: dict[int, str] = {}
    pks = [camera.pk for camera in cameras]
    lost = Event.objects.filter(kind="cameras.lost", about__overlap=[f"camera:{pk}" for pk in pks])
    for data in lost.order_by("pk").values_list("data", flat=True) if pks else ():
        told[data["camera_id"]] = data["why"]
    return told


def _back(now: dt.datetime) -> Iterable[int]:
    since = now - dt.timedelta(seconds=BACK_S)
    back = Camera.objects.filter(state=Camera.State.LIVE, state_since__lt=since)
    standing = WorkOrder.objects.filter(camera=OuterRef("pk"), kind=Kind.OFFLINE, standing=True)
    return back.filter(Exists(standing)).values_list("pk", flat=True)


def gaps(now: dt.datetime) -> tuple[Found, Iterable[int]]:
    """In service for all of the stretch and not recorded in all of it. Who was offline has an order for that."""
    ends = now - FILE
    begins = ends - STRETCH
    due = RecordingDuty.objects.filter(
        until=None,
        since__lt=begins,
        camera__state=Camera.State.LIVE,
        camera__state_since__lt=begins,
    )
    cameras = list(due.values_list("camera_id", flat=True))
    recorded = dict.fromkeys(cameras, 0.0)
    rows = Segment.objects.readable().filter(
        camera_id__in=cameras, started_at__lt=ends, started_at__gt=begins - FILE, ended_at__gt=begins
    )
    for camera_id, started, ended, seconds in rows.values_list(
        "camera_id", "started_at", "ended_at", "seconds"
    ):
        spans = max((ended - started).total_seconds(), 0.001)
        inside = (min(ended, ends) - max(started, begins)).total_seconds()
        recorded[camera_id] += max(0.0, inside) * min(1.0, seconds / spans)
    stretch_s = STRETCH.total_seconds()
    bad = {
        camera_id: {"recorded_s": round(seconds), "due_s": round(stretch_s)}
        for camera_id, seconds in recorded.items()
        if seconds < RECORDED_SHARE * stretch_s
    }
    return bad, [pk for pk, seconds in recorded.items() if seconds >= RECORDED_GOOD * stretch_s]


def clocks(now: dt.datetime) -> tuple[Found, Iterable[int]]:
    """By the sender reports of the stream (RTCP), and by what the head says of its time (ONVIF)."""
    recent = Q(clock_measured_at__gt=now - CLOCK_AGE, clock_measured_at__lte=now)
    told: dict[int, dict[str, int]] = defaultdict(dict)
    in_service = Q(camera__state=Camera.State.LIVE)
    for pk, ahead in Source.objects.filter(recent & in_service).values_list("pk", "clock_offset_ms"):
        if ahead is not None:
            told[pk]["stream_ahead_ms"] = ahead
    for pk, ahead in Device.objects.filter(recent & in_service).values_list("pk", "clock_ahead_ms"):
        if ahead is not None:
            told[pk]["device_ahead_ms"] = ahead
    worst = {pk: max(map(abs, said.values())) for pk, said in told.items()}
    bad: Found = {pk: dict(told[pk]) for pk, ms in worst.items() if ms > CLOCK_MS}
    return bad, [pk for pk, ms in worst.items() if ms < CLOCK_GOOD_MS]


def unstable(now: dt.datetime, standing: dict[int, WorkOrder]) -> tuple[Found, Iterable[int]]:
    """Lost again and again. Interruptions too short for that are told by the node that sees them."""
    since = now - dt.timedelta(seconds=UNSTABLE_S)
    losses: dict[int, int] = defaultdict(int)
    recent = Event.objects.filter(pk__gte=first_id_since(since), kind="cameras.lost", at__gt=since)
    for data in recent.values_list("data", flat=True):
        losses[data["camera_id"]] += 1
    bad = {
        pk: {"losses": count, "minutes": round(UNSTABLE_S / 60)}
        for pk, count in losses.items()
        if count >= LOSSES
    }
    told = since.isoformat(timespec="seconds")
    calm = [pk for pk, order in standing.items() if pk not in losses and order.evidence.get("at", "") < told]
    return bad, calm


def _let_go_of_retired() -> None:
    gone = WorkOrder.objects.live().filter(camera__state__in=[Camera.State.RETIRED, Camera.State.PLANNED])
    for camera_id, kind in gone.values_list("camera_id", "kind"):
        report_good(camera_id=camera_id, kind=kind)
