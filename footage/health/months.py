from __future__ import annotations

import datetime as dt

OFFERED = 13


def asked_month(text: str, today: dt.date) -> dt.date:
    """The first day of "2026-11"; of this month when it says nothing that makes sense."""
    try:
        return dt.datetime.strptime(text, "%Y-%m").date()
    except ValueError:
        return today.replace(day=1)


def months(today: dt.date) -> list[dt.date]:
    """Their first days, the latest first."""
    found = [today.replace(day=1)]
    while len(found) < OFFERED:
        found.append((found[-1] - dt.timedelta(days=1)).replace(day=1))
    return found
