"""Assessments and notices to the prefect: made from live rows, then kept as they were."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.rights import Right
from doors.problems import Refused
from legal import notices
from legal.assessments import assessed, differences, give_opinion, inputs_of, make_assessment
from legal.forms import AssessmentForm, NoticeForm, OpinionForm, SentForm
from legal.models import ImpactAssessment, PrefectNotice, PrefecturalAuthorisation
from legal.pages.gates import for_keepers, for_readers, said
from legal.papers import aipd
from legal.papers import notice as notice_paper
from legal.papers.giving import given


@require_GET
@for_readers
def assessments(request: HttpRequest, user: User) -> HttpResponse:
    return render(request, "legal/assessments.html", {"rows": assessed(), "tab": "assessments"})


@require_http_methods(["GET", "POST"])
@for_readers
def assessment(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """One order: what its assessment weighs now, the last version, a new one, the officer's opinion (L-13)."""
    act = get_object_or_404(PrefecturalAuthorisation.objects.visible_to(user), pk=pk)
    latest = ImpactAssessment.objects.visible_to(user).filter(authorisation=act).first()
    paper = given(request, lambda: aipd.paper(act, latest), "aipd-inputs")
    if paper is not None:
        return paper
    is_dpo = user.may(Right.SEE_AUDIT) and user.may(Right.KEEP_REGISTERS)
    opining = request.method == "POST" and "opinion" in request.POST
    made = AssessmentForm(request.POST if request.method == "POST" and not opining else None, label_suffix="")
    opinion = OpinionForm(request.POST if opining else None, label_suffix="")
    refused: Refused | None = None
    if opining and latest is not None and opinion.is_valid():
        done = _("The opinion is recorded.")
        refused = said(request, give_opinion, done, actor=user, assessment=latest, **opinion.cleaned_data)
    elif made.is_valid():
        done = _("A new version is recorded; the opinion of the officer is awaited.")
        refused = said(request, make_assessment, done, actor=user, authorisation=act, **made.cleaned_data)
    if request.method == "POST" and refused is None and not (made.errors or opinion.errors):
        return redirect("legal:assessment", pk=act.pk)
    inputs = inputs_of(act)
    context = {
        "act": act,
        "latest": latest,
        "inputs": sorted(inputs.items()),
        "changes": differences(latest.inputs, inputs) if latest else [],
        "made": made,
        "opinion": opinion,
        "refused": refused,
        "is_dpo": is_dpo,
        "may_make": user.may(Right.KEEP_REGISTERS),
        "tab": "assessments",
    }
    return render(request, "legal/assessment.html", context, status=_status(refused, made, opinion))


def _status(refused: Refused | None, *forms: AssessmentForm | OpinionForm) -> int:
    return refused.status if refused else 400 if any(form.errors for form in forms) else 200


@require_http_methods(["GET", "POST"])
@for_readers
def notice_list(request: HttpRequest, user: User) -> HttpResponse:
    """By order: what the prefect was told last and what has changed since (L-02)."""
    form = NoticeForm(request.POST or None, label_suffix="", initial={"effective_on": timezone.localdate()})
    refused: Refused | None = None
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        acts = PrefecturalAuthorisation.objects.visible_to(user)
        act = get_object_or_404(acts, pk=asked.pop("authorisation"))
        done = _("The notice is drafted: read it, send it, then say here that it was sent.")
        refused = said(request, notices.draft_notice, done, actor=user, authorisation=act, **asked)
        if refused is None:
            return redirect("legal:notices")
    context = {
        "standings": notices.standings(),
        "rows": PrefectNotice.objects.visible_to(user).select_related("authorisation")[:50],
        "form": form,
        "refused": refused,
        "may_make": user.may(Right.KEEP_REGISTERS),
        "tab": "notices",
    }
    status = refused.status if refused else 400 if form.errors else 200
    return render(request, "legal/notices.html", context, status=status)


@require_GET
@for_readers
def notice(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """One notice as a paper; a PDF unless the address says otherwise."""
    rows = PrefectNotice.objects.visible_to(user).select_related("authorisation")
    row = get_object_or_404(rows, pk=pk)
    paper = given(request, lambda: notice_paper.paper(row), f"notice-{row.pk}")
    if paper is None:
        raise Http404
    return paper


@require_POST
@for_keepers
def notice_sent(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    row = get_object_or_404(PrefectNotice.objects.visible_to(user), pk=pk)
    form = SentForm(request.POST, label_suffix="")
    refused = None
    if form.is_valid():
        done = _("It is written that the notice was sent.")
        refused = said(request, notices.note_sent, done, actor=user, notice=row, **form.cleaned_data)
        if refused is None:
            return redirect("legal:notices")
    context = {"notice": row, "form": form, "refused": refused, "tab": "notices"}
    status = refused.status if refused else 400
    return render(request, "legal/notice_sent.html", context, status=status)
