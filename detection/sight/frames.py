"""Fragments become pictures: PyAV, one decoder per stream, no more of them than somebody looks at.

While nothing moves only key frames are decoded. When everything is wanted, the group of pictures under way is decoded
from its key frame, so that nothing is missed between two of them. A fragment that cannot be read is skipped and said.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from detection.sight.fragments import Coding, Sample, coding_of, samples
from detection.sight.types import Colours, Frame, Luma
from footage.moov import BoxError

logger = logging.getLogger(__name__)
# With key frames farther apart than that, key frames alone would see people late.
KEYS_APART_S = 2.0
GROUP_AT_MOST = 600  # pictures kept undecoded since the last key frame
NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)


@dataclass
class _Colours:
    """A decoded picture that becomes colours when somebody asks."""

    frame: Any
    size: tuple[int, int]

    @cached_property
    def _made(self) -> Colours:
        width, height = self.size
        made: Colours = self.frame.to_ndarray(format="bgr24", width=width, height=height)
        return made

    def __call__(self) -> Colours:
        return self._made


class Decoder:
    """One stream, from one initialisation segment: another one (a new size, a new run) needs a new decoder."""

    def __init__(self, init: bytes, *, rate: float | None = None, width: int | None = None) -> None:
        """`rate` frames per second at most, `width` pixels at most. Raises BoxError for a stream it cannot read."""
        self.coding: Coding = coding_of(init)
        self.rate = rate
        self.skipped = 0  # fragments
        self._width = width
        self._codec = self._new()
        self._times: dict[int, tuple[dt.datetime, bool]] = {}
        self._next_pts = 0
        self._lead: int | None = (
            None  # how much later than decoded a picture is shown, where B pictures are used
        )
        self._group: list[
            tuple[int, Sample]
        ] = []  # since the last key frame, not decoded but for the key frame
        self._needs_key = True
        self._given = NEVER
        self._key_at = NEVER
        self._keys_apart_s = 0.0

    def decode(self, fragment: bytes, at: dt.datetime, *, all_frames: bool = True) -> list[Frame]:
        """The pictures of a fragment whose first one was taken `at`. Fragments come in their order."""
        try:
            found = samples(self.coding, fragment)
            return self._decode(found, at, all_frames)
        except (BoxError, av.FFmpegError) as error:
            self.skipped += 1
            logger.warning("A fragment of %s cannot be read, it is skipped: %s", at.isoformat(), error)
            self.lose()
            return []

    def lose(self) -> None:
        """Something is missing before what comes next: begin again at a key frame."""
        self._codec = self._new()
        self._times.clear()
        self._group = []
        self._needs_key = True

    def flush(self) -> list[Frame]:
        """What the decoder still holds back, at the end of a stream."""
        if self._needs_key or self._group:
            return []
        frames = self._out(self._codec.decode(None))
        self.lose()
        return frames

    def _new(self) -> Any:
        codec: Any = av.CodecContext.create(self.coding.codec, "r")
        codec.extradata = self.coding.extradata
        codec.thread_count = 1
        return codec

    def _decode(self, found: list[Sample], at: dt.datetime, all_frames: bool) -> list[Frame]:
        frames: list[Frame] = []
        base, scale = self._next_pts, self.coding.track.timescale
        for sample in found:
            pts = base + sample.pts
            self._next_pts = max(self._next_pts, pts + 1)
            if sample.key and self._lead is None:
                self._lead = sample.pts
            taken_at = at + dt.timedelta(seconds=(sample.pts - (self._lead or 0)) / scale)
            if sample.key:
                self._keys_apart_s = (
                    (taken_at - self._key_at).total_seconds() if self._key_at > NEVER else 0.0
                )
                self._key_at, self._needs_key = taken_at, False
            if self._needs_key:
                continue
            self._times[pts] = taken_at, sample.key
            if all_frames or self._keys_are_rare(taken_at):
                frames += self._all(pts, sample)
            else:
                frames += self._keys(pts, sample)
        return frames

    def _keys_are_rare(self, at: dt.datetime) -> bool:
        return max(self._keys_apart_s, (at - self._key_at).total_seconds()) > KEYS_APART_S

    def _all(self, pts: int, sample: Sample) -> list[Frame]:
        frames = []
        if self._group:  # its key frame alone was decoded until now
            self._codec.flush_buffers()
            for held_pts, held in self._group if not sample.key else []:
                frames += self._feed(held_pts, held)
        self._group = []
        return frames + self._feed(pts, sample)

    def _keys(self, pts: int, sample: Sample) -> list[Frame]:
        frames: list[Frame] = []
        if sample.key:
            if not self._group and len(self._times) > 1:
                frames += self._out(self._codec.decode(None))
            self._codec.flush_buffers()
            times = self._times[pts]
            frames += self._feed(pts, sample) + self._out(self._codec.decode(None))
            self._group, self._times = [(pts, sample)], {pts: times}
        elif self._group:
            self._group.append((pts, sample))
            if len(self._group) > GROUP_AT_MOST:
                self.lose()
        else:  # everything was decoded until here: so it goes on up to the next key frame
            frames += self._feed(pts, sample)
        return frames

    def _feed(self, pts: int, sample: Sample) -> list[Frame]:
        packet = av.Packet(sample.data)
        packet.pts = packet.dts = pts
        return self._out(self._codec.decode(packet))

    def _out(self, decoded: Any) -> list[Frame]:
        frames = []
        for picture in decoded:
            at, key = self._times.pop(picture.pts, (None, False))
            if at is None or at <= self._given or picture.is_corrupt or not self._due(at, key):
                continue
            self._given = at
            frames.append(self._frame(picture, at, key))
        return frames

    def _due(self, at: dt.datetime, key: bool) -> bool:
        """At the chosen rate, with half a picture of grace: clocks of cameras are not that even."""
        if self.rate is None or self._given == NEVER:
            return True
        return (at - self._given).total_seconds() >= (0.6 if key else 0.9) / self.rate

    def _frame(self, picture: Any, at: dt.datetime, key: bool) -> Frame:
        luma = luma_of(picture)
        height, width = luma.shape
        if self._width and width > self._width:
            width, height = self._width, max(2, round(height * self._width / width))
            luma = np.asarray(cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
        return Frame(at, (width, height), luma, key, _Colours(picture, (width, height)), chroma_of(picture))


def luma_of(picture: Any) -> Luma:
    """The grey values of a decoded picture, without a copy where the coding allows it."""
    form = picture.format
    if form.name.startswith(("yuv", "nv", "gray")) and form.components[0].bits == 8:
        plane = picture.planes[0]
        rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        return rows[: picture.height, : picture.width]
    grey: Luma = picture.to_ndarray(format="gray")
    return grey


def chroma_of(picture: Any) -> NDArray[np.uint8] | None:
    """The two colour differences of a decoded picture of the usual coding (4:2:0 in planes)."""
    if picture.format.name not in ("yuv420p", "yuvj420p"):
        return None
    high, wide = (picture.height + 1) // 2, (picture.width + 1) // 2
    planes = []
    for plane in picture.planes[1:3]:
        rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
        planes.append(rows[:high, :wide])
    return np.asarray(cv2.merge(planes), np.uint8)
