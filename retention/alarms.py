"""When destruction fails the room is told, once, and told again when it is over."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from events.log import publish
from events.models import Pulse
from retention import facts
from retention.models import Lateness, Run

# The light pass comes every quarter of an hour: three missed ones are an engine that stands still.
SILENT = dt.timedelta(minutes=50)
PULSE = "retention"


@transaction.atomic
def judge(run: Run) -> str:
    """Why the room must act since this run, or nothing. Announces only what changed."""
    late = sorted(Lateness.objects.filter(items__gt=0).values_list("what", flat=True))
    why, what = "", late
    if "clock" in run.failures:
        why, what = "clock", ["clock"]
    elif run.failures:
        why, what = "failed", sorted(run.failures)
    elif late:
        why = "late"
    elif silent():
        why = "silent"
    told = _told()
    if why == told:
        return why
    Run.objects.filter(pk=run.pk).update(alarm=why)
    if why and not told:
        publish(facts.PurgeFailed(run_id=run.pk, why=why, what=what, at=timezone.now().isoformat()))
    elif not why:
        # The runs that were told of stay as they were told; the alarm they raised is over.
        Run.objects.exclude(alarm="").exclude(pk=run.pk).update(alarm="")
        publish(facts.CaughtUp(run_id=run.pk))
    return why


def _told() -> str:
    last = Run.objects.select_for_update(no_key=True).exclude(alarm="").order_by("-pk").first()
    return last.alarm if last else ""


def silent(now: dt.datetime | None = None) -> bool:
    """Whether the engine has not run for too long. One that never ran is judged by health, with its processes."""
    pulse = Pulse.objects.filter(name=PULSE).first()
    return pulse is not None and (now or timezone.now()) - pulse.at > SILENT
