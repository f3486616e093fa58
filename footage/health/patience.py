"""From words about single pictures to a fault that stands: a lorry, a shower and a headlight are waited out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from footage.health.judge import Kind, Word

MINUTE = 60.0
# So long a full word must stand. A word of less weight must stand for as much longer.
STANDS_S: dict[Kind, float] = {
    Kind.DARK: 5 * MINUTE,
    Kind.COVERED: 5 * MINUTE,
    Kind.FROZEN: 15 * MINUTE,
    Kind.MOVED: 10 * MINUTE,
    Kind.BLURRED: 20 * MINUTE,
}
# So long it must be good again before that is believed.
GOOD_S = 10 * MINUTE
PICTURES = 4
# Without a picture for so long, nothing stands any more: the count begins anew.
FORGOTTEN_S = 15 * MINUTE


@dataclass
class _Run:
    since: float
    last: float
    pictures: int = 1
    weight: float = 0.0


@dataclass
class Patience:
    """One camera. `standing` are the faults that have been announced and not taken back."""

    standing: set[Kind] = field(default_factory=set)
    _bad: dict[Kind, _Run] = field(default_factory=dict)
    _good: dict[Kind, _Run] = field(default_factory=dict)

    def hears(self, words: Mapping[Kind, Word], now: float) -> Iterable[tuple[Kind, bool]]:
        """(kind, True) when a fault stands from now on, (kind, False) when it does no longer."""
        for kind, word in words.items():
            if word.bad is None:
                continue
            ours, theirs = (self._bad, self._good) if word.bad else (self._good, self._bad)
            theirs.pop(kind, None)
            run = ours.get(kind)
            if run is None or now - run.last > FORGOTTEN_S:
                run = ours[kind] = _Run(now, now, 0)
            run.last = now
            run.pictures += 1
            run.weight += word.weight
            if word.bad == (kind in self.standing) or run.pictures < PICTURES:
                continue
            needed = STANDS_S[kind] * run.pictures / run.weight if word.bad else GOOD_S
            if now - run.since >= needed:
                (self.standing.add if word.bad else self.standing.discard)(kind)
                yield kind, word.bad

    def begins_anew(self) -> None:
        self._bad.clear()
        self._good.clear()
