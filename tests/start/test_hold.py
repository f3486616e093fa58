"""One holder per folder, named to whoever comes second."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nice_supervision.start.hold import HeldError, Hold
from tests import servers


def test_the_second_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    first = Hold(tmp_path)
    first.take("http://localhost:8000/")
    with pytest.raises(HeldError, match=rf"process {os.getpid()}, since .*, at http://localhost:8000/"):
        Hold(tmp_path).take("http://localhost:8001/")
    first.release()
    again = Hold(tmp_path)
    again.take("http://localhost:8001/")
    again.release()


def test_two_benches_never_measure_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "ROOT", tmp_path)
    running = Hold(tmp_path / "var" / "bench")
    running.take("press_to_console")
    with (
        pytest.raises(SystemExit, match=rf"press_to_console \(process {os.getpid()}"),
        servers.bench_centre(),
    ):
        pass
    running.release()
