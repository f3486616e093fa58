"""Drawn streets: the same every time, whole when the line of text is laid under them, right about the time."""

from __future__ import annotations

import datetime as dt
import itertools
import subprocess
from pathlib import Path

import numpy as np
import pytest

from footage.ingest.program import Spec, ffmpeg
from footage.scenes import FPS, NAMES
from footage.scenes.bits import Reader, Writer, escaped
from footage.scenes.catalogue import SCENES
from footage.scenes.letters import PAPER, row_of
from footage.scenes.loop import Loop, encode, path_of
from footage.scenes.player import _picture

NOON = 1_795_348_800  # 2026-11-22 13:00:00 in Nice
SPEC = Spec(0, "C885", "main", "scene", "square_bag", label="Place Masséna")


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four seconds of a street, under a root of its own."""
    from django.conf import settings

    before, settings.VAR = settings.VAR, tmp_path_factory.mktemp("var")
    pictures = itertools.islice(SCENES["square_bag"].frames(), 4 * FPS)
    encode("square_bag", (pixels.tobytes() for pixels in pictures), lambda: None)
    yield Path(settings.VAR)
    settings.VAR = before


def played(loop: Loop, spec: Spec = SPEC, count: int = 4 * FPS, second: int = NOON) -> bytes:
    return b"".join(_picture(loop, second * FPS + number, 0, spec) for number in range(count))


def decoded(data: bytes | Path, crop: str, size: tuple[int, int], form: str = "h264") -> np.ndarray:
    """The luma of all pictures, as coded."""
    source = str(data) if isinstance(data, Path) else "pipe:0"
    done = subprocess.run(
        [
            ffmpeg(),
            "-v",
            "error",
            "-xerror",
            "-f",
            form,
            "-i",
            source,
            "-vf",
            f"crop={crop},extractplanes=y",
            "-f",
            "rawvideo",
            "-",
        ],
        input=None if isinstance(data, Path) else data,
        check=True,
        capture_output=True,
    )
    assert not done.stderr
    return np.frombuffer(done.stdout, np.uint8).reshape(-1, size[1], size[0])


@pytest.mark.parametrize(("quality", "kept"), [("main", (1280, 704)), ("sub", (768, 416))])
def test_the_picture_is_untouched_by_the_line_under_it(
    drawn: Path, quality: str, kept: tuple[int, int]
) -> None:
    loop = Loop.of("square_bag", quality)
    with_line = decoded(played(loop), f"iw:{kept[1]}:0:0", kept)
    without = decoded(path_of("square_bag", quality), f"iw:{kept[1]}:0:0", kept)
    assert with_line.shape[0] == 4 * FPS
    assert np.array_equal(with_line, without)


@pytest.mark.parametrize(("quality", "width", "top"), [("main", 1280, 704), ("sub", 768, 416)])
def test_the_line_says_name_and_second(drawn: Path, quality: str, width: int, top: int) -> None:
    """Whole in both sizes, and at the very bottom: no player may cut it by cropping elsewhere than another."""
    line = decoded(played(Loop.of("square_bag", quality)), f"iw:16:0:{top}", (width, 16))
    for number, second in ((0, 0), (FPS - 1, 0), (FPS, 1), (4 * FPS - 1, 3)):
        clock = dt.datetime.fromtimestamp(NOON + second).strftime("%d/%m/%Y %H:%M:%S")
        shown = b"".join(row_of(width, "C885 · Place Massena", clock))
        expected = np.frombuffer(shown, np.uint8).reshape(16, width)
        assert np.array_equal(line[number], expected)


def test_a_name_that_is_too_long_leaves_the_clock_alone() -> None:
    lines = row_of(640, "C1 · " + "Boulevard " * 20, "22/11/2026 13:00:00")
    clock = row_of(640, "", "22/11/2026 13:00:00")
    assert {len(line) for line in lines} == {640}
    assert [line[-240:] for line in lines] == [line[-240:] for line in clock]


def test_a_letter_nobody_drew_is_a_blank() -> None:
    assert set(b"".join(row_of(640, "漢字", ""))) == {PAPER}


def test_all_named_scenes_are_there_and_drawn_the_same_twice() -> None:
    assert tuple(SCENES) == NAMES
    for scene in SCENES.values():
        first, again = next(scene.frames()), next(scene.frames())
        assert first.shape == (704, 1280, 3)
        assert np.array_equal(first, again)


def test_the_loop_has_no_seam() -> None:
    """What would come after the last picture is the first one."""
    scene = SCENES["square_bag"]
    first = next(scene.frames())
    last, after = scene.frames(2, first=scene.length - 1)
    assert np.array_equal(first, after)
    assert not np.array_equal(first, last)


def test_a_thermal_camera_knows_no_colour() -> None:
    picture = next(SCENES["promenade_thermal"].frames())
    assert np.array_equal(picture[..., 0], picture[..., 1]) and np.array_equal(
        picture[..., 0], picture[..., 2]
    )


def test_codes_of_exp_golomb_come_back() -> None:
    out = Writer()
    for value in range(300):
        out.ue(value)
        out.se(value - 150)
    told = Reader(out.nal(0x67)[5:])
    assert [(told.ue(), told.se()) for _ in range(300)] == [(value, value - 150) for value in range(300)]


@pytest.mark.parametrize("payload", [b"\0\0\0", b"\0\0\1\0\0\2\0\0\3\0\0\4", bytes(50), b"\1\0\0"])
def test_no_start_code_appears_inside_a_unit(payload: bytes) -> None:
    assert not any(code in escaped(payload) for code in (b"\0\0\0", b"\0\0\1", b"\0\0\2"))
    assert Reader(escaped(payload)).rest()[0] == int.from_bytes(payload, "big")
