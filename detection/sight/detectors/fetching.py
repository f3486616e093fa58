"""Gets a model once: fetched, exported to a form that needs no GPU, its checksum written beside it."""

from __future__ import annotations

import importlib
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detection.sight.detectors.loading import HOW
from detection.sight.detectors.models import DetectorMissing, ModelRefused, digest_of

# Names of models of Ultralytics, no paths and no addresses.
NAME = re.compile(r"^(yolo(v\d+|\d+)[a-z]{0,3}(-\w+)?|rtdetr-[a-z])$")
FORMS = {"onnx": ".onnx", "openvino": "_openvino_model", "pt": ".pt"}
# What tells people apart is refused, whatever it is called (L-22).
BIOMETRIC = re.compile(r"face|gait|reid|pose|iris|person.?id", re.IGNORECASE)


@dataclass(frozen=True)
class Fetched:
    path: Path
    digest: str
    new: bool


def fetch(
    name: str, folder: Path, *, form: str = "onnx", source: Path | None = None, size: int = 640
) -> Fetched:
    """The model in `folder`. `source`: a .pt file that is here already. Raises ModelRefused, DetectorMissing."""
    if BIOMETRIC.search(name):
        raise ModelRefused(f"{name}: models that recognise people by their bodies have no place here (L-22).")
    if not NAME.match(name):
        raise ModelRefused(f"“{name}” is no name of a model: yolo26n, yolo11s …")
    target = folder / f"{name}{FORMS[form]}"
    record = folder / f"{target.name}.sha256"
    if target.exists() and record.exists():
        digest = digest_of(target)
        if digest != record.read_text(encoding="ascii").split()[0]:
            raise ModelRefused(
                f"{target.name} is not what was fetched: its checksum differs. Delete it and fetch again."
            )
        return Fetched(target, digest, new=False)
    ultralytics = _ultralytics()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as work:
        made = _made(ultralytics, name, Path(work), form, source, size)
        if target.is_dir():
            shutil.rmtree(target)
        made.replace(target)
    digest = digest_of(target)
    record.write_text(f"{digest}  {target.name}\n", encoding="ascii")
    return Fetched(target, digest, new=True)


def _made(ultralytics: Any, name: str, work: Path, form: str, source: Path | None, size: int) -> Path:
    weights = work / f"{name}.pt"
    if source is not None:
        if not source.is_file():
            raise ModelRefused(f"There is no file {source}.")
        shutil.copyfile(source, weights)
    try:
        model = ultralytics.YOLO(str(weights), task="detect")
        if not weights.exists():
            raise FileNotFoundError(weights.name)
        if form == "pt":
            return weights
        return Path(model.export(format=form, imgsz=size, dynamic=False, simplify=False, verbose=False))
    except (OSError, ImportError, RuntimeError) as error:
        raise ModelRefused(
            f"{name} could not be fetched or exported ({type(error).__name__}: {error}). Without a network: fetch "
            f"{name}.pt elsewhere and give it with --from FILE; or use a model that is exported already (--model)."
        ) from error


def _ultralytics() -> Any:
    os.environ["YOLO_AUTOINSTALL"] = "False"
    try:
        return importlib.import_module("ultralytics")
    except ImportError as error:
        raise DetectorMissing(f"ultralytics: {HOW} ({error})") from error
