"""Video tours (law W-05): planned, watched by somebody stop by stop, and told apart from those missed.

A round has a person: each stop is a consultation in that person's name, opened by the page like any look, and a
stop counts as seen only with its number. A tour takes a camera with the lowest priority and passes over what an
operator or an alarm holds; what it passed over is written with the reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rights import Right, require
from cameras import facts, lawful
from cameras.choosing import sight_of, why_unusable
from cameras.models import RoundStep, SteeringOrder, SteeringRule, Tour, TourHours, TourRound, TourStop
from cameras.reasons import Reason
from cameras.steering import locks
from cameras.steering.locks import Change, Hand, Holder, Priority
from cameras.steering.orders import call_nodes
from cameras.steering.returning import release_round
from cameras.tours.hours import openings
from doors.problems import Conflict, NotAllowed
from events.log import publish
from legal.models import Consultation
from places.geometry import destination

if TYPE_CHECKING:
    from cameras.models import CameraLock

State = TourRound.State
LOOKED_BACK = dt.timedelta(minutes=15)  # the clock was away: what was due meanwhile is planned all the same
FORGOTTEN = dt.timedelta(seconds=120)  # nobody asked for the next stop: the page is gone


def times(hours: TourHours, start: dt.datetime, end: dt.datetime) -> Iterator[dt.datetime]:
    """When a round is due between two instants, by the clock of the centre."""
    step = dt.timedelta(minutes=hours.every_min)
    for at, last in openings(hours.weekdays, hours.starts, hours.ends, start, end):
        while at < last:
            if start <= at < end:
                yield at
            at += step


def sweep() -> int:
    """Plan what is due soon, close what was left. Returns how many rounds were planned, missed or closed."""
    now = timezone.now()
    since = now - LOOKED_BACK
    known = set(TourRound.objects.filter(planned_at__gte=since).values_list("tour_id", "planned_at"))
    planned = TourHours.objects.filter(tour__enabled=True).select_related("tour")
    done = sum(_plan(hours, now, known) for hours in planned)
    late = TourRound.objects.due().filter(due_until__lt=now).values_list("pk", flat=True)
    left = TourRound.objects.filter(state=State.RUNNING, seen_at__lt=now - FORGOTTEN).values_list(
        "pk", flat=True
    )
    return done + sum(_close(pk, now) for pk in [*late, *left])


def _plan(hours: TourHours, now: dt.datetime, known: set[tuple[int, dt.datetime]]) -> int:
    """A row for each round whose hour has come. Race: two clocks; the unique hour lets one through."""
    lasts = dt.timedelta(minutes=max(hours.every_min, 5))
    count = 0
    for at in times(hours, now - LOOKED_BACK, now):
        if (hours.tour_id, at) in known:
            continue
        with transaction.atomic():
            row, mine = TourRound.objects.get_or_create(
                tour=hours.tour, planned_at=at, by_plan=True, defaults={"due_until": at + lasts}
            )
            if mine:
                publish(_told(row), actor=None)
                count += 1
    return count


@transaction.atomic
def _close(pk: int, now: dt.datetime) -> bool:
    row = TourRound.objects.select_for_update(of=("self",), no_key=True).select_related("tour").get(pk=pk)
    if row.state not in (State.DUE, State.RUNNING):
        return False
    _end(row, now, stopped=True)
    return True


@transaction.atomic
def start(*, tour: Tour, hand: Hand) -> TourRound:
    """Watch it now: the round that is due, else one more than planned. One round of a person at a time."""
    require(hand.user, Right.SEE_IMAGE)
    require(hand.user, Right.STEER_CAMERA)
    now = timezone.now()
    if running := TourRound.objects.filter(user=hand.user, state=State.RUNNING).first():
        if running.tour_id == tour.pk:
            return running
        raise Conflict(
            _("You are watching “%(tour)s”.") % {"tour": running.tour.name},
            what_to_do=_("Finish or stop it first."),
            code="round-under-way",
        )
    if not tour.stops.exists():
        raise Conflict(
            _("This tour has no stop."), what_to_do=_("Ask the supervisor to plan it."), code="no-stops"
        )
    paused = TourRound.objects.filter(tour=tour, user=hand.user, state=State.PAUSED, due_until__gt=now)
    due = TourRound.objects.due().filter(tour=tour, planned_at__lte=now)
    row = (paused.first() or due.select_for_update(skip_locked=True).first()) or TourRound(
        tour=tour, planned_at=now, due_until=now + dt.timedelta(hours=1), by_plan=False
    )
    row.state, row.user, row.label = State.RUNNING, hand.user, hand.label[:120]
    row.started_at, row.seen_at = row.started_at or now, now
    row.save()
    publish(_told(row), actor=hand.user)
    return row


def next_stop(*, round: TourRound, hand: Hand, consultation: int | None = None) -> RoundStep | None:  # noqa: A002
    """Leave the stop that shows, seen if its consultation says so, and go to the next that can be watched.

    None when there is none left: the round is over. The same message told twice goes one stop on, not two.
    """
    if consultation is not None and round.steps.filter(consultation_id=consultation).exists():
        return showing(round)
    leave(round=round, hand=hand, consultation=consultation)
    while True:
        step = _step(round, hand)
        if step is None or step.state == RoundStep.State.SHOWING:
            return step


def showing(round: TourRound) -> RoundStep | None:  # noqa: A002
    return round.steps.filter(state=RoundStep.State.SHOWING).select_related("camera").first()


@transaction.atomic
def leave(*, round: TourRound, hand: Hand, consultation: int | None) -> None:  # noqa: A002
    row = _mine(round, hand)
    step = row.steps.select_for_update(no_key=True).filter(state=RoundStep.State.SHOWING).first()
    if step is None:
        return
    now = timezone.now()
    seen = consultation is not None and _is_look(consultation, step, hand, row)
    step.state = RoundStep.State.SEEN if seen else RoundStep.State.PASSED
    step.consultation_id = consultation if seen else None
    step.why = None if seen else Reason("not_looked").as_json()
    step.left_at = now
    step.save()
    if locks.needs_lock(step.camera):
        release_round(camera_id=step.camera_id, holder_key=f"tour:{row.pk}")


def _is_look(number: int, step: RoundStep, hand: Hand, row: TourRound) -> bool:
    return Consultation.objects.filter(
        pk=number,
        user=hand.user,
        camera_code=step.camera.code,
        reason=Consultation.Reason.TOUR,
        begun_at__gte=row.started_at,
    ).exists()


@transaction.atomic
def _step(round: TourRound, hand: Hand) -> RoundStep | None:  # noqa: A002
    """Go to one stop: watched, or passed over with the reason. None when the round is over."""
    now = timezone.now()
    row = _mine(round, hand)
    last = row.steps.order_by("-number").first()
    after = last.number if last else 0
    stops = (
        row.tour.stops.filter(number__gt=after).select_related("camera__sector", "preset").order_by("number")
    )
    stop = stops.first()
    if stop is None:
        _end(row, now, stopped=False)
        return None
    why = why_unusable(stop.camera) or lawful.why_not([stop.camera]).get(stop.camera_id)
    change = None
    if why is None and locks.needs_lock(stop.camera):
        change, why = _take(stop, row, now)
    step = RoundStep.objects.create(
        round=row,
        number=stop.number,
        camera=stop.camera,
        state=RoundStep.State.PASSED if why else RoundStep.State.SHOWING,
        at=now,
        left_at=now if why else None,
        why=why.as_json() if why else None,
    )
    if change is not None and stop.preset is not None:
        _order(stop, row, change.lock)
    TourRound.objects.filter(pk=row.pk).update(seen_at=now)
    locks.announce([change] if change else [], actor=row.user)
    return step


def _take(stop: TourStop, row: TourRound, now: dt.datetime) -> tuple[Change | None, Reason | None]:
    """The hold for one stop, or who has the camera."""
    lock = locks.rows_for([stop.camera_id])[stop.camera_id]
    if not locks.is_over(lock, now):
        return None, locks.replaced_by(lock)
    holder = Holder(f"tour:{row.pk}", row.tour.name, Priority.TOUR)
    why = Reason("tour_stop", {"number": stop.number, "tour": row.tour.name})
    rule = SteeringRule(lease_s=stop.dwell_s + 30)
    return locks.give(lock, holder, why, rule=rule, now=now), None


def _order(stop: TourStop, row: TourRound, lock: CameraLock) -> None:
    assert stop.preset is not None
    camera = stop.camera
    bearing = (camera.mounting_azimuth_deg + stop.preset.pan_deg) % 360
    point = destination(camera.point, bearing, camera.range_m / 2)
    sight = sight_of(camera, point, preset=stop.preset.name)
    SteeringOrder.objects.create(
        camera=camera,
        cause=f"tour:{row.pk}:{stop.number}",
        rank=1,
        lat=point.lat,
        lon=point.lon,
        priority=SteeringOrder.Priority.TOUR,
        preset=stop.preset,
        bearing_deg=round(sight.bearing_deg, 2),
        distance_m=round(sight.distance_m, 1),
        density_px_m=round(sight.density_px_m, 1),
        band=sight.band,
        why=Reason("tour_stop", {"number": stop.number, "tour": row.tour.name}).as_json(),
        lock_serial=lock.serial,
    )
    call_nodes()


@transaction.atomic
def pause(*, round: TourRound, hand: Hand, consultation: int | None = None) -> TourRound:  # noqa: A002
    """Something calls: the stop is left, the rest waits until the round's hour is over."""
    leave(round=round, hand=hand, consultation=consultation)
    row = _mine(round, hand)
    row.state = State.PAUSED
    row.save(update_fields=["state"])
    publish(_told(row), actor=hand.user)
    return row


