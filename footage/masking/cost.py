"""What burning masks in costs, measured on the programs that do it: shown on the camera's page of masks."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from footage.models import Source

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Processor seconds a program has used; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


class Meter:
    """Cores used between two calls, by camera."""

    def __init__(self) -> None:
        self._before: dict[int, tuple[float, float]] = {}
        self._written: frozenset[int] = frozenset()

    def measure(self, programs: Mapping[int, Iterable[int]]) -> dict[int, float]:
        now = time.monotonic()
        seen = {pid: (cpu_s(pid), now) for pids in programs.values() for pid in pids}
        found: dict[int, float] = {}
        for camera_id, pids in programs.items():
            known = [pid for pid in pids if pid in self._before]
            if known:
                found[camera_id] = sum(self._cores(pid, *seen[pid]) for pid in known)
        self._before = seen
        return found

    def write(self, programs: Mapping[int, Iterable[int]]) -> None:
        """Also takes the figure from cameras where nothing is burnt in any more. In a thread with a connection."""
        for camera_id, cores in self.measure(programs).items():
            Source.objects.filter(pk=camera_id).update(burning_cpu=round(cores, 3))
        if over := self._written - set(programs):
            Source.objects.filter(pk__in=over).update(burning_cpu=None)
        self._written = frozenset(programs)

    def _cores(self, pid: int, used: float, now: float) -> float:
        before, at = self._before[pid]
        return max(0.0, used - before) / max(now - at, 1e-3)
