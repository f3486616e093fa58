"""A worker builds a package: whatever step it dies at, the next one goes on, and half a package is never sealed.

It is written into a folder of the builder's own name and gets its final name once all is on the platter. The
row says sealed only after that. Who finds the final folder with a row that says otherwise verifies it and says so.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import shutil
import time
import uuid
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from events.log import publish
from footage.extraction import facts
from footage.extraction.package import Nothing, Package, is_whole, sha256_of, sync_folder
from footage.extraction.sealing import MANIFEST, STAMP, SealError
from footage.models import Extraction
from footage.models.extraction import root

logger = logging.getLogger(__name__)
State = Extraction.State
STALE = dt.timedelta(seconds=60)
BEAT_S = 1.0
TRIES = 3


class Taken(Exception):
    """Another worker builds it now."""


def owed() -> list[int]:
    return list(Extraction.objects.owed(timezone.now() - STALE).values_list("pk", flat=True))


def build(pk: int) -> None:
    """Builds it when it is owed; does nothing otherwise."""
    holder = uuid.uuid4().hex
    # Race: two workers are told of it, or one was taken for dead. The state and the beat say who has it.
    claimed = (
        Extraction.objects.owed(timezone.now() - STALE)
        .filter(pk=pk)
        .update(state=State.BUILDING, holder=holder, beat_at=timezone.now(), tries=F("tries") + 1)
    )
    if not claimed:
        return
    extraction = Extraction.objects.select_related("requester", "validator").get(pk=pk)
    try:
        _build(extraction, holder)
    except Taken:
        logger.warning("%s is built by another worker by now", extraction.number)
    except Nothing:
        _failed(extraction, holder, "nothing-recorded")
    except (OSError, SealError) as error:
        logger.exception("%s could not be built", extraction.number)
        if extraction.tries >= TRIES:
            _failed(extraction, holder, str(error))
        else:
            # Left as building: after a minute's silence it is taken up again.
            Extraction.objects.filter(pk=pk, holder=holder).update(error=str(error)[:300])


def _build(extraction: Extraction, holder: str) -> None:
    final = extraction.path
    if not final.exists():
        folder = _folder(extraction, holder)
        beat = Beat(extraction, holder)
        Package(extraction, folder, beat).write()
        beat.check()
        for path in [*folder.rglob("*"), folder]:
            path.chmod(0o550 if path.is_dir() else 0o440)
        folder.rename(final)
        sync_folder(final.parent)
    elif not is_whole(final):
        raise SealError(f"{final.name} is there and does not verify")
    _sealed(extraction, holder, final)


def _folder(extraction: Extraction, holder: str) -> Path:
    """Its own, or the one a dead builder left, under this builder's name: the other then writes into nothing."""
    base = root()
    base.mkdir(mode=0o750, parents=True, exist_ok=True)
    mine = base / f".{extraction.number}.{holder}"
    for left in sorted(base.glob(f".{extraction.number}.*")):
        if mine.exists():
            _remove(left)
        else:
            for path in [left, *left.rglob("*")]:
                path.chmod(0o750 if path.is_dir() else 0o640)
            left.rename(mine)
    mine.mkdir(mode=0o750, exist_ok=True)
    for part in mine.rglob("*.part"):
        part.unlink()
    return mine


def _remove(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o750 if path.is_dir() else 0o640)
    shutil.rmtree(folder)


class Beat:
    """Says how far it is and that the worker lives; stops it when the work was given to another."""

    def __init__(self, extraction: Extraction, holder: str) -> None:
        self._pk, self._holder = extraction.pk, holder
        self._told = 0.0
        self.total = 1
        self.done = 0

    def __call__(self, count: int) -> None:
        self.done += count
        if time.monotonic() - self._told > BEAT_S:
            self._told = time.monotonic()
            self.check()

    def check(self) -> None:
        percent = min(99, 100 * self.done // max(1, self.total))
        mine = Extraction.objects.filter(pk=self._pk, holder=self._holder, state=State.BUILDING)
        if not mine.update(progress=percent, beat_at=timezone.now()):
            raise Taken


@transaction.atomic
def _sealed(extraction: Extraction, holder: str, final: Path) -> None:
    manifest = json.loads((final / MANIFEST).read_bytes())
    size = sum(path.stat().st_size for path in final.rglob("*") if path.is_file())
    told = Extraction.objects.filter(pk=extraction.pk, holder=holder, state=State.BUILDING).update(
        state=State.SEALED,
        sealed_at=timezone.now(),
        progress=100,
        folder=final.name,
        bytes=size,
        error="",
        manifest_sha256=sha256_of(final / MANIFEST),
        stamped=(final / STAMP).exists(),
    )
    if not told:
        raise Taken
    publish(
        facts.Sealed(
            extraction_id=extraction.pk,
            number=str(manifest["number"]),
            bytes=size,
            manifest_sha256=sha256_of(final / MANIFEST),
        )
    )


@transaction.atomic
def _failed(extraction: Extraction, holder: str, why: str) -> None:
    mine = Extraction.objects.filter(pk=extraction.pk, holder=holder, state=State.BUILDING)
    if mine.update(state=State.FAILED, error=why[:300]):
        publish(facts.Failed(extraction_id=extraction.pk, number=extraction.number, why=why[:200]))
