"""From a name to a detector. The heavy one is imported only where it is asked for."""

from __future__ import annotations

import importlib
from pathlib import Path

from detection.sight.detectors.models import DetectorMissing, ModelRefused
from detection.sight.detectors.opencv import OpenCvDetector
from detection.sight.types import Detector

NAMES = ("opencv", "ultralytics")
HOW = "It is not installed here: make setup-detection."


def load(name: str, model: Path | None = None, *, digest: str = "") -> Detector:
    """Raises DetectorMissing or ModelRefused, each with what to do."""
    if name == "opencv":
        return OpenCvDetector()
    if name != "ultralytics":
        raise DetectorMissing(f"There is no detector “{name}”: {' or '.join(NAMES)}.")
    if model is None:
        raise ModelRefused("ultralytics needs a model file: --model FILE, or manage.py get_detector yolo26n.")
    try:
        module = importlib.import_module("detection.sight.detectors.ultralytics")
    except ImportError as error:
        raise DetectorMissing(f"ultralytics: {HOW} ({error})") from error
    made: Detector = module.UltralyticsDetector(model, digest=digest)
    return made
