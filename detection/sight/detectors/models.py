"""Model files: which one it is, by its checksum, and that it is the one that was attested (L-24)."""

from __future__ import annotations

import hashlib
from pathlib import Path


class ModelRefused(Exception):
    """A model that is missing, or is not the one that was recorded. Says what to do."""


class DetectorMissing(Exception):
    """A detector that is not installed here. Says how to install it."""


def digest_of(model: Path) -> str:
    """SHA-256 of a file; of a folder (OpenVINO) that of its files, in the order of their names."""
    total = hashlib.sha256()
    if model.is_dir():
        for path in sorted(path for path in model.rglob("*") if path.is_file()):
            total.update(path.relative_to(model).as_posix().encode() + b"\0" + _file(path) + b"\n")
    else:
        total.update(_file(model))
        return _file(model).decode()
    return total.hexdigest()


def check_digest(model: Path, expected: str = "") -> str:
    """The checksum of a model. Raises ModelRefused when there is none, or not the expected one."""
    if not model.exists():
        raise ModelRefused(
            f"There is no model {model.name}. Fetch one where there is a network: manage.py get_detector."
        )
    found = digest_of(model)
    if expected and found != expected.lower():
        raise ModelRefused(
            f"{model.name} is not the model that was recorded (SHA-256 {found[:12]}…, expected {expected[:12]}…). "
            "Put the recorded one back, or have the new one attested and record it."
        )
    return found


def _file(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest().encode()