@transaction.atomic
def stop(*, round: TourRound, hand: Hand, consultation: int | None = None) -> TourRound:  # noqa: A002
    leave(round=round, hand=hand, consultation=consultation)
    row = _mine(round, hand)
    _end(row, timezone.now(), stopped=True)
    return row


@transaction.atomic
def tag(*, round: TourRound, hand: Hand) -> RoundStep | None:  # noqa: A002
    """Something is there to come back to: the moment is marked on the stop that shows."""
    step = _mine(round, hand).steps.filter(state=RoundStep.State.SHOWING).first()
    if step is not None:
        step.tagged_at = timezone.now()
        step.save(update_fields=["tagged_at"])
    return step


def _mine(round: TourRound, hand: Hand) -> TourRound:  # noqa: A002
    row = (
        TourRound.objects.select_for_update(of=("self",), no_key=True).select_related("tour").get(pk=round.pk)
    )
    if row.user_id != hand.user.pk:
        raise NotAllowed(
            _("Somebody else watches this round."),
            what_to_do=_("Start one of your own."),
            code="not-your-round",
        )
    if row.state not in (State.RUNNING, State.PAUSED):
        raise Conflict(_("This round is over."), what_to_do=_("Start another."), code="round-over")
    return row


def _end(row: TourRound, now: dt.datetime, *, stopped: bool) -> None:
    """Done when every stop was seen, in part when some were, missed when nobody looked."""
    row.steps.filter(state=RoundStep.State.SHOWING).update(
        state=RoundStep.State.PASSED, left_at=now, why=Reason("not_looked").as_json()
    )
    seen = row.steps.filter(state=RoundStep.State.SEEN).count()
    whole = not stopped and seen == row.tour.stops.count()
    row.state = State.DONE if whole else State.PARTLY if seen else State.MISSED
    row.ended_at = now
    row.save(update_fields=["state", "ended_at"])
    publish(_told(row), actor=row.user)


def _told(row: TourRound) -> facts.RoundChanged:
    return facts.RoundChanged(
        round_id=row.pk,
        tour_id=row.tour_id,
        name=row.tour.name,
        state=row.state,
        by=row.label,
        planned_at=row.planned_at.isoformat(timespec="seconds"),
        due_until=row.due_until.isoformat(timespec="seconds"),
    )
