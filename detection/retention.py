"""How long this app's rows are kept (law §1.9). Carried out by the retention engine.

Clips of trials do not wait for it: detection.tasks removes each when its trial has ended, and after a day at most.
A signal holds no picture; the minutes it points to are street video, and go as street video goes.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

RULES = [
    {
        "what": "detection.Signal",
        "family": "signal",
        "clock": "raised_at",
        "days": 30,
        "basis": _("Analytic signal without picture: 30 days, then counts only (law L-22, §1.9)."),
    },
    {
        "what": "detection.SignalDay",
        "family": "register",
        "clock": "day",
        "days": 3 * 365,
        "basis": _("Counts of signals by day, nobody in them: what precision is measured on (L-26)."),
    },
    {
        "what": "detection.Trial",
        "family": "technical",
        "clock": "asked_at",
        "days": 7,
        "basis": _(
            "What a zone would have signalled: looked at, then of no use. Its clip goes within a day."
        ),
    },
    {
        "what": "detection.UseRecord",
        "family": "register",
        "clock": "at",
        "days": 3 * 365,
        "at_least": 3 * 365,
        "basis": _("Register of use (L-25): who let software watch what, when and by which act."),
    },
    {
        "what": "detection.Stop",
        "family": "register",
        "clock": "lifted_at",
        "days": 3 * 365,
        "basis": _("Register of use (L-23): when everything was stopped, and by whom."),
    },
    {
        "what": "detection.AnalyticsAuthorisation",
        "family": "people",
        "clock": "ends_at",
        "days": 3 * 365,
        "basis": _("Proof of the ground of what was watched, as long as the register that cites it."),
    },
    {
        "what": "detection.Designation",
        "family": "people",
        "clock": "ends_on",
        "days": 3 * 365,
        "basis": _("Who was designated and trained (L-25), as long as the register that shows their acts."),
    },
    {
        "what": "detection.Profile",
        "family": "register",
        "clock": "enabled_at",
        "days": 10 * 365,
        "where": {"suspended_at__isnull": False},
        "basis": _("What is watched for in a zone; who switched it on is in the register of use."),
    },
]
