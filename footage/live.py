"""The live relay between `run_cameras` and whoever watches: names and form of what passes over Redis.

A watcher sets `watch:<camera>:<quality>` with a time to live, renews it while it looks, publishes the name on
`watch` to be served at once, and subscribes `live:<camera>:<quality>`. Each message there is a header and a
fragment as recorded; the initialisation segment is a message too, and kept under `init:<camera>:<quality>`.
A newcomer is sent the current group of pictures again: others skip it by its numbers.

What a browser cannot show is asked for under a third name, `main-h264` or `sub-h264`: made while somebody watches it,
by a node that has a place left for it; else the node says on that channel why not.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

MAIN, SUB = "main", "sub"
QUALITIES = (MAIN, SUB)
TRANSCODED = {MAIN: "main-h264", SUB: "sub-h264"}
STREAMS = (*QUALITIES, *TRANSCODED.values())
NUDGE = "watch"
# On a camera's channel, refused: something about it changed, ask each viewer's right again. On NUDGE: to the nodes.
ASK_AGAIN = b"again"
WATCH_S = 10
HEADER = struct.Struct(">2sBBIIQI")
MAGIC = b"NF"
VERSION = 1
KEY, INIT, MOVES, REFUSED, SAID = 1, 2, 4, 8, 16


def watch_key(camera_id: int, quality: str) -> str:
    return f"watch:{camera_id}:{quality}"


def init_key(camera_id: int, quality: str) -> str:
    return f"init:{camera_id}:{quality}"


def channel(camera_id: int, quality: str) -> str:
    return f"live:{camera_id}:{quality}"


@dataclass(frozen=True, slots=True)
class Message:
    """One fragment on its way. `run` changes with each initialisation segment, `number` counts within it.

    `moves`: something moves before the camera, or nobody can tell. `refused`: no fragment, `data` is why there is none.
    `said`: no fragment, `data` is a sentence in JSON about the camera for whoever looks.
    """

    run: int
    number: int
    starts_us: int
    duration_ms: int
    key: bool
    init: bool
    data: bytes
    moves: bool = True
    refused: bool = False
    said: bool = False

    def packed(self) -> bytes:
        return self.head() + self.data

    def head(self) -> bytes:
        """What goes before the data."""
        flags = (KEY if self.key else 0) | (INIT if self.init else 0)
        flags |= (MOVES if self.moves else 0) | (REFUSED if self.refused else 0)
        flags |= SAID if self.said else 0
        run = self.run & 0xFFFFFFFF
        return HEADER.pack(MAGIC, VERSION, flags, run, self.number, self.starts_us, self.duration_ms)

    @classmethod
    def unpacked(cls, raw: bytes) -> Message:
        magic, version, flags, run, number, starts_us, duration_ms = HEADER.unpack_from(raw)
        if magic != MAGIC or version != VERSION:
            raise ValueError("not a message of the live relay")
        return cls(
            run=run,
            number=number,
            starts_us=starts_us,
            duration_ms=duration_ms,
            key=bool(flags & KEY),
            init=bool(flags & INIT),
            data=raw[HEADER.size :],
            moves=bool(flags & MOVES),
            refused=bool(flags & REFUSED),
            said=bool(flags & SAID),
        )
