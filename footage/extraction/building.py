"""A worker builds a package: whatever step it dies at, the next one goes on, and half a package is never sealed.

It is written into a folder of the builder's own name and gets its final name once all is on the platter. The
row says sealed only after that. Who finds the final folder with a row that says otherwise verifies it and says so.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
import uuid
from pathlib import Path

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from events.log import publish
from footage.extraction import facts
from footage.extraction.beat import Beat, Taken
from footage.extraction.folders import close, own_folder
from footage.extraction.package import Nothing, Package
from footage.extraction.sealing import MANIFEST, STAMP, SealError
from footage.extraction.writing import is_whole, sha256_of, sync_folder
from footage.freezing import release
from footage.models import Extraction

logger = logging.getLogger(__name__)
State = Extraction.State
STALE = dt.timedelta(seconds=60)
TRIES = 3


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
        folder = own_folder(extraction.number, holder)
        beat = Beat(Extraction.objects.filter(pk=extraction.pk, holder=holder, state=State.BUILDING))
        Package(extraction, folder, beat).write()
        beat.check()
        close(folder)
        folder.rename(final)
        sync_folder(final.parent)
    elif not is_whole(final):
        raise SealError(f"{final.name} is there and does not verify")
    _sealed(extraction, holder, final)


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
    release(extraction.cause)
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
