"""A segment on disk: `ftyp moov (prft moof mdat)… [index]`, one file any player opens.

Before each fragment stands a producer reference time (prft, ISO/IEC 14496-12): its UTC by the centre's clock. So
a file tells by itself when its pictures were taken, also when a crash left it without its row. A closed file
ends with an index box of all its fragments; an open or broken one is read by walking its boxes.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from footage.boxes import Fragment, InitSegment, Splitter, read_header
from footage.moof import producer_time, summary, told_time_us
from footage.moov import BoxError

PRFT_BYTES = 32
INDEX_TYPE = uuid.UUID("6e696365-7375-7065-7276-6973696f6e01").bytes
INDEX_END = b"nidx"
INIT_AT_MOST = 2 * 1024 * 1024
# Of a fragment being walked over: its prft, its moof, and the header of its mdat.
HEAD_BYTES = 4096
ENTRY = struct.Struct(">QIqIB")
CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,19}")


class UnsafePath(ValueError):
    """A name that would lead out of the store."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One fragment in its file: where (moof and mdat, without the prft before them) and when."""

    offset: int
    size: int
    starts_us: int
    duration_us: int
    key: bool

    @property
    def ends_us(self) -> int:
        return self.starts_us + self.duration_us


@dataclass(frozen=True, slots=True)
class Walked:
    """What a file holds, read box by box. `sound_bytes` is where the last whole fragment ends."""

    init: InitSegment
    entries: tuple[Entry, ...]
    sound_bytes: int
    indexed: bool


class SegmentFile:
    """One file while it is written. Only ever created, never opened again: nothing can be overwritten."""

    def __init__(self, root: Path, relative: str, init: InitSegment) -> None:
        self.path = root / relative
        self.relative = relative
        self.entries: list[Entry] = []
        self._track = init.video.id
        self._closing = threading.Lock()
        self._hash = hashlib.sha256()
        self._fd = _create(root, self.path)
        self._closed = False
        self.size = 0
        try:
            self._write(init.data)
        except OSError:
            os.close(self._fd)
            self.path.unlink()
            raise

    def append(self, fragment: Fragment, starts_us: int) -> Entry:
        """Whole or not at all: when the disk refuses, the file ends where it did before."""
        self._write(producer_time(self._track, starts_us, fragment.decode_time), fragment.data)
        entry = Entry(
            offset=self.size - len(fragment.data),
            size=len(fragment.data),
            starts_us=starts_us,
            duration_us=fragment.duration * 1_000_000 // fragment.timescale,
            key=fragment.key,
        )
        self.entries.append(entry)
        return entry

    def sync(self) -> None:
        """To the platter: what came before survives a power cut. For another thread than the writer's."""
        with self._closing:
            if self._closed:
                return
            fd = os.dup(self._fd)
        try:
            os.fdatasync(fd)
        finally:
            os.close(fd)

    def close(self) -> str:
        """Writes the index and returns the SHA-256 of the whole file."""
        try:
            self._write(index_box(self.entries))
            os.fdatasync(self._fd)
        finally:
            self.abandon()
        return self._hash.hexdigest()

    def abandon(self) -> None:
        """Leaves it as it is, without index, to be mended later."""
        with self._closing:
            self._closed = True
            os.close(self._fd)

    def _write(self, *parts: bytes) -> None:
        wanted = sum(map(len, parts))
        written = 0
        try:
            written = os.writev(self._fd, parts)
            rest = memoryview(b"".join(parts))[written:] if written < wanted else b""
            while rest:
                count = os.write(self._fd, rest)
                written += count
                rest = rest[count:]
        except OSError:
            if written:
                os.ftruncate(self._fd, self.size)
            raise
        for part in parts:
            self._hash.update(part)
        self.size += wanted


