"""A key frame as grey values. No library of pictures: the ffmpeg that records also decodes."""

from __future__ import annotations

import logging
import subprocess

import numpy as np
import numpy.typing as npt

from footage.ingest.program import ffmpeg

logger = logging.getLogger(__name__)
WIDTH, HEIGHT = 640, 360
LONGEST_S = 10.0
Grey = npt.NDArray[np.uint8]


def decoded(film: bytes) -> Grey | None:
    """The first picture of an initialisation segment and a fragment, 640×360; None when there is none."""
    words = [ffmpeg(), "-v", "error", "-threads", "1", "-probesize", "32", "-analyzeduration", "0"]
    words += ["-f", "mp4", "-i", "pipe:0", "-an", "-frames:v", "1", "-fps_mode", "passthrough"]
    words += ["-vf", f"scale={WIDTH}:{HEIGHT}:flags=area,format=gray", "-f", "rawvideo", "pipe:1"]
    try:
        done = subprocess.run(
            ["nice", "-n", "15", *words], input=film, capture_output=True, timeout=LONGEST_S, check=False
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        logger.warning("a key frame could not be decoded: %s", error)
        return None
    if len(done.stdout) != WIDTH * HEIGHT:
        return None
    return np.frombuffer(done.stdout, np.uint8).reshape(HEIGHT, WIDTH)
