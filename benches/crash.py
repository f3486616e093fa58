"""What a crash costs: kill -9 of ffmpeg, kill -9 of `run_cameras`, a last block that never reached the disk.

A camera on GStreamer's RTSP server is recorded; each is done many times. Counted: seconds of pictures taken before the
blow that are not in the files (the floor is one fragment: what was still being made), and how long until pictures
are recorded again.

    make bench NAME=crash [ARGS="--times 10"]
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import time
from pathlib import Path

from benches import report
from tests.servers import Centre, bench_centre

FRAGMENT_S = 0.267  # four pictures at fifteen a second
CUTS = 300


def last_end_us(store: Path, before_us: float = float("inf")) -> int:
    from footage.segment_file import entries_of

    ends = [
        entry.ends_us
        for path in store.rglob("*.mp4")
        for entry in entries_of(path)
        if entry.starts_us < before_us
    ]
    return max(ends, default=0)


def again(store: Path, after_us: float) -> float:
    """Seconds from a moment to the first picture recorded after it."""
    from footage.segment_file import entries_of

    while True:
        starts = [
            entry.starts_us
            for path in store.rglob("*.mp4")
            for entry in entries_of(path)
            if entry.starts_us > after_us
        ]
        if starts:
            return (min(starts) - after_us) / 1e6
        time.sleep(0.1)


def blows(centre: Centre, store: Path, url: str, times: int) -> dict[str, tuple[list[float], list[float]]]:
    """(lost seconds, seconds until pictures came again), by what was killed."""
    from cameras.models import Camera
    from footage.models import Source
    from tests.footage.streams import Node, until

    camera = Camera.objects.create(code="B1", name="Bench", lat=43.7, lon=7.27, state="live", exercise=True)
    Source.objects.create(camera=camera, url=url)
    found: dict[str, tuple[list[float], list[float]]] = {"ffmpeg": ([], []), "run_cameras": ([], [])}
    node = Node("1/1", "nice", store, store, {})
    try:
        for number in range(2 * times):
            what = "ffmpeg" if number % 2 else "run_cameras"
            since = time.time() * 1e6
            until(lambda since=since: last_end_us(store) > since + 3_000_000, 60)
            time.sleep(random.random())
            struck_us = time.time() * 1e6
            if what == "ffmpeg":
                os.kill(node.ffmpegs()[0], signal.SIGKILL)
            else:
                node.kill()
                node = Node("1/1", "nice", store, store, {})
            time.sleep(0.5)
            lost, back = found[what]
            lost.append(max(0.0, (struck_us - last_end_us(store, struck_us)) / 1e6))
            back.append(again(store, struck_us))
    finally:
        node.stop()
    return found


def cuts(store: Path) -> list[float]:
    """A file cut anywhere: fragments lost of those that had been whole before the cut. Must be none."""
    from footage.segment_file import entries_of, walk

    path = max(store.rglob("*.mp4"), key=lambda one: one.stat().st_size)
    data, entries = path.read_bytes(), entries_of(path)
    cut, lost = store / "cut.mp4", []
    for _ in range(CUTS):
        end = random.randrange(entries[0].offset + entries[0].size, len(data))
        cut.write_bytes(data[:end])
        whole = sum(entry.offset + entry.size <= end for entry in entries)
        lost.append(float(whole - len(walk(cut).entries)))
    cut.unlink()
    return lost


def measure(centre: Centre, times: int) -> None:
    from tests.footage.streams import Clips, RtspServer

    folder = centre.var / "crash"
    shutil.rmtree(folder, ignore_errors=True)
    store = folder / "store"
    store.mkdir(parents=True)
    server = RtspServer({"/main": Clips(folder).h264})
    try:
        found = blows(centre, store, server.url(), times)
        lost_whole = cuts(store)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    report.table(
        ["killed", "lost s, mean", "lost s, worst", "back after s, mean", "worst"],
        [
            [what, sum(lost) / len(lost), max(lost), sum(back) / len(back), max(back)]
            for what, (lost, back) in found.items()
        ],
    )
    print(f"{CUTS} files cut at random: {max(lost_whole):.0f} whole fragments lost")
    worst = max(max(lost) for lost, _ in found.values())
    report.line(
        "crash",
        value=worst,
        floor=FRAGMENT_S,
        unit="s of pictures lost, worst",
        times=times,
        back_s={what: round(max(back), 2) for what, (_, back) in found.items()},
        whole_fragments_lost=max(lost_whole),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=10)
    options = parser.parse_args()
    with bench_centre("bench-crash") as centre:
        os.environ.update(centre.env)
        import django

        django.setup()
        measure(centre, options.times)


if __name__ == "__main__":
    main()
