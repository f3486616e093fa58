"""Who is a person and who is not: outlines without a trained model, and boxes of a weak one."""

from __future__ import annotations

import datetime as dt

import cv2
import numpy as np
import pytest

from detection.sight.background import Seen
from detection.sight.detectors.opencv import blobs
from detection.sight.merging import counted, supported
from detection.sight.types import Box, Mask

HIGH, WIDE = 216, 384


def walker(picture: Mask, x: int, foot: int, tall: int = 60, spread: int = 7) -> None:
    """Head, shoulders, two legs."""
    cv2.circle(picture, (x, foot - tall + tall // 10), tall // 10, 255, -1)
    cv2.ellipse(picture, (x, foot - tall * 6 // 10), (tall // 7, tall * 23 // 100), 0, 0, 360, 255, -1)
    for side in (-1, 1):
        cv2.line(picture, (x, foot - tall // 2), (x + side * spread, foot), 255, max(2, tall // 12))


def car(picture: Mask, x: int, y: int, wide: int, high: int) -> None:
    """From the front, or from above: full, with corners that are a little round."""
    cv2.rectangle(picture, (x, y + 2), (x + wide, y + high - 2), 255, -1)
    cv2.rectangle(picture, (x + 2, y), (x + wide - 2, y + high), 255, -1)


def labels(*drawn: tuple[object, ...]) -> list[str]:
    picture = np.zeros((HIGH, WIDE), np.uint8)
    for draw, *where in drawn:
        draw(picture, *where)  # type: ignore[operator]
    return [box.label for box in blobs(picture)]


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("walking", [(walker, 150, 150)]),
        ("far away", [(walker, 150, 150, 24, 4)]),
        ("in a stride", [(walker, 150, 150, 70, 16)]),
        ("cut off by the lower edge", [(walker, 150, 235, 90)]),
        ("cut off by the upper edge", [(walker, 150, 62, 80)]),
    ],
)
def test_who_stands_on_two_feet_is_a_person(name: str, drawn: list[tuple[object, ...]]) -> None:
    assert labels(*drawn) == ["person"], name


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("a car from above", [(car, 150, 60, 40, 75)]),
        ("a car from the front", [(car, 150, 60, 40, 50)]),
        ("one that leaves by the upper edge", [(car, 150, -20, 50, 80)]),
        ("cars behind one another", [(car, 150, 40, 22, 18), (car, 170, 62, 26, 20), (car, 192, 86, 30, 24)]),
        ("a kerb at the side that the light plays on", [(car, 377, 60, 8, 20)]),
    ],
)
def test_what_is_full_and_wide_on_top_is_nobody(name: str, drawn: list[tuple[object, ...]]) -> None:
    assert "person" not in labels(*drawn), name


@pytest.mark.parametrize(
    ("box", "score"),
    [
        (Box(0.4, 0.4, 0.51, 0.57, "person", 0.57), 0.285),  # as wide as high, and hardly sure
        (Box(0.4, 0.4, 0.51, 0.57, "person", 0.8), 0.8),
        (Box(0.4, 0.4, 0.46, 0.65, "person", 0.5), 0.5),
        (Box(0.4, 0.8, 0.52, 1.0, "person", 0.5), 0.5),  # head and shoulders at the lower edge
        (Box(0.4, 0.4, 0.51, 0.57, "car", 0.5), 0.5),
    ],
)
def test_a_person_as_wide_as_high_needs_a_sure_model(box: Box, score: float) -> None:
    moving = np.full((HIGH, WIDE), 255, np.uint8)
    seen = Seen(dt.datetime(2026, 3, 1, tzinfo=dt.UTC), np.zeros((1, 1, 3), np.float32), moving, 1.0, False)
    (kept,) = supported([box], seen, [], 0.08)
    assert kept.score == pytest.approx(score)


def test_a_crowd_is_those_who_came_or_are_surely_there() -> None:
    """Cones and windows a weak model takes for people all day long are no crowd; nor is half of somebody."""
    moving = np.zeros((HIGH, WIDE), np.uint8)
    moving[100:150, 100:120] = 255
    came = Box(100 / WIDE, 100 / HIGH, 120 / WIDE, 150 / HIGH, "person", 0.4)
    half = Box(102 / WIDE, 120 / HIGH, 118 / WIDE, 150 / HIGH, "person", 0.35)
    stands = Box(0.7, 0.4, 0.75, 0.7, "person", 0.8)
    window = Box(0.1, 0.1, 0.15, 0.3, "person", 0.55)
    doubted = Box(0.9, 0.1, 0.95, 0.3, "person", 0.25)
    seen = Seen(dt.datetime(2026, 3, 1, tzinfo=dt.UTC), np.zeros((1, 1, 3), np.float32), moving, 0.0, False)
    found = [came, half, stands, window, doubted]
    assert counted(found, seen) == [stands, came]
    assert counted(found, None) == [stands, window, came], "before anybody knows what the place looks like"
