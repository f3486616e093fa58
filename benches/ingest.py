"""What it costs to take in and record cameras over RTSP.

N cameras of 1080p at 4 Mbit/s and as many sub-streams of 704×576 come from GStreamer's RTSP server. `run_cameras`
records the main streams and relays the sub-streams, somebody watching each. The floor, in the same run: the same
ffmpeg with the same words copying the same streams into files, and nothing of ours.

    make bench NAME=ingest [ARGS="--cameras 10 --seconds 300"]
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import redis

from benches import report
from tests.servers import ROOT, Centre, bench_centre

WARM_S = 15.0
NICE_CAMERAS, CORES = 5000, 16


@dataclass
class Cost:
    """CPU seconds and private memory of a set of processes over a time."""

    cpu_s: float
    wall_s: float
    memory_mb: float

    @property
    def cores(self) -> float:
        return self.cpu_s / self.wall_s


def memory_mb(processes: list[psutil.Process]) -> float:
    """What is theirs alone: the program's text is shared by all copies of it."""
    return sum(process.memory_full_info().uss for process in processes if process.is_running()) / 1e6


def cost(processes: Callable[[], list[psutil.Process]], seconds: float) -> Cost:
    def spent() -> float:
        """With what their children used that ended meanwhile: a look at a key frame is a program of its own."""
        return sum(sum(process.cpu_times()[:4]) for process in processes())

    before, began = spent(), time.monotonic()
    time.sleep(seconds)
    return Cost(spent() - before, time.monotonic() - began, memory_mb(processes()))


def floor(urls: list[str], folder: Path, seconds: float) -> Cost:
    from footage.ingest.program import Spec, command

    folder.mkdir(parents=True)
    running = []
    for number, url in enumerate(urls):
        words = command(Spec(number, f"F{number}", "main", "rtsp", url), folder)
        arguments = [*words.arguments[:-1], "-y", str(folder / f"{number}.mp4")]
        process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdin is not None
        process.stdin.write(words.script)
        process.stdin.close()
        running.append(process)
        time.sleep(0.05)
    try:
        time.sleep(WARM_S)
        ours = [psutil.Process(process.pid) for process in running]
        return cost(lambda: ours, seconds)
    finally:
        for process in running:
            process.kill()
            process.wait()


def recorded(store: Path, seconds: float) -> tuple[int, float, int]:
    """(cameras, longest hole in seconds within the last `seconds` of each, bytes) from the files themselves."""
    from footage.segment_file import entries_of

    holes, size, cameras = [0.0], 0, 0
    for _, files in itertools.groupby(sorted(store.rglob("*.mp4"), key=_camera), key=_camera):
        entries = sorted(
            (entry for path in files for entry in entries_of(path)), key=lambda one: one.starts_us
        )
        since = entries[-1].starts_us - seconds * 1e6
        late = [entry for entry in entries if entry.starts_us >= since]
        holes += [(b.starts_us - a.ends_us) / 1e6 for a, b in itertools.pairwise(late)]
        size += sum(entry.size for entry in late)
        cameras += 1
    # Less than a frame at 25 a second and a trembling of arrival is no hole.
    return cameras, max((hole for hole in holes if hole > 0.1), default=0.0), size


def _camera(path: Path) -> str:
    return path.parent.name


def ours(
    centre: Centre, urls: tuple[str, str], count: int, store: Path, seconds: float
) -> tuple[Cost, float, int]:
    from cameras.models import Camera
    from footage.models import Source

    env = centre.env | {"FOOTAGE_ROOT": str(store)}
    node = subprocess.Popen([sys.executable, str(ROOT / "manage.py"), "run_cameras"], env=env)
    try:
        time.sleep(10)
        python = psutil.Process(node.pid)
        empty_mb = memory_mb([python])
        for number in range(count):
            camera = Camera.objects.create(
                code=f"B{number}", name=f"Bench {number}", lat=43.7, lon=7.27, state="live", exercise=True
            )
            Source.objects.create(camera=camera, url=urls[0], sub_url=urls[1])
        client = redis.Redis.from_url(centre.redis_url)
        for camera in Camera.objects.all():
            client.set(f"watch:{camera.pk}:sub", "1", ex=int(seconds + 600))
        deadline = time.monotonic() + 120
        while len(python.children()) < 2 * count and time.monotonic() < deadline:
            time.sleep(0.5)
        time.sleep(WARM_S)
        spent = cost(lambda: [python, *python.children()], seconds)
        return spent, memory_mb([python]) - empty_mb, len(python.children())
    finally:
        node.terminate()
        node.wait(60)


def measure(centre: Centre, count: int, seconds: float) -> None:
    from tests.footage.streams import Clips, RtspServer

    folder = centre.var / "ingest"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    clips = Clips(folder)
    main = clips.make("1080p", size="1920x1080", fps=25, rate="4000k", seconds=8)
    sub = clips.make("sub", size="704x576", fps=12, rate="600k", seconds=8)
    server = RtspServer({"/main": main, "/sub": sub})
    try:
        urls = server.url("/main"), server.url("/sub")
        bare = floor([*[urls[0]] * count, *[urls[1]] * count], folder / "floor", seconds)
        spent, grown_mb, children = ours(centre, urls, count, folder / "store", seconds)
        cameras, hole, size = recorded(folder / "store", seconds)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    per_core = count / spent.cores
    report.table(
        ["", "cores", "cores per camera", "private MB per camera"],
        [
            ["run_cameras and its ffmpegs", spent.cores, spent.cores / count, spent.memory_mb / count],
            ["floor: the same ffmpegs alone", bare.cores, bare.cores / count, bare.memory_mb / count],
        ],
    )
    print(
        f"{cameras} cameras recorded, {size * 8 / seconds / 1e6 / count:.2f} Mbit/s each, longest hole {hole:.2f} s"
    )
    grows(per_core, spent.memory_mb / count, size * 8 / seconds / count)
    report.line(
        "ingest",
        value=spent.cores / count,
        floor=bare.cores / count,
        unit="cores per camera",
        cameras=cameras,
        asked=count,
        programs=children,
        seconds=round(seconds),
        gap_s=round(hole, 3),
        cameras_per_core=round(per_core, 1),
        python_mb_per_camera=round(grown_mb / count, 2),
        mb_per_camera=round(spent.memory_mb / count, 1),
    )


def grows(per_core: float, mb: float, bits: float) -> None:
    """Nothing is shared by two cameras but their node: what ten cost, five thousand cost so many times."""
    per_machine = int(CORES / 2 * per_core)
    machines = -(-NICE_CAMERAS // per_machine)
    print(
        f"{per_core:.0f} cameras per core; a machine of {CORES} cores kept half idle takes {per_machine}, with"
        f" {per_machine * mb / 1000:.0f} GB of memory and {per_machine * bits / 1e9:.1f} Gbit/s in and to its disks"
    )
    print(
        f"{NICE_CAMERAS} cameras: {machines} such machines (run_cameras --shard 1/{machines} …),"
        f" {NICE_CAMERAS * bits / 1e9:.0f} Gbit/s, {NICE_CAMERAS * 2 / 600:.0f} rows written a second by all of them"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=300)
    options = parser.parse_args()
    with bench_centre("bench-ingest") as centre:
        os.environ.update(centre.env)
        import django

        django.setup()
        measure(centre, options.cameras, options.seconds)


if __name__ == "__main__":
    main()
