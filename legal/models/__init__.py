from __future__ import annotations

from legal.models.agreement import AgreementWarning, Communication, RecipientAgreement
from legal.models.assessment import ImpactAssessment
from legal.models.authorisation import AuthorisationWarning, PrefecturalAuthorisation
from legal.models.breach import Breach, BreachStep
from legal.models.consultation import Consultation, ConsultationEnd, OpenLook
from legal.models.controller import Controller
from legal.models.experiment import Experiment
from legal.models.head import ChainHead, HeadStamp
from legal.models.notice import PrefectNotice
from legal.models.reading import LogReading

__all__ = [
    "AgreementWarning",
    "AuthorisationWarning",
    "Breach",
    "BreachStep",
    "ChainHead",
    "Communication",
    "Consultation",
    "ConsultationEnd",
    "Controller",
    "Experiment",
    "HeadStamp",
    "ImpactAssessment",
    "LogReading",
    "OpenLook",
    "PrefectNotice",
    "PrefecturalAuthorisation",
    "RecipientAgreement",
]
