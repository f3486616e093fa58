"""Putting files on the platter, and the last step of a package: checksums, manifest, signature, time-stamp (W-12)."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature

from footage.extraction import sealing
from footage.extraction.sealing import MANIFEST, PUBLIC_KEY, SIGNATURE, STAMP, SUMS, VERIFY, SealError
from footage.extraction.sheet import SHEET


def put(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def seal(folder: Path, about: dict[str, Any], cameras: list[dict[str, Any]], text: str) -> None:
    """The files are there: say what they are, sign it, have it stamped."""
    key = sealing.private_key()
    put(folder / SHEET, text.encode())
    put(folder / PUBLIC_KEY, sealing.public_pem(key.public_key()))
    put(folder / VERIFY, sealing.VERIFY_TEXT.encode())
    sums = {file["name"]: file["sha256"] for camera in cameras for file in camera["files"]}
    sums |= {name: sha256_of(folder / name) for name in (SHEET, PUBLIC_KEY, VERIFY)}
    listed = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums.items())).encode()
    put(folder / SUMS, listed)
    about = about | {"sums_sha256": hashlib.sha256(listed).hexdigest(), "cameras": cameras}
    manifest = (json.dumps(about, indent=2, ensure_ascii=False, sort_keys=True) + "\n").encode()
    put(folder / MANIFEST, manifest)
    put(folder / SIGNATURE, key.sign(manifest))
    token = sealing.stamp(manifest)
    if token is not None:
        put(folder / STAMP, token)


def on_the_platter(folder: Path) -> None:
    """Every folder in it: names are lost by a power cut, too."""
    for path in folder.rglob("*"):
        if path.is_dir():
            sync_folder(path)
    sync_folder(folder)


def is_whole(folder: Path) -> bool:
    """Whether a sealed folder is what this centre signed: every step of verify.sh, done here."""
    try:
        manifest = (folder / MANIFEST).read_bytes()
        sealing.private_key().public_key().verify((folder / SIGNATURE).read_bytes(), manifest)
        said = json.loads(manifest)
        listed = (folder / SUMS).read_bytes()
        if hashlib.sha256(listed).hexdigest() != said["sums_sha256"]:
            return False
        lines = [line.split("  ", 1) for line in listed.decode().splitlines()]
        return all(sha256_of(folder / name) == digest for digest, name in lines)
    except (OSError, InvalidSignature, ValueError, KeyError, SealError):
        return False


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
