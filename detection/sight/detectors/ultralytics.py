"""The detector with a trained model: anything `ultralytics` runs (.pt, or exported to ONNX or OpenVINO).

The model's checksum is compared before a byte of it is run (L-24). Ultralytics is kept from installing packages,
from telling anybody that it is used, and from writing outside of the folder of the models.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

os.environ["YOLO_AUTOINSTALL"] = "False"
os.environ["YOLO_VERBOSE"] = "False"
os.environ.setdefault("YOLO_CONFIG_DIR", tempfile.gettempdir())

import numpy as np
from ultralytics import YOLO, settings

from detection.sight.detectors.models import check_digest
from detection.sight.types import BAGS, PERSON, VEHICLES, Box, Colours, Picture

# Below it ByteTrack has no use for a box.
LEAST_SCORE = 0.2
WANTED = {PERSON} | VEHICLES | BAGS
BATCH = 16


class UltralyticsDetector:
    name = "ultralytics"
    trained = True

    def __init__(self, model: Path, *, digest: str = "") -> None:
        """Raises ModelRefused when the model is missing or not the one that was recorded."""
        self.digest = check_digest(model, digest)
        settings.update({"sync": False})
        self._model: Any = YOLO(str(model), task="detect")
        self._classes: list[int] | None = None
        self._batch = 1 if model.suffix == ".onnx" or model.is_dir() else BATCH

    def detect(self, pictures: Sequence[Picture]) -> list[list[Box]]:
        answers: list[list[Box]] = []
        for first in range(0, len(pictures), self._batch):
            some = pictures[first : first + self._batch]
            results = self._model.predict(
                [part_of(picture) for picture in some], conf=LEAST_SCORE, verbose=False, batch=len(some)
            )
            answers += [_boxes(result, picture.part) for result, picture in zip(results, some, strict=True)]
        return answers


def part_of(picture: Picture) -> Colours:
    width, height = picture.frame.size
    part = picture.part
    x0, x1 = round(part.x0 * width), max(round(part.x1 * width), round(part.x0 * width) + 2)
    y0, y1 = round(part.y0 * height), max(round(part.y1 * height), round(part.y0 * height) + 2)
    return np.ascontiguousarray(picture.frame.bgr()[y0:y1, x0:x1])


def _boxes(result: Any, part: Box) -> list[Box]:
    found = []
    corners = result.boxes.xyxyn.cpu().numpy()
    labels, scores = result.boxes.cls.cpu().numpy(), result.boxes.conf.cpu().numpy()
    for (x0, y0, x1, y1), label, score in zip(corners, labels, scores, strict=True):
        name = result.names[int(label)]
        if name in WANTED:
            found.append(
                Box(
                    float(part.x0 + x0 * part.width),
                    float(part.y0 + y0 * part.height),
                    float(part.x0 + x1 * part.width),
                    float(part.y0 + y1 * part.height),
                    name,
                    float(score),
                )
            )
    return found
