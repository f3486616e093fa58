"""The files of a package: what was recorded, byte for byte, and one MP4 per camera that any player opens."""

from __future__ import annotations

import errno
import hashlib
import os
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from footage.boxes import InitSegment, Splitter
from footage.extraction.beat import Taken
from footage.index import at
from footage.moov import children
from footage.replay.stretches import Stretch, joins, media_us
from footage.segment_file import Entry

CHUNK = 16 * 1024 * 1024
BUFFER = 1024 * 1024
HEAD = 4 * 1024
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


class NewFile:
    """Written under another name, on the platter before it gets its own. The kernel copies; nothing passes by here."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.size = 0
        self._part = path.with_name(f"{path.name}.part")
        self._fd = os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o640)

    def take(self, fd: int, offset: int, length: int) -> None:
        """So many bytes of another file, all of them."""
        done = 0
        while done < length:
            count = self._copied(fd, offset + done, min(CHUNK, length - done))
            if not count:
                raise OSError(f"{length} bytes were there and {done} are")
            done += count
            self.size += count

    def _copied(self, fd: int, offset: int, length: int) -> int:
        try:
            return os.copy_file_range(fd, self._fd, length, offset, self.size)
        except OSError as error:
            if error.errno not in (errno.EXDEV, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL):
                raise
            return os.pwrite(self._fd, os.pread(fd, length, offset), self.size)

    def write_at(self, data: bytes, at_byte: int) -> None:
        if os.pwrite(self._fd, data, at_byte) != len(data):
            raise OSError("the disk took less than all")

    def close(self) -> str:
        """Returns the SHA-256 of what stands in the file."""
        digest, buffer, at_byte = hashlib.sha256(), memoryview(bytearray(BUFFER)), 0
        while count := os.preadv(self._fd, [buffer], at_byte):
            digest.update(buffer[:count])
            at_byte += count
        os.fdatasync(self._fd)
        os.close(self._fd)
        self._part.rename(self.path)
        return digest.hexdigest()

    def abandon(self) -> None:
        os.close(self._fd)
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
    out = NewFile(folder / name)
    try:
        with part.path.open("rb", buffering=0) as file:
            for offset, length in pieces(part):
                out.take(file.fileno(), offset, length)
                progress(length)
        digest = out.close()
    except (OSError, Taken):
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
    recording is a gap in it. Pictures, sound and the UTC before each fragment (prft) are the bytes of the store.
    """
    out = NewFile(folder / name)
    zero_us = parts[0].starts_us
    shift_us, ends_us, before = 0, zero_us, None
    try:
        for part in parts:
            with part.path.open("rb", buffering=0) as file:
                fd = file.fileno()
                init = _init(_exactly(fd, 0, part.init.size))
                if before is None:
                    out.take(fd, 0, part.init.size)
                if before is None or not joins(before, part):
                    media = media_us(fd, part.entries[0].offset, part.init) or 0
                    shift_us = max(part.starts_us, ends_us) - zero_us - media
                moved = out.size - part.begins
                for offset, length in list(pieces(part))[1:]:
                    out.take(fd, offset, length)
                    progress(length)
                for entry in part.entries:
                    head = _head(fd, entry)
                    for at_byte, data in retimed(head, init, shift_us):
                        out.write_at(data, entry.offset + moved + at_byte)
            before, ends_us = part, part.ends_us
        digest = out.close()
    except (OSError, Taken):
        out.abandon()
        raise
    times = moment(zero_us), moment(ends_us)
    return Copied(name, "film", out.size, digest, *times, {"made_of": [part.row.path for part in parts]})


def _head(fd: int, entry: Entry) -> bytes:
    """The moof of a fragment, nearly always within the first bytes read."""
    head = _exactly(fd, entry.offset, min(HEAD, entry.size))
    (length,) = struct.unpack_from(">I", head)
    return head if length <= len(head) else _exactly(fd, entry.offset, length)


def retimed(head: bytes, init: InitSegment, shift_us: int) -> Iterator[tuple[int, bytes]]:
    """Where in a fragment, and what, to write to move its decode times; every track by the same time."""
    (length,) = struct.unpack_from(">I", head)
    scales = {track.id: track.timescale for track in init.tracks}
    for kind, start, end in children(head, 8, length):
        if kind != b"traf":
            continue
        spans = {name: (first, last) for name, first, last in children(head, start, end)}
        (track,) = struct.unpack_from(">I", head, spans[b"tfhd"][0] + 4)
        where, form = spans[b"tfdt"][0] + 4, ">Q" if head[spans[b"tfdt"][0]] == 1 else ">I"
        (decode_time,) = struct.unpack_from(form, head, where)
        moved = decode_time + round(shift_us * scales.get(track, 1) / 1_000_000)
        yield where, struct.pack(form, max(0, moved))


def _init(data: bytes) -> InitSegment:
    return next(part for part in Splitter().feed(data) if isinstance(part, InitSegment))


def _exactly(fd: int, offset: int, length: int) -> bytes:
    data = os.pread(fd, length, offset)
    if len(data) != length:
        raise OSError(f"{length} bytes were there and {len(data)} are")
    return data
