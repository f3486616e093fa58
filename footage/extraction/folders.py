"""The folder a builder writes into: of its own name until all of it is on the platter."""

from __future__ import annotations

import shutil
from pathlib import Path

from footage.models.extraction import root


def own_folder(number: str, holder: str) -> Path:
    """Its own, or the one a dead builder left, under this builder's name: the other then writes into nothing."""
    base = root()
    base.mkdir(mode=0o750, parents=True, exist_ok=True)
    mine = base / f".{number}.{holder}"
    for left in sorted(base.glob(f".{number}.*")):
        if mine.exists():
            remove(left)
        else:
            _open(left)
            left.rename(mine)
    mine.mkdir(mode=0o750, exist_ok=True)
    for part in mine.rglob("*.part"):
        part.unlink()
    return mine


def close(folder: Path) -> None:
    """Read-only, for everybody."""
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o550 if path.is_dir() else 0o440)


def remove(folder: Path) -> None:
    _open(folder)
    shutil.rmtree(folder)


def _open(folder: Path) -> None:
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o750 if path.is_dir() else 0o640)
