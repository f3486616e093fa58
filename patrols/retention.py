"""How long this app's rows are kept (law §1.9). Carried out by the retention engine.

Units hold no person: a call sign, a vehicle, a number of seats taken. Yet who was aboard is known elsewhere, so a
track is personal data of officers: it is kept as long as the recordings it is laid beside may be, and no longer.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

RULES = [
    {
        "what": "patrols.LastPosition",
        "family": "positions",
        "clock": "received_at",
        "days": 1,
        "basis": _(
            "Used on duty only (CNIL, geolocation of employees); a day without a position is off duty."
        ),
    },
    {
        "what": "patrols.TrackPoint",
        "family": "positions",
        "clock": "at",
        "days": 30,
        "basis": _(
            "Positions of crews on duty: 30 days of the two months of the CNIL (law §1.9); no coarser rest."
        ),
    },
]
