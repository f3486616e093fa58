"""What lies in a package (law W-12): segments, films, a sheet, checksums, a signed and stamped manifest."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from typing import Any

from django.conf import settings
from django.utils import timezone, translation

from cameras.models import Camera
from footage.extraction import sealing
from footage.extraction.beat import BEAT_S, Beat, Taken
from footage.extraction.copying import Copied, Progress, compact, copy_film, copy_segment, moment, size_of
from footage.extraction.sheet import sheet
from footage.extraction.version import version
from footage.extraction.writing import on_the_platter, seal, sha256_of
from footage.freezing import oldest_with
from footage.models import Extraction, Source
from footage.replay import limits
from footage.replay.stretches import Stretch, stretches, us

FORMAT = "nice-supervision-extraction/1"
DONE = "done.jsonl"
HANDS = 2
CLOCK_FLAG_MS = 1000  # W-13: a camera's clock that is off by more is flagged


class Nothing(Exception):
    """Not one picture of these minutes is recorded and still kept."""


@dataclass(frozen=True)
class Job:
    """One file to be made. `spec` says of what, so that another builder knows whether it is the same."""

    name: str
    spec: str
    copy: Callable[[str, Progress], Copied]


class Package:
    """Writes the files of one extraction into a folder. Files a dead builder finished are not made again."""

    def __init__(self, extraction: Extraction, folder: Path, beat: Beat) -> None:
        self._extraction = extraction
        self._folder = folder
        self._beat = beat
        self._done = self._read_done()

    def write(self) -> None:
        parts = self._parts()
        total = 2 * sum(size_of(found) for _camera, found in parts)
        if not total:
            raise Nothing
        if shutil.disk_usage(self._folder).free < total + total // 20:
            raise OSError("there is no room for this extraction on the disk")
        self._beat.total = total
        jobs = {camera.pk: list(self._jobs(camera.code, found)) for camera, found in parts}
        copied = self._copied([job for of_one in jobs.values() for job in of_one])
        self._seal(
            [
                self._told_of(camera, found)
                | {"files": [copied[job.name].as_object() for job in jobs[camera.pk]]}
                for camera, found in parts
            ]
        )

    def _parts(self) -> list[tuple[Camera, list[Stretch]]]:
        cameras = list(self._extraction.cameras.select_related("sector").order_by("code"))
        row = self._extraction
        oldest = oldest_with(limits.oldest_of(cameras), row.cause)
        return [(one, stretches(one.pk, row.since, row.until, oldest=oldest[one.pk])) for one in cameras]

    def _jobs(self, code: str, parts: list[Stretch]) -> Iterator[Job]:
        for part in parts:
            yield Job(
                f"{code}/segments/{code}_{compact(part.starts_us)}_{part.row.pk}.mp4",
                f"{part.row.pk}:{part.begins}:{part.ends}",
                lambda name, told, part=part: copy_segment(self._folder, name, part, told),  # type: ignore[misc]
            )
        for number, (_digest, same) in enumerate(groupby(parts, lambda part: part.init.digest), start=1):
            run = list(same)
            yield Job(
                f"{code}/{code}_{compact(run[0].starts_us)}_{number}.mp4",
                ";".join(f"{part.row.pk}:{part.begins}:{part.ends}" for part in run),
                lambda name, told, run=run: copy_film(self._folder, name, run, told),  # type: ignore[misc]
            )

    def _copied(self, jobs: list[Job]) -> dict[str, Copied]:
        """All of them, two at a time: while the disk takes one, another is hashed."""
        found, told, stop = {}, SimpleQueue[int](), Event()

        def progress(count: int) -> None:
            if stop.is_set():
                raise Taken
            told.put(count)

        with ThreadPoolExecutor(HANDS) as hands:
            try:
                under_way = {}
                for job in jobs:
                    if (kept := self._kept(job)) is not None:
                        found[job.name] = kept
                    else:
                        under_way[hands.submit(job.copy, job.name, progress)] = job
                while under_way:
                    done, _ = wait(under_way, timeout=BEAT_S, return_when=FIRST_COMPLETED)
                    self._beat(sum(told.get() for _ in range(told.qsize())))
                    for future in done:
                        job = under_way.pop(future)
                        found[job.name] = self._noted(job, future.result())
            except BaseException:
                stop.set()
                hands.shutdown(wait=False, cancel_futures=True)
                raise
        return found

    def _told_of(self, camera: Camera, parts: list[Stretch]) -> dict[str, Any]:
        source = Source.objects.filter(camera=camera).first()
        offset = source.clock_offset_ms if source else None
        measured = source.clock_measured_at if source else None
        return {
            "code": camera.code,
            "name": camera.name,
            "place": {"lat": camera.lat, "lon": camera.lon},
            "clock": {
                "times_are": "UTC of the centre",
                "camera_ahead_ms": offset,
                "measured_at": measured.isoformat() if measured else None,
                "flagged": offset is not None and abs(offset) > CLOCK_FLAG_MS,
            },
            "exercise": camera.exercise,
            "missing": _missing(parts, us(self._extraction.since), us(self._extraction.until)),
        }

    def _kept(self, job: Job) -> Copied | None:
        """What a builder that died had finished."""
        kept = self._done.get(f"{job.name}|{job.spec}")
        path = self._folder / job.name
        if kept is None or not path.is_file() or sha256_of(path) != kept.sha256:
            return None
        self._beat(kept.bytes)
        return kept

    def _noted(self, job: Job, made: Copied) -> Copied:
        with (self._folder / DONE).open("a", encoding="utf-8") as journal:
            journal.write(json.dumps({"spec": job.spec, "file": made.as_object()}) + "\n")
            journal.flush()
            os.fsync(journal.fileno())
        return made

    def _read_done(self) -> dict[str, Copied]:
        journal, found = self._folder / DONE, {}
        for line in journal.read_text(encoding="utf-8").splitlines() if journal.exists() else []:
            try:
                said = json.loads(line)
                file = Copied(**said["file"])
            except (ValueError, KeyError, TypeError):
                continue  # the line it died in
            found[f"{file.name}|{said['spec']}"] = file
        return found

    def _seal(self, cameras: list[dict[str, Any]]) -> None:
        about = self._about() | {"key_sha256": sealing.fingerprint(sealing.private_key().public_key())}
        with translation.override(settings.LANGUAGE_CODE):
            text = sheet(about, cameras)
        seal(self._folder, about, cameras, text)
        (self._folder / DONE).unlink(missing_ok=True)
        on_the_platter(self._folder)

    def _about(self) -> dict[str, Any]:
        row = self._extraction
        return {
            "format": FORMAT,
            "number": row.number,
            "centre": settings.CENTRE_NAME,
            "software": {"name": "Nice Supervision", "version": version()},
            "made_at": timezone.now().isoformat(),
            "from": moment(us(row.since)),
            "to": moment(us(row.until)),
            "reason": row.reason,
            "ground": row.ground,
            "ground_words": str(row.get_ground_display()),
            "reference": row.reference,
            "asked_at": row.asked_at.isoformat(),
            # Functions, not names: who they are stands in the log of consultations.
            "asked_by": row.requester_function,
            "validated_at": row.validated_at.isoformat() if row.validated_at else None,
        }


def _missing(parts: list[Stretch], since_us: int, until_us: int) -> list[dict[str, str]]:
    """What was asked and is not recorded, from one second."""
    holes, covered = [], since_us
    for part in parts:
        for entry in part.entries:
            if entry.starts_us - covered > 1_000_000:
                holes.append({"from": moment(covered), "to": moment(entry.starts_us)})
            covered = max(covered, entry.ends_us)
    if until_us - covered > 1_000_000:
        holes.append({"from": moment(covered), "to": moment(until_us)})
    return holes
