"""How long this app's rows are kept (law §1.9). Carried out by the retention engine.

PostgreSQL lets go of a row of the log only once it is older than three years (migration 0002), oldest first up to
a signed head, so that what remains can still be verified from there.
"""

from __future__ import annotations

_LOG = "Log of consultations, as for body-worn cameras (R241-14; law L-36, L-65)."

RULES = [
    {"what": "legal.Consultation", "clock": "begun_at", "days": 3 * 365, "basis": _LOG},
    {"what": "legal.ConsultationEnd", "clock": "at", "days": 3 * 365, "basis": _LOG},
    {
        "what": "legal.OpenLook",
        "clock": "seen_at",
        "days": 1,
        "basis": "Technical: a look in progress; its row goes within two minutes of the last glance.",
    },
    {
        "what": "legal.PrefecturalAuthorisation",
        "clock": "expires_on",
        "days": 3 * 365,
        "basis": "Proof of the ground of looks, as long as the log that cites it (law L-01, L-65).",
    },
]
