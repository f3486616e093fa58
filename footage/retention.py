"""How long this app's rows and files are kept (law §1.9). Carried out by the retention engine."""

from __future__ import annotations

RULES = [
    {
        "what": "footage.Segment",
        "clock": "started_at",
        "days": 10,
        "files": "path",
        "basis": "Street video: the authorised period, never over one month (CSI L252-5; law L-04).",
    },
    {
        "what": "footage.EarlyPurge",
        "clock": "at",
        "days": 3 * 365,
        "basis": "Register of destructions (law L-06): counts and times, no picture.",
    },
    {
        "what": "footage.RecordingDuty",
        "clock": "until",
        "days": 3 * 365,
        "basis": "What completeness of recording is measured against (law L-11): no picture in it.",
    },
    {
        "what": "footage.Bookmark",
        "clock": "at",
        "days": 10,
        "basis": "Lives as long as the picture it points to (law L-04).",
    },
    {
        "what": "footage.Extraction",
        "clock": "handed_at",
        "days": 30,
        "files": "folder",
        "basis": "Evidence: until handed over and 30 days more (CSI L252-5, rules of the proceeding; law §1.9).",
    },
    {
        "what": "footage.BlurredCopy",
        "clock": "handed_at",
        "days": 30,
        "files": "path",
        "basis": "Goes with the extraction it is a copy of (law L-61, §1.9).",
    },
    {
        "what": "footage.Freeze",
        "clock": "ends_at",
        "days": 3 * 365,
        "basis": "Which minutes were kept from destruction, why and until when (law L-06): no picture in it.",
    },
    {
        "what": "footage.CameraReference",
        "clock": "renewed_at",
        "days": 90,
        "basis": "Edges of what stands still, no picture: forgotten when its camera no longer renews it (law §1.9).",
    },
    {
        "what": "footage.WorkOrder",
        "clock": "closed_at",
        "days": 3 * 365,
        "basis": "Who mended what, for the contract of upkeep: figures and words, no picture.",
    },
    {
        "what": "footage.CameraDay",
        "clock": "day",
        "days": 3 * 365,
        "basis": "Availability of the estate, month by month: seconds, nobody in it.",
    },
]
