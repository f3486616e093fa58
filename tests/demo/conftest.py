from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def var(tmp_path: Path, settings: Settings) -> Path:
    """The logins and keys of one test are its own."""
    settings.VAR = tmp_path
    return tmp_path
