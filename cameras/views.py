"""The page of video tours: rounds done against planned (law W-05)."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.gates import needs
from accounts.models import User
from accounts.rights import Right
from cameras import reasons
from cameras.models import RoundStep, TourRound
from cameras.tours.hours import LONGEST_REPORT
from cameras.tours.report import report

LATEST = 40


class PeriodForm(forms.Form):
    start = forms.DateField(label=_("From"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    end = forms.DateField(label=_("To"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def clean(self) -> None:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and not start <= end <= start + LONGEST_REPORT:
            raise forms.ValidationError(_("From a day to a later one, three months at most."))


@require_GET
@needs(Right.MANAGE_ESTATE, Right.SEE_ROOM)
def rounds_report(request: HttpRequest, user: User) -> HttpResponse:
    today = timezone.localdate()
    asked = {"start": today - dt.timedelta(days=6), "end": today}
    form = PeriodForm(request.GET if "start" in request.GET else None, initial=asked)
    if form.is_bound and form.is_valid():
        asked = form.cleaned_data
    rows = report(asked["start"], asked["end"])
    latest = (
        TourRound.objects.visible_to(user)
        .filter(planned_at__date__gte=asked["start"], planned_at__date__lte=asked["end"])
        .select_related("tour")
        .prefetch_related("steps__camera")[:LATEST]
    )
    context = {
        "form": form,
        "rows": rows,
        "rounds": [{"round": one, "passed": _passed(one)} for one in latest],
    }
    return render(request, "cameras/rounds.html", context, status=400 if form.errors else 200)


def _passed(row: TourRound) -> list[dict[str, str]]:
    """The stops nobody saw, each with its reason."""
    return [
        {"code": step.camera.code, "why": reasons.text(step.why) if step.why else ""}
        for step in row.steps.all()
        if step.state == RoundStep.State.PASSED
    ]
