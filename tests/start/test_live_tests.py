"""The two passes of live tests end as one: nothing that failed, was killed or interrupted is green."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import live_tests

NONE_FOUND, KILLED, INTERRUPTED = live_tests.NONE_FOUND, -9, 2


@pytest.mark.parametrize(
    ("passes", "ends"),
    [
        ([0, 0], 0),
        ([NONE_FOUND, 0], 0),
        ([0, NONE_FOUND], 0),
        ([NONE_FOUND, NONE_FOUND], NONE_FOUND),
        ([1, 0], 1),
        ([0, 1], 1),
        ([1, NONE_FOUND], 1),
        ([KILLED], KILLED),
        ([0, KILLED], KILLED),
        ([INTERRUPTED], INTERRUPTED),
    ],
)
def test_it_ends_as_its_passes_did(
    passes: list[int], ends: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = iter(passes)
    monkeypatch.setattr(live_tests, "CACHE", tmp_path)  # nothing failed that could be tried again
    monkeypatch.setattr(live_tests, "pytest", lambda *_arguments: next(told))
    assert live_tests.main(["-n", "2"]) == ends
    assert list(told) == [], "no pass was left out, and none begun after one that was broken off"
