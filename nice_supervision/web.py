"""The web process as its server loads it: what `asgi` answers, and reactions in a thread of their own."""

from __future__ import annotations

from nice_supervision.asgi import application as application  # isort: skip  (sets Django up)

from events import deliveries

deliveries.in_background()
