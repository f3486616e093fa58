"""A camera that has looked at a drawn street for a while, for tests and benches of its health."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from footage.health.judge import Judged, Kind, judge
from footage.health.measure import Measured, Plane, measure
from footage.health.patience import Patience
from footage.health.picture import decoded
from footage.health.usual import ENOUGH, Usual
from tests.footage import faults
from tests.footage.faults import Alter, Grey

EVERY_S = 61.0


def measured(pictures: Iterable[Grey], *, noise: float = 1.5, crf: int = 27) -> list[Measured]:
    """Through a real encoder and the centre's decoder."""
    noisy = [faults.with_noise(grey, n, noise) if noise else grey for n, grey in enumerate(pictures)]
    greys = [decoded(film) for film in faults.films(noisy, crf=crf)]
    return [measure(grey) for grey in greys if grey is not None]


def learned(scene: str, **changes: float | str) -> Usual:
    usual: Usual | None = None
    for told in measured(faults.minutes(scene, ENOUGH, **changes)):
        judged = judge(told, usual, None)
        assert judged.is_usual, judged
        if usual is None:
            usual = Usual.of(told, judged.sharpness)
        else:
            usual.learns(told, judged.sharpness)
    assert usual is not None and usual.is_known
    return usual


def altered(pictures: Sequence[Grey], alter: Alter | None) -> list[Grey]:
    return [alter(grey, n) for n, grey in enumerate(pictures)] if alter else list(pictures)


def judged(pictures: Sequence[Measured], usual: Usual, first: Plane | None = None) -> list[Judged]:
    found, before = [], first
    for told in pictures:
        found.append(judge(told, usual, before))
        before = told.small
    return found


def orders(words: Sequence[Judged], minutes: int) -> list[Kind]:
    """What a technician would be sent for, when it looks like this for so many minutes, picture after picture."""
    patience = Patience()
    at, found = 0.0, []
    while at < minutes * 60:
        word = words[int(at / EVERY_S) % len(words)]
        found += [kind for kind, stands in patience.hears(word.words, at) if stands]
        at += EVERY_S
    return found
