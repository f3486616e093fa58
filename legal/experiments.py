"""What the centre tries for a time: recorded, judged on three grounds, stopped, kept or given up.

The legal ground is judged by who controls, not by who tries.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.rights import Right, require
from doors.problems import Conflict, Refused, hold_together
from events.log import publish
from legal.facts import ExperimentChanged
from legal.models import Controller, Experiment
from legal.models.experiment import GROUNDS


@transaction.atomic
def record_experiment(*, actor: User, **told: Any) -> Experiment:
    """Before it begins, or as soon as somebody thinks of it. Raises Refused for one without ground or end."""
    require(actor, Right.KEEP_REGISTERS)
    row = Experiment(exercise=Controller.current().exercise, **told)
    hold_together(row)
    row.save()
    return _said(row, actor, "recorded")


@transaction.atomic
def judge(*, actor: User, experiment: Experiment, ground: str, verdict: str, words: str) -> Experiment:
    """One of the three grounds; again, until the result is decided."""
    require(actor, Right.KEEP_REGISTERS)
    if ground not in GROUNDS:
        raise _badly(_("An experiment is judged on three grounds: technical, operational, legal."))
    if ground == "legal":
        require(actor, Right.SEE_AUDIT)
    row = _open(experiment)
    if row.starts_on > timezone.localdate():
        raise _badly(_("It has not begun: there is nothing to judge yet."))
    if verdict == Experiment.Verdict.AWAITED or not words.strip():
        raise _badly(_("Say on what this judgement stands."))
    setattr(row, ground, verdict)
    setattr(row, f"{ground}_words", words.strip())
    return _kept(row, actor, ground, verdict, ground, f"{ground}_words")


@transaction.atomic
def stop(*, actor: User, experiment: Experiment, on: dt.date, why: str) -> Experiment:
    """Before its day, and why."""
    require(actor, Right.KEEP_REGISTERS)
    row = _open(experiment)
    if row.stopped_on is not None:
        raise _changed()
    if not why.strip() or not row.starts_on <= on <= min(timezone.localdate(), row.ends_on):
        raise _badly(_("It is stopped on a day between its first and today, and for a reason."))
    row.stopped_on, row.stopped_why = on, why.strip()[:300]
    return _kept(row, actor, "stopped", "", "stopped_on", "stopped_why")


@transaction.atomic
def decide(*, actor: User, experiment: Experiment, result: str, words: str) -> Experiment:
    """Once all three grounds are judged. What the law does not bear is not kept."""
    require(actor, Right.KEEP_REGISTERS)
    row = _open(experiment)
    if result == Experiment.Result.AWAITED or not words.strip():
        raise _badly(_("Say what is decided, and why."))
    row.result, row.result_words = result, words.strip()
    return _kept(row, actor, "decided", result, "result", "result_words")


def _open(experiment: Experiment) -> Experiment:
    """Race: two people at once; what was decided first stays."""
    row = Experiment.objects.select_for_update(of=("self",), no_key=True).get(pk=experiment.pk)
    if row.result != Experiment.Result.AWAITED:
        raise _changed()
    return row


def _kept(row: Experiment, actor: User, what: str, verdict: str, *fields: str) -> Experiment:
    hold_together(row)
    row.save(update_fields=fields)
    return _said(row, actor, what, verdict)


def _said(row: Experiment, actor: User, what: str, verdict: str = "") -> Experiment:
    publish(ExperimentChanged(experiment_id=row.pk, what=what, verdict=verdict), actor=actor)
    return row


def _badly(title: str) -> Refused:
    return Refused(title, what_to_do=_("Correct it and send it again."), status=400, code="experiment")


def _changed() -> Refused:
    return Conflict(
        _("This experiment is no longer in the state you saw."),
        what_to_do=_("Open it again."),
        code="experiment-changed",
    )
