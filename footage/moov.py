"""The moov box: the tracks of a stream, with the codec string a browser asks for (RFC 6381)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

Span = tuple[bytes, int, int]


class BoxError(ValueError):
    """The bytes are not the fragmented MP4 they should be."""


@dataclass(frozen=True, slots=True)
class Track:
    id: int
    kind: str  # "vide" or "soun"
    timescale: int
    codec: str
    width: int = 0
    height: int = 0
    # What trex says of samples for which a fragment says nothing.
    default_duration: int = 0
    default_flags: int = 0


def children(data: bytes, start: int, end: int) -> Iterator[Span]:
    """(type, start, end) of the content of each box between start and end."""
    at = start
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8 or at + size > end:
            raise BoxError(f"a {kind!r} box of {size} bytes does not fit where it stands")
        yield kind, at + 8, at + size
        at += size


def child(data: bytes, span: Span, *path: bytes) -> Span:
    """The first box at this path below another."""
    for kind in path:
        found = next((inner for inner in children(data, span[1], span[2]) if inner[0] == kind), None)
        if found is None:
            raise BoxError(f"no {kind.decode('latin-1')} box")
        span = found
    return span


def unpack(form: str, data: bytes, at: int, end: int) -> tuple[int, ...]:
    if at + struct.calcsize(form) > end:
        raise BoxError("a box is too short")
    return struct.unpack_from(form, data, at)


def tracks(box: bytes, header: int) -> tuple[Track, ...]:
    """The pictures and the sound in it. Raises BoxError when there are no pictures."""
    top = (b"moov", header, len(box))
    defaults = _defaults(box, top)
    found = []
    for span in children(box, top[1], top[2]):
        if span[0] == b"trak":
            track = _track(box, span, defaults)
            if track.kind in ("vide", "soun"):
                found.append(track)
    if not any(track.kind == "vide" for track in found):
        raise BoxError("no pictures in this stream")
    return tuple(found)


def _defaults(box: bytes, top: Span) -> dict[int, tuple[int, int]]:
    """Duration and flags by track, from mvex."""
    found = {}
    for kind, start, end in children(box, *child(box, top, b"mvex")[1:]):
        if kind == b"trex":
            _, track_id, _, duration, _, flags = unpack(">6I", box, start, end)
            found[track_id] = duration, flags
    return found


def _track(box: bytes, span: Span, defaults: dict[int, tuple[int, int]]) -> Track:
    _, start, end = child(box, span, b"tkhd")
    (track_id,) = unpack(">I", box, start + (20 if box[start] == 1 else 12), end)
    _, start, end = child(box, span, b"mdia", b"mdhd")
    (timescale,) = unpack(">I", box, start + (20 if box[start] == 1 else 12), end)
    if timescale == 0:
        raise BoxError("a track without a timescale")
    _, start, end = child(box, span, b"mdia", b"hdlr")
    (kind,) = struct.unpack_from(">4s", box, start + 8) if end - start >= 12 else (b"",)
    duration, flags = defaults.get(track_id, (0, 0))
    codec, width, height = "", 0, 0
    if kind in (b"vide", b"soun"):
        codec, width, height = _entry(
            box, child(box, span, b"mdia", b"minf", b"stbl", b"stsd"), kind == b"vide"
        )
    return Track(track_id, kind.decode("latin-1"), timescale, codec, width, height, duration, flags)


def _entry(box: bytes, span: Span, video: bool) -> tuple[str, int, int]:
    """Codec string, width and height from the first sample entry."""
    _, start, end = span
    entry = next(children(box, start + 8, end), None)
    if entry is None:
        raise BoxError("a track without a sample entry")
    name, start, end = entry
    if not video:
        return _sound(box, name, start, end), 0, 0
    width, height = unpack(">2H", box, start + 24, end)
    if name in (b"avc1", b"avc3"):
        _, at, stop = child(box, (name, start + 78, end), b"avcC")
        profile, compatible, level = unpack(">3B", box, at + 1, stop)
        return f"{name.decode()}.{profile:02x}{compatible:02x}{level:02x}", width, height
    if name in (b"hvc1", b"hev1"):
        _, at, stop = child(box, (name, start + 78, end), b"hvcC")
        return f"{name.decode()}.{_hevc(box[at:stop])}", width, height
    return name.decode("latin-1"), width, height


def _hevc(config: bytes) -> str:
    if len(config) < 13:
        raise BoxError("hvcC is too short")
    space = ("", "A", "B", "C")[config[1] >> 6]
    tier = "H" if config[1] & 0x20 else "L"
    (compatible,) = struct.unpack_from(">I", config, 2)
    mirrored = int(f"{compatible:032b}"[::-1], 2)
    constraints = config[6:12].rstrip(b"\0")
    parts = [f"{space}{config[1] & 0x1F}", f"{mirrored:x}", f"{tier}{config[12]}"]
    return ".".join(parts + [f"{byte:x}" for byte in constraints])


def _sound(box: bytes, name: bytes, start: int, end: int) -> str:
    """AAC is told apart by its AudioSpecificConfig; anything else goes by its name."""
    if name != b"mp4a":
        return name.decode("latin-1")
    at = box.find(b"\x05", box.find(b"esds", start, end), end)
    tag = box[at + 1 : end].lstrip(b"\x80")  # the length, then the configuration itself
    kind = tag[1] >> 3 if at > 0 and len(tag) > 1 else 2
    return f"mp4a.40.{kind or 2}"
