"""How long this app's rows are kept (law §1.9). Carried out by the retention engine.

No track is kept: where a crew has been is nowhere. A table of tracks would have its own rule, 30 days.
Units hold no person: a call sign, a vehicle, a number of seats taken.
"""

from __future__ import annotations

RULES = [
    {
        "what": "patrols.LastPosition",
        "clock": "received_at",
        "days": 1,
        "basis": "Used on duty only (CNIL, geolocation of employees); a day without a position is off duty.",
    },
]
