from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from places.models import Address
from places.national import NotThisFile, Wrong, read

BATCH = 2_000
SHOWN = 50
FIELDS = ["house_number", "repetition", "street", "postcode", "city", "lat", "lon", "search_text"]


class Command(BaseCommand):
    help = "Read the addresses of a BAN file (adresses-NN.csv): all of them, or none when a row is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--replace", action="store_true", help="forget the addresses the file no longer holds"
        )

    def handle(self, *args: Any, file: Path, replace: bool, **options: Any) -> None:
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines, transaction.atomic():
                kept = self._import(read(lines))
                if replace:
                    self._forget(set(Address.objects.values_list("ban_id", flat=True)).difference(kept))
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The file cannot be read: {error}.") from error
        except NotThisFile as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{len(kept)} addresses read, {Address.objects.count()} in all.")

    def _import(self, found: Iterator[Address | Wrong]) -> list[str]:
        kept: list[str] = []
        wrong = 0
        while batch := list(islice(found, BATCH)):
            for one in batch:
                if isinstance(one, Wrong):
                    wrong += 1
                    self._tell(one, wrong)
            rows = [one for one in batch if isinstance(one, Address)]
            if not wrong:  # once a row is wrong the rest is only read, to name every error at once
                Address.objects.bulk_create(
                    rows, update_conflicts=True, unique_fields=["ban_id"], update_fields=FIELDS
                )
            kept += [row.ban_id for row in rows]
        if wrong:
            raise CommandError(f"Nothing was imported: correct {wrong} rows and try again.")
        return kept

    def _forget(self, gone: set[str]) -> None:
        ids = iter(gone)
        while batch := list(islice(ids, BATCH)):
            Address.objects.filter(ban_id__in=batch).delete()

    def _tell(self, wrong: Wrong, number: int) -> None:
        if number <= SHOWN:
            self.stderr.write(f"line {wrong.line}, {wrong.column}: {wrong.why} [{wrong.value}]")
