"""How long requisitions and access requests are kept (law §1.9). Carried out by the retention engine."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

RULES = [
    {
        "what": "evidence.Requisition:paper",
        "name": _("papers of requisitions"),
        "family": "evidence",
        "clock": "closed_at",
        "days": 30,
        "keeper": "evidence.papers.PaperKeeper",
        "basis": _(
            "The scanned paper and the facts it tells: until answered and 30 days more (rules of the proceeding)."
        ),
    },
    {
        "what": "evidence.HoldExtension:paper",
        "name": _("papers of hold extensions"),
        "family": "evidence",
        "clock": "requisition__closed_at",
        "days": 30,
        "keeper": "evidence.papers.ExtensionPaperKeeper",
        "basis": _("The scan of a paper that made a hold longer goes with the paper of the hold."),
    },
    {
        "what": "evidence.HoldExtension",
        "family": "register",
        "clock": "requisition__closed_at",
        "days": 3 * 365,
        "basis": _("Who made a hold longer, on what ground and until when, as long as the hold (law L-05)."),
    },
    {
        "what": "evidence.Requisition",
        "family": "register",
        "clock": "closed_at",
        "days": 3 * 365,
        "basis": _("Register of what was handed to whom, who signed and on which medium (law L-06, §2.7)."),
    },
    {
        "what": "evidence.AccessRequest:person",
        "name": _("people who asked for access"),
        "family": "frozen",
        "clock": "answered_at",
        "days": 61,
        "where": {"person__gt": ""},
        "erase": {"person": "", "contact": "", "described": ""},
        "basis": _("Who asked and how to find them: until answered and two months more (GDPR art. 12)."),
    },
    {
        "what": "evidence.AccessRequest",
        "family": "register",
        "clock": "answered_at",
        "days": 3 * 365,
        "basis": _(
            "Proof that requests were answered in time (GDPR art. 5(2), 12): dates and grounds, no name."
        ),
    },
]
