"""Each rule on people who are known: where they walk, for how long, how far from one another."""

from __future__ import annotations

import pytest

from detection.sight.rules import RULES, begin
from detection.sight.tracks import Step, Track
from detection.sight.types import Calibration, Length, RuleSetting, Signal
from detection.sight.view import View, inside
from tests.detection.sight.followed import ASPECT, FLAT, Film, at, box_at, going, seconds, setting, thing_at

RIGHT_HALF = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))
ACROSS = going((0, 1, 4), (10, 9, 4))  # 0.8 m/s, on the border of the right half after 5 s


def film(rule: RuleSetting, *paths: object, **more: object) -> Film:
    return Film(begin(rule), paths, **more)  # type: ignore[arg-type]


def test_there_is_a_rule_for_every_type_and_none_for_weapons() -> None:
    from detection.codes import EventCode

    assert set(RULES) == set(EventCode.values) and "weapon" not in RULES


def test_a_polygon_holds_what_is_in_it() -> None:
    bent = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 0.5), (0.0, 1.0))
    assert inside((0.5, 0.3), bent) and not inside((0.5, 0.8), bent) and inside((0.9, 0.8), bent)
    assert inside((0.2, 0.2), ()), "no zone is the whole picture"
    assert not inside((0.5, 0.5), ((2.0, 2.0), (3.0, 2.0), (3.0, 3.0))), "a zone outside of it holds nothing"


def test_who_enters_a_zone_is_signalled_once_he_has_been_in_for_a_second() -> None:
    (signal,) = film(setting("zone_intrusion", zone=RIGHT_HALF, stay_s=1.0), ACROSS).play(12)
    assert 5.9 <= seconds(signal) <= 6.6 and abs((signal.at - at(5)).total_seconds()) < 0.5
    assert signal.boxes and "1" not in {str(box.label) for moment in signal.boxes for box in moment.boxes}


def test_two_who_are_in_together_are_one_situation_and_who_comes_back_later_is_another() -> None:
    second = going((1, 1, 5), (11, 9, 5))
    again = going((20, 1, 4), (30, 9, 4))
    signals = film(setting("zone_intrusion", zone=RIGHT_HALF), ACROSS, second, again).play(32)
    assert len(signals) == 2 and len({signal.key for signal in signals}) == 2


def test_vehicles_count_where_somebody_says_so() -> None:
    for vehicles, expected in ((0, 0), (1, 1)):
        rule = setting("zone_intrusion", zone=RIGHT_HALF, vehicles=vehicles)
        signals = film(rule, ACROSS, group="vehicle", high_m=1.4).play(12)
        assert [one.measured.get("vehicle") for one in signals] == [1.0] * expected


def test_a_poster_a_shadow_on_the_border_and_a_schedule_that_sleeps_raise_nothing() -> None:
    zone = setting("zone_intrusion", zone=RIGHT_HALF)
    assert not film(zone, lambda t: (7.0, 4.0)).play(20), "it never moved"
    assert not film(zone, going((0, 1, 4), (10, 4.9, 4))).play(12), "it stopped before"
    asleep = setting("zone_intrusion", zone=RIGHT_HALF, schedule=lambda when: when > at(60))
    assert not film(asleep, ACROSS).play(12)


def test_a_line_is_crossed_one_way_only() -> None:
    upwards = ((0.5, 1.0), (0.5, 0.0))  # who walks along it has the right half at his right
    back = going((0, 9, 4), (10, 1, 4))
    for crossing, path, expected in (("to_right", ACROSS, 1), ("to_right", back, 0), ("to_left", back, 1)):
        rule = setting("wrong_way", line=upwards, crossing=crossing, past_m=0.5)
        assert len(film(rule, path).play(12)) == expected, crossing
    assert len(film(setting("zone_intrusion", line=upwards), ACROSS).play(12)) == 1


