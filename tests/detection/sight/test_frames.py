"""Fragments become pictures: at their times, at a rate, key frames alone, and whatever is broken."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from detection.sight.frames import Decoder
from footage.moov import BoxError
from tests.detection.sight.clips import clip, parts
from tests.detection.sight.drawn import BEGAN, Street, person, walk

STREET = Street(8, [person(walk((1, -4, 9), (7, 4, 9)))], size=(320, 180), fps=10)


@pytest.fixture(scope="module", params=[0, 2], ids=["no B pictures", "B pictures"])
def coded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return clip(tmp_path_factory.mktemp("clip") / "street.mp4", STREET, group=10, b_frames=request.param)


def at(second: float) -> dt.datetime:
    return BEGAN + dt.timedelta(seconds=second)


def test_every_picture_comes_once_at_its_time(coded: Path) -> None:
    init, found = parts(coded)
    decoder = Decoder(init.data)
    frames = [one for part in found for one in decoder.decode(part.data, at(part.starts_s))] + decoder.flush()
    times = [round((one.at - BEGAN).total_seconds(), 2) for one in frames]
    assert times == [round(n / 10, 2) for n in range(80)]
    assert frames[0].key and frames[0].luma.shape == (180, 320) and frames[0].bgr().shape == (180, 320, 3)
    assert frames[0].chroma is not None and frames[0].chroma.shape == (90, 160, 2)


def test_while_quiet_key_frames_are_enough_and_then_nothing_of_the_group_is_missed(coded: Path) -> None:
    init, found = parts(coded)
    decoder, times = Decoder(init.data), []
    for part in found:
        awake = 3.4 < part.starts_s < 5.6  # from the middle of a group to the middle of another
        times += [
            round((one.at - BEGAN).total_seconds(), 1)
            for one in decoder.decode(part.data, at(part.starts_s), all_frames=awake)
        ]
    assert times[:3] == [0.0, 1.0, 2.0]
    dense = [time for time in times if 3.0 <= time <= 5.0]
    assert dense == [round(3 + n / 10, 1) for n in range(21)]
    assert times == sorted(set(times)) and times[-1] == 7.0 and decoder.skipped == 0


def test_a_rate_and_a_width_are_kept(coded: Path) -> None:
    init, found = parts(coded)
    decoder = Decoder(init.data, rate=5, width=160)
    frames = [one for part in found for one in decoder.decode(part.data, at(part.starts_s))]
    assert 36 <= len(frames) <= 48 and frames[0].size == (160, 90) == frames[0].luma.shape[::-1]


@pytest.mark.parametrize("harm", ["cut", "noise", "empty"])
def test_a_broken_fragment_is_skipped_and_said_and_the_next_group_is_read(
    coded: Path, harm: str, caplog: pytest.LogCaptureFixture
) -> None:
    init, found = parts(coded)
    decoder, times = Decoder(init.data), []
    for number, part in enumerate(found):
        data = part.data
        if number == 3:
            data = {"cut": data[: len(data) // 2], "noise": b"\x07" * len(data), "empty": b""}[harm]
        times += [(one.at - BEGAN).total_seconds() for one in decoder.decode(data, at(part.starts_s))]
    assert decoder.skipped == 1 and "cannot be read" in caplog.text
    assert len(times) > 60 and times == sorted(times) and max(times) > 7


def test_what_is_no_stream_is_refused(coded: Path) -> None:
    with pytest.raises(BoxError):
        Decoder(b"\x00" * 100)
    with pytest.raises(BoxError):
        Decoder(parts(coded)[1][0].data)
