"""How long this app's rows are kept (law §1.9). Carried out by the retention engine.

Rows of the libraries this app brings in (sign-in failures, second steps, sessions) are ruled here as well.
"""

from __future__ import annotations

RULES = [
    {
        "what": "accounts.User",
        "clock": "left_at",
        "days": 3 * 365,
        "basis": "As long as the log that names its author (law L-65); then names and e-mail are blanked, "
        "the number stays because log lines point to it.",
    },
    {
        "what": "accounts.Habilitation",
        "clock": "ends_on",
        "days": 3 * 365,
        "basis": "Proof of who could see what, as long as the consultations it allowed (law L-07, L-65).",
    },
    {
        "what": "accounts.DeviceKey",
        "clock": "revoked_at",
        "days": 3 * 365,
        "basis": "Names who made and revoked it; as long as the alerts received with it.",
    },
    {
        "what": "accounts.Occupancy",
        "clock": "seen_at",
        "days": 1,
        "basis": "Only who sits where now; a seat nobody was heard from for a day is free.",
    },
    {
        "what": "axes.AccessAttempt",
        "clock": "attempt_time",
        "days": 365,
        "basis": "Technical log of security (law L-65).",
    },
    {
        "what": "axes.AccessLog",
        "clock": "attempt_time",
        "days": 365,
        "basis": "Technical log of security (law L-65).",
    },
    {
        "what": "axes.AccessFailureLog",
        "clock": "attempt_time",
        "days": 365,
        "basis": "Technical log of security (law L-65).",
    },
    {
        "what": "sessions.Session",
        "clock": "expire_date",
        "days": 1,
        "basis": "Technical: a session serves for one shift.",
    },
    {
        "what": "admin.LogEntry",
        "clock": "action_time",
        "days": 3 * 365,
        "basis": "Who changed accounts and settings (law L-65).",
    },
    {
        "what": "otp_totp.TOTPDevice",
        "clock": "user__left_at",
        "days": 0,
        "basis": "Removed when the account is closed; serves only to sign in.",
    },
    {
        "what": "otp_static.StaticDevice",
        "clock": "user__left_at",
        "days": 0,
        "basis": "Removed when the account is closed; serves only to sign in.",
    },
]
