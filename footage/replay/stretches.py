"""The recorded minutes of a camera: whole fragments of its files, begun on a key frame, cut to what was asked."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from footage.boxes import InitSegment, Splitter
from footage.index import EPOCH, at
from footage.models import Segment
from footage.models.segment import LONGEST
from footage.moov import BoxError
from footage.segment_file import PRFT_BYTES, Entry, read_index, walk

GROUP_US = 6_000_000
# Pictures that follow within this are taken for one run: stamps tremble, and a fragment may be lost.
GAP_US = 1_000_000
# The media clock and the wall clock may drift apart so much between two fragments and still be one run.
DRIFT_US = 1_000_000


def us(moment: dt.datetime) -> int:
    return (moment - EPOCH) // dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Init:
    """What a player needs before the fragments of this file."""

    size: int
    digest: str
    codecs: str
    width: int
    height: int
    timescale: int
    track: int


@dataclass(frozen=True, slots=True)
class Known:
    init: Init
    entries: tuple[Entry, ...]
    growing: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Some seconds of one file: a media segment."""

    offset: int
    size: int
    starts_us: int
    ends_us: int
    # Nothing was recorded before it, or the clock or the coding changed.
    breaks: bool

    @property
    def seconds(self) -> float:
        return (self.ends_us - self.starts_us) / 1_000_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """The part of one file that was asked for: fragments without a hole in their order."""

    row: Segment
    init: Init
    entries: tuple[Entry, ...]
    growing: bool

    @property
    def path(self) -> Path:
        return inside(self.row.path)

    @property
    def begins(self) -> int:
        """Where its bytes begin: with the time stamp (prft) before the first fragment."""
        return max(self.init.size, self.entries[0].offset - PRFT_BYTES)

    @property
    def ends(self) -> int:
        return self.entries[-1].offset + self.entries[-1].size

    @property
    def starts_us(self) -> int:
        return self.entries[0].starts_us

    @property
    def ends_us(self) -> int:
        return self.entries[-1].ends_us

    def groups(self) -> Iterator[Group]:
        """About six seconds each, on key frames; a hole in the recording ends one."""
        first = 0
        for number in range(1, len(self.entries) + 1):
            if number == len(self.entries) or self._ends_before(first, number):
                yield self._group(first, number)
                first = number

    def _ends_before(self, first: int, number: int) -> bool:
        entry = self.entries[number]
        if not entry.key:
            return False
        return entry.starts_us - self.entries[first].starts_us >= GROUP_US or self._hole(number)

    def _hole(self, number: int) -> bool:
        return self.entries[number].starts_us - self.entries[number - 1].ends_us > GAP_US

    def _group(self, first: int, end: int) -> Group:
        begin, last = self.entries[first], self.entries[end - 1]
        ends_us = last.ends_us
        if end < len(self.entries) and not self._hole(end):
            ends_us = self.entries[end].starts_us
        breaks = first > 0 and self._hole(first)
        # Without the time stamp before it: ffmpeg 9 takes ranges that touch for one and plays only the first.
        size = last.offset + last.size - begin.offset
        return Group(begin.offset, size, begin.starts_us, ends_us, breaks)


def inside(relative: str) -> Path:
    """The file of a row. A row that would lead out of the store, by a name or a link, opens nothing."""
    root = Path(settings.FOOTAGE_ROOT).resolve()
    path = (root / relative).resolve()
    if not path.is_relative_to(root):
        raise FileNotFoundError(relative)
    return path


def segments(camera_id: int, since: dt.datetime, until: dt.datetime) -> list[Segment]:
    """Rows whose files may hold pictures of these minutes. How far an open one has grown is not in its row."""
    rows = Segment.objects.readable().filter(
        Q(ended_at__gt=since) | Q(state=Segment.State.OPEN),
        camera_id=camera_id,
        started_at__lt=until,
        started_at__gt=since - LONGEST,
    )
    return list(rows.order_by("started_at"))


def stretches(
    camera_id: int, since: dt.datetime, until: dt.datetime, *, oldest: dt.datetime
) -> list[Stretch]:
    """These minutes, oldest first; nothing that begins before `oldest`."""
    found = (
        stretch(row, since, until, oldest=oldest)
        for row in segments(camera_id, max(since, oldest - LONGEST), until)
    )
    return [part for part in found if part is not None]