def left_bag(*, away: float = 8.0, back_at: float | None = None, **more: float) -> list[Signal]:
    """Somebody puts down a bag at 5 s and goes `away` metres from it, from 8 s to 14 s."""
    paths = [going((0, 1, 4), (4, 3, 4), (8, 3, 4), (14, 3 + away, 4), (90, 3 + away, 4))]
    if back_at is not None:
        paths = [
            going(
                (0, 1, 4),
                (4, 3, 4),
                (8, 3, 4),
                (14, 9, 4),
                (back_at, 9, 4),
                (back_at + 4, 3.2, 4),
                (90, 3.2, 4),
            )
        ]
    one = film(setting("abandoned_object", alone_s=20.0, **more), *paths)
    one.things = [(7.5, 1e9, thing_at(3.4, 4, 5))]
    return one.play(60)


def test_a_bag_whose_owner_is_two_metres_away_for_long_is_abandoned() -> None:
    (signal,) = left_bag()
    # 2 m away from it 1.8 s after he began to walk.
    assert 28 <= seconds(signal) <= 32 and 8 <= (signal.at - at(0)).total_seconds() <= 12
    assert "abandoned" in signal.rule and signal.boxes


def test_it_is_attended_while_the_owner_is_near_or_comes_back_in_time() -> None:
    assert not left_bag(away=1.5)
    assert not left_bag(back_at=20)
    assert left_bag(away=1.9, away_m=1.0), "a metre may be far"


def test_what_nobody_put_there_what_is_large_and_what_breathes_is_no_bag() -> None:
    rule = setting("abandoned_object", alone_s=10.0)
    walker = going((0, 1, 4), (4, 3, 4), (8, 3, 4), (14, 9, 4))
    far = film(rule, walker)
    far.things = [(7.5, 1e9, thing_at(9, 1, 5))]
    assert not far.play(60), "nobody was near when it came"
    large = film(rule, walker)
    large.things = [(7.5, 1e9, thing_at(3.4, 4, 5, size_m=1.6))]
    assert not large.play(60)
    alive = film(rule, walker)
    thing = thing_at(3.4, 4, 5)
    thing.restless = 0.4
    alive.things = [(7.5, 1e9, thing)]
    assert not alive.play(60)


def test_the_place_where_something_was_taken_away_is_no_bag() -> None:
    one = film(setting("abandoned_object", alone_s=10.0), going((0, 1, 4), (4, 3, 4), (8, 3, 4), (14, 9, 4)))
    thing = thing_at(3.4, 4, 5)
    thing.outline = 0.5
    one.things = [(7.5, 1e9, thing)]
    assert not one.play(60)


