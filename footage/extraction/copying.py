"""The files of a package: what was recorded, byte for byte, and one MP4 per camera that any player opens."""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from footage.boxes import InitSegment, Splitter
from footage.index import at
from footage.moov import children
from footage.replay.stretches import Stretch, joins, media_us

CHUNK = 4 * 1024 * 1024
Progress = Callable[[int], None]


@dataclass(frozen=True)
class Copied:
    """One file of the package and where it comes from."""

    name: str
    kind: str
    bytes: int
    sha256: str
    starts_at: str
    ends_at: str
    source: dict[str, Any] = field(default_factory=dict)

    def as_object(self) -> dict[str, Any]:
        return asdict(self)


class HashedFile:
    """Written under another name, hashed on the way, on the platter before it gets its own."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.size = 0
        self._part = path.with_name(f"{path.name}.part")
        self._hash = hashlib.sha256()
        # Hashing takes as long as writing: done beside it, one piece at a time.
        self._hasher = ThreadPoolExecutor(1, thread_name_prefix="sha256")
        self._hashed: Future[None] | None = None
        self._file: IO[bytes] = self._part.open("wb", buffering=0)

    def write(self, data: bytes | memoryview) -> None:
        if self._hashed is not None:
            self._hashed.result()
        self._hashed = self._hasher.submit(self._hash.update, data)
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]
        self.size += len(data)

    def close(self) -> str:
        os.fdatasync(self._file.fileno())
        self._file.close()
        self._hasher.shutdown()
        self._part.rename(self.path)
        return self._hash.hexdigest()

    def abandon(self) -> None:
        self._hasher.shutdown()
        self._file.close()
        self._part.unlink(missing_ok=True)


def moment(us: int) -> str:
    return at(us).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def compact(us: int) -> str:
    return at(us).strftime("%Y%m%dT%H%M%SZ")


def pieces(part: Stretch) -> Iterator[tuple[int, int]]:
    """(offset, length) of what is taken of a file: its initialisation segment, then a few megabytes at a time."""
    yield 0, part.init.size
    for at_byte in range(part.begins, part.ends, CHUNK):
        yield at_byte, min(CHUNK, part.ends - at_byte)


def size_of(parts: Sequence[Stretch]) -> int:
    """Bytes that will be read of the store."""
    return sum(part.init.size + part.ends - part.begins for part in parts)


def copy_segment(folder: Path, name: str, part: Stretch, progress: Progress) -> Copied:
    """The initialisation segment and the fragments as they lie in the store, not one bit changed."""
    out = HashedFile(folder / name)
    try:
        with part.path.open("rb", buffering=0) as file:
            for offset, length in pieces(part):
                out.write(_exactly(file.fileno(), offset, length))
                progress(length)
        digest = out.close()
    except OSError:
        out.abandon()
        raise
    source = {
        "recorded_file": part.row.path,
        "recorded_sha256": part.row.sha256,
        "init_bytes": part.init.size,
        "from_byte": part.begins,
        "to_byte": part.ends,
    }
    times = moment(part.starts_us), moment(part.ends_us)
    return Copied(name, "segment", out.size, digest, *times, source)


def copy_film(folder: Path, name: str, parts: Sequence[Stretch], progress: Progress) -> Copied:
    """All of these files in one: same initialisation segment, same pictures, times counted from the first.

    Only the decode time of each fragment (tfdt) is written anew, so that the film begins at zero and a gap in the
    recording is a gap in it. Pictures and sound are the bytes of the store.
    """
    out = HashedFile(folder / name)
    zero_us = parts[0].starts_us
    shift_us, ends_us, before = 0, zero_us, None
    try:
        for part in parts:
            with part.path.open("rb", buffering=0) as file:
                fd = file.fileno()
                init = _init(_exactly(fd, 0, part.init.size))
                if before is None:
                    out.write(init.data)
                if before is None or not joins(before, part):
                    media = media_us(fd, part.entries[0].offset, part.init) or 0
                    shift_us = max(part.starts_us, ends_us) - zero_us - media
                for entry in part.entries:
                    data = memoryview(bytearray(_exactly(fd, entry.offset, entry.size)))
                    retime(data, init, shift_us)
                    out.write(data)
                    progress(entry.size)
            before, ends_us = part, part.ends_us
        digest = out.close()
    except OSError:
        out.abandon()
        raise
    times = moment(zero_us), moment(ends_us)
    return Copied(name, "film", out.size, digest, *times, {"made_of": [part.row.path for part in parts]})


def retime(fragment: memoryview, init: InitSegment, shift_us: int) -> None:
    """Moves the decode times of a fragment, in place; every track by the same time."""
    (length,) = struct.unpack_from(">I", fragment)
    head = bytes(fragment[:length])
    scales = {track.id: track.timescale for track in init.tracks}
    for kind, start, end in children(head, 8, length):
        if kind != b"traf":
            continue
        spans = {name: (first, last) for name, first, last in children(head, start, end)}
        (track,) = struct.unpack_from(">I", head, spans[b"tfhd"][0] + 4)
        where, form = spans[b"tfdt"][0] + 4, ">Q" if head[spans[b"tfdt"][0]] == 1 else ">I"
        (decode_time,) = struct.unpack_from(form, head, where)
        moved = decode_time + round(shift_us * scales.get(track, 1) / 1_000_000)
        struct.pack_into(form, fragment, where, max(0, moved))


def _init(data: bytes) -> InitSegment:
    return next(part for part in Splitter().feed(data) if isinstance(part, InitSegment))


def _exactly(fd: int, offset: int, length: int) -> bytes:
    data = os.pread(fd, length, offset)
    if len(data) != length:
        raise OSError(f"{length} bytes were there and {len(data)} are")
    return data
