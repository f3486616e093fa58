"""The drawn clock of a street read back: from decoded fragments, and from the screen of a real browser.

A street's key picture says the second in which it was sent into the chain: what is drawn there and is on a screen now
is as old as the difference. Nothing the centre says about its own pictures is believed.
"""

from __future__ import annotations

import datetime as dt
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from footage.scenes.letters import ADVANCE, HEIGHT, MARGIN, SCALE, row_of

CLOCK = "22/11/2026 18:59:59"
WIDE = len(CLOCK) * ADVANCE * SCALE
DARK = 128

# In the page: of each picture shown of each tile, when, and the dots of the last six letters but the colons.
WATCH = """([selector, dots, wide, margin, height]) => {
    globalThis.glass = [];
    for (const [tile, video] of [...document.querySelectorAll(selector)].entries()) {
        const canvas = new OffscreenCanvas(wide, height);
        const context = canvas.getContext('2d', { willReadFrequently: true });
        const look = (now, { expectedDisplayTime }) => {
            const { videoWidth, videoHeight } = video;
            const [x, y] = [videoWidth - margin - wide, videoHeight - height];
            context.drawImage(video, x, y, wide, height, 0, 0, wide, height);
            const { data } = context.getImageData(0, 0, wide, height);
            const seen = dots.map(([x, y]) => (data[4 * (y * wide + x)] > 128 ? '1' : '0')).join('');
            glass.push([tile, performance.timeOrigin + expectedDisplayTime, seen]);
            video.requestVideoFrameCallback(look);
        };
        video.requestVideoFrameCallback(look);
    }
    return document.querySelectorAll(selector).length;
}"""
# "HH:MM:SS" at the end of the line: the letters that are digits.
DIGITS = [len(CLOCK) - back for back in (8, 7, 5, 4, 2, 1)]


def dots_of(letter: int) -> list[tuple[int, int]]:
    """Where the dots of one letter of the clock stand, their upper left point."""
    left = letter * ADVANCE * SCALE
    return [(left + SCALE * column, 1 + SCALE * row) for row in range(7) for column in range(5)]


def templates() -> dict[str, str]:
    """The dots of each digit, as the street draws it."""
    found = {}
    for digit in "0123456789":
        lines = row_of(2 * MARGIN + 40 * ADVANCE, "", digit)
        left = len(lines[0]) - MARGIN - ADVANCE * SCALE
        found["".join("1" if lines[y][left + x] > DARK else "0" for x, y in dots_of(0))] = digit
    return found


def spots() -> list[tuple[int, int]]:
    return [spot for letter in DIGITS for spot in dots_of(letter)]


def second_of(seen: str, near_s: float) -> int | None:
    """The second these dots say, the one nearest to a moment; None when they say none."""
    known = templates()
    said = "".join(known.get(seen[at : at + 35], "?") for at in range(0, len(seen), 35))
    if len(said) != 6 or "?" in said:
        return None
    local = dt.datetime.fromtimestamp(near_s)
    found = []
    for days in (-1, 0, 1):
        day = local.date() + dt.timedelta(days=days)
        try:
            time = dt.time(int(said[:2]), int(said[2:4]), int(said[4:]))
        except ValueError:
            return None
        found.append(dt.datetime.combine(day, time).timestamp())
    return int(min(found, key=lambda moment: abs(moment - near_s)))


def seconds_drawn(init: bytes, fragments: Sequence[bytes], near_s: float) -> list[int | None]:
    """What the key picture of each of these fragments says, decoded by ffmpeg."""
    from footage.ingest.program import ffmpeg

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "keys.mp4")
        path.write_bytes(init + b"".join(fragments))
        crop = f"crop={WIDE}:{HEIGHT}:iw-{MARGIN + WIDE}:ih-{HEIGHT}:exact=1,format=gray"
        done = subprocess.run(
            [ffmpeg(), "-v", "error", "-skip_frame", "nokey", "-i", str(path), "-vf", crop, "-fps_mode",
             "passthrough", "-f", "rawvideo", "-"], capture_output=True, check=True,
        )  # fmt: skip
    size = WIDE * HEIGHT
    pictures = [done.stdout[at : at + size] for at in range(0, len(done.stdout), size)]
    return [
        second_of("".join("1" if picture[y * WIDE + x] > DARK else "0" for x, y in spots()), near_s)
        for picture in pictures
    ]


def first_shown(shown: Sequence[tuple[int, float, str]]) -> dict[tuple[int, int], float]:
    """When each drawn second was first on the screen, by tile; the one under way at the start is left out. UTC ms."""
    told: dict[tuple[int, int], float] = {}
    for tile, moment_ms, seen in sorted(shown):
        second = second_of(seen, moment_ms / 1000)
        if second is not None:
            told.setdefault((tile, second), moment_ms)
    begun = {tile: min(second for other, second in told if other == tile) for tile, _second in told}
    return {key: moment for key, moment in told.items() if key[1] > begun[key[0]]}


def first_seen(shown: Sequence[tuple[int, float, str]]) -> list[float]:
    """Ms from each drawn second to its first picture in each tile."""
    return [moment - 1000 * second for (_tile, second), moment in first_shown(shown).items()]


def watch(page: Any, selector: str) -> int:
    """Begins to read the clocks of these tiles. Returns how many they are."""
    found: int = page.evaluate(WATCH, [selector, spots(), WIDE, MARGIN, HEIGHT])
    return found
