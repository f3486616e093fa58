"""Real footage: every event found and nothing else, with a trained model and without one."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from detection.sight.detectors import loading
from detection.sight.evaluation import evaluate, figures, read_truth

DATA = Path(os.environ.get("NICE_TEST_DATA", ""))
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "NICE_TEST_DATA" not in os.environ, reason="NO REAL CLIPS: set NICE_TEST_DATA to have them"
    ),
]
WITHOUT_A_MODEL = ("zone_intrusion", "abandoned_object")


def test_without_a_trained_model_intrusions_and_a_left_bag_are_found() -> None:
    clips = read_truth(DATA / "clips" / "truth.json", WITHOUT_A_MODEL)
    results = [evaluate(clip, loading.load("opencv")) for clip in clips]
    assert [line for result in results for line in result.failures] == []
    assert figures(results).events >= 9


@pytest.mark.skipif(
    importlib.util.find_spec("ultralytics") is None,
    reason="NO TRAINED DETECTOR: make setup-detection to have it",
)
def test_with_a_trained_model_everything_is_found() -> None:
    model = DATA / "models" / "fastestdet-coco.onnx"
    # The long clip of visits is left to evaluate_detection: the same people, at ten times the cost.
    clips = [
        clip
        for clip in read_truth(DATA / "clips" / "truth.json")
        if clip.path.name in ("left_bag.mp4", "plaza.mp4")
    ]
    results = [evaluate(clip, loading.load("ultralytics", model)) for clip in clips]
    assert [line for result in results for line in result.failures] == []
    assert figures(results).events == 3
