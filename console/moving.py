"""What moves: the crews, at most one batch a second, never facts (a position is telemetry)."""

from __future__ import annotations

import datetime as dt

import orjson
from channels.db import database_sync_to_async
from django.utils import timezone

from patrols.models import LastPosition


class Movement:
    """The crews as this web process last told them; `frame` is for a screen that opens now."""

    def __init__(self) -> None:
        self.frame = ""

    async def changed(self) -> str | None:
        """The whole list of crews when any of them moved, came or was lost since the last call, else None."""
        frame = await _crews()
        if frame == self.frame:
            return None
        self.frame = frame
        return frame


@database_sync_to_async
def _crews(now: dt.datetime | None = None) -> str:
    heard = LastPosition.objects.heard(now or timezone.now()).order_by("unit_id")
    units = [
        {"id": pk, "label": label, "kind": kind, "lat": lat, "lon": lon, "heading": heading, "at": at}
        for pk, label, kind, lat, lon, heading, at in heard.values_list(
            "unit_id", "unit__call_sign", "unit__kind", "lat", "lon", "heading_deg", "at"
        )
    ]
    return orjson.dumps({"type": "moved", "units": units}).decode()
