from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def own_key(settings: Any, tmp_path: Path) -> Path:
    """A key and kept heads of this test alone."""
    settings.LEGAL_KEY_FILE = str(tmp_path / "legal" / "audit-key.pem")
    return tmp_path / "legal"
