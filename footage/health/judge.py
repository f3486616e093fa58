"""What is wrong with a picture, if anything: measured against what its camera usually sees.

Each picture gets one word per fault: yes, no, or nothing to say. One word is no order: see patience.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from footage.health.measure import (
    ACROSS,
    DOWN,
    Field,
    Marks,
    Measured,
    Plane,
    by_block,
    changed,
    is_dark,
    shift_of,
)
from footage.health.usual import Usual
from footage.models import WorkOrder

Kind = WorkOrder.Kind
SEEN = (Kind.DARK, Kind.COVERED, Kind.MOVED, Kind.BLURRED, Kind.FROZEN)
# A picture that comes twice: no sensor gives the same values again, however still the street.
SAME_MEAN, SAME_MOST = 0.25, 5.0
# Fine edges against coarse ones, compared with usual: below is blurred, above is sharp, between says nothing.
SURELY_BLURRED, BLURRED, SHARP = 0.3, 0.5, 0.7
# Small pixels of 160 across. Wind and heat shake a mast by less.
TURNED_PX, SHAKEN_PX = 3.0, 2
# Shares of the blocks that hold something to recognise.
KEPT_BLOCK, KEPT_FEW, KEPT_HALF, KEPT_SOME, KEPT_MANY = 0.35, 0.48, 0.5, 0.6, 0.75
EMPTY_BLOCK, EMPTY_PARTLY, EMPTY_MOSTLY = 0.12, 0.4, 0.75
# Grey levels squared per small pixel: a wall without a line in it.
FLAT = 0.5
ALIKE, NOT_ALIKE = 0.25, 0.3
# Light and dark lie as usual: what stands before the lens would change that.
SAME_LIGHTS = 0.75
FULLY = 1.0
ANYWHERE: Marks = np.ones((DOWN, ACROSS), np.bool_)
ANYWHERE[0] = ANYWHERE[-1] = False


@dataclass(frozen=True)
class Word:
    """`bad` None: nothing to say. `weight` below one asks for more patience: a lorry drives on."""

    bad: bool | None
    figures: dict[str, float] = field(default_factory=dict)
    weight: float = FULLY


@dataclass(frozen=True)
class Judged:
    words: dict[Kind, Word]
    sharpness: float
    # Whether it may be learned from: nothing is wrong with it, and it looks as usual.
    is_usual: bool


def judge(told: Measured, usual: Usual | None, before: Plane | None) -> Judged:
    """`usual` for this light and pose, None where there is none to compare with; `before` the picture before."""
    words: dict[Kind, Word] = dict.fromkeys(SEEN, Word(None))
    words[Kind.FROZEN] = _frozen(told, before)
    words[Kind.DARK] = _dark(told, usual)
    known = usual if usual is not None and usual.is_known else None
    marked = usual.textured if usual is not None else ANYWHERE
    sharpness = _sharpness(told, marked)
    if words[Kind.DARK].bad:
        words[Kind.FROZEN] = Word(None)
        return Judged(words, sharpness, is_usual=False)
    if known is None:
        empty = float((told.coarse[marked] < FLAT).mean())
        words[Kind.COVERED] = Word(
            True if empty > 0.97 else False if empty < 0.8 else None, {"empty": round(empty, 3)}
        )
        return Judged(words, sharpness, is_usual=words[Kind.COVERED].bad is False)
    kept = _against(told, known, marked, sharpness, words)
    bad = any(word.bad for kind, word in words.items() if kind != Kind.FROZEN)
    return Judged(words, sharpness, is_usual=not bad and kept >= KEPT_MANY)


def looks_elsewhere(told: Measured, usual: Usual) -> bool:
    """Nothing is where it was: the camera turns by itself, or somebody turned it."""
    shift = shift_of(told.edges, usual.edges)
    return shift.here < NOT_ALIKE or shift.far >= TURNED_PX


def _frozen(told: Measured, before: Plane | None) -> Word:
    if before is None:
        return Word(None)
    mean, most = changed(told.small, before)
    return Word(
        mean < SAME_MEAN and most < SAME_MOST,
        {"changed_mean": round(mean, 3), "changed_most": round(most, 2)},
    )


def _dark(told: Measured, usual: Usual | None) -> Word:
    figures = {"brightness": round(told.brightness, 1), "brightest": round(told.brightest, 1)}
    dark = is_dark(told.brightness, told.brightest)
    if dark and usual is not None and usual.is_known and usual.is_dark:
        return Word(None, figures)  # an unlit place by night: as usual
    return Word(dark, figures)


def _sharpness(told: Measured, marked: Marks) -> float:
    coarse = float(told.strongest[marked].sum())
    return float(told.finest[marked].sum()) / coarse if coarse > 1e-3 else 0.0


def _against(told: Measured, usual: Usual, marked: Marks, sharpness: float, words: dict[Kind, Word]) -> float:
    """Fills in covered, turned away and blurred; the share of blocks that look as usual."""
    shift = shift_of(told.edges, usual.edges)
    still = told.edges
    if 0 < max(abs(shift.right), abs(shift.down)) <= SHAKEN_PX:
        still = np.roll(told.edges, (-shift.down, -shift.right), (0, 1))
    kept = float((_likeness(still, usual)[marked] > KEPT_BLOCK).mean())
    empty = float((_energy(told.edges) < EMPTY_BLOCK * _energy(usual.edges))[marked].mean())
    lights = _correlation(told.lights, usual.lights)
    ratio = sharpness / usual.sharpness if usual.sharpness > 0 else 1.0
    figures = {
        "kept": round(kept, 3),
        "empty": round(empty, 3),
        "lights": round(lights, 3),
        "sharpness": round(ratio, 3),
        "turned_px": round(shift.far, 1),
        "alike_there": round(shift.there, 3),
        "alike_here": round(shift.here, 3),
    }
    turned = shift.far >= TURNED_PX and shift.there > ALIKE and shift.there > 1.6 * max(shift.here, 0.0)
    strange = kept < KEPT_FEW and shift.here < NOT_ALIKE
    covered = empty >= EMPTY_PARTLY and kept < KEPT_SOME and lights < SAME_LIGHTS
    covered = covered or (strange and not turned and ratio < BLURRED)
    words[Kind.COVERED] = Word(
        covered or (False if kept > KEPT_SOME else None), figures, FULLY if empty >= EMPTY_MOSTLY else 0.2
    )
    moved = not covered and (turned or (strange and ratio >= BLURRED))
    words[Kind.MOVED] = Word(
        moved or (False if kept > KEPT_SOME and not turned else None), figures, FULLY if turned else 0.35
    )
    if covered:  # a wall of paint never changes
        words[Kind.FROZEN] = Word(None)
    elif not moved:
        # In a crowd fewer edges are where they were: then it must be blurred without a doubt.
        limit = BLURRED if kept > KEPT_MANY else SURELY_BLURRED
        blurred = True if ratio < limit and kept > KEPT_HALF else False if ratio > SHARP else None
        words[Kind.BLURRED] = Word(blurred, figures)
    return kept


def _likeness(edges: Field, usual: Usual) -> Plane:
    """By block: 1 the same edges, 0 none of them, whatever the light."""
    both = by_block((edges * np.conj(usual.edges)).real)
    alike: Plane = both / np.sqrt(_energy(edges) * _energy(usual.edges) + 1e-9)
    return alike


def _energy(edges: Field) -> Plane:
    return by_block(np.square(np.abs(edges)).astype(np.float32))


def _correlation(ours: Plane, theirs: Plane) -> float:
    a, b = ours - ours.mean(), theirs - theirs.mean()
    return float((a * b).sum() / np.sqrt(float((a * a).sum() * (b * b).sum()) + 1e-6))
