"""How many cameras one core watches by software, from their sub-streams: a quiet street and a busy one.

A street is drawn and coded as a sub-stream, in fragments as `run_cameras` writes them; as many cameras as asked are
shown it by the code of the worker (what it is told, the files, the decoder, motion gate, background, detector, tracks,
rules), at 2 pictures a second and at the rate the rule itself asks for. The floor, in the same run: the same streams
decoded whole by the same library, and nothing of ours.

    make bench NAME=watch [ARGS="--cameras 12 --seconds 60 --detector opencv"]
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benches import report
from tests.servers import ROOT

if TYPE_CHECKING:
    from footage.hand_over import Written

NICE_CAMERAS = 5000
FPS, WIDTH, HEIGHT = 15, 640, 352
WARM_S = 15
RATES = (2.0, None)


def pictures(busy: bool, seconds: int) -> Iterator[bytes]:
    """Thirty seconds of a drawn street, over and over; the quiet one has nobody in it."""
    from footage.scenes.catalogue import Scene

    scene = Scene("bench", 4, people=12 if busy else 0, cars=4 if busy else 0)
    drawn = [pixels[::2, ::2].tobytes() for pixels in scene.frames(30 * FPS if busy else 1)]
    for number in range(seconds * FPS):
        yield drawn[number % len(drawn)]


def coded(busy: bool, seconds: int) -> bytes:
    """With the noise of a sensor: without it nothing would ever have to be coded where nothing moves."""
    from footage.ingest.program import FRAGMENT_US, ffmpeg

    words = [ffmpeg(), "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}"]
    words += ["-r", str(FPS), "-i", "pipe:0", "-vf", "noise=alls=2:allf=t,format=yuv420p"]
    words += [
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-b:v",
        "600k",
        "-maxrate",
        "600k",
        "-bufsize",
        "1200k",
    ]
    words += ["-bf", "0", "-g", str(FPS), "-sc_threshold", "0", "-f", "mp4"]
    words += ["-movflags", "+frag_keyframe+empty_moov+default_base_moof+skip_trailer"]
    words += ["-frag_duration", str(FRAGMENT_US), "-write_prft", "wallclock", "pipe:1"]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdin is not None and process.stdout is not None
    with tempfile.TemporaryFile() as out:

        def keep(source: Any = process.stdout) -> None:
            shutil.copyfileobj(source, out)

        reader = threading.Thread(target=keep)
        reader.start()
        for picture in pictures(busy, seconds):
            process.stdin.write(picture)
        process.stdin.close()
        reader.join()
        process.wait()
        out.seek(0)
        return out.read()


def written(film: bytes, store: Path, code: str, zero_us: int) -> list[Written]:
    """Recorded as a sub-stream is: which fragments lie where."""
    from footage.boxes import Fragment, InitSegment, Splitter
    from footage.hand_over import SUB, Written
    from footage.ingest.clock import Stamp
    from footage.ingest.ring import Ring
    from footage.segment_file import Entry

    told: list[Written] = []

    def wrote(path: str, entry: Entry) -> None:
        told.append(Written.of(1, SUB, path, entry, ""))

    ring = Ring(store, 1, code, "", wrote)
    ring.wanted = True
    for part in Splitter().feed(film):
        if isinstance(part, InitSegment):
            ring.begins(part)
        elif isinstance(part, Fragment):
            ring.takes(part, Stamp(zero_us + round(part.starts_s * 1e6), jumped=False))
    ring.ends()
    return told


def watches(rate: float | None) -> Any:
    from detection.sight.types import RuleSetting
    from detection.watching.scenes import Scene, load

    zone = ((0.05, 0.45), (0.95, 0.45), (0.95, 0.98), (0.05, 0.98))
    rule = RuleSetting("zone_intrusion", key="1", zone=zone, parameters={"stay_s": 1.0})
    scene = Scene([rule], load(OPTIONS.detector, OPTIONS.model))
    if rate is not None:
        scene.rate = rate
    return scene


def ours(told: list[Written], count: int, rate: float | None) -> dict[str, float]:
    """CPU seconds for each camera and second of film, and pictures looked at, once each place is known."""
    from detection.watching.camera import Camera
    from detection.watching.duty import UNMOVED, Duty
    from detection.watching.scenes import Shown, see
    from footage.hand_over import SUB, Written

    zero_us = told[0].starts_us
    duty = Duty(1, "BENCH", SUB, "", (), UNMOVED, False)
    cameras = [Camera(duty, [watches(rate)], zero_us) for _ in range(count)]
    seconds = (told[-1].ends_us - zero_us) // 1_000_000
    at, spent, signals = 0, 0.0, 0
    for second in range(seconds):
        until_us = zero_us + (second + 1) * 1_000_000
        news = []
        while at < len(told) and told[at].ends_us <= until_us:
            news.append(told[at].packed())
            at += 1
        message = json.dumps(news)
        if second == WARM_S:
            for camera in cameras:
                camera.tally.frames = 0
        began = time.process_time()
        for camera in cameras:
            for one in json.loads(message):
                camera.hears(Written.unpacked(one), until_us)
            if camera.feed.behind:
                camera.follow(until_us)
        shown = [Shown("", camera.scenes, camera.next(until_us, 2.0, until_us)) for camera in cameras]
        signals += len(see(shown))
        if second >= WARM_S:
            spent += time.process_time() - began
    lasted = (seconds - WARM_S) * count
    frames = sum(camera.tally.frames for camera in cameras)
    return {"cpu": spent / lasted, "fps": frames / lasted, "signals": signals}


def bare(told: list[Written], init: bytes) -> float:
    """CPU seconds for each second of film: every picture decoded, and thrown away."""
    import av

    film = init + b"".join(one.file.read_bytes()[one.offset : one.ends] for one in told)

    began = time.process_time()
    with av.open(io.BytesIO(film)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        for _ in container.decode(stream):
            pass
    return (time.process_time() - began) / ((told[-1].ends_us - told[0].starts_us) / 1e6)


def measure(folder: Path) -> None:
    from footage.hand_over import beginning

    rows, found = [], {}
    for name, busy in (("quiet", False), ("busy", True)):
        film = coded(busy, WARM_S + OPTIONS.seconds)
        zero_us = (int(time.time()) - WARM_S - OPTIONS.seconds) * 1_000_000
        told = written(film, folder, f"B{name.upper()}", zero_us)
        floor = bare(told, beginning(told[0].file).data)
        for rate in RATES:
            spent = ours(told, OPTIONS.cameras, rate)
            per_core = 1 / spent["cpu"]
            found[name, rate] = (spent, floor)
            rows.append(
                [
                    f"{name}, {'2 pictures a second' if rate else 'the rate of the rule'}",
                    spent["fps"],
                    per_core,
                    1 / floor,
                    spent["cpu"] / floor,
                    NICE_CAMERAS / per_core,
                ]
            )
    head = ["street", "pictures/s", "cameras per core", "floor: bare decode", "times the floor"]
    report.table([*head, f"cores for {NICE_CAMERAS}"], rows)
    quiet, floor_quiet = found["quiet", 2.0]
    busy_one, floor_busy = found["busy", 2.0]
    report.line(
        "watch",
        value=1 / busy_one["cpu"],
        floor=1 / floor_busy,
        unit="cameras per core",
        quiet_per_core=round(1 / quiet["cpu"], 1),
        quiet_floor=round(1 / floor_quiet, 1),
        busy_fps=round(busy_one["fps"], 2),
        quiet_fps=round(quiet["fps"], 2),
        cores_for_5000_quiet=round(NICE_CAMERAS * quiet["cpu"], 1),
        cores_for_5000_busy=round(NICE_CAMERAS * busy_one["cpu"], 1),
        detector=OPTIONS.detector,
        cameras=OPTIONS.cameras,
        seconds=OPTIONS.seconds,
    )


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=12)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--detector", default="opencv", help="opencv or ultralytics")
    parser.add_argument("--model", type=Path, default=None)
    return parser.parse_args()


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="watch-", dir=ROOT / "var"))
    os.environ |= {"FOOTAGE_RING": str(folder), "DJANGO_SETTINGS_MODULE": "nice_supervision.settings"}
    import logging

    import django

    django.setup()
    logging.disable(logging.INFO)
    try:
        measure(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


OPTIONS = options() if __name__ == "__main__" else argparse.Namespace(detector="opencv", model=None)
if __name__ == "__main__":
    main()
