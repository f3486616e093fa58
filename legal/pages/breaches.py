"""The register of breaches and the 72 hours of each, for the data protection officer (L-63)."""

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
from django.views.decorators.http import require_http_methods

from accounts.models import User
from doors.problems import Refused
from legal import breaches
from legal.forms import BreachForm, MoreForm, NotifyForm, PeopleForm, WhyForm
from legal.models import Breach
from legal.pages.gates import for_keepers, said
from legal.papers import breach as breach_paper
from legal.papers.giving import given

Form = type[forms.Form] | type[MoreForm]
# What can be done to a breach: its form, its action, what is said when it is done.
ACTS: dict[str, tuple[Form, Callable[..., Any], str | Promise]] = {
    "more": (MoreForm, breaches.tell_more, gettext_lazy("What was learnt is written.")),
    "notify": (NotifyForm, breaches.notify, gettext_lazy("The notification is written.")),
    "no-risk": (WhyForm, breaches.judge_without_risk, gettext_lazy("It is kept here, not notified.")),
    "people": (PeopleForm, breaches.tell_people, gettext_lazy("What people were told is written.")),
    "close": (WhyForm, breaches.close, gettext_lazy("The breach is closed.")),
}


@require_http_methods(["GET", "POST"])
@for_keepers
def listing(request: HttpRequest, user: User) -> HttpResponse:
    """Those whose hours run first, then the others; and the form that records one."""
    form = BreachForm(request.POST or None, label_suffix="", initial={"aware_at": timezone.now()})
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        told = form.told() | {"aware_at": form.cleaned_data["aware_at"], "words": form.cleaned_data["said"]}
        done = _("The breach is recorded: its 72 hours run.")
        refused = said(request, breaches.record_breach, done, actor=user, **told)
        if refused is None:
            return redirect("legal:breaches")
    rows = Breach.objects.visible_to(user)
    context = {
        "running": rows.running(),
        "rows": rows.exclude(state=Breach.State.OPEN)[:100],
        "form": form,
        "refused": refused,
        "tab": "breaches",
    }
    status = refused.status if refused else 400 if form.errors else 200
    return render(request, "legal/breaches.html", context, status=status)


@require_http_methods(["GET", "POST"])
@for_keepers
def one(request: HttpRequest, user: User, pk: int, act: str = "") -> HttpResponse:
    """One breach, its hours, its steps, its paper for the CNIL, and what can be done to it."""
    breach = get_object_or_404(Breach.objects.visible_to(user), pk=pk)
    paper = given(request, lambda: breach_paper.paper(breach), f"breach-{breach.number}")
    if paper is not None:
        return paper
    if act and (act not in ACTS or request.method != "POST"):
        raise Http404
    shown = {name: _form(name, breach, request.POST if name == act else None) for name in ACTS}
    refused: Refused | None = None
    if act and shown[act].is_valid():
        told = _told(act, shown[act])
        refused = said(request, ACTS[act][1], str(ACTS[act][2]), actor=user, breach=breach, **told)
        if refused is None:
            return redirect("legal:breach", pk=breach.pk)
        breach.refresh_from_db()
    context = {
        "breach": breach,
        "steps": breach.steps.select_related("by"),
        "forms": shown,
        "refused": refused,
        "natures": [Breach.Nature(nature).label for nature in breach.natures],
        "tab": "breaches",
    }
    failed = bool(act) and bool(shown[act].errors)
    return render(
        request, "legal/breach.html", context, status=refused.status if refused else 400 if failed else 200
    )


def _form(name: str, breach: Breach, given: Any) -> Any:
    kind = ACTS[name][0]
    if issubclass(kind, MoreForm):
        return kind(given, instance=Breach.objects.get(pk=breach.pk), label_suffix="", prefix=name)
    return kind(given, label_suffix="", prefix=name)


def _told(act: str, form: Any) -> dict[str, Any]:
    if act == "more":
        return {**form.told(), "words": form.cleaned_data["said"]}
    told: dict[str, Any] = form.cleaned_data
    return told
