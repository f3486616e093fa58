"""Whole scenes, drawn: what is signalled and, more often, what is not. Without a trained model."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from detection.sight.detectors.opencv import OpenCvDetector
from detection.sight.scene import Scene
from detection.sight.types import RuleSetting, Signal
from tests.detection.sight.drawn import BEGAN, Actor, Street, bag, car, person, stander, walk

# Fifteen seconds of computing in all: with the slow ones.
pytestmark = pytest.mark.slow

LEFT = RuleSetting("abandoned_object", "left", parameters={"alone_s": 8.0, "still_s": 5.0})
ZONE = RuleSetting("zone_intrusion", "zone", ((0.5, 0.3), (1.0, 0.3), (1.0, 1.0), (0.5, 1.0)))
# In from the left, stands where the bag is put down at 10 s, out to the right.
COMES_AND_GOES = walk((5, -8, 9), (9, 0, 9), (11, 0, 9), (16, 9, 9))
# A bag that is hardly darker than the paving.
DARK = [person(COMES_AND_GOES), bag(0.5, 9, 10, grey=80)]
SMALL = Street(30, [person(COMES_AND_GOES), bag(0.5, 9, 10)], size=(320, 240), fps=4)


def watch(street: Street, *settings: RuleSetting) -> tuple[Scene, list[Signal]]:
    scene = Scene(settings or (LEFT,), OpenCvDetector())
    return scene, scene.see(street.frames())


@pytest.mark.parametrize(
    ("name", "street"),
    [
        ("by day", SMALL),
        ("by night", replace(SMALL, gain=lambda t: 0.4, noise=5)),
        ("in rain, on a mast in the wind", replace(SMALL, rain=8, shake=0.5)),
        ("in the dark, a dark one", replace(SMALL, actors=DARK, gain=lambda t: 0.4, noise=3)),
        ("by night, in colours that are noise", replace(SMALL, gain=lambda t: 0.3, noise=3, colour_noise=4)),
        ("in a small picture", replace(SMALL, size=(320, 180))),
        ("while a lamp goes out", replace(SMALL, gain=lambda t: 1.0 if t < 18 else 0.6)),
        (
            "with people passing in front of it",
            replace(
                SMALL,
                actors=[
                    *SMALL.actors,
                    *(person(walk((17 + 4 * n, -8, 8), (22 + 4 * n, 8, 8)), 80) for n in range(3)),
                ],
            ),
        ),
    ],
)
def test_a_bag_that_is_left_is_found(name: str, street: Street) -> None:
    _, signals = watch(street)
    (signal,) = signals
    gone = (signal.at - BEGAN).total_seconds()
    assert 10 < gone < 18 and (signal.raised_at - signal.at).total_seconds() >= 8
    x, y = signal.boxes[-1].boxes[0].centre
    column, row, _ = street.place(0.5, 9)
    width, height = street.size
    assert abs(x - column / width) < 0.06 and abs(y - row / height) < 0.12


@pytest.mark.parametrize(
    ("name", "actors"),
    [
        ("nobody leaves anything", [person(COMES_AND_GOES)]),
        (
            "its owner comes back for it",
            [
                person(
                    walk(
                        (5, -8, 9), (9, 0, 9), (11, 0, 9), (13, 3, 9), (16, 0.3, 9), (17, 0.3, 9), (22, 9, 9)
                    )
                ),
                bag(0.5, 9, 10, 16.5),
            ],
        ),
        (
            "its owner stays",
            [person(lambda t: walk((5, -8, 9), (9, 0, 9))(t) or stander(0, 9, 9)(t)), bag(0.6, 9, 10)],
        ),
        ("a bag that was there is taken away", [person(COMES_AND_GOES), bag(0.5, 9, 0, 10)]),
        (
            "a car parks",
            [car(walk((5, -13, 12), (9, -3, 12), (1e6, -3, 12))), person(walk((11, -3, 11.5), (17, 9, 11)))],
        ),
        (
            "somebody lies down on a bench",
            [
                person(walk((5, -8, 9), (9, 0, 9))),
                Actor(lambda t: (0.3, 9.0) if t > 9 else None, (1.7, 0.45), 60, (3, 3)),
            ],
        ),
    ],
)
def test_what_is_no_left_bag_is_not_signalled(name: str, actors: list[Actor]) -> None:
    _, signals = watch(replace(SMALL, actors=actors))
    assert not signals, name


def test_two_bags_are_two_situations_and_their_names_say_no_person() -> None:
    other = [person(walk((6, 8, 13), (10, -3, 13), (12, -3, 13), (17, -12, 13)), 90), bag(-2.5, 13, 11)]
    _, signals = watch(replace(SMALL, actors=[*SMALL.actors, *other], size=(640, 360)))
    assert len(signals) == 2 and len({one.key for one in signals}) == 2


@pytest.mark.parametrize("shadow", [(11.0, 2.6), (9.0, 0.9)], ids=["large", "small"])
def test_a_shadow_that_drifts_through_is_nobody(shadow: tuple[float, float]) -> None:
    row, radius = shadow
    drifting = Street(14, size=(480, 270), fps=4, shade=lambda t: (-7 + 1.4 * t, row, radius))
    _, signals = watch(drifting, ZONE)
    assert not signals


def test_light_and_weather_raise_nothing() -> None:
    street = replace(SMALL, actors=[], rain=8, noise=4, shake=0.7, gain=lambda t: 1.0 if t < 12 else 0.6)
    scene, signals = watch(street, LEFT, ZONE)
    assert not signals and not scene.state()["things"]


def test_who_enters_a_zone_is_signalled_whatever_the_size_and_the_rate() -> None:
    for size, fps in (((320, 180), 2.0), ((640, 360), 5.0), ((1280, 720), 3.0)):
        _, signals = watch(Street(15, [person(walk((5, -8, 9), (13, 9, 9)))], size=size, fps=fps), ZONE)
        assert len(signals) == 1, size
    outside = replace(ZONE, zone=((1.2, 0.3), (1.5, 0.3), (1.5, 1.0)))
    assert not watch(Street(15, [person(walk((5, -8, 9), (13, 9, 9)))], size=(320, 180)), outside)[1]


def test_while_the_camera_turns_nothing_is_looked_at_and_afterwards_it_learns() -> None:
    scene = Scene([ZONE], OpenCvDetector())
    frames = list(Street(14, [person(walk((5, -8, 9), (13, 9, 9)))], size=(320, 180)).frames())
    scene.pause(frames[-1].at + dt.timedelta(seconds=1))
    assert not scene.see(frames) and not scene.warm and scene.state()["frames"] == 0
    later = [replace(frame, at=frame.at + dt.timedelta(seconds=60)) for frame in frames]
    assert len(scene.see(later)) == 1 and scene.warm


def test_a_new_size_a_hole_and_a_clock_that_jumps_are_learnt_anew_without_a_signal() -> None:
    scene = Scene([LEFT, ZONE], OpenCvDetector())
    day = list(Street(6, size=(320, 180), fps=4).frames())
    assert not scene.see(day) and scene.warm
    assert (
        not scene.see([replace(frame, at=frame.at - dt.timedelta(hours=1)) for frame in day[:3]])
        and not scene.warm
    )
    assert (
        not scene.see([replace(frame, at=frame.at + dt.timedelta(hours=1)) for frame in day]) and scene.warm
    )
    assert not scene.see(list(replace(SMALL, seconds=2, actors=[]).frames())) and not scene.warm


def test_it_is_content_with_key_frames_until_something_moves() -> None:
    scene, wanted = Scene([ZONE], OpenCvDetector()), []
    for frame in Street(16, [person(walk((8, -8, 9), (12, 0, 9)))], size=(320, 180)).frames():
        scene.see([frame])
        wanted.append(scene.wants_all_frames)
    assert wanted[0] and not any(wanted[30:38]) and all(wanted[48:60]) and not wanted[-1]


def test_a_restart_goes_on_where_the_other_left_it() -> None:
    """Warmed up with the minutes before, it signals what the first would have, under the same name."""
    frames = list(SMALL.frames())
    whole = Scene([LEFT], OpenCvDetector()).see(frames)
    again = Scene([LEFT], OpenCvDetector())
    again.warm_up(frames[:70])
    rest = again.see(frames[70:])
    assert [one.key for one in rest] == [one.key for one in whole]
