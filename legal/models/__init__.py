from __future__ import annotations

from legal.models.authorisation import PrefecturalAuthorisation
from legal.models.consultation import Consultation, ConsultationEnd, OpenLook
from legal.models.head import ChainHead

__all__ = ["ChainHead", "Consultation", "ConsultationEnd", "OpenLook", "PrefecturalAuthorisation"]
