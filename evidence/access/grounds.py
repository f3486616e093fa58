"""The closed list on which access is refused (law L-62), each with its source and the day to look at it again."""

from __future__ import annotations

import datetime as dt

from evidence.models import AccessRequest

Ground = AccessRequest.RefusedFor
# The list of the law before 2023, which the circular of 22 October 1996 (9.3) calls closed.
_LIST = "CSI L253-5 (rédaction antérieure à 2023); circulaire du 22 octobre 1996, 9.3; RGPD art. 23(1)"
SOURCES: dict[Ground, str] = {
    Ground.STATE: _LIST,
    Ground.SAFETY: _LIST,
    Ground.PROCEEDINGS: _LIST,
    Ground.OTHERS: "CSI R253-4; RGPD art. 15(4)",
    Ground.UNFOUNDED: "RGPD art. 12(5)",
    Ground.IDENTITY: "RGPD art. 12(2)",
}
# Where the former list stands since decree 2023-1102 is to be verified by then (law §6).
REVIEW_ON = dt.date(2027, 11, 1)


def source(ground: str) -> str:
    return SOURCES[Ground(ground)]
