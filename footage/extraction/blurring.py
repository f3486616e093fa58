"""One film coded again so that nobody in it can be recognised but in the areas that were chosen.

The whole picture goes down to COLUMNS squares across and up again: what is not there cannot be brought back, and no
detector has to find every face. The areas chosen are cut from the film and laid over it. Sound is left out.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from footage.extraction.sharp import Track
from footage.ingest.program import ffmpeg
from footage.scenes.letters import HEIGHT, row_of

# A face that fills a tenth of the width is three squares wide.
COLUMNS = 32
QUALITY = ["-c:v", "libx264", "-preset", "veryfast", "-crf", "24", "-pix_fmt", "yuv420p"]
SILENT_S = 60


class BlurError(Exception):
    """ffmpeg could not make the copy."""


def method() -> str:
    """What is done and by what, for the sheet and the manifest."""
    done = subprocess.run([ffmpeg(), "-version"], capture_output=True, text=True, check=True, timeout=20)
    return f"{COLUMNS} squares across, " + " ".join(done.stdout.split()[:3])


def blur(
    source: Path,
    out: Path,
    *,
    size: tuple[int, int],
    begins: dt.datetime,
    tracks: Sequence[Track],
    label: str,
    progress: Callable[[float], None],
) -> None:
    """Seconds of film done are told to `progress`, which may raise to stop it. Raises BlurError."""
    with tempfile.TemporaryDirectory() as scratch:
        plate = Path(scratch, "label.pgm")
        plate.write_bytes(_plate(label, size[0]))
        command = [
            *(ffmpeg(), "-nostdin", "-v", "error", "-y", "-i", str(source), "-i", str(plate)),
            *("-filter_complex", graph(size, begins, tracks), "-map", "[done]", "-an"),
            *("-map_metadata", "-1", "-metadata", f"comment={label}", "-fps_mode", "passthrough"),
            *(*QUALITY, "-movflags", "+faststart", "-progress", "pipe:1", "-f", "mp4", str(out)),
        ]
        with Path(scratch, "said").open("w+") as said:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said, text=True)
            try:
                _follow(process, progress)
            finally:
                if process.poll() is None:
                    process.kill()
                process.wait()
            if process.returncode:
                said.seek(0)
                raise BlurError(said.read()[-200:].strip() or f"ffmpeg ended with {process.returncode}")


def _follow(process: subprocess.Popen[str], progress: Callable[[float], None]) -> None:
    assert process.stdout is not None
    before = 0.0
    for line in process.stdout:
        if told := re.match(r"out_time_us=(\d+)", line):
            seconds = int(told[1]) / 1_000_000
            progress(max(0.0, seconds - before))
            before = max(before, seconds)
    process.wait(SILENT_S)


def graph(size: tuple[int, int], begins: dt.datetime, tracks: Sequence[Track]) -> str:
    """The filters. Nothing in it comes from a person but numbers."""
    width, height = size
    columns = min(COLUMNS, max(2, width // 4))
    rows = max(2, round(columns * height / width))
    parts = [
        f"[0:v]split={len(tracks) + 1}[whole]{''.join(f'[film{number}]' for number in range(len(tracks)))}",
        f"[whole]scale={columns}:{rows}:flags=area,scale={width}:{height}:flags=bicubic,setsar=1[shown0]",
    ]
    for number, track in enumerate(tracks):
        wide, high, places = track.pixels(width, height)
        times = [(at - begins).total_seconds() for at, _x, _y in places]
        x = _moving(times, [place[1] for place in places])
        y = _moving(times, [place[2] for place in places])
        when = f"between(t,{times[0]:.3f},{times[-1]:.3f})" if track.moves else "1"
        parts.append(f"[film{number}]crop={wide}:{high}:x='{x}':y='{y}'[area{number}]")
        parts.append(
            f"[shown{number}][area{number}]overlay=x='{x}':y='{y}':eval=frame:enable='{when}'[shown{number + 1}]"
        )
    parts.append(f"[shown{len(tracks)}][1:v]overlay=0:0,format=yuv420p[done]")
    return ";".join(parts)


def _moving(times: Sequence[float], places: Sequence[int]) -> str:
    """Even pixels at any time t: straight from point to point, at rest before the first and after the last."""
    said = str(places[-1])
    for number in range(len(times) - 1, 0, -1):
        begin, end = times[number - 1], times[number]
        speed = (places[number] - places[number - 1]) / max(0.001, end - begin)
        way = f"2*floor(({places[number - 1]}+({speed:.4f})*(t-({begin:.3f})))/2)"
        said = f"if(lt(t,{end:.3f}),{way},{said})"
    return f"if(lt(t,{times[0]:.3f}),{places[0]},{said})"


def _plate(label: str, width: int) -> bytes:
    """A line of text as wide as the picture, for its upper edge."""
    lines = row_of(max(64, width), label, "")
    return f"P5 {len(lines[0])} {HEIGHT} 255\n".encode() + b"".join(lines)
