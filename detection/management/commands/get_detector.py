"""Fetch a trained model once, export it, and write down its checksum."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from detection import catalogue
from detection.sight.detectors import fetching
from detection.sight.detectors.models import DetectorMissing, ModelRefused


class Command(BaseCommand):
    help = "Fetches a model of Ultralytics (yolo26n, yolo11s …), exports it and records its checksum."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="yolo26n, yolo11s …")
        parser.add_argument("--form", choices=sorted(fetching.FORMS), default="onnx")
        parser.add_argument("--from", dest="source", type=Path, help="a .pt file that is here already")
        parser.add_argument("--size", type=int, default=640, help="pixels the model sees")
        parser.add_argument("--folder", type=Path, help="where models are kept")

    def handle(self, *, name: str, form: str, folder: Path | None, **options: Any) -> None:
        kept = folder or Path(settings.DETECTION_MODELS)
        try:
            got = fetching.fetch(name, kept, form=form, source=options["source"], size=options["size"])
        except (DetectorMissing, ModelRefused) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{got.path} {'is there now' if got.new else 'was there already'}")
        self.stdout.write(f"SHA-256 {got.digest}")
        if folder is None:
            row = catalogue.record_model(name, got.path.relative_to(kept).as_posix(), got.digest)
            self.stdout.write(f"Recorded as the detector “{row.name}”: choose it in a profile.")
        self.stdout.write("On real cameras it watches once an authorisation names this checksum (L-24).")
