"""Two bodies of law in one centre: each processing and each look says which it stands under (L-66).

GDPR: flows, buildings, rescue, access. Title III of loi 78-17 (directive 2016/680): prevention of offences. What a
person may ask and what may be refused follow it.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from legal.purposes import CctvPurpose


class Regime(models.TextChoices):
    GDPR = "gdpr", _("GDPR (regulation 2016/679)")
    OFFENCES = "title3", _("Prevention of offences (loi 78-17, title III; directive 2016/680)")


_OFFENCES = frozenset(
    {
        CctvPurpose.TRAFFIC_OFFENCES,
        CctvPurpose.EXPOSED_PLACES,
        CctvPurpose.TERRORISM,
        CctvPurpose.MOTOR_INSURANCE,
        CctvPurpose.WASTE_DUMPING,
    }
)


def regime_of(purpose: int | None) -> Regime:
    """Of what is filmed for this purpose of CSI L251-2; unsaid counts as the stricter log of title III."""
    if purpose is None:
        return Regime.OFFENCES
    return Regime.OFFENCES if CctvPurpose(purpose) in _OFFENCES else Regime.GDPR
