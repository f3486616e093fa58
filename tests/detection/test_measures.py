"""What a rule measured is said to people in their own language."""

from __future__ import annotations

import pytest
from django.utils import translation

from detection import board, measures
from detection.codes import EventCode

SAMPLES: dict[str, tuple[dict[str, float], str]] = {
    "abandoned_object": (
        {"seconds": 31.2, "size_m": 0.44},
        "A thing of about 0.4 m, nobody with it for 31 s.",
    ),
    "zone_intrusion": ({"seconds": 1.2}, "A person on the ground of the zone for 1.2 s."),
    "crowd_density": (
        {"people": 23, "limit": 20, "area_m2": 10},
        "23 people on 10 m², 2.3 on each; the limit is 20 people.",
    ),
    "people_grouping": (
        {"people": 5, "radius_m": 5, "seconds": 20},
        "5 people stay within 5 m of one another, for 20 s.",
    ),
    "crowd_movement": ({"fast": 7, "people": 9, "seconds": 3}, "7 of 9 people run, for 3 s."),
    "wrong_way": ({"vehicle": 1}, "A vehicle crossed the line the forbidden way."),
    "person_down": ({"seconds": 8}, "Somebody who stood lies on the ground, for 8 s."),
    "fire_start": ({"seconds": 4}, "A bright warm patch has flickered for 4 s."),
}


@pytest.mark.parametrize("code", EventCode.values)
def test_every_rule_is_said_in_both_languages(code: str) -> None:
    measured, english = SAMPLES[code]
    assert measures.words(code, measured) == english
    with translation.override("fr"):
        french = measures.words(code, measured)
    assert french and french != english
    assert measures.words(code, {}) == "", "a signal of before says nothing rather than zeros"


def test_lines_numbers_and_walkers_have_their_own_words() -> None:
    assert measures.words("zone_intrusion", {"line": 1.0}) == "A person crossed the line."
    assert measures.words("zone_intrusion", {"seconds": 2.0, "vehicle": 1.0}).startswith("A vehicle on ")
    assert measures.words("crowd_density", {"people": 23, "limit": 20, "area_m2": 0}).startswith(
        "23 people; "
    )
    assert measures.words("wrong_way", {"vehicle": 0.0}).startswith("Somebody ")


def test_a_place_fills_in_bands() -> None:
    assert [board.band(share) for share in (0.1, 0.3, 0.7, 1.2)] == ["free", "busy", "dense", "too dense"]
