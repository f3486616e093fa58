"""What an app with files of its own tells the engine. Its rules name the keeper; the engine is one for all.

The engine calls `doom` in the transaction that writes the register: from then on nothing may show these files.
Then `destroy`, as often as it takes: files first, rows after them. A crash at any step leaves something doomed,
registered and not yet finished, which the next run destroys without registering it again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class OfOneDay:
    """What goes of one camera (or other source) and one day: a line of the register (L-06)."""

    subject: str
    day: dt.date
    first_at: dt.datetime
    last_at: dt.datetime
    items: int
    bytes: int


@dataclass(frozen=True)
class Doomed:
    items: int
    files: int
    bytes: int
    oldest: dt.datetime
    newest: dt.datetime
    names_sha256: str
    # The limit these had, which an authorisation may have made shorter than the centre's.
    days: int | None = None
    # What `destroy` needs to find them again after a crash, where the rows do not tell.
    scope: str = ""
    of_days: list[OfOneDay] = field(default_factory=list)


@dataclass(frozen=True)
class Late:
    """What an independent look at rows and disk found past its limit."""

    items: int = 0
    oldest: dt.datetime | None = None
    strays: int = 0


class Keeper(Protocol):
    def doom(self, *, now: dt.datetime, at_most: int) -> Doomed | None:
        """Lock and mark the next ones whose time has come; None when there are none."""

    def destroy(self, scope: str) -> int:
        """Destroy all that is doomed (of this scope). How many are left, because only another machine can."""

    def doom_orphans(self, *, now: dt.datetime) -> Doomed | None:
        """Files past their limit that no row knows of."""

    def late(self, *, before: dt.timedelta, now: dt.datetime) -> Late:
        """What is older than its limit by more than `before`, found without what `doom` uses."""

    def kept(self, since: dt.date, until: dt.date, subject: str) -> Iterable[OfOneDay]:
        """What is still there of these UTC days, of one camera or of all."""

    def handed_over(self, since: dt.date, until: dt.date, subject: str) -> Iterable[tuple[str, dt.date, str]]:
        """Camera and day of what left the centre, and to whom in words."""


def hash_of(names: Iterable[str]) -> str:
    """SHA-256 of the sorted names, one a line: what the register keeps of a list."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()
