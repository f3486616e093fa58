"""The Celery application of a worker that watches: one queue of its own, told of fragments, never given their bytes.

Apart from the centre's own application, whose workers must not load what decodes and detects. The pool is `solo`:
what is heard is only handed to the thread that watches, in the order in which it was told.
"""

from __future__ import annotations

import logging
import os
import signal
import warnings
from typing import Any

from celery import Celery, bootsteps

from detection.watching.asking import TASK, queue_of
from detection.watching.scenes import Maker
from detection.watching.worker import Worker

logger = logging.getLogger(__name__)
# With nothing to watch for so long the process ends, and a light one waits in its place.
IDLE_S = 300.0
LOOK_S = 1.0

app = Celery("detection", set_as_current=False)
app.config_from_object("django.conf:settings", namespace="CELERY")
_worker: Worker | None = None
_was_idle = False


@app.task(name=TASK, ignore_result=True, acks_late=False)
def hear(told: list[list[Any]]) -> None:
    if _worker is not None:
        _worker.hears(told)


class Watching(bootsteps.StartStopStep):
    """Starts the thread before the first message is taken, and ends it after the last."""

    requires = ("celery.worker.components:Pool", "celery.worker.components:Timer")

    def start(self, parent: Any) -> None:
        if _worker is not None:
            _worker.start()
            parent.timer.call_repeatedly(LOOK_S, _look_after, (_worker,))

    def stop(self, parent: Any) -> None:
        if _worker is not None:
            _worker.finish()

    terminate = stop


def _look_after(worker: Worker) -> None:
    """Nothing to watch, or the thread broke off: this process ends in good order."""
    global _was_idle
    idle = worker.idle_since is not None and worker.ticks() - worker.idle_since > IDLE_S
    if idle or not worker.is_alive():
        _was_idle = idle
        os.kill(os.getpid(), signal.SIGTERM)


def serve(number: int, of: int) -> str:
    """Until told to stop, until nothing was to be watched for a while, or until it broke: which of them it was."""
    global _worker
    _worker = Worker(number, of, Maker())
    steps: set[Any] = app.steps["worker"]
    steps.add(Watching)
    words = ["--queues", queue_of(number), "--pool", "solo", "--hostname", f"detect-{number}@%h"]
    # In a container everything is root, and that is six lines at every start.
    warnings.filterwarnings("ignore", message="You're running the worker with superuser")
    # Some messages a second for each worker: none of them is worth a line.
    for name in ("celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(name).setLevel(logging.WARNING)
    words += ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
    try:
        app.worker_main(["--quiet", "worker", *words])
    except SystemExit as ended:
        logger.debug("celery ended: %s", ended.code)
    finally:
        _worker.finish()
    if _worker.broke is not None:
        return "broke"
    return "idle" if _was_idle else "stopped"
