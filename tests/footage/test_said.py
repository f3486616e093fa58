"""What a camera says of its own view becomes a work order, when it lasts; pictures outvote it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cameras.models import Camera
from footage.health.actions import report_fault, report_good
from footage.health.said import OVER_S, STANDS_S, Said
from footage.health.words import sentence
from footage.models import WorkOrder
from tests.cameras.estate import camera

pytestmark = pytest.mark.django_db
State = WorkOrder.State
BY_PICTURES = {"kept": 0.2}


class AtOnce:
    """A ledger that writes where it is told to."""

    def __init__(self) -> None:
        self.entries = 0

    def write(self, entry: Callable[[], object]) -> None:
        self.entries += 1
        entry()


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def eye() -> Camera:
    return camera("C1")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def said(clock: Clock) -> Said:
    return Said(AtOnce(), clock)


def pass_(said: Said, clock: Clock, seconds: float) -> None:
    clock.now += seconds
    said.tick()


def state() -> str:
    return WorkOrder.objects.get().state


def test_covered_it_is_an_order_within_seconds_and_good_again_it_closes(
    said: Said, clock: Clock, eye: Camera
) -> None:
    said.hear(eye.pk, True)
    pass_(said, clock, STANDS_S - 1)
    assert not WorkOrder.objects.exists(), "a headlight"
    pass_(said, clock, 1)
    order = WorkOrder.objects.get()
    assert (order.kind, order.state) == ("covered", State.OPEN)
    assert "the camera itself says" in sentence(order)
    said.hear(eye.pk, False)
    pass_(said, clock, OVER_S - 1)
    assert state() == State.OPEN
    pass_(said, clock, 1)
    assert state() == State.GOOD_AGAIN


def test_one_that_flutters_is_believed_ever_later(said: Said, clock: Clock, eye: Camera) -> None:
    """An hour of a wind-blown branch: a handful of lines in the log, not hundreds."""
    for _second in range(3600):
        said.hear(eye.pk, int(clock.now) % 90 < 20)
        pass_(said, clock, 1)
    assert WorkOrder.objects.get().times <= 4


def test_pictures_outvote_the_camera_and_not_the_other_way_round(
    said: Said, clock: Clock, eye: Camera
) -> None:
    report_fault(camera_id=eye.pk, kind="covered", evidence=BY_PICTURES)
    said.hear(eye.pk, True)
    pass_(said, clock, STANDS_S)
    said.hear(eye.pk, False)
    pass_(said, clock, OVER_S)
    order = WorkOrder.objects.get()
    assert (order.state, order.evidence) == (State.OPEN, BY_PICTURES), "pictures saw it: they close it"
    report_good(camera_id=eye.pk, kind="covered")
    said.hear(eye.pk, True)
    pass_(said, clock, STANDS_S)
    assert state() == State.OPEN
    report_good(camera_id=eye.pk, kind="covered")
    pass_(said, clock, 1000)
    assert state() == State.GOOD_AGAIN, "said once, however long it is said"


def test_after_a_start_the_first_word_closes_what_was_said_before(
    said: Said, clock: Clock, eye: Camera
) -> None:
    report_fault(camera_id=eye.pk, kind="covered", evidence={"said_by": "camera"})
    said.hear(eye.pk, False)
    pass_(said, clock, OVER_S)
    assert state() == State.GOOD_AGAIN
