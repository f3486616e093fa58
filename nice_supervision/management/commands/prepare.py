"""Brings a database to what this version needs: migrations, messages, the demonstration city."""

from __future__ import annotations

import io
import subprocess
import sys
from argparse import ArgumentParser, BooleanOptionalAction
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tqdm import tqdm

from detection import catalogue

# Any number, the same for all: two instances that start together migrate one after the other.
LOCK = 0x6E696365


class Command(BaseCommand):
    help = "Migrate, compile messages, and seed the demonstration city when the database is empty."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo",
            action=BooleanOptionalAction,
            default=True,
            help="seed the demonstration city when the database is empty (default: yes)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self._messages()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            try:
                self._migrate()
                call_command("sync_roles", stdout=Told(self._tell))
                if added := catalogue.sync():
                    self._tell(f"detection: {len(added)} types of events, none of them authorised anywhere")
                if options["demo"]:
                    self._demo()
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])

    def _tell(self, line: str) -> None:
        self.stdout.write(f"{'prepare':<9} | {line}")
        self.stdout.flush()

    def _messages(self) -> None:
        tool = Path(settings.BASE_DIR, "tools", "messages.py")
        sources = list(Path(settings.BASE_DIR, "locale").rglob("*.po"))
        stale = [po for po in sources if _older(po.with_suffix(".mo"), po)]
        if stale and tool.exists():
            self._tell(
                "messages: compiling " + ", ".join(str(po.relative_to(settings.BASE_DIR)) for po in stale)
            )
            done = subprocess.run([sys.executable, str(tool), "compile"], check=False, cwd=settings.BASE_DIR)
            if done.returncode != 0:
                self._tell("messages: not compiled (see above); the pages will be in English")

    def _migrate(self) -> None:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not plan:
            self._tell("database: up to date")
            return
        self._tell(f"database: {len(plan)} migrations to apply")
        with tqdm(total=len(plan), desc="migrations", unit="", ncols=90) as bar:
            call_command("migrate", interactive=False, stdout=Ticks(bar))

    def _demo(self) -> None:
        if "demo_city" not in get_commands() or get_user_model()._default_manager.exists():
            return
        self._tell("demonstration: seeding the city (everything in it is marked as exercise) …")
        call_command("demo_city")


class Ticks(io.StringIO):
    """Counts the migrations that `migrate` says it has applied."""

    def __init__(self, bar: tqdm[Any]) -> None:
        super().__init__()
        self.bar = bar

    def write(self, text: str) -> int:
        self.bar.update(text.count(" OK") + text.count(" FAKED"))
        return len(text)


class Told(io.StringIO):
    """What another command says, in our column."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        super().__init__()
        self._tell = tell

    def write(self, text: str) -> int:
        for line in text.splitlines():
            self._tell(line)
        return len(text)


def _older(compiled: Path, source: Path) -> bool:
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime
