"""The motion gate: what moves opens it, light and weather do not."""

from __future__ import annotations

import math

import pytest

from detection.sight.gate import Gate
from tests.detection.sight.drawn import Street, person, walk

WALKER = person(walk((4, -4, 12), (9, 3, 12)))
FAR = person(walk((4, -6, 34), (9, 3, 34)))


def share_open(street: Street, since: float, until: float) -> float:
    """Of the pictures between two seconds."""
    gate, opened = Gate(), []
    for frame in street.frames():
        movement = gate.see(frame.luma, frame.at)
        if since <= (frame.at - street.at(0)).total_seconds() < until:
            opened.append(movement.moving)
    return sum(opened) / len(opened)


@pytest.mark.parametrize(
    ("name", "street"),
    [
        ("by day", Street(10, [WALKER])),
        ("by night", Street(10, [WALKER], gain=lambda t: 0.35, noise=5)),
        ("in rain", Street(10, [WALKER], rain=40)),
        ("far away", Street(10, [FAR], size=(1280, 720))),
        ("small", Street(10, [WALKER], size=(320, 180))),
        ("few pictures", Street(10, [WALKER], fps=2)),
    ],
)
def test_who_walks_opens_it(name: str, street: Street) -> None:
    assert share_open(street, 5, 8.5) > 0.8, name


@pytest.mark.parametrize(
    ("name", "street"),
    [
        ("nothing", Street(10)),
        ("noise", Street(10, noise=8)),
        ("a lamp that is switched", Street(10, gain=lambda t: 1.0 if t < 5 else 0.6)),
        ("exposure that breathes", Street(10, gain=lambda t: 1 + 0.15 * math.sin(t))),
    ],
)
def test_light_and_noise_do_not(name: str, street: Street) -> None:
    assert share_open(street, 4, 10) < 0.1, name


def test_a_clock_that_jumps_begins_anew() -> None:
    gate, frames = Gate(), list(Street(4, [WALKER]).frames())
    for frame in frames[::-1]:
        assert not gate.see(frame.luma, frame.at).moving
