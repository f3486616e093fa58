from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cameras.exchange.writing import as_csv, as_geojson
from cameras.models import Camera


class Command(BaseCommand):
    help = "Write the estate to a file: .geojson gives GeoJSON, anything else CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        write = as_geojson if file.suffix.lower() in (".geojson", ".json") else as_csv
        file.write_bytes(write(Camera.objects.all()))
        self.stdout.write(f"{Camera.objects.count()} cameras written to {file}.")
