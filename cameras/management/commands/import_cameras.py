from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from cameras.imports import apply_import, preview_import
from cameras.models import CameraImport
from doors.problems import Refused

SHOWN = 50


class Command(BaseCommand):
    help = "Compare a CSV or GeoJSON file of cameras with the estate; --apply takes it in, all or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--apply", action="store_true", help="take the file into the estate")

    def handle(self, *args: Any, file: Path, apply: bool, **options: Any) -> None:
        try:
            content = file.read_bytes()
            with transaction.atomic():
                taken = preview_import(content=content, filename=file.name, actor=None)
                self._tell(taken)
                if taken.state == CameraImport.State.READY and apply:
                    apply_import(taken=taken, actor=None)
                elif taken.state == CameraImport.State.READY:
                    transaction.set_rollback(True)  # a look from the command line leaves nothing behind
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error}.") from error
        except Refused as refused:
            raise CommandError(f"{refused.title} {refused.detail} {refused.what_to_do}") from refused
        if taken.state == CameraImport.State.REFUSED:
            raise CommandError("Nothing was imported: correct the rows above.")
        self.stdout.write("Imported." if apply else "Nothing was changed. Add --apply to import it.")

    def _tell(self, taken: CameraImport) -> None:
        for problem in taken.problems[:SHOWN]:
            self.stderr.write(
                f"row {problem['row']}, {problem['column'] or 'whole row'}:"
                f" {problem['wrong']} {problem['write']} [{problem['value']}]"
            )
        steps = [step for step in taken.plan if step["act"] != "unchanged"]
        for step in steps[:SHOWN]:
            moved = f" moved {step['moved_m']} m" if step["moved_m"] is not None else ""
            self.stdout.write(f"{step['act']:9} {step['code']}{moved} {', '.join(step['before'])}".rstrip())
        if len(steps) > SHOWN:
            self.stdout.write(f"… and {len(steps) - SHOWN} more")
        self.stdout.write(
            f"{taken.rows} rows: {taken.created} new, {taken.changed} changed, {taken.unchanged} unchanged."
        )
