"""The hand-over of fragments to software that looks at them: who asks for what, and the form of what it is told.

Whoever looks at a camera sets `analyse:<camera>` to "<task> <queue>" with a time to live, and renews it while it looks:
`run_cameras` then sends that Celery task, on that queue, with where each new fragment of the camera lies and when it
was. The bytes stay on the disk. A camera with a sub-stream hands over that one, from files of a minute that are
destroyed a few minutes later; any other hands over its recording.

A message may be lost, late or doubled: the files tell all of it again. So whoever looks keeps how far it came, and
reads on from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from footage.boxes import InitSegment, Splitter
from footage.live import SUB
from footage.models import Segment
from footage.moov import BoxError
from footage.segment_file import INIT_AT_MOST, Entry, UnsafePath, entries_of, walk_on

ASKED_S = 10
# What of a sub-stream is kept for who looks at it: enough to catch up with, and to warm up from.
RING_FILE_US = 60 * 1_000_000
RING_S = 300
# In the ring, files lie under the mask burnt into them; these have none.
UNMASKED = "open"
_ASKED = re.compile(r"([A-Za-z0-9_.]{1,80}) ([A-Za-z0-9_.-]{1,60})")


def analyse_key(camera_id: int) -> str:
    return f"analyse:{camera_id}"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which Celery task is told, and on which queue."""

    task: str
    queue: str

    def __str__(self) -> str:
        return f"{self.task} {self.queue}"

    @classmethod
    def read(cls, value: bytes | None) -> Asked | None:
        match = _ASKED.fullmatch(value.decode(errors="replace")) if value else None
        return cls(match[1], match[2]) if match else None


@dataclass(frozen=True, slots=True)
class Written:
    """One fragment that lies on the disk now: moof and mdat, `size` bytes at `offset` of that file."""

    camera_id: int
    quality: str
    path: str
    offset: int
    size: int
    starts_us: int
    duration_us: int
    key: bool
    # The mask burnt into its pictures (cameras.models.mask.digest_of), empty for none.
    mask: str

    @property
    def ends(self) -> int:
        return self.offset + self.size

    @property
    def ends_us(self) -> int:
        return self.starts_us + self.duration_us

    @property
    def file(self) -> Path:
        return inside(self.quality, self.path)

    def packed(self) -> list[Any]:
        return list(astuple(self))

    @classmethod
    def of(cls, camera_id: int, quality: str, path: str, entry: Entry, mask: str) -> Written:
        where = (entry.offset, entry.size, entry.starts_us, entry.duration_us, entry.key)
        return cls(camera_id, quality, path, *where, mask)

    @classmethod
    def unpacked(cls, told: Sequence[Any]) -> Written:
        """Raises ValueError: what came over a broker is not to be trusted."""
        kinds = (int, str, str, int, int, int, int, bool, str)
        if len(told) != len(kinds) or not all(map(isinstance, told, kinds)):
            raise ValueError("not a fragment")
        return cls(*told)


def root_of(quality: str) -> Path:
    return Path(settings.FOOTAGE_RING if quality == SUB else settings.FOOTAGE_ROOT)


def inside(quality: str, relative: str) -> Path:
    """The file. A name that would lead out of its store opens nothing."""
    root = root_of(quality).resolve()
    path = (root / relative).resolve()
    if not path.is_relative_to(root):
        raise UnsafePath(f"{relative} leads out of the store")
    return path


def beginning(path: Path) -> InitSegment:
    """The initialisation segment of a file. Raises OSError or BoxError."""
    with path.open("rb") as file:
        data = file.read(INIT_AT_MOST)
    for part in Splitter().feed(data):
        if isinstance(part, InitSegment):
            return part
    raise BoxError("no initialisation segment")


def files_since(camera_id: int, code: str, quality: str, mask: str, since_us: int) -> list[str]:
    """Files that may hold fragments from then on with this mask burnt in, oldest first."""
    if quality == SUB:
        return _ring_files(code, mask, since_us)
    rows = Segment.objects.readable().filter(camera=camera_id, mask=mask).order_by("-started_at")
    found: list[str] = []
    for path, started_at in rows.values_list("path", "started_at")[:40]:
        found.append(path)
        if started_at.timestamp() * 1e6 <= since_us:
            break
    return found[::-1]


def _ring_files(code: str, mask: str, since_us: int) -> list[str]:
    root = root_of(SUB)
    kept = root / (mask or UNMASKED)
    oldest_s = since_us / 1e6
    found: list[str] = []
    for path in sorted(kept.glob(f"*/*/{code}/*.mp4")):
        try:
            if path.stat().st_mtime >= oldest_s:
                found.append(str(path.relative_to(root)))
        except FileNotFoundError:
            continue
    return found


def written_since(camera_id: int, code: str, quality: str, mask: str, since_us: int) -> Iterator[Written]:
    """Every fragment with this mask that ends after that moment, oldest first, as the files tell them."""
    for relative in files_since(camera_id, code, quality, mask, since_us):
        for one in written_in(camera_id, quality, relative, mask):
            if one.ends_us > since_us:
                yield one


def written_in(camera_id: int, quality: str, relative: str, mask: str) -> list[Written]:
    """The fragments of one file; none when it is gone or broken."""
    try:
        entries = entries_of(inside(quality, relative))
    except (OSError, BoxError, UnsafePath):
        return []
    return [Written.of(camera_id, quality, relative, entry, mask) for entry in entries]


def written_after(last: Written, init: InitSegment) -> list[Written]:
    """What its file has grown by since that fragment."""
    try:
        entries = walk_on(last.file, init, last.ends)
    except (OSError, UnsafePath):
        return []
    return [Written.of(last.camera_id, last.quality, last.path, entry, last.mask) for entry in entries]
