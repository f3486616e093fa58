"""When a fragment was taken, by the centre's own clock; and how far the camera's clock is off (law W-13)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from footage.boxes import Fragment

JUMP_US = 2_000_000
# A jump must last: after a pause of the network late fragments come in a bunch, and that is no jump.
JUMP_LASTS_US = 1_500_000
# Two crystals differ by less: what the anchor follows upwards, in millionths of the time passed.
DRIFT_PPM = 500
SENDER_AGREES_US = 1_000
SENDER_FRAGMENTS = 4
# Two seconds of them.
OPENING_AT_MOST = 8
Arrived = tuple[Fragment, int]


@dataclass(frozen=True, slots=True)
class Stamp:
    starts_us: int
    jumped: bool


class WallClock:
    """Maps the media clock of one run of ffmpeg to UTC.

    Fragments arrive late, never early, so the least late one tells where media time zero lies. Slow drift is
    followed; a jump (either clock set) that lasts begins anew and is told, so that a new file is begun.
    """

    def __init__(self) -> None:
        self._anchor_us: int | None = None
        self._last_us = 0
        self._far_us = 0

    def settle(self, fragments: Iterable[Arrived]) -> None:
        """Before the first is stamped: what came together is placed by the least late of it."""
        self._anchor_us = min((_seen_us(*one) for one in fragments), default=self._anchor_us)

    def stamp(self, fragment: Fragment, arrived_us: int) -> Stamp:
        starts = fragment.decode_time * 1_000_000 // fragment.timescale
        lasts = fragment.duration * 1_000_000 // fragment.timescale
        seen = _seen_us(fragment, arrived_us)
        jumped = False
        if self._anchor_us is None:
            self._anchor_us = seen
        elif abs(seen - self._anchor_us) > JUMP_US:
            self._far_us += lasts
            if self._far_us >= JUMP_LASTS_US:
                self._anchor_us, self._far_us, self._last_us, jumped = seen, 0, 0, True
        else:
            self._far_us = 0
            later = seen - self._anchor_us
            self._anchor_us += min(later, lasts * DRIFT_PPM // 1_000_000)
        self._last_us = max(self._last_us + 1, self._anchor_us + starts)
        return Stamp(self._last_us, jumped)


def _seen_us(fragment: Fragment, arrived_us: int) -> int:
    """Where media time zero lies, if this fragment were not late at all."""
    return arrived_us - (fragment.decode_time + fragment.duration) * 1_000_000 // fragment.timescale


class Opening:
    """The first fragments of a run come in a bunch, after a look at the stream or from a camera's own store.

    The first of them is the latest, and knows least of when it was taken: they are handed on together once one has come
    at its own pace.
    """

    def __init__(self) -> None:
        self._held: list[Arrived] = []
        self.is_over = False

    def takes(self, fragment: Fragment, arrived_us: int) -> list[Arrived]:
        before = self._held[-1][1] if self._held else None
        self._held.append((fragment, arrived_us))
        lasts = fragment.duration * 1_000_000 // fragment.timescale
        if (before is None or arrived_us - before < lasts // 2) and len(self._held) < OPENING_AT_MOST:
            return []
        return self.ends()

    def ends(self) -> list[Arrived]:
        held, self._held, self.is_over = self._held, [], True
        return held


class SenderClock:
    """The camera's clock against ours, from the sender reports of RTCP that ffmpeg passes on.

    Without a report ffmpeg fills in the time of writing, which trembles; a report lies on one line with media
    time. So a time counts as the camera's once several fragments agree to a millisecond.
    """

    def __init__(self) -> None:
        self._zeroes: deque[int] = deque(maxlen=SENDER_FRAGMENTS)

    def ahead_us(self, fragment: Fragment, starts_us: int) -> int | None:
        """Microseconds the camera is ahead of the centre; None while it has not told its time."""
        if fragment.sender_us is None:
            return None
        starts = fragment.decode_time * 1_000_000 // fragment.timescale
        self._zeroes.append(fragment.sender_us - starts)
        if len(self._zeroes) < SENDER_FRAGMENTS or max(self._zeroes) - min(self._zeroes) > SENDER_AGREES_US:
            return None
        return fragment.sender_us - starts_us
