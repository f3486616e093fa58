"""Bringing files and rows together again after a crash. Safe to run at any time, again and again.

A file cut short loses what stands after its last whole fragment, gets its index and checksum; a file without a
row gets one; a row without its file says so; what was being destroyed is destroyed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils import timezone

from cameras.models import Camera
from footage.destroying import destroy_going, is_past_its_day
from footage.index import at
from footage.lease import is_of_this_machine, this_machine, this_node
from footage.models import Segment
from footage.moov import BoxError
from footage.segment_file import CODE, Entry, Walked, index_box, walk
from retention import disk

logger = logging.getLogger(__name__)
# A file somebody still writes is younger: a fragment comes every half second.
QUIET_S = 15.0
RECENT = dt.timedelta(hours=2)
CHUNK = 1024 * 1024


@dataclass
class Mended:
    mended: list[str] = field(default_factory=list)
    adopted: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)
    # Left alone: not ours to judge.
    strange: list[str] = field(default_factory=list)
    bytes_cut: int = 0


def mend(
    root: Path,
    *,
    busy: set[str],
    recent: bool,
    quiet_s: float = QUIET_S,
    folders: bool = True,
    everywhere: bool = False,
) -> Mended:
    """`busy` are files this process writes; `recent` looks at the last hours' folders only, not at all.

    Without `folders` only rows left open are looked at, which is cheap. A row whose file is not here is called
    missing when this machine wrote it: others may keep theirs on disks of their own, unless `everywhere` says
    that all share this one.
    """
    done = Mended()
    destroy_going(root)
    left_open = Segment.objects.filter(state=Segment.State.OPEN).exclude(path__in=busy)
    for row in left_open.order_by("pk"):
        if (everywhere or _is_here(root, row)) and _quiet(root / row.path, quiet_s):
            _mend_row(root, row, done)
    if folders:
        _check_closed(root, done, recent=recent, everywhere=everywhere)
        for path in _strays(root, busy, quiet_s, recent=recent):
            _adopt(root, path, done)
    if done.mended or done.adopted or done.missing or done.empty:
        logger.warning(
            "footage mended: %s mended, %s without a row adopted, %s without a file, %s empty",
            *map(len, (done.mended, done.adopted, done.missing, done.empty)),
        )
    return done


def _is_here(root: Path, row: Segment) -> bool:
    return is_of_this_machine(row.node) or (root / row.path).is_file()


def _quiet(path: Path, quiet_s: float) -> bool:
    try:
        return time.time() - path.stat().st_mtime > quiet_s
    except FileNotFoundError:
        return True


def _mend_row(root: Path, row: Segment, done: Mended) -> None:
    path = root / row.path
    if not disk.is_below(root, row.path) or not path.is_file():
        _is_missing(row, done)
        return
    walked = _finish(path, done)
    if walked is None:
        logger.warning("%s holds no picture: removed", row.path)
        path.unlink()
        row.delete()
        done.empty.append(row.path)
        return
    _describe(row, path, walked)
    # Race: its writer was alive after all and closes it now. The state decides who wrote last.
    Segment.objects.filter(pk=row.pk, state=Segment.State.OPEN).update(
        **{name: getattr(row, name) for name in DESCRIBED}
    )
    done.mended.append(row.path)


def _finish(path: Path, done: Mended) -> Walked | None:
    """Cuts what is not whole and adds the index. None when there is not one whole fragment."""
    try:
        walked = walk(path)
    except BoxError:
        return None
    if not walked.entries:
        return None
    if not walked.indexed:
        fd = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
        try:
            done.bytes_cut += os.fstat(fd).st_size - walked.sound_bytes
            os.ftruncate(fd, walked.sound_bytes)
            os.lseek(fd, 0, os.SEEK_END)
            os.write(fd, index_box(walked.entries))
            os.fsync(fd)
        finally:
            os.close(fd)
    return walked


DESCRIBED = (
    *("started_at", "ended_at", "seconds", "bytes", "fragments", "codecs", "width", "height"),
    *("init_bytes", "sha256", "state"),
)


def _describe(row: Segment, path: Path, walked: Walked) -> None:
    first, last = walked.entries[0], walked.entries[-1]
    row.started_at = at(first.starts_us)
    row.ended_at = at(max(first.starts_us, last.ends_us))
    row.seconds = round(_seconds(walked.entries), 3)
    row.bytes = path.stat().st_size
    row.fragments = len(walked.entries)
    row.codecs = walked.init.codecs[:60]
    row.width, row.height = walked.init.video.width, walked.init.video.height
    row.init_bytes = len(walked.init.data)
    row.sha256 = _sha256(path)
    row.state = Segment.State.MENDED


def _seconds(entries: tuple[Entry, ...]) -> float:
    """As the recorder counts: pictures cannot last longer than the time they took."""
    counted = 0
    for entry in entries:
        counted = min(counted, max(0, entry.starts_us - entries[0].starts_us)) + entry.duration_us
    return counted / 1_000_000


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _is_missing(row: Segment, done: Mended) -> None:
    logger.error("%s is gone: nothing of ours removed it", row.path)
    Segment.objects.filter(pk=row.pk).update(state=Segment.State.MISSING)
    done.missing.append(row.path)


def _check_closed(root: Path, done: Mended, *, recent: bool, everywhere: bool) -> None:
    rows = Segment.objects.filter(state__in=[Segment.State.CLOSED, Segment.State.MENDED])
    if not everywhere:
        rows = rows.filter(node__startswith=this_machine() + "/")
    if recent:
        rows = rows.filter(started_at__gt=timezone.now() - RECENT)
    for row in rows.only("path").iterator(chunk_size=2000):
        if not (root / row.path).is_file():
            _is_missing(row, done)


def _strays(root: Path, busy: set[str], quiet_s: float, *, recent: bool) -> Iterator[Path]:
    """Files without a row, folder by folder."""
    for hour in _hours(root, recent=recent):
        # Never through a link: what lies behind one is not ours to cut or to remove.
        found = (name for name, _ in disk.walk(root, *hour.relative_to(root).parts))
        films = (name for name in found if name.endswith(".mp4") and name.count("/") == 3)
        names = {name: root / name for name in films if _quiet(root / name, quiet_s)}
        known = set(Segment.objects.filter(path__in=names).values_list("path", flat=True))
        yield from (path for name, path in names.items() if name not in known and name not in busy)


def _hours(root: Path, *, recent: bool) -> Iterator[Path]:
    if not recent:
        yield from sorted(path for path in root.glob("????-??-??/??") if path.is_dir())
        return
    now = timezone.now().astimezone(dt.UTC)
    for hours in range(int(RECENT.total_seconds() // 3600) + 1):
        folder = root / (now - dt.timedelta(hours=hours)).strftime("%Y-%m-%d/%H")
        if folder.is_dir():
            yield folder


def _adopt(root: Path, path: Path, done: Mended) -> None:
    name, code = str(path.relative_to(root)), path.parent.name
    camera = Camera.objects.filter(code=code).first() if CODE.fullmatch(code) else None
    if is_past_its_day(name):
        return  # no row for what is to be destroyed: the engine finds it as it is
    if camera is None or path.is_symlink():
        logger.error("%s belongs to no camera: left where it is", name)
        done.strange.append(name)
        return
    walked = _finish(path, done)
    if walked is None:
        path.unlink()
        done.empty.append(name)
        return
    row = Segment(camera=camera, path=name, node=this_node())
    _describe(row, path, walked)
    Segment.objects.bulk_create([row], ignore_conflicts=True)
    done.adopted.append(name)
