"""The moof box: when a fragment begins, how long it lasts, whether a player may begin with it."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from footage.moov import BoxError, Span, Track, children, unpack

ONE, TWO = struct.Struct(">I"), struct.Struct(">2I")
NOT_SYNC = 0x0001_0000  # sample_is_non_sync_sample
SAMPLES_AT_MOST = 100_000
NTP_TO_UNIX_S = 2_208_988_800
# tfhd: which optional fields there are, in order, and their length.
TFHD_FIELDS = ((0x01, 8), (0x02, 4), (0x08, 4), (0x10, 4), (0x20, 4))
# Flags of prft that ffmpeg sets when the camera told the time, not when it filled in its own.
PRFT_SENDER = 24


@dataclass(frozen=True, slots=True)
class Summary:
    key: bool
    decode_time: int
    duration: int
    samples: int
    # Bytes of the first picture, 0 when not told one by one: what is left is what changed since.
    first_bytes: int = 0


def summary(box: bytes, header: int, video: Track) -> Summary:
    """What the moof says of the video track. Raises BoxError when it has nothing of it."""
    for span in children(box, header, len(box)):
        if span[0] == b"traf":
            told = _traf(box, span, video)
            if told is not None:
                return told
    raise BoxError("a fragment without pictures")


def _traf(box: bytes, span: Span, video: Track) -> Summary | None:
    inner = list(children(box, span[1], span[2]))
    start, end = _first(inner, b"tfhd")
    flags, track_id = _two(box, start, end)
    if track_id != video.id:
        return None
    duration, sample_flags = _sample_defaults(box, start, end, flags, video)
    start, end = _first(inner, b"tfdt")
    (decode_time,) = unpack(">Q" if box[start] == 1 else ">I", box, start + 4, end)
    total, samples, first_bytes, first_flags = 0, 0, 0, None
    for kind, start, end in inner:
        if kind == b"trun":
            lasts, count, flags_of_first, bytes_of_first = _trun(box, start, end, duration, sample_flags)
            if first_flags is None:
                first_flags, first_bytes = flags_of_first, bytes_of_first
            total += lasts
            samples += count
    if not samples or first_flags is None:
        raise BoxError("a fragment without samples")
    return Summary(not first_flags & NOT_SYNC, decode_time, total, samples, first_bytes)


def _first(inner: list[Span], wanted: bytes) -> tuple[int, int]:
    for kind, start, end in inner:
        if kind == wanted:
            return start, end
    raise BoxError(f"no {wanted.decode('latin-1')} box")


def _two(box: bytes, start: int, end: int) -> tuple[int, int]:
    if start + 8 > end:
        raise BoxError("a box is too short")
    first, second = TWO.unpack_from(box, start)
    return first, second


def _sample_defaults(box: bytes, start: int, end: int, flags: int, video: Track) -> tuple[int, int]:
    duration, sample_flags = video.default_duration, video.default_flags
    at = start + 8
    for bit, length in TFHD_FIELDS:
        if flags & bit:
            if bit == 0x08:
                (duration,) = unpack(">I", box, at, end)
            elif bit == 0x20:
                (sample_flags,) = unpack(">I", box, at, end)
            at += length
    return duration, sample_flags


def _trun(box: bytes, start: int, end: int, duration: int, sample_flags: int) -> tuple[int, int, int, int]:
    """(duration of all, number of samples, flags of the first, bytes of the first or 0)."""
    flags, count = _two(box, start, end)
    if count > SAMPLES_AT_MOST:
        raise BoxError(f"a fragment of {count} samples")
    at = start + 8 + (4 if flags & 0x01 else 0)
    first = sample_flags
    if flags & 0x04:
        (first,) = unpack(">I", box, at, end)
        at += 4
    each = 4 * (flags >> 8 & 0x0F).bit_count()
    if at + each * count > end:
        raise BoxError("a trun is too short for its samples")
    if not flags & 0x04 and flags & 0x400 and count:
        before = (4 if flags & 0x100 else 0) + (4 if flags & 0x200 else 0)
        (first,) = ONE.unpack_from(box, at + before)
    size = 0
    if flags & 0x200 and count:
        (size,) = ONE.unpack_from(box, at + (4 if flags & 0x100 else 0))
    if not flags & 0x100:
        return duration * count, count, first, size
    # One word in so many: of words of a table the first of each row.
    words = struct.unpack_from(f">{each // 4 * count}I", box, at)
    return sum(words[:: each // 4]), count, first, size


def sender_us(box: bytes, header: int) -> int | None:
    """Unix microseconds of a prft box, when the sender told them."""
    version_flags, _, seconds, fraction = unpack(">4I", box, header, len(box))
    if version_flags & 0xFF_FFFF != PRFT_SENDER or seconds < NTP_TO_UNIX_S:
        return None
    return (seconds - NTP_TO_UNIX_S) * 1_000_000 + (fraction * 1_000_000 >> 32)


def producer_time(track_id: int, at_us: int, decode_time: int) -> bytes:
    """A prft box (14496-12 §8.16.5): the fragment after it begins at this Unix time, in microseconds."""
    seconds, rest = divmod(at_us, 1_000_000)
    ntp = (seconds + NTP_TO_UNIX_S << 32) + (rest << 32) // 1_000_000
    return struct.pack(">I4sIIQQ", 32, b"prft", 1 << 24, track_id, ntp, decode_time)


def told_time_us(box: bytes) -> int | None:
    """What `producer_time` wrote; the rounding of NTP fractions is taken back."""
    if len(box) != 32 or box[4:8] != b"prft":
        return None
    seconds, fraction = unpack(">2I", box, 16, 24)
    return (seconds - NTP_TO_UNIX_S) * 1_000_000 + (fraction * 1_000_000 + (1 << 31) >> 32)
