"""The register of experiments: all of them, one with its three judgements, a new one. Read by who checks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.rights import Right
from doors.problems import Refused
from events.models import Event
from legal import experiments
from legal.forms import DecideForm, ExperimentForm, JudgeForm, StopForm
from legal.models import Experiment
from legal.models.experiment import GROUNDS
from legal.pages.gates import for_keepers, for_readers, refused_with, said
from legal.papers import experiment as paper_of
from legal.papers.giving import given

# What can be done to one: its form, its action, what is said when it is done.
ACTS: dict[str, tuple[type[forms.Form], Callable[..., Any], str | Promise]] = {
    **dict.fromkeys(GROUNDS, (JudgeForm, experiments.judge, gettext_lazy("The judgement is written."))),
    "stop": (StopForm, experiments.stop, gettext_lazy("It is written that the experiment was stopped.")),
    "decide": (DecideForm, experiments.decide, gettext_lazy("The result is written.")),
}
SAID: dict[str, str | Promise] = {
    "recorded": gettext_lazy("entered in the register"),
    "technical": gettext_lazy("judged on the technical ground"),
    "operational": gettext_lazy("judged on the operational ground"),
    "legal": gettext_lazy("judged on the legal ground"),
    "stopped": gettext_lazy("stopped"),
    "decided": gettext_lazy("result decided"),
}


@require_GET
@for_readers
def listing(request: HttpRequest, user: User) -> HttpResponse:
    """Those without their result first; `?format=pdf|odt|json` gives the register as a paper."""
    rows = list(Experiment.objects.visible_to(user).select_related("authorisation"))
    paper = given(request, lambda: paper_of.register(rows), "experiments")
    if paper is not None:
        return paper
    rows.sort(key=lambda row: (not row.lacks_its_result, not row.is_running))
    context = {"rows": rows, "may_write": user.may(Right.KEEP_REGISTERS), "tab": "experiments"}
    return render(request, "legal/experiments.html", context)


@require_http_methods(["GET", "POST"])
@for_keepers
def record(request: HttpRequest, user: User) -> HttpResponse:
    initial = {"starts_on": timezone.localdate()}
    form = ExperimentForm(request.POST or None, label_suffix="", initial=initial)
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        done = _("The experiment is recorded.")
        refused = said(request, experiments.record_experiment, done, actor=user, **form.cleaned_data)
        if refused is None:
            return redirect("legal:experiments")
    context = {"form": form, "refused": refused, "tab": "experiments"}
    return render(request, "legal/experiment_new.html", context, status=refused_with(refused, form))


@require_http_methods(["GET", "POST"])
@for_readers
def one(request: HttpRequest, user: User, pk: int, act: str = "") -> HttpResponse:
    row = get_object_or_404(Experiment.objects.visible_to(user).select_related("authorisation"), pk=pk)
    paper = given(request, lambda: paper_of.paper(row), f"experiment-{row.pk}")
    if paper is not None:
        return paper
    if (act and act not in ACTS) or (request.method == "POST") != bool(act):
        raise Http404
    sent = {name: _form(name, request.POST if name == act else None) for name in ACTS}
    refused: Refused | None = None
    if act and sent[act].is_valid():
        told = dict(sent[act].cleaned_data) | ({"ground": act} if act in GROUNDS else {})
        refused = said(request, ACTS[act][1], str(ACTS[act][2]), actor=user, experiment=row, **told)
        if refused is None:
            return redirect("legal:experiment", pk=row.pk)
        row.refresh_from_db()
    may = user.may(Right.KEEP_REGISTERS) and row.result == Experiment.Result.AWAITED
    context = {
        "row": row,
        "grounds": _grounds(row, user, sent, may=may and row.starts_on <= timezone.localdate()),
        "stop": sent["stop"] if may and row.is_running else None,
        "decide": sent["decide"] if may and row.is_judged else None,
        "refused": refused,
        "history": _history(row) if user.may(Right.SEE_AUDIT) or user.may(Right.KEEP_REGISTERS) else [],
        "tab": "experiments",
    }
    failed = [sent[act]] if act else []
    return render(request, "legal/experiment.html", context, status=refused_with(refused, *failed))


def _form(name: str, sent: Any) -> forms.Form:
    return ACTS[name][0](sent, label_suffix="", prefix=name)


def _grounds(row: Experiment, user: User, sent: dict[str, forms.Form], *, may: bool) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "name": name,
            "verdict": verdict,
            "label": label,
            "words": words,
            # Who tries does not judge whether the law bears it.
            "form": sent[code] if may and (code != "legal" or user.may(Right.SEE_AUDIT)) else None,
        }
        for code, (name, verdict, label, words) in zip(GROUNDS, row.judgements(), strict=True)
    ]


def _history(row: Experiment) -> list[tuple[Event, str]]:
    events = Event.objects.about(f"experiment:{row.pk}").select_related("actor").order_by("pk")
    return [(event, str(SAID.get(event.data.get("what", ""), event.kind))) for event in events]
