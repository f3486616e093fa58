from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from cameras.models import Camera
from footage import tasks
from tests import cast
from tests.footage import streams
from tests.footage.recorded import Stream, minutes_ago, record, stream_of


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> streams.Clips:
    return streams.Clips(tmp_path_factory.mktemp("clips"))


@pytest.fixture(scope="session")
def street(clips: streams.Clips) -> Stream:
    """Eight seconds of moving pictures."""
    return stream_of(clips.make("short", size="320x180", seconds=8, rate="200k", gop=30).path)


@pytest.fixture
def store(tmp_path: Path, settings: Any) -> Path:
    root = tmp_path / "footage"
    root.mkdir()
    settings.FOOTAGE_ROOT = str(root)
    return root


@pytest.fixture(autouse=True)
def alone(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own keys, no broker: who tests builds."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EXTRACTION_KEY_FILE = str(tmp_path / "seal" / "key.pem")
    settings.LEGAL_KEY_FILE = str(tmp_path / "legal" / "audit-key.pem")
    monkeypatch.setattr(tasks, "start_building", lambda pk: None)


@pytest.fixture
def eye(store: Path) -> Camera:
    return cast.camera("C885", exercise=True)


@pytest.fixture
def start(store: Path, eye: Camera, street: Stream) -> dt.datetime:
    """Recorded from then on, for eight seconds."""
    begin = minutes_ago(20)
    record(store, eye, street, begin)
    return begin
