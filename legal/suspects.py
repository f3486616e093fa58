"""Rows whose hash does not agree with them, and what must have happened to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from legal.chain import canonical_in_order, digest

MOST = 60  # suspects kept with their content; of more than these only the numbers are told
ALTERED = (
    "altered or inserted: it does not agree with its hash (or the row before was rewritten with a new hash)"
)
SWAPPED = "moved: this is what row %s said"
RENUMBERED = "renumbered: a row was %s before them"


@dataclass(slots=True)
class Suspect:
    """A row as the database gives it."""

    values: dict[str, Any]
    hash: str
    # The stored hash of the row before; empty where that row is gone.
    previous: str = ""

    @property
    def number(self) -> int:
        return int(self.values["id"])

    def agrees(self, previous: str, number: int | None = None) -> bool:
        values = self.values if number is None else self.values | {"id": number}
        return digest(previous, canonical_in_order(values)) == self.hash


class Suspects:
    """Walked past every row; keeps the ones to explain."""

    def __init__(self) -> None:
        self._kept: list[Suspect] = []
        self._ranges: list[tuple[int, int, str]] = []
        self._candidates: list[str] = []
        self._shift = 0
        self._pending: Suspect | None = None
        self._untied = False

    def break_off(self) -> None:
        """Rows are missing here: nothing says what the next one was tied to."""
        self._untied = True

    def meet(self, row: Suspect, previous: str) -> None:
        # The usual row costs one digest and nothing else.
        if digest(previous, canonical_in_order(row.values)) == row.hash:
            if self._candidates or self._shift:
                self._settle()
                self._candidates, self._shift = [], 0
            self._untied = False
            return
        if self._untied:
            self._untied = False
            return
        row.previous = previous
        known = [*self._candidates[-8:], previous]
        self._candidates = known
        if self._renumbered(row, known):
            return
        self._settle()
        if not any(row.agrees(candidate) for candidate in known[:-1]):
            self._suspect(row)

    def explained(self) -> Iterator[tuple[int, int, str]]:
        self._settle()
        yield from self._ranges
        moved = dict(self._moved())
        hashes = {row.hash for row in self._kept if row.number in moved}
        for row in self._kept:
            if row.number in moved:
                yield row.number, row.number, SWAPPED % moved[row.number]
            elif not any(row.agrees(known) for known in hashes):
                yield row.number, row.number, ALTERED

    def _suspect(self, row: Suspect) -> None:
        if len(self._kept) < MOST:
            self._kept.append(row)
        else:
            self._range(row.number, ALTERED)

    def _renumbered(self, row: Suspect, known: list[str]) -> bool:
        """Two rows in a run make a renumbering; a single one may have changed places with its neighbour."""
        for shift in [self._shift] if self._shift else (-1, 1):
            if any(row.agrees(candidate, row.number + shift) for candidate in known):
                confirmed = self._pending or self._shift
                self._shift = shift
                if not confirmed:
                    self._pending = row
                    return True
                words = RENUMBERED % ("inserted" if shift < 0 else "removed")
                for late in filter(None, (self._pending, row)):
                    self._range(late.number, words)
                self._pending, self._candidates = None, []
                return True
        return False

    def _settle(self) -> None:
        if self._pending:
            self._suspect(self._pending)
            self._pending, self._shift = None, 0

    def _range(self, number: int, words: str) -> None:
        if self._ranges and self._ranges[-1][1] == number - 1 and self._ranges[-1][2] == words:
            self._ranges[-1] = (self._ranges[-1][0], number, words)
        else:
            self._ranges.append((number, number, words))

    def _moved(self) -> Iterator[tuple[int, int]]:
        """Pairs (where a row stands, where it stood): it agrees with a row that stood before its old place."""
        hashes = [row.hash for row in self._kept]
        for there in self._kept:
            for row in self._kept:
                if row is not there and any(row.agrees(h, there.number) for h in (there.previous, *hashes)):
                    yield row.number, there.number


def collapsed(found: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Neighbours of which the same is said, told once."""
    run: tuple[int, int, str] | None = None
    for first, last, words in sorted(found):
        if run and run[2] == words and run[1] == first - 1:
            run = (run[0], last, words)
            continue
        if run:
            yield run
        run = (first, last, words)
    if run:
        yield run
