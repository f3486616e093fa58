from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from retention import clock
from tests.retention.travel import Time


@pytest.fixture
def store(tmp_path: Path, settings: Any) -> Path:
    root = tmp_path / "footage"
    root.mkdir()
    settings.FOOTAGE_ROOT = str(root)
    return root


@pytest.fixture
def time_(monkeypatch: pytest.MonkeyPatch) -> Time:
    """The centre's clock and the machine's, both ours."""
    told = Time(timezone.now().replace(minute=0, second=0, microsecond=0))
    monkeypatch.setattr(timezone, "now", lambda: told.now)
    monkeypatch.setattr(clock, "uptime_s", lambda: told.uptime_s)
    return told


HOUR = dt.timedelta(hours=1)
