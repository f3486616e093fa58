"""When a fragment was taken, by the centre's own clock; and how far the camera's clock is off (law W-13)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from footage.boxes import Fragment

JUMP_US = 2_000_000
# A jump must last: after a pause of the network late fragments come in a bunch, and that is no jump.
JUMP_LASTS_US = 1_500_000
# Two crystals differ by less: what the anchor follows upwards, in millionths of the time passed.
DRIFT_PPM = 500
SENDER_AGREES_US = 1_000
SENDER_FRAGMENTS = 4


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

    def stamp(self, fragment: Fragment, arrived_us: int) -> Stamp:
        starts = fragment.decode_time * 1_000_000 // fragment.timescale
        lasts = fragment.duration * 1_000_000 // fragment.timescale
        seen = arrived_us - starts - lasts
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
