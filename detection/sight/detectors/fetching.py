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

from detection.sight.detectors.downloading import DownloadFailed, Progress, download
from detection.sight.detectors.loading import HOW
from detection.sight.detectors.models import DetectorMissing, ModelRefused, digest_of

# Names of models of Ultralytics, no paths and no addresses.
NAME = re.compile(r"^(yolo(v\d+|\d+)[a-z]{0,3}(-\w+)?|rtdetr-[a-z])$")
FORMS = {"onnx": ".onnx", "openvino": "_openvino_model", "pt": ".pt"}
# What tells people apart is refused, whatever it is called (L-22).
BIOMETRIC = re.compile(r"face|gait|reid|pose|iris|person.?id", re.IGNORECASE)
# Weights are an archive; a page that says "not found", or asks to sign in to the network, is not.
ARCHIVE = b"PK\x03\x04"
BY_HAND = (
    "Fetch {name}.pt where there is a network and give it with --from FILE; where the city has a mirror, "
    "name it with DETECTION_WEIGHTS_URL."
)


@dataclass(frozen=True)
class Fetched:
    path: Path
    digest: str
    new: bool
    # Of the weights it was made of: what whoever publishes them tells, where they tell it.
    weights: str = ""


@dataclass(frozen=True)
class Weights:
    """Where the weights come from: an address that ends in their folder, or a file that is here already."""

    address: str
    file: Path | None = None
    sha256: str = ""
    progress: Progress | None = None


def fetch(name: str, folder: Path, weights: Weights, *, form: str = "onnx", size: int = 640) -> Fetched:
    """The model in `folder`. Raises ModelRefused, DetectorMissing."""
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
    ultralytics = _ultralytics()  # before the megabytes: they would be of no use
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as work:
        raw, came = _weights(name, folder, Path(work), weights)
        made = _made(ultralytics, name, raw, form, size)
        if target.is_dir():
            shutil.rmtree(target)
        made.replace(target)
    digest = digest_of(target)
    record.write_text(f"{digest}  {target.name}\n", encoding="ascii")
    return Fetched(target, digest, new=True, weights=came)


def _weights(name: str, folder: Path, work: Path, asked: Weights) -> tuple[Path, str]:
    """A copy of them to work with, and their SHA-256."""
    raw = work / f"{name}.pt"
    if asked.file is not None:
        if not asked.file.is_file():
            raise ModelRefused(f"There is no file {asked.file}.")
        shutil.copyfile(asked.file, raw)
        came = digest_of(raw)
        if asked.sha256 and came != asked.sha256.lower():
            raise ModelRefused(f"{asked.file.name} is another file: its SHA-256 is {came}.")
    else:
        here = folder / raw.name  # what broke off is left there, so that the next try goes on with it
        try:
            came = download(
                f"{asked.address.rstrip('/')}/{raw.name}", here, sha256=asked.sha256, progress=asked.progress
            )
        except (DownloadFailed, OSError) as error:
            raise ModelRefused(
                f"{name} could not be fetched: {error}. {BY_HAND.format(name=name)}"
            ) from error
        here.replace(raw)
    with raw.open("rb") as file:
        begins = file.read(len(ARCHIVE))
    if begins != ARCHIVE:
        raise ModelRefused(f"What came for {name} is no model. {BY_HAND.format(name=name)}")
    return raw, came


def _made(ultralytics: Any, name: str, raw: Path, form: str, size: int) -> Path:
    try:
        model = ultralytics.YOLO(str(raw), task="detect")
        if form == "pt":
            return raw
        own = {"simplify": False} if form == "onnx" else {}  # refused with the others
        own["nms"] = not _picks_itself(model)
        return Path(model.export(format=form, imgsz=size, dynamic=False, verbose=False, **own))
    except Exception as error:  # whatever a library says about a file that came from outside
        raise ModelRefused(
            f"{name} could not be exported ({type(error).__name__}: {error}). Try --form pt, or give a model that "
            "is exported already (evaluate_detection --model FILE; Administration → Detectors)."
        ) from error


def _picks_itself(model: Any) -> bool:
    """Whether its head gives one box for each thing. To others the choice among boxes is exported with them.

    Either way a picture goes in and boxes come out: nothing is left to be chosen by torchvision at each picture.
    """
    return getattr(model.model.model[-1], "one2one_cv2", None) is not None


def _ultralytics() -> Any:
    os.environ["YOLO_AUTOINSTALL"] = "False"
    os.environ.setdefault("YOLO_CONFIG_DIR", tempfile.gettempdir())
    try:
        return importlib.import_module("ultralytics")
    except ImportError as error:
        raise DetectorMissing(f"ultralytics: {HOW} ({error})") from error
