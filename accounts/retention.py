"""How long this app's rows are kept (law §1.9). Carried out by the retention engine.

Rows of the libraries this app brings in (sign-in failures, second steps, sessions) are ruled here as well.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

# A name of its own for each, so that it stays unique and says nothing.
_NOBODY = Concat(Value("left-"), Cast("pk", output_field=CharField()))


def _still_named(before: dt.datetime, rows: Any) -> Any:
    return rows.filter(left_at__lt=before).exclude(username=_NOBODY).order_by("pk")


RULES = [
    {
        "what": "accounts.User",
        "family": "people",
        "clock": "left_at",
        "due": _still_named,
        "erase": {"username": _NOBODY, "first_name": "", "last_name": "", "email": "", "password": "!"},
        "days": 3 * 365,
        "basis": _(
            "As long as the log that names its author (law L-65); then names and e-mail are blanked, "
            "the number stays because log lines point to it."
        ),
    },
    {
        "what": "accounts.Habilitation",
        "family": "people",
        "clock": "ends_on",
        "days": 3 * 365,
        "basis": _("Proof of who could see what, as long as the consultations it allowed (law L-07, L-65)."),
    },
    {
        "what": "accounts.DeviceKey",
        "family": "people",
        "clock": "revoked_at",
        "days": 3 * 365,
        "basis": _("Names who made and revoked it; as long as the alerts received with it."),
    },
    {
        "what": "accounts.Occupancy",
        "family": "technical",
        "clock": "seen_at",
        "days": 1,
        "basis": _("Only who sits where now; a seat nobody was heard from for a day is free."),
    },
    {
        "what": "axes.AccessAttempt",
        "family": "technical",
        "clock": "attempt_time",
        "days": 365,
        "basis": _("Technical log of security (law L-65)."),
    },
    {
        "what": "axes.AccessLog",
        "family": "technical",
        "clock": "attempt_time",
        "days": 365,
        "basis": _("Technical log of security (law L-65)."),
    },
    {
        "what": "axes.AccessFailureLog",
        "family": "technical",
        "clock": "attempt_time",
        "days": 365,
        "basis": _("Technical log of security (law L-65)."),
    },
    {
        "what": "sessions.Session",
        "family": "technical",
        "clock": "expire_date",
        "days": 1,
        "basis": _("Technical: a session serves for one shift."),
    },
    {
        "what": "admin.LogEntry",
        "family": "people",
        "clock": "action_time",
        "days": 3 * 365,
        "basis": _("Who changed accounts and settings (law L-65)."),
    },
    {
        "what": "otp_totp.TOTPDevice",
        "name": _("authenticator applications"),
        "family": "people",
        "clock": "user__left_at",
        "days": 0,
        "basis": _("Removed when the account is closed; serves only to sign in."),
    },
    {
        "what": "otp_static.StaticDevice",
        "name": _("recovery codes"),
        "family": "people",
        "clock": "user__left_at",
        "days": 0,
        "basis": _("Removed when the account is closed; serves only to sign in."),
    },
]
