"""What the centre's own worker does for detection. What decodes or detects runs in processes of its own."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

from celery import shared_task
from django.conf import settings
from kombu.exceptions import OperationalError

from detection import trials
from detection.switching import end_uncovered

logger = logging.getLogger(__name__)
TRIAL_S = 40 * 60


def start_trial(pk: int) -> None:
    """Without a broker it starts a little later: the clock looks for what is owed."""
    try:
        run_trial.delay(pk)
    except OperationalError:
        logger.warning("no broker: the trial is run when the clock finds it", extra={"trial": pk})


@shared_task
def run_trial(pk: int) -> None:
    """In a process of its own, which ends with it."""
    command = [sys.executable, str(Path(settings.BASE_DIR, "manage.py")), "try_zone", str(pk)]
    try:
        subprocess.run(command, check=True, timeout=TRIAL_S, cwd=settings.BASE_DIR)
    except (subprocess.SubprocessError, OSError):
        logger.exception("a trial broke off", extra={"trial": pk})
        trials.failed(pk, trials.BROKE_OFF)
    finally:
        trials.forget_clips()


@shared_task
def run_owed_trials() -> None:
    for pk in trials.owed():
        run_trial(pk)
    trials.forget_clips()


@shared_task
def end_what_is_not_covered() -> None:
    """The gate stopped it at that very instant; here the switch and the register follow."""
    end_uncovered()
