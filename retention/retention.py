"""How long this app's own rows are kept (law §1.9). Carried out by the retention engine, as everybody's."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_REGISTER = _("Register of destructions (law L-06): counts, times and hashes; nobody in it.")

RULES = [
    {
        "what": "retention.Destruction",
        "clock": "begun_at",
        "days": 3 * 365,
        "family": "register",
        "at_least": 3 * 365,
        "basis": _REGISTER,
    },
    {
        "what": "retention.DestroyedDay",
        "clock": "destroyed_at",
        "days": 3 * 365,
        "family": "register",
        "at_least": 3 * 365,
        "basis": _REGISTER,
    },
    {
        "what": "retention.Run",
        "clock": "began_at",
        "days": 3 * 365,
        "family": "register",
        "at_least": 3 * 365,
        "basis": _("Proof that the engine ran; as long as the destructions it carried out."),
    },
]
