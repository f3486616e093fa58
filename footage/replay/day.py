"""One day of some cameras for a timeline: what was recorded, the alerts they turned for, the bookmarks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from cameras.models import Camera
from events.models import Event
from footage.models import Bookmark
from footage.replay import limits
from footage.replay.stretches import ranges


def of_day(cameras: Sequence[Camera], since: dt.datetime, until: dt.datetime) -> dict[str, Any]:
    oldest = limits.oldest_of(cameras)
    return {
        "from": since,
        "to": until,
        "cameras": [
            {
                "code": camera.code,
                "name": camera.name,
                "kept_since": oldest[camera.pk],
                "ranges": [
                    [span.starts_at, span.ends_at]
                    for span in ranges(camera.pk, since, until, oldest=oldest[camera.pk])
                ],
            }
            for camera in cameras
        ],
        "alerts": _alerts(cameras, since, until),
        "bookmarks": _bookmarks(cameras, max(since, min(oldest.values(), default=since)), until),
    }


def _alerts(cameras: Sequence[Camera], since: dt.datetime, until: dt.datetime) -> list[dict[str, Any]]:
    """From the log: incidents are above this layer. An incident is told by what opened it."""
    things = [f"camera:{camera.pk}" for camera in cameras]
    turned = Event.objects.about(*things).filter(kind="cameras.steering_ordered", at__gte=since, at__lt=until)
    causes = list(dict.fromkeys(turned.values_list("data__cause", flat=True)))
    opened = Event.objects.about(*causes).filter(kind="incidents.opened") if causes else Event.objects.none()
    return [
        {
            "at": event.at,
            "number": event.data.get("number", ""),
            "title": event.data.get("title", ""),
            "priority": event.data.get("priority", 3),
            "exercise": bool(event.data.get("exercise")),
        }
        for event in opened
        if since <= event.at < until
    ]


def _bookmarks(cameras: Sequence[Camera], since: dt.datetime, until: dt.datetime) -> list[dict[str, Any]]:
    rows = Bookmark.objects.filter(camera__in=cameras, at__gte=since, at__lt=until).select_related("camera")
    return [{"at": row.at, "camera": row.camera.code, "label": row.get_label_display()} for row in rows]
