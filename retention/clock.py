"""What the engine takes for now. A clock set back keeps nothing longer; a clock that leapt ahead destroys nothing.

How long the machine has run is known apart from the time of day: between two runs of one boot both must have
advanced alike.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from retention.models import Run

logger = logging.getLogger(__name__)
LEAP = dt.timedelta(minutes=10)
BOOT = Path("/proc/sys/kernel/random/boot_id")


class ClockLeapt(Exception):
    """The time of day is far ahead of what has passed since the last run."""


@dataclass(frozen=True)
class Reading:
    now: dt.datetime
    boot: str
    uptime_s: float


def uptime_s() -> float:
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def boot_id() -> str:
    return BOOT.read_text().strip() if BOOT.exists() else ""


def read(*, trusted: bool = False) -> Reading:
    """Raises ClockLeapt; `trusted` is a person who says that the clock is right."""
    now, boot, uptime = timezone.now(), boot_id(), uptime_s()
    last = Run.objects.exclude(boot="").order_by("-pk").first()
    if last is None:
        return Reading(now, boot, uptime)
    same_boot = last.boot == boot and uptime >= last.uptime_s
    passed = dt.timedelta(seconds=uptime - last.uptime_s) if same_boot else dt.timedelta(0)
    if trusted:
        return Reading(now, boot, uptime)
    if same_boot and now - last.clock > passed + LEAP:
        raise ClockLeapt(f"the clock says {now:%Y-%m-%d %H:%M}, {now - last.clock - passed} more than passed")
    if now < last.clock:
        logger.error("the clock was set back to %s: limits count on from %s", now, last.clock)
        now = last.clock + passed
    return Reading(now, boot, uptime)
