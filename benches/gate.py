"""The motion gate: pictures of 1280x720 per second and core, decoding excluded.

Drawn streets of the demonstration, quiet, busy and in rain, as decoded grey values in memory; one thread. The floor is
the same loop with OpenCV's resize and absdiff alone. The gate of Frigate measured 2,400 to 2,700 in the same kind of
run.

    make bench NAME=gate [ARGS="--pictures 3000"]
"""

from __future__ import annotations

import argparse
import datetime as dt
import time
from collections.abc import Callable
from itertools import cycle, islice

import cv2
import numpy as np
from numpy.typing import NDArray

from benches import report

Luma = NDArray[np.uint8]
FRIGATE = 2_700
SIZE = (1280, 720)
BEGAN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--pictures", type=int, default=3000)
    given = asked.parse_args()
    cv2.setNumThreads(1)
    rows, least = [], None
    for name, pictures in clips().items():
        many = list(islice(cycle(pictures), given.pictures))
        ours, bare = rate(gate(), many), rate(floor(), many)
        rows.append([name, round(ours), round(bare), ours / bare])
        if least is None or ours < least[0]:
            least = ours, bare
    assert least is not None
    report.table(["clip at 720p", "gate, frames/s/core", "floor: resize+absdiff", "ratio"], rows)
    report.line(
        "gate", value=least[0], floor=least[1], unit="frames/s/core, the slowest clip", frigate=FRIGATE
    )


def clips() -> dict[str, list[Luma]]:
    from footage.scenes.catalogue import SCENES

    random = np.random.default_rng(1)
    found = {}
    for name, noise in (("avenue", 1.5), ("square", 1.5), ("avenue_night", 6.0)):
        pictures = []
        for pixels in SCENES[name].frames(12):
            grey = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), SIZE)
            noisy = grey + random.normal(0, noise, grey.shape)
            pictures.append(np.clip(noisy, 0, 255).astype(np.uint8))
        found[name] = pictures
    return found


def gate() -> Callable[[Luma, int], object]:
    from detection.sight.gate import Gate

    one = Gate()
    return lambda luma, number: one.see(luma, BEGAN + dt.timedelta(milliseconds=200 * number))


def floor() -> Callable[[Luma, int], object]:
    from detection.sight.gate import WIDTH

    last = np.zeros((WIDTH * SIZE[1] // SIZE[0], WIDTH), np.uint8)

    def see(luma: Luma, _number: int) -> object:
        nonlocal last
        small = np.asarray(cv2.resize(luma, last.shape[::-1], interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
        change = cv2.absdiff(small, last)
        last = small
        return change

    return see


def rate(see: Callable[[Luma, int], object], pictures: list[Luma]) -> float:
    for number, luma in enumerate(pictures[:50]):
        see(luma, number)
    began = time.process_time()
    for number, luma in enumerate(pictures, 50):
        see(luma, number)
    return len(pictures) / (time.process_time() - began)


if __name__ == "__main__":
    main()
