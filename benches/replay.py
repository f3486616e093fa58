"""Time to the first picture at a random minute of ten days of 200 cameras; extraction against `cp` and `sync`.

    make bench NAME=replay              285,600 rows; the floor of the first is a bare read of the same bytes

Rows are those of ten days; the files behind the minutes asked are real, the others need none: a look opens one.
"""

from __future__ import annotations

import argparse
import datetime as dt
import logging
import os
import random
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import django

from benches import report
from tests.servers import ROOT, bench_centre

CAMERAS, DAYS = 200, 10
RATE = 4_000_000
MINUTES = 10


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cameras", type=int, default=CAMERAS)
    parser.add_argument("--looks", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-replay-", dir=ROOT / "var"))
    try:
        with bench_centre("bench-replay") as centre:
            centre.env["FOOTAGE_ROOT"] = str(folder / "footage")
            centre.env["EXTRACTION_KEY_FILE"] = str(folder / "key.pem")
            (folder / "footage").mkdir()
            os.environ.update(centre.env)
            django.setup()
            logging.disable(logging.WARNING)
            _measure(asked, folder)
    finally:
        for path in folder.rglob("*"):
            if path.is_dir():
                path.chmod(0o755)
        shutil.rmtree(folder)


def _measure(asked: argparse.Namespace, folder: Path) -> None:
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    stream = _stream(folder)
    cameras = _estate(asked.cameras)
    rows = _rows(cameras)
    first, floor = _first_pictures(asked.looks, cameras, stream, Path(settings.FOOTAGE_ROOT))
    built, copied, size, read = _extractions(asked.rounds, cameras[0], stream, Path(settings.FOOTAGE_ROOT))
    told, bare = report.spread(first), report.spread(floor)
    report.table(
        ["first picture, ms", "p50", "p95", "max"],
        [
            ["look, playlist, first media segment", told["p50"], told["p95"], told["max"]],
            ["bare read of the same bytes", bare["p50"], bare["p95"], bare["max"]],
        ],
    )
    report.table(
        ["extraction of 10 minutes", "seconds", "MB/s"],
        [
            ["sealed package, on the platter", built, size / built / 1e6],
            ["cp of the same package and sync", copied, size / copied / 1e6],
        ],
    )
    report.line(
        "replay",
        value=built,
        floor=copied,
        unit="s",
        cameras=asked.cameras,
        days=DAYS,
        rows=rows,
        first_picture_ms_p50=round(told["p50"], 1),
        first_picture_ms_p95=round(told["p95"], 1),
        package_mb=round(size / 1e6),
        recorded_mb=round(read / 1e6),
        extraction_mb_s=round(size / built / 1e6),
        cp_mb_s=round(size / copied / 1e6),
    )


def _stream(folder: Path) -> Any:
    """Ten minutes at 4 Mbit/s: ten drawn seconds, over and over."""
    from tests.footage.recorded import stream_of
    from tests.footage.streams import run_ffmpeg

    path, long = folder / "one.mp4", folder / "long.mp4"
    rate = ["-b:v", str(RATE), "-minrate", str(RATE), "-maxrate", str(RATE), "-bufsize", str(RATE)]
    noise = "testsrc2=size=1280x720:rate=25,noise=alls=30:allf=t"
    coder = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-bf", "0", "-pix_fmt", "yuv420p"]
    run_ffmpeg("-f", "lavfi", "-i", noise, "-t", "10", *coder, *rate, str(path))
    run_ffmpeg("-stream_loop", str(6 * MINUTES - 1), "-i", str(path), "-c", "copy", str(long))
    return stream_of(long)


def _estate(count: int) -> list[Any]:
    from tests.cameras.estate import camera

    return [camera(f"C{number:04d}") for number in range(count)]


def _rows(cameras: list[Any]) -> int:
    """An index of ten days: one row each ten minutes and camera."""
    from footage.models import Segment

    begin = _ten(time.time()) - dt.timedelta(days=DAYS) + dt.timedelta(hours=1)
    count = (DAYS * 24 - 2) * 6
    for camera in cameras:
        Segment.objects.bulk_create(
            Segment(
                camera=camera,
                started_at=(start := begin + dt.timedelta(minutes=10 * number)),
                ended_at=start + dt.timedelta(minutes=10),
                seconds=600,
                path=f"{start:%Y-%m-%d/%H}/{camera.code}/{start:%H%M%S}.mp4",
                bytes=300_000_000,
                fragments=1200,
                codecs="avc1.42c01f",
                init_bytes=800,
                state=Segment.State.CLOSED,
            )
            for number in range(count)
        )
    return count * len(cameras)


def _ten(moment: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(moment) // 600 * 600, dt.UTC)


def _first_pictures(
    count: int, cameras: list[Any], stream: Any, store: Path
) -> tuple[list[float], list[float]]:
    """Through every layer of the web process: reason in, first media segment out."""
    from footage.models import Segment
    from tests.footage.recorded import MAP, RANGE, Watching, officer, record, signed_in

    # The first request of a process loads the addresses of the whole centre: not what is measured.
    signed_in(officer("warm")).get("/footage/replay/")
    dice = random.Random(7)  # a bench
    watching = Watching(signed_in(officer()))
    first, floor = [], []
    chosen = []
    for _ in range(count):
        camera = dice.choice(cameras)
        row = dice.choice(list(Segment.objects.filter(camera=camera, node="").order_by("pk")[:1400]))
        if not row.file.exists():
            if chosen:
                row.file.parent.mkdir(parents=True, exist_ok=True)
                os.link(chosen[0][1], row.file)
            else:
                start = row.started_at
                row.delete()
                row = record(store, camera, stream, start)[0]
        chosen.append((row, row.file))
    for row, _file in chosen:
        # All files are one recording: a minute of its own ten.
        begin = chosen[0][0].started_at + dt.timedelta(minutes=dice.randrange(8), seconds=dice.randrange(60))
        at = {"started_at": chosen[0][0].started_at, "ended_at": chosen[0][0].ended_at}
        Segment.objects.filter(camera=row.camera, started_at=at["started_at"]).exclude(pk=row.pk).delete()
        Segment.objects.filter(pk=row.pk).update(**at)
        began = time.perf_counter()
        watching.open([row.camera.code], begin, begin + dt.timedelta(minutes=1))
        text = watching.media(row.camera.code)
        segment, size = MAP.search(text).groups()  # type: ignore[union-attr]
        watching.bytes_of(row.camera.code, int(segment), f"bytes=0-{int(size) - 1}")
        length, offset, name = RANGE.findall(text)[0]
        got = watching.bytes_of(
            row.camera.code, int(name), f"bytes={offset}-{int(offset) + int(length) - 1}"
        ).content
        first.append(1000 * (time.perf_counter() - began))
        assert len(got) == int(length)
        began = time.perf_counter()
        with row.file.open("rb") as file:
            file.seek(int(offset))
            file.read(int(length))
        floor.append(1000 * (time.perf_counter() - began))
    return first, floor


def _extractions(rounds: int, camera: Any, stream: Any, store: Path) -> tuple[float, float, int, int]:
    """The best of some rounds of each, one after the other, all on the platter at the end."""
    from footage import tasks
    from footage.extraction import actions, building
    from footage.models import Extraction, Segment
    from tests.footage.recorded import officer, record, supervisor

    tasks.start_building = lambda pk: None
    asks, validates = officer("asks"), supervisor("validates")
    start = _ten(time.time()) - dt.timedelta(minutes=60)
    end = start + dt.timedelta(minutes=MINUTES)
    Segment.objects.filter(camera=camera).delete()
    rows = record(store, camera, stream, start)
    built, copied, size = [], [], 0
    for _ in range(rounds):
        row = actions.ask_extraction(
            actor=asks,
            codes=[camera.code],
            since=start,
            until=end,
            reason="requisition",
            ground="cpp_60_1",
            reference="bench",
        )
        actions.validate_extraction(actor=validates, extraction=row)
        os.sync()
        began = time.perf_counter()
        building.build(row.pk)
        built.append(time.perf_counter() - began)
        row = Extraction.objects.get(pk=row.pk)
        assert row.is_sealed, row.error
        size = row.bytes
        target = store / "copy"
        os.sync()
        began = time.perf_counter()
        subprocess.run(["cp", "-r", str(row.path), str(target)], check=True)
        subprocess.run(["sync", "-f", str(target)], check=True)
        copied.append(time.perf_counter() - began)
        for path in [target, *target.rglob("*")]:
            path.chmod(0o755)
        shutil.rmtree(target)
    return min(built), min(copied), size, sum(row.bytes for row in rows)


if __name__ == "__main__":
    main()
