"""Measure what software that watches finds and misses, on clips with known events."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from detection.sight import evaluation
from detection.sight.detectors import loading
from detection.sight.detectors.models import DetectorMissing, ModelRefused
from detection.sight.evaluation import Result, TruthError
from detection.sight.runner import ClipError

HEAD = ("clip", "events", "found", "missed", "false", "frames/s", "decoded", "delays, s")


class Command(BaseCommand):
    help = "Runs clips through the pipeline that watches, and compares its signals with their truth."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--truth", type=Path, required=True, help="a truth.json, beside its clips")
        parser.add_argument("--detector", choices=loading.NAMES, default="opencv")
        parser.add_argument("--model", type=Path, help="model file of ultralytics")
        parser.add_argument("--sha256", default="", help="refuse the model when it is another one")
        parser.add_argument("--rules", default="", help="only these event types, with commas between them")
        parser.add_argument("--strict", action="store_true", help="end with an error when anything failed")

    def handle(self, *, truth: Path, detector: str, rules: str, strict: bool, **options: Any) -> None:
        try:
            eye = loading.load(detector, options["model"], digest=options["sha256"])
            clips = evaluation.read_truth(truth, [kind for kind in rules.split(",") if kind])
        except (DetectorMissing, ModelRefused, TruthError) as error:
            raise CommandError(str(error)) from error
        results = []
        self._row(HEAD)
        for clip in clips:
            try:
                result = evaluation.evaluate(clip, eye)
            except ClipError as error:
                raise CommandError(str(error)) from error
            results.append(result)
            self._row(self._figures(result))
        self._sum_up(results, detector)
        if strict and any(result.failures for result in results):
            raise CommandError("Not everything was found, or something was that is not.")

    def _figures(self, result: Result) -> tuple[object, ...]:
        delays = ", ".join(f"{late:.1f}" for late in result.found.values())
        return (
            *(result.clip.path.name, len(result.clip.events), len(result.found), len(result.missed)),
            *(len(result.false), f"{result.fps:.0f}", result.run.decoded, f"  {delays or '-'}"),
        )

    def _sum_up(self, results: list[Result], detector: str) -> None:
        self.stdout.write("")
        for failure in (line for result in results for line in result.failures):
            self.stdout.write(f"FAILED  {failure}")
        skipped = sum(result.run.skipped for result in results)
        if skipped:
            self.stdout.write(f"skipped {skipped} fragments that could not be read")
        kinds = sorted({setting.event_type for result in results for setting in result.clip.settings})
        self._row(("type", "events", "found", "false", "recall", "precision", "F1"))
        said = {}
        for kind in [*kinds, ""]:
            told = evaluation.figures(results, kind)
            rates = [round(rate, 3) for rate in (told.recall, told.precision, told.f1)]
            self._row((kind or "all", told.events, told.found, told.false, *rates))
            counted = {"events": told.events, "found": told.found, "false": told.false}
            said[kind or "all"] = counted | dict(zip(("recall", "precision", "f1"), rates, strict=True))
        frames = sum(result.run.pictures for result in results)
        spent = sum(result.run.seconds for result in results)
        last = {
            "name": "evaluate_detection",
            "detector": detector,
            "frames_per_s": round(frames / max(spent, 1e-9)),
        }
        self.stdout.write(json.dumps(last | {"figures": said}))

    def _row(self, cells: tuple[object, ...]) -> None:
        first, *rest = cells
        self.stdout.write(f"{first!s:<24}" + "".join(f"{cell!s:>10}" for cell in rest))
