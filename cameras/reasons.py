"""Why a camera was chosen or left out: a code and its figures, put into words here and nowhere else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cameras.optics import Band

Figure = str | int | float

WORDS = {
    "seen": gettext_lazy("%(distance)s m · %(density)s px/m · %(band)s"),
    "preset": gettext_lazy("preset “%(preset)s” · %(distance)s m · %(density)s px/m · %(band)s"),
    "lost": gettext_lazy("offline since %(since)s"),
    "maintenance": gettext_lazy("under maintenance since %(since)s"),
    "to_declare": gettext_lazy("moved or new, to be declared to the prefecture first"),
    "planned": gettext_lazy("planned, not in service yet"),
    "retired": gettext_lazy("retired"),
    "not_authorised": gettext_lazy("no authorisation on record"),
    "masks": gettext_lazy("its privacy masks are to be checked first"),
    "too_far": gettext_lazy("%(distance)s m away, sees %(range)s m"),
    "out_of_field": gettext_lazy("looks elsewhere, by %(by)s°"),
    "hidden": gettext_lazy("an obstacle hides the place"),
    "too_coarse": gettext_lazy("%(density)s px/m only, too coarse to watch"),
    "exercise": gettext_lazy("belongs to the exercise city"),
    "beyond_pan": gettext_lazy("its head stops turning %(by)s° before the place"),
    "too_low": gettext_lazy("the place is %(by)s° lower than it can look"),
    "too_high": gettext_lazy("the place is %(by)s° higher than it can look"),
    "not_exercise": gettext_lazy("a real camera does not turn for an exercise"),
    # Who steers, and why it went from hand to hand (locks.py, sharing.py).
    "held": gettext_lazy("held by %(by)s until %(until)s"),
    "same_side": gettext_lazy("sees it from the same side as %(code)s"),
    "enough": gettext_lazy("sees it less well than those chosen"),
    "free": gettext_lazy("it was free"),
    "before_lower": gettext_lazy("it goes before %(by)s"),
    "had_none": gettext_lazy("%(by)s had %(count)s cameras, this alarm none"),
    "its_turn": gettext_lazy("it waited %(waited)s s and its turn came"),
    "by_hand": gettext_lazy("steered by hand"),
    "watched": gettext_lazy("somebody watches it"),
    "given": gettext_lazy("%(by)s gave it"),
    "no_answer": gettext_lazy("%(by)s did not answer within %(seconds)s s"),
    "lead": gettext_lazy("the shift lead took it"),
    "given_back": gettext_lazy("given back"),
    "lease_over": gettext_lazy("nobody steered it for %(seconds)s s"),
    "case_over": gettext_lazy("the incident is over"),
    "round_over": gettext_lazy("the round went on"),
    "replaced": gettext_lazy("%(by)s steers it now: %(why)s"),
    "returned": gettext_lazy("back to preset “%(preset)s”"),
    "hand_aim": gettext_lazy("aimed by hand, %(distance)s m away"),
    "sees_better": gettext_lazy("%(density)s px/m here, %(code)s only %(other)s"),
    "sees_no_more": gettext_lazy("%(code)s does not see the place any more"),
    "stays": gettext_lazy("sees it well enough: no change for a little more"),
    "driver": gettext_lazy("the camera did not do it"),
    "nonsense": gettext_lazy("this move was not understood"),
    "silent": gettext_lazy("the camera has not answered for 2 s"),
    "no_line": gettext_lazy("the line between the processes of the centre is cut"),
    "no_database": gettext_lazy("the database is away: nothing is steered meanwhile"),
    "not_looked": gettext_lazy("nobody looked at it"),
    # What became of an order (carrying.py), and what a device answered instead (drivers/base.py).
    "turned": gettext_lazy("turned in %(seconds)s s"),
    "turned_blind": gettext_lazy("turning; it does not say where it looks"),
    "shown": gettext_lazy("sees the place without turning"),
    "dewarped": gettext_lazy("round picture, unrolled towards %(bearing)s°"),
    "drawn": gettext_lazy("a drawn picture: nothing turns"),
    "no_head": gettext_lazy("nothing on record says how to turn it"),
    "no_key": gettext_lazy("no key opens its password"),
    "not_held": gettext_lazy("no process of the centre speaks to it"),
    "unreachable": gettext_lazy("its head does not answer"),
    "too_slow": gettext_lazy("its head takes too long to answer"),
    "no_device": gettext_lazy("what answers at its address is not a camera (ONVIF)"),
    "wrong_password": gettext_lazy("its head does not accept the password"),
    "refused": gettext_lazy("its head refuses: %(said)s"),
    "not_supported": gettext_lazy("its head cannot do this: %(said)s"),
    "long": gettext_lazy("its head takes long, the centre goes on trying"),
    "interrupted": gettext_lazy("it stopped elsewhere, restarted or moved by somebody else"),
    "restarted": gettext_lazy("it restarted"),
    "moved_outside": gettext_lazy("somebody moved it, not through the centre"),
    "newer": gettext_lazy("a newer order took its place"),
    "too_late": gettext_lazy("too late: nobody could turn it for %(seconds)s s"),
    "tour_stop": gettext_lazy("stop %(number)s of “%(tour)s”"),
}


@dataclass(frozen=True)
class Reason:
    """One reason. `str()` gives it in the language of the reader; `as_json()` keeps it for any reader."""

    code: str
    figures: Mapping[str, Figure] = field(default_factory=dict)

    def __str__(self) -> str:
        return WORDS[self.code] % _Spoken(self.figures)

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "figures": dict(self.figures)}


def text(reason: Mapping[str, Any]) -> str:
    """The words for a reason kept as JSON."""
    return str(Reason(reason["code"], reason.get("figures", {})))


class _Spoken(dict[str, str]):
    """The figures as people read them: whole metres, a class by its name, an instant by the clock."""

    def __init__(self, figures: Mapping[str, Figure]) -> None:
        super().__init__({name: _spoken(name, figure) for name, figure in figures.items()})

    def __missing__(self, name: str) -> str:
        return "?"


def _spoken(name: str, figure: Figure) -> str:
    if name == "until":
        return timezone.localtime(dt.datetime.fromisoformat(str(figure))).strftime("%H:%M:%S")
    if name == "since":
        return _clock(dt.datetime.fromisoformat(str(figure)))
    if name == "band":
        return str(Band(str(figure)).label) if figure else _("no class")
    if isinstance(figure, str):
        return figure
    return number_format(round(figure), force_grouping=False)


def _clock(at: dt.datetime) -> str:
    local = timezone.localtime(at)
    today = local.date() == timezone.localdate()
    return local.strftime("%H:%M") if today else date_format(local, "SHORT_DATETIME_FORMAT")
