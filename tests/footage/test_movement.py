"""Whether something moves, told from the sizes of compressed pictures: a drawn street, quiet, then with a passer-by."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from footage.boxes import Fragment, Splitter
from footage.ingest.movement import CALM_US, STEADY, Movement
from footage.scenes import FPS, HEIGHT, WIDTH
from footage.scenes.catalogue import Scene
from tests.footage.streams import run_ffmpeg

HALF_S = 500_000
QUIET_S, PASSES_S, AFTER_S = 14, 3, 9
QUALITY = ["-crf", "27"]
CONSTANT = ["-b:v", "500k", "-minrate", "500k", "-maxrate", "500k", "-bufsize", "500k"]
Film = Callable[..., list[Fragment]]


@pytest.fixture(scope="module")
def pictures() -> list[bytes]:
    """An empty street, somebody who walks through it, the empty street again."""
    street = Scene("test", 11, people=0, cars=0)
    empty = next(street.frames(1))[::4, ::4].tobytes()
    passer_by = Scene("test", 11, people=1, cars=0)
    passes = [pixels[::4, ::4].tobytes() for pixels in passer_by.frames(PASSES_S * FPS)]
    return [*[empty] * (QUIET_S * FPS), *passes, *[empty] * (AFTER_S * FPS)]


@pytest.fixture(scope="module")
def film(pictures: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Film:
    raw: Path = tmp_path_factory.mktemp("movement") / "street.rgb"
    raw.write_bytes(b"".join(pictures))

    def coded(*rate: str, noise: int = 2, gop: int = FPS) -> list[Fragment]:
        picture = f"noise=alls={noise}:allf=t,format=yuv420p"
        data = run_ffmpeg(
            *["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH // 4}x{HEIGHT // 4}", "-r", str(FPS)],
            *["-i", str(raw), "-vf", picture, "-c:v", "libx264", "-preset", "ultrafast", "-bf", "0"],
            *["-g", str(gop), "-keyint_min", str(gop), "-sc_threshold", "0", *rate, "-f", "mp4"],
            *["-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-frag_duration", str(HALF_S)],
            "pipe:1",
        ).stdout
        return [part for part in Splitter().feed(data) if isinstance(part, Fragment)]

    return coded


def told(fragments: list[Fragment]) -> list[bool]:
    movement = Movement()
    return [movement.takes(one, round(one.starts_s * 1_000_000)) for one in fragments]


def test_a_street_rests_until_somebody_walks_through_it(film: Film) -> None:
    fragments = film(*QUALITY)
    moves = told(fragments)
    begins = next(n for n, one in enumerate(fragments) if one.starts_s >= QUIET_S)
    ends = next(n for n, one in enumerate(fragments) if one.starts_s >= QUIET_S + PASSES_S)
    assert all(moves[: STEADY * 2]), "nobody knows yet what rest looks like"
    assert not any(moves[begins - 4 : begins])
    assert all(moves[begins + 1 : ends]), "seen within a fragment, and as long as it lasts"
    calm = ends + CALM_US // HALF_S
    assert all(moves[ends : calm - 1]), "it does not flap"
    assert not any(moves[calm + 2 :]), "and rests again"


def test_what_cannot_be_told_by_size_counts_as_movement(film: Film) -> None:
    assert all(told(film(*CONSTANT))), "a constant bit rate fills up what a quiet street leaves"
    assert all(told(film(*QUALITY, noise=12))), "a noisy night is never small"
    assert all(told(film(*QUALITY, gop=1))), "every picture whole: nothing says what changed"
