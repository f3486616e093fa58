"""The programs of one centre: what `manage.py up` runs, and the tests' live centre too."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings

from nice_supervision.start.processes import Launch

ROOT = Path(__file__).resolve().parent.parent.parent
WEB = "web"
WORKER = "worker"
BEAT = "beat"
# Run where their commands exist and they have something to do. What detects waits, light, until something is to
# be watched.
OPTIONAL = {
    "cameras": ["run_cameras", "--shard", "1/1"],
    "detect": ["run_detection", "--shard", "1/1"],
    "receivers": ["run_receivers"],
}
# Makes the demonstration's crews move, and draws domes that turn; exercise units and cameras only.
DEMO = {"crews": ["drive_demo"], "domes": ["run_domes"]}


def programs(
    var: Path, host: str, port: int, commands: Mapping[str, object], *, demo: bool = False
) -> dict[str, list[str]]:
    """Command line by name, in the order of starting."""
    python = sys.executable
    # In a container everything is root, and Celery's warning about it is six lines at every start.
    celery = [python, "-W", "ignore:You're running the worker with superuser", "-m", "celery"]
    celery += ["--app", "nice_supervision", "--quiet"]
    lines = {
        WEB: web(host, port),
        # Gossip and mingle let workers know one another; nothing here needs it and it costs seconds at start.
        WORKER: [
            *celery,
            "worker",
            "--concurrency=2",
            "--without-gossip",
            "--without-mingle",
            "--loglevel=INFO",
        ],
        BEAT: [
            *celery,
            "beat",
            "--pidfile=",
            f"--schedule={var / 'run' / 'beat-schedule'}",
            "--loglevel=WARNING",
        ],
    }
    for name, arguments in (OPTIONAL | (DEMO if demo else {})).items():
        if arguments[0] in commands and (name != "receivers" or settings.SIA_PORT):
            lines[name] = [python, str(ROOT / "manage.py"), *arguments]
    return lines


def web(host: str, port: int) -> list[str]:
    daphne = [sys.executable, "-m", "daphne", "--bind", host, "--port", str(port), "--no-server-name"]
    # The limit holds both ways, and what is longer is dropped without a word: it must let a screen's whole
    # catch-up through. What a screen sends is bounded by its consumer.
    limits = [
        "--verbosity",
        "0",
        "--application-close-timeout",
        "3",
        "--websocket-max-message-size",
        "8388608",
    ]
    return [*daphne, *limits, "nice_supervision.web:application"]


def launch(command: list[str], env: Mapping[str, str], *, log: Path | None = None) -> Launch:
    return Launch(command=command, env=env, cwd=ROOT, log=log)
