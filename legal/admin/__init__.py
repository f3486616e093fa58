from __future__ import annotations

from legal.admin.log import ChainHeadAdmin, ConsultationAdmin
from legal.admin.orders import PrefecturalAuthorisationAdmin
from legal.admin.registers import (
    BreachAdmin,
    ControllerAdmin,
    ExperimentAdmin,
    ImpactAssessmentAdmin,
    RecipientAgreementAdmin,
)

__all__ = [
    "BreachAdmin",
    "ChainHeadAdmin",
    "ConsultationAdmin",
    "ControllerAdmin",
    "ExperimentAdmin",
    "ImpactAssessmentAdmin",
    "PrefecturalAuthorisationAdmin",
    "RecipientAgreementAdmin",
]
