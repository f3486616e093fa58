from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def var(tmp_path: Path, settings: Settings) -> Path:
    """The logins and keys of one test are its own; Argon2 takes its time on purpose, and is not what is tested."""
    settings.VAR = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return tmp_path
