"""The table of law §1.9: what kinds of data a centre keeps, the longest each may be kept, and why."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Family(models.TextChoices):
    STREET_VIDEO = "street_video", _("Street video")
    RECIPIENT_COPY = "recipient_copy", _("Video handed to a recipient")
    BODY_WORN = "body_worn", _("Body-worn cameras")
    CALL_AUDIO = "call_audio", _("Sound of call points")
    EVIDENCE = "evidence", _("Evidence taken out for a case")
    FROZEN = "frozen", _("Frozen for a request of access")
    FINE = "fine", _("Pictures of fines")
    SIGNAL = "signal", _("Analytic signals, without picture")
    POSITIONS = "positions", _("Positions of crews")
    TRANSPONDER = "transponder", _("Passages by transponder")
    MAIN_COURANTE = "main_courante", _("Main courante: alarms, incidents, dispatch")
    LOOKS = "looks", _("Log of consultations and exports")
    TECHNICAL = "technical", _("Technical logs")
    PEOPLE = "people", _("Accounts and acts that name people")
    ESTATE = "estate", _("The estate and its upkeep")
    REGISTER = "register", _("Registers of the law")


@dataclass(frozen=True)
class Ground:
    """The longest a family may be kept. None: no text fixes it, the centre does."""

    longest_days: int | None
    source: str


# One calendar month at most is 31 days; a longer one never exists.
GROUNDS: dict[Family, Ground] = {
    Family.STREET_VIDEO: Ground(31, "CSI L252-5"),
    Family.RECIPIENT_COPY: Ground(31, "CSI L252-3"),
    Family.BODY_WORN: Ground(31, "CSI R241-13"),
    Family.CALL_AUDIO: Ground(31, "CSI L252-5"),
    Family.EVIDENCE: Ground(None, "CSI L252-5; CPP 60-1, 77-1-1, 99-3"),
    Family.FROZEN: Ground(183, "RGPD art. 12"),
    Family.FINE: Ground(None, "Code de la route R121-6"),
    Family.SIGNAL: Ground(31, "loi 2023-380 art. 10"),
    Family.POSITIONS: Ground(62, "CNIL, géolocalisation des salariés"),
    Family.TRANSPONDER: Ground(90, "CNIL, contrôle d’accès"),
    Family.MAIN_COURANTE: Ground(None, "arrêté du 14 avril 2009"),
    Family.LOOKS: Ground(1095, "CSI R241-14; loi 78-17 art. 101"),
    Family.TECHNICAL: Ground(366, "CNIL, délibération 2021-122"),
    Family.PEOPLE: Ground(None, "loi 78-17 art. 101"),
    Family.ESTATE: Ground(None, "CSI L252-1"),
    Family.REGISTER: Ground(None, "RGPD art. 5(2), 30; loi 78-17 art. 101"),
}
# When somebody has to look again whether the texts still say so.
REVIEW_ON = dt.date(2027, 11, 1)
LONGEST_OF_ALL = 3660