def relative_path(code: str, starts_us: int) -> str:
    """`<day>/<hour>/<camera>/HHMMSS.mp4`, in UTC so that no hour is there twice."""
    if not CODE.fullmatch(code):
        raise UnsafePath(f"not the code of a camera: {code!r}")
    when = time.gmtime(starts_us // 1_000_000)
    return time.strftime(f"%Y-%m-%d/%H/{code}/%H%M%S.mp4", when)


def _create(root: Path, path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.parent.resolve().is_relative_to(root.resolve()):
        raise UnsafePath(f"{path.parent} leads out of the store")
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_APPEND, 0o640)


def index_box(entries: list[Entry] | tuple[Entry, ...]) -> bytes:
    body = b"".join(
        ENTRY.pack(entry.offset, entry.size, entry.starts_us, entry.duration_us, entry.key)
        for entry in entries
    )
    size = 8 + 16 + len(body) + 8
    return b"".join(
        [struct.pack(">I4s", size, b"uuid"), INDEX_TYPE, body, struct.pack(">I4s", size, INDEX_END)]
    )


def read_index(path: Path) -> tuple[Entry, ...] | None:
    """The index at the end of a closed file; None when it has none."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        if end < 40:
            return None
        file.seek(end - 8)
        size, mark = struct.unpack(">I4s", file.read(8))
        if mark != INDEX_END or size > end or size < 32:
            return None
        file.seek(end - size)
        box = file.read(size)
    if box[4:8] != b"uuid" or box[8:24] != INDEX_TYPE or (size - 32) % ENTRY.size:
        return None
    return tuple(
        Entry(offset, length, starts, lasts, bool(key))
        for offset, length, starts, lasts, key in ENTRY.iter_unpack(box[24:-8])
    )


def entries_of(path: Path) -> tuple[Entry, ...]:
    """Its fragments, from the index or, while it is being written, from its boxes."""
    return read_index(path) or walk(path).entries


def walk(path: Path) -> Walked:
    """Box by box to the last whole fragment. Raises BoxError when there is not even an init segment."""
    length = path.stat().st_size
    with path.open("rb") as file:
        init = _init(os.pread(file.fileno(), INIT_AT_MOST, 0))
        return _walk(file.fileno(), init, len(init.data), length)


def walk_on(path: Path, init: InitSegment, at: int) -> tuple[Entry, ...]:
    """What a file has grown by since a fragment of it ended at `at`."""
    length = path.stat().st_size
    if length <= at:
        return ()
    with path.open("rb") as file:
        return _walk(file.fileno(), init, max(at, len(init.data)), length).entries


def _walk(fd: int, init: InitSegment, at: int, length: int) -> Walked:
    heads, sound = _Heads(fd), at
    entries: list[Entry] = []
    indexed, starts_us, moof = False, 0, (0, b"")
    while not indexed and (found := _header_at(heads, at, length)) is not None:
        kind, _, size = found
        if kind == b"uuid":
            indexed, sound = True, at + size
        elif kind == b"prft":
            starts_us = told_time_us(heads.read(at, size)) or 0
        elif kind == b"moof":
            moof = at, heads.read(at, size)
        elif kind == b"mdat" and moof[1]:
            try:
                entries.append(_entry(moof, at + size, starts_us, init))
            except BoxError:
                break
            sound, moof = at + size, (0, b"")
        at += size
    return Walked(init, tuple(entries), sound, indexed)


def _init(data: bytes) -> InitSegment:
    for part in Splitter().feed(data):
        if isinstance(part, InitSegment):
            return part
    raise BoxError("no initialisation segment")


class _Heads:
    """Reads what stands before the pictures of a fragment at one go: a file being written has thousands."""

    def __init__(self, fd: int) -> None:
        self._fd, self._at, self._data = fd, 0, b""

    def read(self, at: int, size: int) -> bytes:
        begin = at - self._at
        if begin < 0 or begin + size > len(self._data):
            self._at, self._data, begin = at, os.pread(self._fd, max(size, HEAD_BYTES), at), 0
        return self._data[begin : begin + size]


def _header_at(heads: _Heads, at: int, length: int) -> tuple[bytes, int, int] | None:
    """None at the end, at rubbish, and at a box that is not whole."""
    try:
        found = read_header(heads.read(at, 16))
    except BoxError:
        return None
    return None if found is None or at + found[2] > length else found


def _entry(moof: tuple[int, bytes], end: int, starts_us: int, init: InitSegment) -> Entry:
    at, box = moof
    told = summary(box, 8, init.video)
    duration_us = told.duration * 1_000_000 // init.video.timescale
    return Entry(at, end - at, starts_us, duration_us, told.key)
