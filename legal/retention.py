"""How long this app's rows are kept (law §1.9). Carried out by the retention engine.

PostgreSQL lets go of a row of the log only once it is older than three years (migration 0002), oldest first up to
a signed head, so that what remains can still be verified from there.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _

from legal.models import Breach, ChainHead, Consultation, ConsultationEnd

_LOG = _("Log of consultations, as for body-worn cameras (R241-14; law L-36, L-65).")


def _ends_before(before: dt.datetime, rows: Any) -> Any:
    return _up_to_a_head(ConsultationEnd.CHAIN, rows, rows.filter(at__gte=before))


def _looks_before(before: dt.datetime, rows: Any) -> Any:
    """Only the beginning of the chain: a look whose end is still there holds all that came after it."""
    kept = rows.filter(begun_at__gte=before)
    with_end = ConsultationEnd.objects.order_by("consultation_id").first()
    if with_end is not None:
        kept = kept | rows.filter(pk=with_end.consultation_id)
    return _up_to_a_head(Consultation.CHAIN, rows, kept)


def _up_to_a_head(chain: str, rows: Any, kept: Any) -> Any:
    """Rows before the first that is kept, up to the last signed head among them."""
    first = kept.order_by("pk").values_list("pk", flat=True).first()
    heads = ChainHead.objects.filter(chain=chain)
    if first is not None:
        heads = heads.filter(last_id__lt=first)
    head = heads.order_by("-last_id").first()
    return rows.filter(pk__lte=head.last_id).order_by("pk") if head else rows.none()


def _never(before: dt.datetime, rows: Any) -> Any:
    """One row that is written over, not kept beside the next."""
    return rows.none()


RULES = [
    {
        "what": "legal.ConsultationEnd",
        "family": "looks",
        "clock": "at",
        "days": 3 * 365,
        "at_least": 3 * 365,
        "due": _ends_before,
        "basis": _LOG,
    },
    {
        "what": "legal.Consultation",
        "family": "looks",
        "clock": "begun_at",
        "days": 3 * 365,
        "at_least": 3 * 365,
        "due": _looks_before,
        "basis": _LOG,
    },
    {
        "what": "legal.OpenLook",
        "family": "technical",
        "clock": "seen_at",
        "days": 1,
        "basis": _("Technical: a look in progress; its row goes within two minutes of the last glance."),
    },
    {
        "what": "legal.LogReading",
        "family": "register",
        "clock": "at",
        "days": 3 * 365,
        "basis": _("Proof that the log was read back and found whole, as long as its rows (law L-64, L-65)."),
    },
    {
        "what": "legal.PrefecturalAuthorisation",
        "family": "people",
        "clock": "expires_on",
        "days": 3 * 365,
        "basis": _("Proof of the ground of looks, as long as the log that cites it (law L-01, L-65)."),
    },
    {
        "what": "legal.Communication",
        "family": "register",
        "clock": "at",
        "days": 3 * 365,
        "basis": _("Proof of what was given to whom, as long as the log that cites it (law L-09, L-65)."),
    },
    {
        "what": "legal.RecipientAgreement",
        "family": "people",
        "clock": "ends_on",
        "days": 3 * 365,
        "basis": _(
            "Proof of what a recipient was allowed, as long as the log that cites it (law L-09, L-65)."
        ),
    },
    {
        "what": "legal.Controller",
        "family": "register",
        "clock": "changed_at",
        "due": _never,
        "days": 3650,
        "basis": _("Particulars of a public body: one row, as long as the centre films."),
    },
    {
        "what": "legal.ImpactAssessment",
        "family": "register",
        "clock": "made_on",
        "days": 3650,
        "basis": _("Proof that the assessment was made (GDPR art. 35, 5(2); law L-13)."),
    },
    {
        "what": "legal.PrefectNotice",
        "family": "register",
        "clock": "made_at",
        "days": 3650,
        "basis": _("Proof of what the prefect was told (law L-02)."),
    },
    {
        "what": "legal.Experiment",
        "family": "register",
        "clock": "ends_on",
        "days": 3650,
        "basis": _("What was tried, and what was found (GDPR art. 5(2))."),
    },
    {
        "what": "legal.Breach",
        "family": "register",
        "clock": "closed_at",
        "where": {"state": Breach.State.CLOSED},
        "days": 5 * 365,
        "basis": _("Register of breaches (GDPR art. 33(5); law L-63)."),
    },
    {
        "what": "legal.BreachStep",
        "family": "register",
        "clock": "breach__closed_at",
        "where": {"breach__state": Breach.State.CLOSED},
        "days": 5 * 365,
        "at_least": 3 * 365,
        "basis": _("Register of breaches (GDPR art. 33(5); law L-63)."),
    },
]
