"""What the demonstration tells a person on this machine: small private files under var/."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TypedDict

from django.conf import settings


class Login(TypedDict):
    username: str
    role: str
    password: str


class ButtonKey(TypedDict):
    """A button a person may press: with curl by its key, on a telephone by its link."""

    site: str
    device: str
    key: str
    link: str


def logins_path() -> Path:
    return Path(settings.VAR, "demo-logins.json")


def buttons_path() -> Path:
    return Path(settings.VAR, "demo-buttons.json")


def logins() -> list[Login]:
    found: list[Login] = _read(logins_path())  # type: ignore[assignment]
    return found


def buttons() -> list[ButtonKey]:
    found: list[ButtonKey] = _read(buttons_path())  # type: ignore[assignment]
    return found


def keep(path: Path, rows: list[Login] | list[ButtonKey]) -> None:
    """Readable by its owner only, from its first byte."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(rows, out, ensure_ascii=False, indent=1)
        out.write("\n")
    fresh.replace(path)


def _read(path: Path) -> list[object]:
    """Nothing when the file is not there or was spoilt: it is then written anew."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return rows if isinstance(rows, list) else []
