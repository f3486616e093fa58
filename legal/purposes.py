"""The eleven purposes for which the public road may be filmed (CSI L251-2). Numbers are those of the law."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CctvPurpose(models.IntegerChoices):
    PUBLIC_BUILDINGS = 1, _("1 · Protection of public buildings and their surroundings")
    NATIONAL_DEFENCE = 2, _("2 · Protection of national-defence installations")
    TRANSPORT_FLOWS = 3, _("3 · Regulation of transport flows")
    TRAFFIC_OFFENCES = 4, _("4 · Recording of traffic offences")
    EXPOSED_PLACES = 5, _("5 · Prevention of attacks on persons and property in exposed places")
    TERRORISM = 6, _("6 · Prevention of terrorism")
    RISKS = 7, _("7 · Prevention of natural or technological risks")
    RESCUE = 8, _("8 · Rescue of persons and defence against fire")
    AMUSEMENT_PARKS = 9, _("9 · Safety of amusement parks")
    MOTOR_INSURANCE = 10, _("10 · Duty of motor insurance")
    WASTE_DUMPING = 11, _("11 · Prevention and recording of waste dumping")
