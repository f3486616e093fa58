"""Sound of the public road is not recorded unless a law allows it for that camera (Criminal code 226-1)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from footage.boxes import Fragment, InitSegment, Splitter
from footage.ingest.program import Spec, command
from tests.footage.streams import run_ffmpeg


@pytest.mark.parametrize(("allowed", "tracks"), [(False, ["vide"]), (True, ["vide", "soun"])])
def test_what_a_camera_hears_is_left_out_unless_it_is_allowed(
    tmp_path: Path, allowed: bool, tracks: list[str]
) -> None:
    run_ffmpeg(
        *["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=15", "-f", "lavfi", "-i", "sine=frequency=440"],
        *["-t", "2", "-c:v", "libx264", "-preset", "ultrafast", "-g", "15", "-pix_fmt", "yuv420p"],
        *["-c:a", "aac", str(tmp_path / "loud.mp4")],
    )
    words = command(Spec(1, "C1", "main", "file", "loud.mp4", audio=allowed), tmp_path)
    once = [word for word in words.arguments if word not in ("-re",)]
    once[once.index("-stream_loop") + 1] = "0"
    parts = list(Splitter().feed(subprocess.run(once, capture_output=True, check=True).stdout))
    init, *fragments = parts
    assert isinstance(init, InitSegment)
    assert [track.kind for track in init.tracks] == tracks
    assert ("mp4a" in init.codecs) == allowed
    assert fragments and all(isinstance(one, Fragment) and one.samples for one in fragments)
