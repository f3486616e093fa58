"""The figures, the command that prints them, and models that are refused."""

from __future__ import annotations

import json
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from detection.sight.detectors import fetching, loading
from detection.sight.detectors.models import DetectorMissing, ModelRefused, check_digest, digest_of
from detection.sight.evaluation import Clip, Event, Figures, Result, compare, figures
from detection.sight.runner import BEGAN, ClipError, Run, run_clip
from detection.sight.types import RuleSetting, Signal
from tests.detection.sight.clips import clip
from tests.detection.sight.drawn import Street, person, walk

ZONE = [[0.5, 0.3], [1.0, 0.3], [1.0, 1.0], [0.5, 1.0]]
# Over the middle of the picture, into the zone, at 8 s.
STREET = Street(14, [person(walk((5, -6, 9), (11, 6, 9)))], size=(320, 180))


def signal(rule: str, second: float, setting: str = "") -> Signal:
    import datetime as dt

    when = BEGAN + dt.timedelta(seconds=second)
    return Signal(f"{rule}{second}", rule, when, when, (), 0.5, {}, setting)


def test_found_missed_false_and_counted_once() -> None:
    events = (Event("zone_intrusion", 10, 20, 0, "a"), Event("abandoned_object", 30, 90, 30))
    said = [
        *(signal("zone_intrusion", second, "zone_intrusion/a") for second in (12, 15)),
        signal("zone_intrusion", 50, "zone_intrusion/a"),
        signal("zone_intrusion", 12, "zone_intrusion/b"),
        signal("abandoned_object", 69.5),
    ]
    result = Result(Clip(Path("x.mp4"), events, ()), Run(said))
    compare(result)
    assert result.found == {events[0]: 2.0, events[1]: 39.5} and not result.missed
    assert [one.setting for one in result.false] == ["zone_intrusion/a", "zone_intrusion/b"]
    total = figures([result])
    assert (total.recall, total.precision) == (1.0, 0.5) and total.f1 == pytest.approx(2 / 3)
    late = Result(
        Clip(Path("x.mp4"), events[:1], ()), Run([signal("zone_intrusion", 20.5, "zone_intrusion/a")])
    )
    compare(late)
    assert late.missed and late.false and Figures(0, 0, 0).f1 == 1.0


def truth(folder: Path, **more: Any) -> Path:
    told = {"file": "street.mp4", "zones": {"half": ZONE}, "events": [], "never": ["abandoned_object"]} | more
    clip(folder / "street.mp4", STREET)
    path = folder / "truth.json"
    path.write_text(json.dumps({"clips": [told]}))
    return path


def test_the_command_runs_clips_through_fragments_and_prints_figures(tmp_path: Path) -> None:
    event = {"type": "zone_intrusion", "zone": "half", "start": 7.5, "end": 14}
    out = StringIO()
    call_command("evaluate_detection", truth=truth(tmp_path, events=[event]), strict=True, stdout=out)
    last = json.loads(out.getvalue().splitlines()[-1])
    assert last["figures"]["zone_intrusion"] == {
        **{"events": 1, "found": 1, "false": 0},
        **{"recall": 1.0, "precision": 1.0, "f1": 1.0},
    }
    event["start"], event["end"] = 12.5, 14
    with pytest.raises(CommandError):
        call_command("evaluate_detection", truth=truth(tmp_path, events=[event]), strict=True, stdout=out)
    assert "FAILED  street.mp4: missed zone_intrusion at 12.5 s in half" in out.getvalue()
    assert "false zone_intrusion raised at" in out.getvalue()


def test_a_truth_that_cannot_be_is_refused_in_words(tmp_path: Path) -> None:
    wrong = {"type": "weapon", "start": 1}
    for told in (
        {"events": [wrong]},
        {"events": [{"type": "zone_intrusion", "zone": "nowhere", "start": 1}]},
    ):
        with pytest.raises(CommandError, match=r"weapon|nowhere"):
            call_command("evaluate_detection", truth=truth(tmp_path, **told))
    with pytest.raises(CommandError, match=r"no\.json"):
        call_command("evaluate_detection", truth=tmp_path / "no.json")
    (tmp_path / "street.mp4").write_bytes(b"no clip")
    with pytest.raises(ClipError):
        run_clip(tmp_path / "street.mp4", [RuleSetting("zone_intrusion")], loading.load("opencv"))


def test_a_model_of_another_checksum_is_refused(tmp_path: Path) -> None:
    """L-24."""
    model = tmp_path / "model.onnx"
    model.write_bytes(b"attested")
    known = digest_of(model)
    assert check_digest(model, known) == known
    model.write_bytes(b"another")
    with pytest.raises(ModelRefused, match="not the model that was recorded"):
        check_digest(model, known)
    with pytest.raises(ModelRefused, match="get_detector"):
        check_digest(tmp_path / "none.onnx")


def test_a_detector_that_is_not_installed_says_how(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "ultralytics", None)
    monkeypatch.delitem(sys.modules, "detection.sight.detectors.ultralytics", raising=False)
    with pytest.raises(DetectorMissing, match="make setup-detection"):
        loading.load("ultralytics", tmp_path / "x.onnx")
    with pytest.raises(CommandError, match="make setup-detection"):
        call_command("get_detector", "yolo26n", folder=tmp_path)


def test_get_detector_takes_a_file_that_is_here_and_refuses_what_recognises_people(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Fetched over the network: test_downloads."""

    class Library:
        def YOLO(self, path: str, task: str) -> Library:  # noqa: N802
            return self

    monkeypatch.setattr(fetching, "_ultralytics", Library)
    models, weights = tmp_path / "models", tmp_path / "weights.pt"
    weights.write_bytes(b"PK\x03\x04 weights")
    for name in ("yolo11n-pose", "yolov8-face", "../yolo26n"):
        with pytest.raises(CommandError):
            call_command("get_detector", name, folder=models, source=weights, form="pt")
    with pytest.raises(CommandError, match="is another file"):
        call_command("get_detector", "yolo26n", folder=models, source=weights, sha256="0" * 64)
    out = StringIO()
    for _ in range(2):
        call_command("get_detector", "yolo26n", folder=models, source=weights, form="pt", stdout=out)
    assert "is there now" in out.getvalue() and "was there already" in out.getvalue()
    (models / "yolo26n.pt").write_bytes(b"other")
    with pytest.raises(CommandError, match="checksum differs"):
        call_command("get_detector", "yolo26n", folder=models, form="pt")
