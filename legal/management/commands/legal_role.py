from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from legal.role import statements


class Command(BaseCommand):
    help = (
        "Make, or bring up to date, the PostgreSQL role of the running application: it may add to the log and"
        " read it, never change it. Prints the SQL; --apply runs it, as the owner of the tables."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="of the role, such as nice_app")
        parser.add_argument("--apply", action="store_true", help="run it instead of printing it")

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            (owner,) = cursor.fetchone() or ("",)
            for statement in statements(options["name"], owner):
                text = statement.as_string(cursor.connection)
                if options["apply"]:
                    cursor.execute(text)
                else:
                    self.stdout.write(f"{text};")
        if options["apply"]:
            self.stdout.write(
                f"role {options['name']}: up to date. Give it a password with \\password in psql."
            )
