"""How long the minutes of a paper are still there, in words: colour alone says nothing (law W-11)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evidence import became
from evidence.models import AccessRequest, Requisition
from evidence.models.minutes import frozen_until
from evidence.models.requisition import NEAR

HOUR = dt.timedelta(hours=1)
SOON_DAYS = 7
SOON = dt.timedelta(days=SOON_DAYS)


@dataclass(frozen=True)
class Clock:
    """`level` is late, near, far or stopped; `held` says until when a freeze keeps them all the same."""

    level: str
    words: str
    held: str = ""


def of(
    row: Requisition,
    frozen: Mapping[int, dt.datetime] | None = None,
    fates: Mapping[int, list[became.Fate]] | None = None,
) -> Clock:
    """`frozen` says until when each line is frozen, `fates` what is there of it, where a page has read them for all."""
    now = timezone.now()
    if not row.is_open and row.due_at is not None:
        return Clock("stopped", _("answered"))
    if row.is_sealed:
        return _hold(row) if row.is_hold else Clock("stopped", _("copied out and sealed"))
    lines = row.lines
    all_fates = became.of_lines(lines) if fates is None else fates
    mine = {line.pk: all_fates.get(line.pk, []) for line in lines}
    if row.due_at is None or (not any(line.is_sealed for line in lines) and became.nothing_left(mine)):
        return Clock("stopped", became.in_short(mine))
    known = frozen_until(lines) if frozen is None else frozen
    ends = [known[line.pk] for line in lines if line.pk in known]
    held = _("frozen until %(moment)s") % {"moment": _moment(min(ends))} if ends else _("not frozen")
    left = row.due_at - now
    if left <= dt.timedelta(0):
        return Clock(
            "late", _("only the freeze holds it: its day was %(day)s") % {"day": _moment(row.due_at)}, held
        )
    words = _("would be destroyed in %(left)s") if ends else _("destroyed in %(left)s")
    return Clock("near" if left < NEAR else "far", words % {"left": length(left)}, held)


def of_access(row: AccessRequest) -> Clock:
    if not row.is_open:
        return Clock("stopped", _("answered"))
    days = row.days_left
    if days < 0:
        text = ngettext("%(n)s day late", "%(n)s days late", -days)
        return Clock("late", text % {"n": -days})
    text = ngettext("%(n)s day left to answer", "%(n)s days left to answer", days)
    return Clock("near" if days < SOON_DAYS else "far", text % {"n": days})


def length(left: dt.timedelta) -> str:
    """Hours below two days, days and hours above."""
    hours = int(left / HOUR)
    if left < NEAR:
        return _("%(hours)s h %(minutes)02d min") % {
            "hours": hours,
            "minutes": int(left.total_seconds()) // 60 % 60,
        }
    days = ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}
    return _("%(days)s %(hours)s h") % {"days": days, "hours": hours % 24}


def _hold(row: Requisition) -> Clock:
    """A paper for a later end is to be read before the days it is given are over."""
    ends = _("kept until %(moment)s, then destroyed") % {"moment": _moment(row.kept_until)}
    waiting = row.waiting_extension
    if waiting is None:
        return Clock("stopped", ends)
    words = _("a later end is to be checked by %(moment)s") % {"moment": _moment(waiting.read_by)}
    return Clock("near" if waiting.read_by - timezone.now() < SOON else "far", words, ends)


def _moment(at: dt.datetime | None) -> str:
    return date_format(timezone.localtime(at), "d/m/Y H:i") if at else "—"