def crowd(number: int, at_m: float = 4.0) -> list[object]:
    return [lambda t, n=n: (1 + n % 8, at_m + n // 8 * 0.4) for n in range(number)]


def test_a_crowd_is_counted_and_said_once_until_it_is_over() -> None:
    rule = setting("crowd_density", people=10, for_s=3.0)
    many = film(rule, *crowd(12))
    (signal,) = many.play(20)
    assert signal.measured == {"people": 12, "limit": 10, "area_m2": 0}
    assert many.rule.level == (12, 10)  # type: ignore[attr-defined]
    assert not film(rule, *crowd(9)).play(20)
    gone = [lambda t, n=n: (1 + n % 8, 4.0) if not 8 < t < 15 else None for n in range(12)]
    assert len(film(rule, *gone).play(30)) == 2


def test_with_a_ground_scale_it_is_people_per_square_metre() -> None:
    # The picture is 10 m by 5.6 m: 56 m², 12 people are 0.21 on each.
    ground = Calibration((Length(((0.0, 0.5), (0.1, 0.5)), 1.0),))
    for per_m2, expected in ((0.15, 1), (0.3, 0)):
        rule = RuleSetting("crowd_density", "c", parameters={"per_m2": per_m2, "for_s": 2.0}, ground=ground)
        assert len(film(rule, *crowd(12)).play(10)) == expected, per_m2


def test_people_who_stay_together_are_a_group_and_those_who_pass_are_none() -> None:
    rule = setting("people_grouping", people=4, radius_m=2.0, for_s=10.0)
    ring = [lambda t, n=n: (4 + n * 0.8, 4.0) for n in range(4)]
    (signal,) = film(rule, *ring).play(30)
    assert 9.5 <= seconds(signal) <= 12
    assert not film(rule, *[lambda t, n=n: (0.5 + n * 3, 4.0) for n in range(4)]).play(30), "too far apart"
    passing = [going((n, 0.5, 4), (n + 8, 9.5, 4)) for n in range(4)]
    assert not film(rule, *passing).play(30)


def test_many_who_run_are_a_movement_and_few_of_many_are_not() -> None:
    rule = setting("crowd_movement", people=5, speed_m_s=2.5, for_s=1.5)
    running = [going((0, 0.5, 2 + n * 0.5), (3, 9.5, 2 + n * 0.5)) for n in range(6)]
    assert len(film(rule, *running).play(5)) == 1
    assert not film(rule, *running, *crowd(8)).play(5)
    assert not film(rule, *[going((0, 0.5, 2 + n * 0.5), (9, 9.5, 2 + n * 0.5)) for n in range(6)]).play(10)


def test_what_was_said_before_the_hours_without_watching_is_over_after_them() -> None:
    rule = setting("crowd_movement", people=5, for_s=1.5, schedule=lambda when: not at(4) <= when < at(20))
    runs = [
        going((begins, 0.5, 2 + n * 0.5), (begins + 3, 9.5, 2 + n * 0.5))
        for begins in (0, 21)
        for n in range(6)
    ]
    assert len(film(rule, *runs).play(26)) == 2


def test_who_stood_and_lies_is_down_after_a_while() -> None:
    rule, track, signals = begin(setting("person_down", down_s=5.0)), Track(1, "person"), []
    for number in range(100):
        second = number / 5
        box = box_at(4, 4) if second < 5 else box_at(4, 4, 1.7, 0.4)
        track.steps.append(Step(at(second), box))
        signals += rule.see(View(at(second), ASPECT, [track], [], scale=FLAT))
    (signal,) = signals
    assert 10 <= seconds(signal) <= 12.5


@pytest.mark.parametrize(
    ("name", "since", "size", "expected"),
    [
        ("he lies", 5.2, (1.7, 0.4), 1),
        ("he went on, and something stays", 2.0, (1.7, 0.4), 0),
        ("a car stands there", 5.2, (4.2, 1.5), 0),
        ("a bag stands there", 5.2, (0.4, 0.4), 0),
    ],
)
def test_a_low_thing_that_lies_where_somebody_was_is_somebody(
    name: str, since: float, size: tuple[float, float], expected: int
) -> None:
    """Without a trained model who lies is a thing."""
    rule, person, thing, signals = (
        begin(setting("person_down", down_s=5.0)),
        Track(1, "person"),
        Track(2, "thing"),
        [],
    )
    for number in range(100):
        second = number / 5
        tracks = []
        if second < 5:
            person.steps.append(Step(at(second), box_at(1 + 0.6 * second, 4)))
        if second >= since:
            thing.steps.append(Step(at(second), box_at(4, 4, *size)))
        tracks = [
            track
            for track in (person, thing)
            if track.steps and (at(second) - track.last.at).total_seconds() < 2
        ]
        past = [track for track in (person,) if track.steps and track not in tracks]
        signals += rule.see(View(at(second), ASPECT, tracks, past, scale=FLAT))
    assert len(signals) == expected, name


@pytest.mark.parametrize("kind", sorted(RULES))
def test_an_empty_picture_raises_nothing(kind: str) -> None:
    line = ((0.5, 1.0), (0.5, 0.0)) if kind == "wrong_way" else ()
    assert film(setting(kind, line=line)).play(5) == []
