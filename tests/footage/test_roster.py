"""Which streams a node is to take in, and from when on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from footage import live
from footage.ingest import roster
from footage.models import RecordingDuty, Source
from footage.scenes.loop import path_of
from tests.cameras.estate import camera

pytestmark = pytest.mark.django_db


def test_a_street_that_is_still_to_be_drawn_is_due_once_it_is(settings: Any, tmp_path: Path) -> None:
    """On a first start nobody is told that cameras were lost and came back."""
    settings.VAR = str(tmp_path)
    made = camera("NEW", exercise=True)
    Source.objects.create(camera=made, kind="scene", url="avenue", sub_url="avenue")
    Source.objects.create(camera=camera("REAL"), url="rtsp://10.0.0.8/main")
    first = roster.read([1], 1)
    assert [entry.main.code for entry in first.due.values()] == ["REAL"] and first.undrawn == {"avenue"}
    assert not RecordingDuty.objects.filter(camera=made).exists(), "nothing is missing before anything is due"
    (tmp_path / "scenes").mkdir()
    for quality in (live.MAIN, live.SUB):
        path_of("avenue", quality).touch()
    then = roster.read([1], 1)
    assert made.pk in then.due and not then.undrawn
    assert RecordingDuty.objects.filter(camera=made, until=None).exists()
