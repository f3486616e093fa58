"""What burning a mask in costs: cores per camera, beside a bare ffmpeg that encodes again without a mask.

    make bench NAME=mask
    make bench NAME=mask ARGS="--seconds 20 --corners 12"

Ours is the command of the ingest, its fragments taken apart and written as recordings are. The floor is the same
ffmpeg with the same coder and no mask, its output thrown away. Beside both: what a camera costs that is copied.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path

from benches import report

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nice_supervision.settings")
MOST_RATIO = 1.3
SIZES = {"main 1920x1080": ("1920x1080", 25, "4M", "main"), "sub 704x576": ("704x576", 15, "700k", "sub")}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seconds", type=int, default=12, help="of pictures")
    asked.add_argument("--corners", type=int, default=8, help="of each of two areas")
    given = asked.parse_args()
    import django

    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        measured = {
            name: measure(Path(folder), *size, given.seconds, given.corners) for name, size in SIZES.items()
        }
    report.table(
        ["camera", "burnt in, cores", "floor: encoded again", "ratio", "copied: no mask"],
        [[name, ours, floor, ours / floor, copied] for name, (ours, floor, copied) in measured.items()],
    )
    main_stream = measured["main 1920x1080"]
    print(f"cameras of 1080p recorded with a mask, per core: {1 / main_stream[0]:.1f}")
    print(
        f"both streams, while somebody looks at the tile: {sum(one[0] for one in measured.values()):.2f} cores"
    )
    report.line(
        "mask", value=main_stream[0], floor=main_stream[1], unit="cores per camera, 1080p", limit=MOST_RATIO
    )


def measure(
    folder: Path, size: str, fps: int, rate: str, quality: str, seconds: int, corners: int
) -> tuple[float, float, float]:
    """(burnt in, floor, copied) in cores of one camera, from the processor time of the whole."""
    from footage.ingest.program import Spec, ffmpeg
    from footage.masking import burning

    clip = folder / f"{quality}.mp4"
    subprocess.run(
        [
            *[ffmpeg(), "-v", "error", "-y", "-f", "lavfi", "-i", f"testsrc2=size={size}:rate={fps}"],
            *["-t", str(seconds), "-c:v", "libx264", "-preset", "veryfast", "-g", str(fps), "-bf", "0"],
            *["-b:v", rate, str(clip)],
        ],
        check=True,
    )
    areas = (round_area(0.25, 0.3, corners), round_area(0.7, 0.6, corners))
    spec = Spec(1, "C1", quality, "file", clip.name, areas=areas)
    burnt = cpu_of(lambda: asyncio.run(taken_in(spec, folder))) / seconds
    copied = (
        cpu_of(lambda: asyncio.run(taken_in(Spec(1, "C1", quality, "file", clip.name), folder))) / seconds
    )
    coder = burning.coding(areas, quality)
    del coder[:2]  # the same words without the filter
    bare = [ffmpeg(), "-v", "error", "-threads", "1", "-i", str(clip), "-map", "0:v:0", *coder, "-an"]
    floor = cpu_of(lambda: subprocess.run([*bare, "-f", "null", "-"], check=True)) / seconds
    return burnt, floor, copied


def round_area(x: float, y: float, corners: int) -> tuple[tuple[float, float], ...]:
    turns = [2 * math.pi * n / corners for n in range(corners)]
    return tuple((round(x + 0.15 * math.cos(t), 4), round(y + 0.15 * math.sin(t), 4)) for t in turns)


async def taken_in(spec: object, folder: Path) -> None:
    """The ingest's own program, once over the clip and as fast as it goes: into fragments, into files."""
    from footage.boxes import InitSegment, Splitter
    from footage.ingest.clock import WallClock
    from footage.ingest.program import Spec, command
    from footage.recording import Recorder

    assert isinstance(spec, Spec)
    words = [word for word in command(spec, folder).arguments if word != "-re"]
    at = words.index("-stream_loop")
    del words[at : at + 2]
    process = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE, limit=1 << 22)
    assert process.stdout is not None
    recorder = Recorder(folder / "store", 1, spec.code, Silent(), mask=spec.mask)
    splitter, clock = Splitter(), WallClock()
    while data := await process.stdout.read(1 << 18):
        for part in splitter.feed(data):
            if isinstance(part, InitSegment):
                recorder.begins(part)
            else:
                recorder.takes(part, clock.stamp(part, time.time_ns() // 1000))
    recorder.ends()
    if await process.wait():
        raise SystemExit("ffmpeg failed")


class Silent:
    def opened(self, told: object) -> None: ...

    def closed(self, told: object) -> None: ...

    def failed(self, camera_id: int, why: str) -> None:
        raise SystemExit(f"not recorded: {why}")

    def recovered(self, camera_id: int) -> None: ...


def cpu_of(work: object) -> float:
    """Processor seconds of this process and of the children it waited for."""
    assert callable(work)
    before = used()
    work()
    return used() - before


def used() -> float:
    parts = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(part.ru_utime + part.ru_stime for part in parts)


if __name__ == "__main__":
    main()
