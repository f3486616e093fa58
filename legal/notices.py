"""What the prefect is told of the system, and what has changed since he was told last (L-02)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rights import Right, require
from doors.problems import Refused
from events.log import publish
from legal.assessments import Estate, covered
from legal.facts import NoticeSent
from legal.models import Controller, PrefectNotice, PrefecturalAuthorisation
from legal.state.contributions import provided
from places.geometry import Point, angle_between_deg, distance_m

# As for a position to be declared (cameras): less is a correction of the survey.
MOVED_M, TURNED_DEG = 2.0, 1.0
Told = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Changes:
    """Codes of cameras that are not as the prefect was told."""

    added: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.moved or self.removed)

    @property
    def count(self) -> int:
        return len(self.added) + len(self.moved) + len(self.removed)

    def as_object(self) -> dict[str, list[str]]:
        return {"added": self.added, "moved": self.moved, "removed": self.removed}


@dataclass(frozen=True)
class Standing:
    """An order, what the prefect was told under it last, and what has changed."""

    authorisation: PrefecturalAuthorisation
    last: PrefectNotice | None
    draft: PrefectNotice | None
    cameras: int
    changes: Changes


def told_of(authorisation: PrefecturalAuthorisation, estate: Estate) -> Told:
    """The cameras of an order as a notice keeps them, by code."""
    return {
        one["code"]: {
            "name": one["name"],
            "kind": one["kind"],
            "sector": one["sector_code"] or "",
            "lat": round(one["lat"], 6),
            "lon": round(one["lon"], 6),
            "azimuth": round(one["azimuth"], 1),
            "purpose": one["purpose"],
        }
        for one in covered(authorisation, estate)
    }


def changes_between(before: Told, now: Told) -> Changes:
    moved = [code for code in sorted(before.keys() & now.keys()) if _moved(before[code], now[code])]
    return Changes(sorted(now.keys() - before.keys()), moved, sorted(before.keys() - now.keys()))


def _moved(before: dict[str, Any], now: dict[str, Any]) -> bool:
    metres = distance_m(Point(before["lat"], before["lon"]), Point(now["lat"], now["lon"]))
    return metres > MOVED_M or abs(angle_between_deg(before["azimuth"], now["azimuth"])) > TURNED_DEG


def standings() -> list[Standing]:
    """Every order in force, or ended with cameras told under it."""
    acts = list(PrefecturalAuthorisation.objects.in_force(timezone.localdate()))
    rows = PrefectNotice.objects.filter(authorisation__in=acts).order_by("made_at")
    last: dict[int, PrefectNotice] = {}
    drafts: dict[int, PrefectNotice] = {}
    for row in rows:
        (drafts if row.sent_on is None else last)[row.authorisation_id] = row
    estate: Estate = provided("estate")() if acts else []
    return [_standing(act, last.get(act.pk), drafts.get(act.pk), estate) for act in acts]


def _standing(
    act: PrefecturalAuthorisation, last: PrefectNotice | None, draft: PrefectNotice | None, estate: Estate
) -> Standing:
    now = told_of(act, estate)
    before = last.estate if last and last.kind != PrefectNotice.Kind.CEASE else {}
    return Standing(act, last, draft, len(now), changes_between(before, now))


@transaction.atomic
def draft_notice(
    *,
    actor: User,
    authorisation: PrefecturalAuthorisation,
    kind: str,
    effective_on: dt.date,
    words: str = "",
) -> PrefectNotice:
    """A notice on the estate of now. A draft that was not sent is written over."""
    require(actor, Right.KEEP_REGISTERS)
    PrefecturalAuthorisation.objects.select_for_update(no_key=True).get(pk=authorisation.pk)
    sent = PrefectNotice.objects.filter(authorisation=authorisation).sent().order_by("made_at").last()
    before = sent.estate if sent and sent.kind != PrefectNotice.Kind.CEASE else {}
    ends = kind == PrefectNotice.Kind.CEASE
    now = {} if ends else told_of(authorisation, provided("estate")())
    if kind == PrefectNotice.Kind.ENTRY and before:
        raise _refused(_("The prefect was told of the entry into service: this is a change."), "notice-entry")
    if ends and not before:
        raise _refused(_("The prefect was told of nothing that could end."), "notice-nothing")
    changes = changes_between(before, now)
    if kind == PrefectNotice.Kind.CHANGE and not changes:
        raise _refused(_("Nothing has changed since the prefect was told."), "notice-unchanged")
    PrefectNotice.objects.filter(authorisation=authorisation, sent_on=None).delete()
    return PrefectNotice.objects.create(
        kind=kind,
        authorisation=authorisation,
        effective_on=effective_on,
        words=words,
        estate=now,
        changes=changes.as_object(),
        made_by=actor,
        exercise=Controller.current().exercise,
    )


@transaction.atomic
def note_sent(*, actor: User, notice: PrefectNotice, sent_on: dt.date, how: str) -> PrefectNotice:
    """It left the centre that day. From now on it stays as it is."""
    require(actor, Right.KEEP_REGISTERS)
    row = PrefectNotice.objects.select_for_update(no_key=True).get(pk=notice.pk)
    if row.sent_on is not None:
        raise _refused(_("This notice was sent already."), "notice-sent")
    if not row.made_at.date() <= sent_on <= timezone.localdate():
        raise _refused(_("It was sent between the day it was made and today."), "notice-when")
    row.sent_on, row.sent_how = sent_on, how
    row.save(update_fields=["sent_on", "sent_how"])
    publish(NoticeSent(notice_id=row.pk, what=row.kind, authorisation_id=row.authorisation_id), actor=actor)
    return row


def _refused(title: str, code: str) -> Refused:
    return Refused(title, what_to_do=_("See the page of notices to the prefect."), status=409, code=code)
