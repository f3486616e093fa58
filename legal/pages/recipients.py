"""Agreements with recipients: who may receive, under what act, until when, and what they got (L-09)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.gates import needs
from accounts.models import User
from accounts.rights import Right
from doors.problems import Refused
from legal import recipients
from legal.forms import AgreementForm, DesignateForm, DestroyedForm, EndForm
from legal.models import Communication, RecipientAgreement
from legal.models.agreement import AgreementQuerySet
from legal.pages.gates import for_readers, refused_with, said
from legal.papers import recipients as paper_of
from legal.papers.giving import given

WRITES = Right.MANAGE_HABILITATIONS
SHOWN = 100
ACTS: dict[str, tuple[Callable[..., Any], str | Promise]] = {
    "designate": (recipients.designate, gettext_lazy("It is written who looks under it.")),
    "end": (
        recipients.end_agreement,
        gettext_lazy("The agreement is ended: nothing more is given under it."),
    ),
}


@require_GET
@for_readers
def listing(request: HttpRequest, user: User) -> HttpResponse:
    rows = list(_rows(user).prefetch_related("warnings", "agents"))
    gone = Communication.objects.visible_to(user).select_related("agreement", "by")
    paper = given(request, lambda: paper_of.paper(rows, gone[: paper_of.LATEST]), "recipients")
    if paper is not None:
        return paper
    rows.sort(key=lambda row: (not row.is_in_force, row.last_day))
    context = {
        "rows": rows,
        "late": gone.to_be_confirmed(timezone.localdate())[:SHOWN],
        "given": gone[:SHOWN],
        "unnamed": recipients.unnamed(),
        "may_write": user.may(WRITES),
        "may_confirm": user.may(WRITES) or user.may(Right.KEEP_REGISTERS),
        "destroyed": DestroyedForm(label_suffix=""),
        "tab": "recipients",
    }
    return render(request, "legal/recipients.html", context)


@require_http_methods(["GET", "POST"])
@needs(WRITES)
def record(request: HttpRequest, user: User) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    initial = {"starts_on": timezone.localdate(), "keep_days": 31}
    form = AgreementForm(sent, request.FILES or None, label_suffix="", initial=initial)
    refused: Refused | None = None
    if sent is not None and form.is_valid():
        done = _("The agreement is recorded.")
        refused = said(request, recipients.record_agreement, done, actor=user, **form.cleaned_data)
        if refused is None:
            return redirect("legal:recipients")
    context = {"form": form, "refused": refused, "tab": "recipients"}
    return render(request, "legal/recipient_new.html", context, status=refused_with(refused, form))


@require_http_methods(["GET", "POST"])
@for_readers
def one(request: HttpRequest, user: User, pk: int, act: str = "") -> HttpResponse:
    row = get_object_or_404(_rows(user).prefetch_related("warnings"), pk=pk)
    if (act and act not in ACTS) or (request.method == "POST") != bool(act):
        raise Http404
    held = list(row.agents.select_related("user").order_by("user__username", "pk"))
    designate = DesignateForm(
        *((request.POST, request.FILES) if act == "designate" else ()),
        label_suffix="",
        initial={"agents": [one.pk for one in held]},
    )
    end = EndForm(request.POST if act == "end" else None, label_suffix="")
    refused = _acted(request, user, row, act, designate if act == "designate" else end)
    if act and refused is None and not (designate.errors or end.errors):
        return redirect("legal:recipient", pk=row.pk)
    may = user.may(WRITES) and row.ended_on is None and row.last_day >= timezone.localdate()
    context = {
        "row": row,
        "what": paper_of.what_of(row),
        "where": paper_of.where_of(row),
        "agents": held,
        "given": row.communications.select_related("by")[:SHOWN],
        "designate": designate if may else None,
        "end": end if may else None,
        "may_confirm": user.may(WRITES) or user.may(Right.KEEP_REGISTERS),
        "destroyed": DestroyedForm(label_suffix=""),
        "refused": refused,
        "tab": "recipients",
    }
    return render(request, "legal/recipient.html", context, status=refused_with(refused, designate, end))


def _acted(request: HttpRequest, user: User, row: RecipientAgreement, act: str, form: Any) -> Refused | None:
    if not act or not form.is_valid():
        return None
    does, done = ACTS[act]
    return said(request, does, str(done), actor=user, agreement=row, **form.cleaned_data)


@require_POST
@for_readers
def destroyed(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """The recipient says that what it was given is gone."""
    row = get_object_or_404(Communication.objects.visible_to(user).select_related("agreement"), pk=pk)
    form = DestroyedForm(request.POST, label_suffix="")
    refused: Refused | None = None
    if form.is_valid():
        done = _("It is written that it was destroyed there.")
        refused = said(
            request, recipients.confirm_destroyed, done, actor=user, communication=row, **form.cleaned_data
        )
        if refused is None:
            return redirect("legal:recipient", pk=row.agreement_id)
    context = {"one": row, "form": form, "refused": refused, "tab": "recipients"}
    return render(request, "legal/recipient_destroyed.html", context, status=refused_with(refused, form))


@require_GET
@for_readers
def document(request: HttpRequest, user: User, pk: int) -> FileResponse:
    """The act as signed; never by the address of the file."""
    row = get_object_or_404(_rows(user), pk=pk)
    if not row.document:
        raise Http404
    return FileResponse(row.document.open("rb"), content_type="application/pdf")


def _rows(user: User) -> AgreementQuerySet:
    return RecipientAgreement.objects.visible_to(user).select_related("authorisation")
