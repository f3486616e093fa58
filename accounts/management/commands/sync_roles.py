from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from accounts import matrix, roles


class Command(BaseCommand):
    help = "Bring the roles in the database to what accounts/roles.py says. Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--document", action="store_true", help="write docs/reference/permissions.md instead"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["document"]:
            matrix.path().parent.mkdir(parents=True, exist_ok=True)
            matrix.path().write_text(matrix.markdown())
            self.stdout.write(f"written: {matrix.path()}")
            return
        done = roles.sync()
        if not done:
            self.stdout.write("roles: up to date")
            return
        for what, names in vars(done).items():
            if names:
                self.stdout.write(f"roles: {what}: {', '.join(names)}")
