"""Fetch a trained model once, export it, and write down its checksum."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from detection import catalogue
from detection.sight.detectors import fetching
from detection.sight.detectors.models import DetectorMissing, ModelRefused

MEGA = 1_000_000
EVERY = 10 * MEGA


class Command(BaseCommand):
    help = "Fetches a model of Ultralytics (yolo26n, yolo11s …), exports it and records its checksum."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="yolo26n, yolo11s …")
        parser.add_argument("--form", choices=sorted(fetching.FORMS), default="onnx")
        parser.add_argument("--from", dest="source", type=Path, help="a .pt file that is here already")
        parser.add_argument(
            "--url", default=settings.DETECTION_WEIGHTS_URL, help="the folder it is fetched from"
        )
        parser.add_argument("--sha256", default="", help="of the .pt file: anything else is refused")
        parser.add_argument("--size", type=int, default=640, help="pixels the model sees")
        parser.add_argument("--folder", type=Path, help="where models are kept")

    def handle(self, *, name: str, form: str, url: str, folder: Path | None, **options: Any) -> None:
        kept = folder or Path(settings.DETECTION_MODELS)
        self._told = 0
        weights = fetching.Weights(url, options["source"], options["sha256"], self._progress)
        try:
            got = fetching.fetch(name, kept, weights, form=form, size=options["size"])
        except (DetectorMissing, ModelRefused) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{got.path} {'is there now' if got.new else 'was there already'}")
        if got.weights:
            self.stdout.write(f"made of {name}.pt, SHA-256 {got.weights}")
        self.stdout.write(f"SHA-256 {got.digest}")
        if folder is None:
            row = catalogue.record_model(
                name, got.path.relative_to(kept).as_posix(), got.digest, weights=got.weights
            )
            self.stdout.write(f"Recorded as the detector “{row.name}”: choose it in a profile.")
        self.stdout.write("On real cameras it watches once an authorisation names this checksum (L-24).")

    def _progress(self, got: int, whole: int | None) -> None:
        if got - self._told < EVERY and got != whole:
            return
        self._told = got
        of = f" of {whole / MEGA:.1f}" if whole else ""
        self.stdout.write(f"{got / MEGA:.1f}{of} MB")
