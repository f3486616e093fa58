"""How long this app's rows are kept (law §1.9). Carried out by the retention engine.

Cameras, positions and presets hold no person and stay as long as the estate: the history of positions is what
the prefecture was told (L-02).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

RULES = [
    {
        "what": "cameras.Camera",
        "family": "estate",
        "clock": "state_since",
        "days": 3 * 365,
        "where": {"state": "retired"},
        "basis": _(
            "Only once retired. A third-party camera names its owner, an undertaking; its record is needed as"
            " long as the incidents and consultations that name the camera."
        ),
    },
    {
        "what": "cameras.SteeringOrder",
        "family": "main_courante",
        "clock": "ordered_at",
        "days": 3 * 365,
        "basis": _(
            "Main courante practice, as the incident it was ordered for; holds no person and no image."
        ),
    },
    {
        "what": "cameras.Steering",
        "family": "main_courante",
        "clock": "at",
        "days": 3 * 365,
        "basis": _("Main courante practice, with its orders."),
    },
    {
        "what": "cameras.CameraImport",
        "family": "technical",
        "clock": "uploaded_at",
        "days": 365,
        "basis": _("Technical log: who took which file into the estate (law §1.9, one year)."),
    },
    {
        "what": "cameras.CameraLock",
        "family": "technical",
        "clock": "until",
        "days": 1,
        "basis": _(
            "One row per camera, written over at each change of hands; says by whose hand only while it lasts."
        ),
    },
    {
        "what": "cameras.TakeOver",
        "family": "technical",
        "clock": "asked_at",
        "days": 365,
        "basis": _("Technical log: who asked whom for a camera (law §1.9, one year)."),
    },
    {
        "what": "cameras.TourRound",
        "family": "main_courante",
        "clock": "planned_at",
        "days": 3 * 365,
        "basis": _("Main courante practice: rounds done against planned, who watched (W-05)."),
    },
    {
        "what": "cameras.RoundStep",
        "family": "main_courante",
        "clock": "at",
        "days": 3 * 365,
        "basis": _("Goes with its round; cites the consultation, holds no image."),
    },
    {
        "what": "cameras.PrivacyMask",
        "family": "estate",
        "clock": "changed_at",
        "days": 3 * 365,
        "where": {"camera__state": "retired"},
        "basis": _(
            "Only once its camera is retired: names who drew what is masked (L251-3), as the audit log does."
        ),
    },
    {
        "what": "cameras.MaskCheck",
        "family": "estate",
        "clock": "ended_at",
        "days": 3 * 365,
        "basis": _(
            "Proof that no dwelling was shown (L251-3): three years after it ended, as the log of looks"
            " it refers to. It holds no image."
        ),
    },
    {
        "what": "cameras.MaskOrder",
        "family": "technical",
        "clock": "ordered_at",
        "days": 365,
        "basis": _("Technical log: what was sent to a camera and how it went (law §1.9, one year)."),
    },
]
