"""The blurred copy of a sealed extraction: built beside it by a worker, sealed like it, never in its place (L-61)."""

from __future__ import annotations

import datetime as dt
import json
import logging
import shutil
import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from events.log import publish
from footage.extraction import facts, sealing, sharp
from footage.extraction.beat import Beat, Taken
from footage.extraction.blurring import BlurError, blur, method
from footage.extraction.folders import close, own_folder
from footage.extraction.sealing import MANIFEST, SealError
from footage.extraction.sheet import copy_sheet
from footage.extraction.version import version
from footage.extraction.writing import is_whole, on_the_platter, seal, sha256_of, sync_folder
from footage.models import BlurredCopy
from footage.moov import BoxError
from footage.replay.stretches import init_of

logger = logging.getLogger(__name__)
State = BlurredCopy.State
STALE = dt.timedelta(seconds=60)
TRIES = 3
FORMAT = "nice-supervision-blurred-copy/1"
SUFFIX = "_BLURRED-COPY"


def owed() -> list[int]:
    return list(BlurredCopy.objects.owed(timezone.now() - STALE).values_list("pk", flat=True))


def build(pk: int) -> None:
    """Makes it when it is owed; does nothing otherwise."""
    holder = uuid.uuid4().hex
    # Race: two workers are told of it, or one was taken for dead. The state and the beat say who has it.
    claimed = BlurredCopy.objects.filter(
        pk__in=BlurredCopy.objects.owed(timezone.now() - STALE), pk=pk
    ).update(state=State.BUILDING, holder=holder, beat_at=timezone.now(), tries=F("tries") + 1)
    if not claimed:
        return
    row = BlurredCopy.objects.select_related("extraction").get(pk=pk)
    try:
        _build(row, holder)
    except Taken:
        logger.warning("%s is built by another worker by now", row.number)
    except (OSError, SealError, BlurError, BoxError) as error:
        logger.exception("%s could not be built", row.number)
        if row.tries >= TRIES:
            _failed(row, holder, str(error))
        else:
            # Left as building: after a minute's silence it is taken up again.
            BlurredCopy.objects.filter(pk=pk, holder=holder).update(error=str(error)[:300])


def _build(row: BlurredCopy, holder: str) -> None:
    final = row.path
    if not final.exists():
        original = row.extraction.path
        if not is_whole(original):
            raise SealError(f"{original.name} does not verify: nothing is copied of it")
        folder = own_folder(row.number, holder)
        for (
            left
        ) in folder.iterdir():  # of a builder that died: a film half made cannot be told from a whole one
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        beat = Beat(BlurredCopy.objects.filter(pk=row.pk, holder=holder, state=State.BUILDING))
        _write(row, json.loads((original / MANIFEST).read_bytes()), folder, beat)
        beat.check()
        close(folder)
        folder.rename(final)
        sync_folder(final.parent)
    elif not is_whole(final):
        raise SealError(f"{final.name} is there and does not verify")
    _sealed(row, holder, final)


def _write(row: BlurredCopy, original: dict[str, Any], folder: Path, beat: Beat) -> None:
    films = [
        (camera, file) for camera in original["cameras"] for file in camera["files"] if file["kind"] == "film"
    ]
    beat.total = max(1, round(sum(_seconds(file) for _camera, file in films) * 1000))
    found: dict[str, dict[str, Any]] = {}
    for camera, file in films:
        areas = row.sharp.get(camera["code"], [])
        made = _film(row, file, folder, areas, beat)
        told = found.setdefault(camera["code"], _told_of(camera) | {"sharp": areas, "files": []})
        told["files"].append(made)
    about = {
        "format": FORMAT,
        "number": row.number,
        "copy_of": {"number": original["number"], "manifest_sha256": row.extraction.manifest_sha256},
        "is_original": False,
        "method": method(),
        "made_at": timezone.now().isoformat(),
        "software": {"name": "Nice Supervision", "version": version()},
        "key_sha256": sealing.fingerprint(sealing.private_key().public_key()),
        **{
            name: original[name]
            for name in ("centre", "from", "to", "reason", "ground", "ground_words", "reference")
        },
    }
    cameras = list(found.values())
    with translation.override(settings.LANGUAGE_CODE):
        text = copy_sheet(about, cameras)
    seal(folder, about, cameras, text)
    on_the_platter(folder)


def _film(
    row: BlurredCopy, file: dict[str, Any], folder: Path, areas: list[dict[str, Any]], beat: Beat
) -> dict[str, Any]:
    source = row.extraction.path / file["name"]
    name = file["name"].removesuffix(".mp4") + f"{SUFFIX}.mp4"
    out = folder / name
    out.parent.mkdir(parents=True, exist_ok=True)
    init = init_of(source)
    blur(
        source,
        out,
        size=(init.width // 2 * 2, init.height // 2 * 2),
        begins=dt.datetime.fromisoformat(file["starts_at"]),
        tracks=sharp.tracks(areas),
        label=f"BLURRED COPY OF {row.extraction.number}",
        progress=lambda seconds: beat(round(seconds * 1000)),
    )
    return {
        "name": name,
        "kind": "blurred_copy",
        "bytes": out.stat().st_size,
        "sha256": sha256_of(out),
        "starts_at": file["starts_at"],
        "ends_at": file["ends_at"],
        "source": {"film": file["name"], "sha256": file["sha256"]},
    }


def _told_of(camera: dict[str, Any]) -> dict[str, Any]:
    return {name: camera[name] for name in ("code", "name", "place", "clock", "exercise", "missing")}


def _seconds(file: dict[str, Any]) -> float:
    begin, end = (dt.datetime.fromisoformat(file[name]) for name in ("starts_at", "ends_at"))
    return max(0.0, (end - begin).total_seconds())


@transaction.atomic
def _sealed(row: BlurredCopy, holder: str, final: Path) -> None:
    digest = sha256_of(final / MANIFEST)
    told = BlurredCopy.objects.filter(pk=row.pk, holder=holder, state=State.BUILDING).update(
        state=State.SEALED,
        sealed_at=timezone.now(),
        progress=100,
        bytes=sum(path.stat().st_size for path in final.rglob("*") if path.is_file()),
        error="",
        manifest_sha256=digest,
    )
    if not told:
        raise Taken
    publish(facts.CopySealed(extraction_id=row.pk, number=row.number, manifest_sha256=digest))


@transaction.atomic
def _failed(row: BlurredCopy, holder: str, why: str) -> None:
    mine = BlurredCopy.objects.filter(pk=row.pk, holder=holder, state=State.BUILDING)
    if mine.update(state=State.FAILED, error=why[:300]):
        publish(facts.CopyFailed(extraction_id=row.pk, number=row.number, why=why[:200]))
