"""Ten days of one camera as bars of an SVG: recorded, not recorded, offline. Attributes only, no style (CSP)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from footage.models import CameraDay

HEIGHT, WIDTH, STEP = 60.0, 26, 34
DAY_S = 86_400.0


@dataclass(frozen=True)
class Bar:
    """Pixels from the left and from the top. What was due is the whole bar; a day due in part is a shorter one."""

    day: dt.date
    x: int
    due_y: float
    due_height: float
    recorded_y: float
    recorded_height: float
    away_height: float
    row: CameraDay

    @property
    def recorded(self) -> float | None:
        return min(1.0, self.row.recorded_s / self.row.due_s) if self.row.due_s > 0 else None

    @property
    def centre_x(self) -> int:
        return self.x + WIDTH // 2


def bars(rows: Sequence[CameraDay]) -> list[Bar]:
    """SVG coordinates are numbers of CSS pixels, written with a point whatever the language."""
    drawn = []
    for number, row in enumerate(rows):
        due = HEIGHT * min(1.0, row.due_s / DAY_S)
        recorded = due * min(1.0, row.recorded_s / row.due_s) if row.due_s > 0 else 0.0
        away = due * min(1.0, row.away_s / row.due_s) if row.due_s > 0 else 0.0
        drawn.append(
            Bar(
                day=row.day,
                x=number * STEP,
                due_y=round(HEIGHT - due, 1),
                due_height=round(due, 1),
                recorded_y=round(HEIGHT - recorded, 1),
                recorded_height=round(recorded, 1),
                away_height=round(away, 1),
                row=row,
            )
        )
    return drawn