def stretch(row: Segment, since: dt.datetime, until: dt.datetime, *, oldest: dt.datetime) -> Stretch | None:
    """None when its file holds none of these minutes, or is no longer there."""
    try:
        path = inside(row.path)
        stat = path.stat()
        known = _known(str(path), stat.st_size, stat.st_mtime_ns)
    except (OSError, BoxError):
        return None
    entries = cut(known.entries, us(since), us(until), us(oldest))
    return Stretch(row, known.init, entries, known.growing) if entries else None


def cut(entries: Sequence[Entry], since_us: int, until_us: int, oldest_us: int) -> tuple[Entry, ...]:
    """From the key frame at or before `since` to what begins before `until`; none begun before `oldest`."""
    allowed = [entry for entry in entries if oldest_us <= entry.starts_us < until_us]
    first, after = None, None
    for number, entry in enumerate(allowed):
        if entry.key and entry.starts_us <= since_us:
            first = number
        elif entry.key and after is None and entry.starts_us > since_us:
            after = number
    first = first if first is not None else after
    if first is None:
        return ()
    chosen = tuple(allowed[first:])
    return chosen if chosen[-1].ends_us > since_us else ()


@lru_cache(maxsize=512)
def _known(path: str, size: int, changed_ns: int) -> Known:
    """A file's index. Size and time are in the key, so a growing file is read again."""
    file = Path(path)
    with file.open("rb") as opened:
        init = _init(opened.fileno(), size)
    entries = read_index(file)
    if entries is not None:
        return Known(init, entries, growing=False)
    return Known(init, walk(file).entries, growing=True)


def init_of(path: Path) -> Init:
    """Of any fragmented file. Raises BoxError."""
    with path.open("rb") as opened:
        return _init(opened.fileno(), path.stat().st_size)


def _init(fd: int, size: int) -> Init:
    at_byte, read = 0, 64 * 1024
    splitter = Splitter()
    while at_byte < min(size, 2 * 1024 * 1024):
        data = os.pread(fd, read, at_byte)
        at_byte += len(data)
        for part in splitter.feed(data):
            if isinstance(part, InitSegment):
                video = part.video
                digest = hashlib.sha256(part.data).hexdigest()
                return Init(
                    len(part.data),
                    digest,
                    part.codecs,
                    video.width,
                    video.height,
                    video.timescale,
                    video.id,
                )
            break
        if not data:
            break
    raise BoxError("no initialisation segment")


def media_us(fd: int, entry_offset: int, init: Init) -> int | None:
    """The media time of the fragment there, from the time stamp before it; None when it has none."""
    if entry_offset < PRFT_BYTES:
        return None
    box = os.pread(fd, PRFT_BYTES, entry_offset - PRFT_BYTES)
    if len(box) != PRFT_BYTES or box[4:8] != b"prft":
        return None
    decode_time: int = struct.unpack_from(">Q", box, 24)[0]
    return decode_time * 1_000_000 // init.timescale


def joins(before: Stretch, after: Stretch) -> bool:
    """Whether the second goes on where the first ended: same coding, same media clock, no time between."""
    if before.init.digest != after.init.digest or after.starts_us - before.ends_us > GAP_US:
        return False
    try:
        with before.path.open("rb") as one, after.path.open("rb") as two:
            last = media_us(one.fileno(), before.entries[-1].offset, before.init)
            first = media_us(two.fileno(), after.entries[0].offset, after.init)
    except OSError:
        return False
    if last is None or first is None:
        return False
    return abs((first - last) - (after.starts_us - before.entries[-1].starts_us)) < DRIFT_US


@dataclass(frozen=True, slots=True)
class Range:
    starts_at: dt.datetime
    ends_at: dt.datetime


def ranges(camera_id: int, since: dt.datetime, until: dt.datetime, *, oldest: dt.datetime) -> list[Range]:
    """What was recorded, for a timeline. Rows alone tell, save where a file is open or has holes in it."""
    spans: list[tuple[int, int]] = []
    since = max(since, oldest)
    for row in segments(camera_id, since, until):
        whole = (row.ended_at - row.started_at).total_seconds() - row.seconds < GAP_US / 1_000_000
        if row.state != Segment.State.OPEN and whole:
            spans.append((us(row.started_at), us(row.ended_at)))
        elif (part := stretch(row, since, until, oldest=oldest)) is not None:
            spans += [(entry.starts_us, entry.ends_us) for entry in part.entries]
    merged: list[list[int]] = []
    for start, end in sorted(spans):
        start, end = max(start, us(since)), min(end, us(until))
        if end <= start:
            continue
        if merged and start - merged[-1][1] <= GAP_US:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return [Range(at(start), at(end)) for start, end in merged]
