"""Drawn streets as clips and fragments, coded as cameras code them."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np

from detection.sight.runner import fragments
from footage.boxes import Fragment, InitSegment
from tests.detection.sight.drawn import Street


def clip(path: Path, street: Street, *, group: int = 5, b_frames: int = 0) -> Path:
    """An .mp4 of a street, H.264 at a quality a camera has."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=round(street.fps))
        stream.width, stream.height = street.size
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": "26", "preset": "veryfast", "g": str(group), "bf": str(b_frames)}
        for frame in street.frames():
            width, height = street.size
            planes = np.zeros((height * 3 // 2, width), np.uint8)
            planes[:height] = frame.luma
            assert frame.chroma is not None
            colours = planes[height:].reshape(-1)
            colours[: width * height // 4] = frame.chroma[..., 0].ravel()
            colours[width * height // 4 :] = frame.chroma[..., 1].ravel()
            container.mux(stream.encode(av.VideoFrame.from_ndarray(planes, format="yuv420p")))
        container.mux(stream.encode(None))
    return path


def parts(path: Path) -> tuple[InitSegment, list[Fragment]]:
    init, *rest = fragments(path)
    assert isinstance(init, InitSegment)
    return init, [one for one in rest if isinstance(one, Fragment)]
