"""How long this app's rows and files are kept (law §1.9). Carried out by the retention engine."""

from __future__ import annotations

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from legal.models import PrefecturalAuthorisation


def _authorised_days() -> int | None:
    """What the most generous order in force allows: for each camera its own order counts (replay/limits.py)."""
    acts = PrefecturalAuthorisation.objects.in_force(timezone.localdate())
    days: int | None = acts.aggregate(days=Max("max_retention_days"))["days"]
    return days


RULES = [
    {
        "what": "footage.Segment",
        "family": "street_video",
        "clock": "started_at",
        "days": 10,
        "authorised": _authorised_days,
        "keeper": "footage.destroying.SegmentKeeper",
        "basis": _("Street video: the authorised period, never over one month (CSI L252-5; law L-04)."),
    },
    {
        "what": "footage.RecordingDuty",
        "family": "register",
        "clock": "until",
        "days": 3 * 365,
        "basis": _("What completeness of recording is measured against (law L-11): no picture in it."),
    },
    {
        "what": "footage.Bookmark",
        "family": "street_video",
        "clock": "at",
        "days": 10,
        "basis": _("Lives as long as the picture it points to (law L-04)."),
    },
    {
        "what": "footage.Extraction",
        "name": _("packages of extractions"),
        "family": "evidence",
        "clock": "handed_at",
        "days": 30,
        "keeper": "footage.extraction.destroying.PackageKeeper",
        "basis": _(
            "Evidence: until handed over and 30 days more (CSI L252-5, rules of the proceeding; law §1.9)."
        ),
    },
    {
        "what": "footage.Extraction:row",
        "name": _("register of extractions"),
        "family": "register",
        "clock": "asked_at",
        "days": 3 * 365,
        "where": {"folder": ""},
        "basis": _(
            "Register of what was handed to whom (law L-06), once its package is destroyed or never was."
        ),
    },
    {
        "what": "footage.BlurredCopy",
        "family": "evidence",
        "clock": "handed_at",
        "days": 30,
        "keeper": "footage.extraction.destroying.BlurredKeeper",
        "basis": _("Goes with the extraction it is a copy of (law L-61, §1.9)."),
    },
    {
        "what": "footage.Freeze",
        "family": "register",
        "clock": "ends_at",
        "days": 3 * 365,
        "basis": _(
            "Which minutes were kept from destruction, why and until when (law L-06): no picture in it."
        ),
    },
    {
        "what": "footage.CameraReference",
        "family": "estate",
        "clock": "renewed_at",
        "days": 90,
        "basis": _(
            "Edges of what stands still, no picture: forgotten when its camera no longer renews it (law §1.9)."
        ),
    },
    {
        "what": "footage.WorkOrder",
        "family": "estate",
        "clock": "closed_at",
        "days": 3 * 365,
        "basis": _("Who mended what, for the contract of upkeep: figures and words, no picture."),
    },
    {
        "what": "footage.CameraDay",
        "family": "estate",
        "clock": "day",
        "days": 3 * 365,
        "basis": _("Availability of the estate, month by month: seconds, nobody in it."),
    },
]
