"""Fragmented MP4 (ISO/IEC 14496-12), taken apart as it comes down a pipe: one init segment, then fragments.

Pure and incremental: feed bytes in any pieces, get the same fragments. What is not such a stream raises
`BoxError` at once and never makes the buffer grow past its limits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct

from footage import moof, moov
from footage.moov import BoxError, Track

HEADER = Struct(">I4s")
LARGE = Struct(">Q")
MIB = 1024 * 1024
# A fragment of 0.25 s is 0.12 MB at 4 Mbit/s; one key frame of a 4K camera is below 4 MB.
AT_MOST = {b"mdat": 32 * MIB, b"moov": MIB, b"moof": MIB}
AT_MOST_OTHER = 256 * 1024
USUAL = frozenset({b"prft", b"moof", b"mdat"})


@dataclass(frozen=True, slots=True)
class InitSegment:
    """ftyp and moov: what a player needs before the first fragment."""

    data: bytes
    tracks: tuple[Track, ...]

    @property
    def video(self) -> Track:
        return next(track for track in self.tracks if track.kind == "vide")

    @property
    def codecs(self) -> str:
        """For `MediaSource.isTypeSupported` and the CODECS of a playlist (RFC 6381)."""
        return ",".join(track.codec for track in self.tracks)

    @property
    def mime(self) -> str:
        return f'video/mp4; codecs="{self.codecs}"'


@dataclass(frozen=True, slots=True)
class Fragment:
    """moof and mdat: a quarter of a second of pictures as the camera coded them. Times are the video track's."""

    data: bytes
    key: bool
    decode_time: int
    duration: int
    timescale: int
    samples: int
    # The sender's own clock for `decode_time`, Unix microseconds, when it told one (RTCP sender report).
    sender_us: int | None = None
    # Bytes of its first picture, 0 when not told.
    first_bytes: int = 0

    @property
    def seconds(self) -> float:
        return self.duration / self.timescale

    @property
    def starts_s(self) -> float:
        return self.decode_time / self.timescale


def read_header(data: bytes | bytearray | memoryview, at: int = 0) -> tuple[bytes, int, int] | None:
    """(type, length of the header, length of the whole box), or None when more bytes are needed."""
    if len(data) - at < 8:
        return None
    size, kind = HEADER.unpack_from(data, at)
    if kind not in USUAL and not all(0x20 <= letter < 0x7F or letter == 0xA9 for letter in kind):
        raise BoxError(f"not a box type: {kind!r}")
    header = 8
    if size == 1:
        if len(data) - at < 16:
            return None
        (size,) = LARGE.unpack_from(data, at + 8)
        header = 16
    if size < header:
        raise BoxError(f"a {kind.decode('latin-1')} box of {size} bytes")
    if size > AT_MOST.get(kind, AT_MOST_OTHER):
        raise BoxError(f"a {kind.decode('latin-1')} box of {size} bytes is over the limit")
    return kind, header, size


class Splitter:
    """Takes the stream apart. After a BoxError it is of no more use: begin a new stream with a new one."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._file_type = b""
        self._init: InitSegment | None = None
        self._moof: tuple[bytes, moof.Summary] | None = None
        self._sender_us: int | None = None

    @property
    def held(self) -> int:
        """Bytes waiting for the rest of their box."""
        return len(self._buffer)

    def feed(self, data: bytes | memoryview) -> Iterator[InitSegment | Fragment]:
        """What is complete with these bytes. Read it to the end: boxes are taken as they are asked for.

        A fragment that comes whole is copied once, out of `data`, which need not stay as it is afterwards.
        """
        waited = bool(self._buffer)
        if waited:
            self._buffer += data
        view, at = memoryview(self._buffer if waited else data), 0
        while (found := read_header(view, at)) is not None:
            kind, header, size = found
            self._expect(kind)
            if len(view) - at < size:
                break
            part = self._take(kind, header, view[at : at + size])
            at += size
            if part is not None:
                yield part
        if not waited:
            self._buffer += view[at:]
        view.release()
        if waited:
            del self._buffer[:at]

    def _expect(self, kind: bytes) -> None:
        """Refuses what is out of place by its header alone, before its bytes are waited for."""
        if self._moof is not None and kind != b"mdat":
            raise BoxError("a moof without its mdat")
        if self._moof is None and kind == b"mdat":
            raise BoxError("an mdat without its moof")
        if kind == b"moov" and not self._file_type:
            raise BoxError("a moov before the ftyp")
        if kind == b"moof" and self._init is None:
            raise BoxError("a moof before the moov")

    def _take(self, kind: bytes, header: int, box: memoryview) -> InitSegment | Fragment | None:
        if kind == b"ftyp":
            self._file_type = box.tobytes()
        elif kind == b"moov":
            whole = box.tobytes()
            self._init = InitSegment(self._file_type + whole, moov.tracks(whole, header))
            return self._init
        elif kind == b"prft":
            self._sender_us = moof.sender_us(box.tobytes(), header)
        elif kind == b"moof" and self._init is not None:
            head = box.tobytes()
            self._moof = head, moof.summary(head, header, self._init.video)
        elif kind == b"mdat" and self._init is not None and self._moof is not None:
            return self._fragment(box, self._init, *self._moof)
        return None

    def _fragment(self, box: memoryview, init: InitSegment, head: bytes, told: moof.Summary) -> Fragment:
        sender_us, self._moof, self._sender_us = self._sender_us, None, None
        return Fragment(
            data=b"".join((head, box)),
            key=told.key,
            decode_time=told.decode_time,
            duration=told.duration,
            timescale=init.video.timescale,
            samples=told.samples,
            sender_us=sender_us,
            first_bytes=told.first_bytes,
        )
