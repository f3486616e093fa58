"""How a bench says what it measured: a table, and last one line of JSON."""

from __future__ import annotations

import json
import statistics
from collections.abc import Iterable, Sequence


def percentile(values: Sequence[float], p: float) -> float:
    """The p-th percentile (0 to 100), by the nearest rank; 0 for no values."""
    ordered = sorted(values)
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, round(p / 100 * (len(ordered) - 1)))]


def spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "p50": percentile(values, 50),
        "p95": percentile(values, 95),
        "p99": percentile(values, 99),
        "max": max(values, default=0.0),
        "mean": statistics.fmean(values) if values else 0.0,
    }


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    lines = [list(map(_cell, head)), *([_cell(c) for c in row] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines:
        print(
            "  ".join(
                cell.rjust(w) if i else cell.ljust(w)
                for i, (cell, w) in enumerate(zip(line, widths, strict=True))
            )
        )


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def line(name: str, *, value: float, floor: float, unit: str, **more: object) -> None:
    """The last line: value against the floor of the same run."""
    ratio = value / floor if floor else 0.0
    body = {
        "name": name,
        "value": round(value, 4),
        "floor": round(floor, 4),
        "ratio": round(ratio, 3),
        "unit": unit,
    }
    print(json.dumps(body | more))
