"""Trying a zone: what it would have signalled on the last hour of its camera, or on a staged clip. Nobody is told.

Software that goes over recordings of a street is analysis too (L-28): it needs the very authorisation that watching
live would have needed, for all of that hour; an exercise or a staged clip needs none (L-29).
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rights import Right, require
from detection import gate, parameters
from detection.models import DetectorModel, EventType, Trial, UseRecord, Zone
from detection.switching import record_of
from doors.problems import Conflict, NotAllowed, hold_together

if TYPE_CHECKING:
    from accounts.models import User

logger = logging.getLogger(__name__)
HOUR = dt.timedelta(hours=1)
GIVEN_UP = dt.timedelta(minutes=45)
CLIP_KEPT = dt.timedelta(hours=24)
FOUND_AT_MOST = 200
State = Trial.State
BROKE_OFF = gettext_lazy("The trial broke off.")


@transaction.atomic
def ask_trial(
    *,
    actor: User,
    zone: Zone,
    event_type: EventType,
    detector: DetectorModel,
    thresholds: dict[str, float] | None = None,
    clip: Any = None,
    staged: bool = False,
    length: dt.timedelta = HOUR,
) -> Trial:
    """A worker runs it. Raises NotAllowed when recordings may not be gone over, Refused when a field does not do."""
    require(actor, Right.SET_DETECTION)
    if Trial.objects.filter(zone=zone, state__in=[State.WAITING, State.RUNNING]).exists():
        raise Conflict(_("A trial of this zone is running already."), code="trial-running")
    now = timezone.now()
    trial = Trial(
        zone=zone,
        event_type=event_type,
        detector=detector,
        parameters={**parameters.defaults(event_type.code), **event_type.parameters, **(thresholds or {})},
        asked_by=actor,
        asked_at=now,
    )
    if clip is not None:
        if not staged:
            raise NotAllowed(
                _("Only a staged clip may be tried: say that everybody in it agreed."),
                what_to_do=_("Take a clip made for it, never one of a street."),
                code="clip-not-staged",
            )
        trial.clip, trial.staged = clip, True
    else:
        trial.period_from, trial.period_to = now - length, now
        if not gate.covers(zone, event_type.code, detector.sha256, trial.period_from, now):
            raise NotAllowed(
                _("Software may not go over these recordings."),
                detail=_(
                    "That needs an authorisation that covers the camera, the type and all of that time."
                ),
                what_to_do=_("Try it on a staged clip, or on a camera of the exercise."),
                code="trial-not-authorised",
            )
    hold_together(trial)
    trial.save()
    why = _("trial on a staged clip") if trial.clip else _("trial on the last hour")
    record_of(
        UseRecord.Kind.TRIED,
        zone,
        event_type.code,
        detector,
        actor=actor,
        why=why,
        exercise=bool(trial.clip) or zone.camera.exercise,
    )
    return trial


def begin(pk: int) -> Trial | None:
    """The trial, when it is this process's to run."""
    # Race: the message and the clock both start it. The row is changed by the first.
    mine = Trial.objects.filter(pk=pk, state=State.WAITING).update(
        state=State.RUNNING, began_at=timezone.now()
    )
    rows = Trial.objects.select_related("zone__camera", "event_type", "detector")
    return rows.get(pk=pk) if mine else None


def done(trial: Trial, found: list[dict[str, Any]], seconds: float) -> None:
    Trial.objects.filter(pk=trial.pk).update(
        state=State.DONE, ended_at=timezone.now(), found=found[:FOUND_AT_MOST], seconds=seconds
    )


def failed(pk: int, why: object) -> None:
    Trial.objects.filter(pk=pk, state__in=[State.WAITING, State.RUNNING]).update(
        state=State.FAILED, ended_at=timezone.now(), failure=str(why)[:300]
    )


def owed() -> list[int]:
    """Those that wait; one that ran for too long was left by a worker that died."""
    late = timezone.now() - GIVEN_UP
    Trial.objects.filter(state=State.RUNNING, began_at__lt=late).update(
        state=State.FAILED, failure=_("the worker went away"), ended_at=timezone.now()
    )
    return list(Trial.objects.filter(state=State.WAITING).order_by("pk").values_list("pk", flat=True)[:4])


def forget_clips() -> int:
    """No clip outlives its trial, nor a day (L-29)."""
    kept = Trial.objects.exclude(clip="").filter(clip_gone=False)
    over = Q(state__in=[State.DONE, State.FAILED]) | Q(asked_at__lt=timezone.now() - CLIP_KEPT)
    gone = 0
    for trial in kept.filter(over):
        trial.clip.storage.delete(str(trial.clip.name))
        Trial.objects.filter(pk=trial.pk).update(clip_gone=True)
        gone += 1
    return gone
