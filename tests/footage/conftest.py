from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.footage import streams
from tests.footage.streams import Clip, Node, RtspServer


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> streams.Clips:
    """Short moving pictures in H.264 and H.265, made once."""
    return streams.Clips(tmp_path_factory.mktemp("clips"))


@pytest.fixture
def store(tmp_path: Path, settings: object) -> Path:
    """The root of recordings of one test."""
    root = tmp_path / "footage"
    root.mkdir()
    settings.FOOTAGE_ROOT = str(root)  # type: ignore[attr-defined]
    return root


@pytest.fixture
def node(store: Path, clips: streams.Clips, transactional_db: None) -> Iterator[Callable[..., Node]]:
    """Starts real `run_cameras` processes on the test database and this test's store."""
    running: list[Node] = []

    def start(shard: str = "1/1", **env: str) -> Node:
        running.append(Node(shard, connection.settings_dict["NAME"], store, clips.folder, env))
        return running[-1]

    yield start
    for one in running:
        one.stop()


@pytest.fixture
def rtsp(clips: streams.Clips) -> Iterator[Callable[..., RtspServer]]:
    """Starts real RTSP servers (GStreamer's)."""
    running: list[RtspServer] = []

    def start(mounts: dict[str, Clip] | None = None, **options: str) -> RtspServer:
        running.append(RtspServer(mounts or {"/main": clips.h264}, **options))
        return running[-1]

    yield start
    for server in running:
        server.stop()
