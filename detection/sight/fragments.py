"""The pictures of a fragment (moof and mdat), still coded: what a decoder is fed. ISO/IEC 14496-12."""

from __future__ import annotations

from dataclasses import dataclass

from footage.boxes import read_header
from footage.moov import BoxError, Span, Track, child, children, tracks, unpack

SYNC_UNKNOWN = 0
NOT_SYNC = 0x0001_0000  # sample_is_non_sync_sample
SAMPLES_AT_MOST = 2_000
CODECS = {
    b"avc1": ("h264", b"avcC"),
    b"avc3": ("h264", b"avcC"),
    b"hvc1": ("hevc", b"hvcC"),
    b"hev1": ("hevc", b"hvcC"),
}
# tfhd: which optional fields there are, in order, and their length.
TFHD_FIELDS = ((0x01, 8), (0x02, 4), (0x08, 4), (0x10, 4), (0x20, 4))


@dataclass(frozen=True, slots=True)
class Coding:
    """How the pictures of a stream are coded, from its initialisation segment."""

    codec: str  # as FFmpeg calls it
    extradata: bytes
    track: Track


@dataclass(frozen=True, slots=True)
class Sample:
    pts: int  # in the track's timescale, from the beginning of the fragment
    key: bool
    data: bytes


def coding_of(init: bytes) -> Coding:
    """Raises BoxError for anything but H.264 and H.265."""
    for kind, header, at, size in _boxes(init):
        if kind == b"moov":
            box = init[at : at + size]
            video = next(track for track in tracks(box, header) if track.kind == "vide")
            return Coding(*_sample_entry(box, header, video), video)
    raise BoxError("no moov in this initialisation segment")


def samples(coding: Coding, fragment: bytes) -> list[Sample]:
    """In the order of decoding. Raises BoxError for what is not a whole fragment."""
    found: list[Sample] = []
    for kind, header, at, size in _boxes(fragment):
        if kind == b"moof":
            top = (b"moof", at + header, at + size)
            for span in children(fragment, top[1], top[2]):
                if span[0] == b"traf":
                    found += _traf(fragment, span, coding.track, at)
    if not found:
        raise BoxError("a fragment without pictures")
    return found


def _boxes(data: bytes) -> list[tuple[bytes, int, int, int]]:
    """(type, length of its header, where, length) of each box at the top."""
    at, found = 0, []
    while (head := read_header(data, at)) is not None:
        kind, header, size = head
        if at + size > len(data):
            raise BoxError(f"a {kind!r} box is cut off")
        found.append((kind, header, at, size))
        at += size
    return found


def _sample_entry(box: bytes, header: int, video: Track) -> tuple[str, bytes]:
    for span in children(box, header, len(box)):
        if span[0] != b"trak":
            continue
        _, start, end = child(box, span, b"tkhd")
        if unpack(">I", box, start + (20 if box[start] == 1 else 12), end)[0] != video.id:
            continue
        _, start, end = child(box, span, b"mdia", b"minf", b"stbl", b"stsd")
        name, start, end = next(children(box, start + 8, end))
        if name in CODECS:
            codec, kind = CODECS[name]
            _, at, stop = child(box, (name, start + 78, end), kind)
            return codec, box[at:stop]
    raise BoxError("pictures neither in H.264 nor in H.265")


def _traf(data: bytes, span: Span, video: Track, moof_at: int) -> list[Sample]:
    _, start, end = child(data, span, b"tfhd")
    flags, track_id = unpack(">2I", data, start, end)
    if track_id != video.id:
        return []
    values = {0x08: video.default_duration, 0x10: 0, 0x20: video.default_flags}
    at = start + 8
    for bit, length in TFHD_FIELDS:
        if flags & bit:
            if bit in values:
                (values[bit],) = unpack(">I", data, at, end)
            at += length
    found: list[Sample] = []
    elapsed = place = 0
    for kind, start, end in children(data, span[1], span[2]):
        if kind == b"trun":
            part, elapsed, place = _trun(data, (start, end), values, (elapsed, place), moof_at)
            found += part
    return found


def _trun(
    data: bytes, span: tuple[int, int], values: dict[int, int], so_far: tuple[int, int], moof_at: int
) -> tuple[list[Sample], int, int]:
    """The samples of one run, and where the next one goes on: (samples, time, place in the data)."""
    start, end = span
    elapsed, place = so_far
    flags, count = unpack(">2I", data, start, end)
    if count > SAMPLES_AT_MOST:
        raise BoxError(f"a fragment of {count} samples")
    at = start + 8
    if flags & 0x01:
        (offset,) = unpack(">i", data, at, end)
        place, at = moof_at + offset, at + 4
    first = None
    if flags & 0x04:
        (first,) = unpack(">I", data, at, end)
        at += 4
    found = []
    for number in range(count):
        own = {0x100: values[0x08], 0x200: values[0x10], 0x400: values[0x20], 0x800: 0}
        for bit in own:
            if flags & bit:
                (own[bit],) = unpack(">i" if bit == 0x800 else ">I", data, at, end)
                at += 4
        told = first if number == 0 and first is not None else own[0x400]
        if place + own[0x200] > len(data):
            raise BoxError("a sample lies outside of its fragment")
        found.append(Sample(elapsed + own[0x800], not told & NOT_SYNC, data[place : place + own[0x200]]))
        elapsed += own[0x100]
        place += own[0x200]
    return found, elapsed, place
