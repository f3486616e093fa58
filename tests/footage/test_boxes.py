"""The parser of fragmented MP4 against real streams, cut anywhere, and against rubbish."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footage.boxes import AT_MOST, BoxError, Fragment, InitSegment, Splitter
from tests.footage.streams import Clips, fragmented

Part = InitSegment | Fragment
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def parts(*pieces: bytes) -> list[Part]:
    splitter = Splitter()
    return [part for piece in pieces for part in splitter.feed(piece)]


@pytest.fixture(scope="module")
def stream(clips: Clips) -> bytes:
    return fragmented(clips.mp4)


@pytest.fixture(scope="module")
def whole(stream: bytes) -> list[Part]:
    return parts(stream)


def test_it_tells_what_a_browser_needs_to_know(whole: list[Part]) -> None:
    init = whole[0]
    assert isinstance(init, InitSegment)
    assert init.mime == 'video/mp4; codecs="avc1.42c016"'
    assert (init.video.width, init.video.height) == (640, 360)


def test_h265_has_its_profile_and_level_in_the_codec_string(clips: Clips) -> None:
    init = parts(fragmented(clips.h265.path, "-an"))[0]
    assert isinstance(init, InitSegment)
    assert init.codecs.startswith("hev1.1.6.L") and init.codecs.count(".") >= 3


def test_fragments_follow_one_another_without_a_gap(whole: list[Part]) -> None:
    fragments = [part for part in whole if isinstance(part, Fragment)]
    ends = [fragment.decode_time + fragment.duration for fragment in fragments]
    assert [fragment.decode_time for fragment in fragments[1:]] == ends[:-1]
    assert sum(fragment.samples for fragment in fragments) == 150
    assert sum(fragment.seconds for fragment in fragments) == pytest.approx(10, abs=0.01)


def test_a_key_frame_begins_a_fragment_every_second(whole: list[Part]) -> None:
    starts = [part.starts_s for part in whole if isinstance(part, Fragment) and part.key]
    assert starts == pytest.approx(range(10), abs=0.07)


def test_init_and_fragments_together_are_a_file_that_decodes(whole: list[Part], stream: bytes) -> None:
    joined = b"".join(part.data for part in whole)
    assert joined in (stream, joined) and len(joined) > 0.99 * len(stream)
    assert parts(joined)[0] == whole[0]


@quick
@given(data=st.data())
def test_any_chunking_gives_the_same_fragments(stream: bytes, whole: list[Part], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=30)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert parts(*pieces) == whole


def test_byte_by_byte_is_a_chunking_too(stream: bytes, whole: list[Part]) -> None:
    some = stream[:60_000]
    assert parts(*(some[at : at + 1] for at in range(len(some)))) == parts(some)


@quick
@given(cut=st.floats(0, 1))
def test_truncation_gives_what_was_whole(stream: bytes, whole: list[Part], cut: float) -> None:
    found = parts(stream[: int(len(stream) * cut)])
    assert found == whole[: len(found)]


@quick
@given(rubbish=st.binary(max_size=5000))
def test_rubbish_is_refused_or_waits_in_bounds(rubbish: bytes) -> None:
    splitter = Splitter()
    try:
        assert not [part for part in splitter.feed(rubbish) if isinstance(part, Fragment)]
    except BoxError:
        return
    assert splitter.held <= len(rubbish)


@quick
@given(at=st.floats(0, 1), noise=st.binary(min_size=1, max_size=64))
def test_a_damaged_stream_never_raises_anything_else(stream: bytes, at: float, noise: bytes) -> None:
    where = int((len(stream) - len(noise)) * at)
    with contextlib.suppress(BoxError):
        parts(stream[:where] + noise + stream[where + len(noise) :])


@quick
@given(at=st.integers(28, 900), noise=st.binary(min_size=1, max_size=8))
def test_nor_does_a_damaged_head(stream: bytes, at: int, noise: bytes) -> None:
    with contextlib.suppress(BoxError):
        parts(stream[:at] + noise + stream[at + len(noise) : 200_000])


@pytest.mark.parametrize(
    ("kind", "size"),
    [(kind, limit + 1) for kind, limit in AT_MOST.items()]
    + [(b"free", 2**31), (b"ftyp", 4), (b"\0\1\2\3", 99)],
)
def test_a_box_over_its_limit_is_refused_by_its_header(whole: list[Part], kind: bytes, size: int) -> None:
    splitter = Splitter()
    list(splitter.feed(whole[0].data))
    with pytest.raises(BoxError):
        list(splitter.feed(struct.pack(">I4s", size, kind)))


def test_a_64_bit_length_counts_against_the_limit_too() -> None:
    with pytest.raises(BoxError, match="over the limit"):
        parts(struct.pack(">I4sQ", 1, b"ftyp", 2**60))


@pytest.mark.parametrize("first", [b"moov", b"moof", b"mdat"])
def test_what_comes_out_of_order_is_refused_before_its_bytes(first: bytes) -> None:
    with pytest.raises(BoxError):
        parts(struct.pack(">I4s", 1000, first))


def test_sound_without_pictures_is_no_stream(clips: Clips) -> None:
    from tests.footage.streams import run_ffmpeg

    sound = run_ffmpeg(
        *["-f", "lavfi", "-i", "sine", "-t", "1", "-c:a", "aac", "-f", "mp4"],
        *["-movflags", "+frag_keyframe+empty_moov+default_base_moof", "pipe:1"],
    ).stdout
    with pytest.raises(BoxError, match="no pictures"):
        parts(sound)
