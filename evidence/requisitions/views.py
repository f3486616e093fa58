"""The pages of requisitions: the queue by its clock, entering a paper, one requisition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.gates import View, signed_in
from accounts.models import User
from accounts.rights import Right
from doors.problems import Refused
from evidence import clock, letters, pages, papers
from evidence.forms import lines, minutes_of
from evidence.models import Requisition
from evidence.models.minutes import frozen_until
from evidence.requisitions import actions
from evidence.requisitions.forms import RequisitionForm

CLOSED_SHOWN = 50


def for_whom(view: View) -> View:
    """Whoever is signed in: `visible_to` says what they see, an OPJ their own."""
    return never_cache(signed_in(view))


@require_GET
@for_whom
def queue(request: HttpRequest, user: User) -> HttpResponse:
    rows = Requisition.objects.visible_to(user)
    seen = (Right.RECEIVE_REQUISITION, Right.CHECK_REQUISITION, Right.SEE_AUDIT, Right.ASK_EXTRACTION)
    if not any(user.may(right) for right in seen):
        raise PermissionDenied(Right.RECEIVE_REQUISITION.label)
    rows = rows.with_lines().select_related("received_by")
    open_ = list(rows.open().by_clock())
    closed = rows.exclude(pk__in=[row.pk for row in open_]).order_by("-closed_at", "-pk")
    frozen = frozen_until(line for row in open_ for line in row.lines)
    waiting = [(row, clock.of(row, frozen)) for row in open_]
    context = pages.context(user, "requisitions") | {
        # Sealed ones wait for a signature, no longer for the clock.
        "waiting": sorted(waiting, key=lambda one: one[1].level == "stopped"),
        "closed": list(closed[:CLOSED_SHOWN]),
    }
    return render(request, "evidence/queue.html", context)


@require_http_methods(["GET", "POST"])
@for_whom
def receive(request: HttpRequest, user: User) -> HttpResponse:
    if not user.may(Right.RECEIVE_REQUISITION):
        raise PermissionDenied(Right.RECEIVE_REQUISITION.label)
    sent = request.POST if request.method == "POST" else None
    more = sent is not None and "more" in sent
    initial = {"incident": request.GET.get("incident", "")[:40]}
    form = RequisitionForm(sent, request.FILES or None, initial=initial, label_suffix="")
    typed = lines(sent, minutes_of(request.GET))
    status, found = 200, False
    if sent is not None and not more:
        valid = [one.is_valid() for one in (form, *typed)]
        found = any(line.found for line in typed)
        if all(valid) and not found:
            try:
                row = actions.receive(
                    actor=user,
                    wanted=[line.wanted() for line in typed],
                    workstation=pages.seat(request),
                    **_said(form.cleaned_data),
                )
            except Refused as refused:
                status = pages.say(form, refused)
            else:
                return redirect("evidence:requisition", row.pk)
        elif not all(valid):
            status = 400
    context = pages.context(user, "receive") | {
        "form": form,
        "lines": pages.named(typed),
        "count": len(typed),
        "found": found,
    }
    return render(request, "evidence/receive.html", context, status=status)


def _said(cleaned: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value or None if name in ("paper", "opj", "kept_until") else value
        for name, value in cleaned.items()
    }


@require_GET
@for_whom
def one(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _shown(request, user, _row(user, pk))


@require_POST
@for_whom
def check(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _act(request, user, pk, actions.check, checks=request.POST.getlist("checks"))


@require_POST
@for_whom
def ask(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _act(request, user, pk, actions.ask, workstation=pages.seat(request))


@require_POST
@for_whom
def validate(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _act(request, user, pk, actions.validate)


@require_POST
@for_whom
def refuse(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    said = {name: request.POST.get(name, "") for name in ("refused_for", "words")}
    return _act(request, user, pk, actions.refuse, **said)


@require_POST
@for_whom
def hand_over(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    said = {name: request.POST.get(name, "") for name in ("recipient_name", "recipient_quality", "medium")}
    return _act(request, user, pk, actions.hand_over, workstation=pages.seat(request), **said)


@require_POST
@for_whom
def release(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _act(request, user, pk, actions.release)


@require_POST
@for_whom
def nothing_found(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _act(request, user, pk, actions.nothing_found)


@require_POST
@for_whom
def attach(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """The scan of a paper that came without one, at night or by telephone."""
    return _act(request, user, pk, actions.attach, paper=request.FILES.get("paper"))


@require_GET
@for_whom
def paper(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """The scan as it came. An OPJ has it already; only who works on it reads it here."""
    row = _row(user, pk)
    if not (user.may(Right.RECEIVE_REQUISITION) or user.may(Right.CHECK_REQUISITION)):
        raise PermissionDenied(Right.RECEIVE_REQUISITION.label)
    try:
        data = papers.read(row)
    except Refused as refused:
        return _shown(request, user, row, refused)
    if data is None:
        raise Http404
    answer = HttpResponse(data, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{row.number}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@require_GET
@for_whom
def letter(request: HttpRequest, user: User, pk: int, name: str, form: str) -> HttpResponse:
    row = _row(user, pk)
    return pages.printed(letters.of_requisition(row), row, name, form, request.GET.get("lang", ""))


def _act(
    request: HttpRequest, user: User, pk: int, action: Callable[..., object], **said: Any
) -> HttpResponse:
    row = _row(user, pk)
    try:
        action(actor=user, requisition=row, **said)
    except Refused as refused:
        return _shown(request, user, _row(user, pk), refused)
    return redirect("evidence:requisition", pk)


def _row(user: User, pk: int) -> Requisition:
    rows = Requisition.objects.visible_to(user).with_lines()
    return get_object_or_404(rows.select_related("received_by", "checked_by", "closed_by"), pk=pk)


def _shown(
    request: HttpRequest, user: User, row: Requisition, refused: Refused | None = None
) -> HttpResponse:
    found = row.lines
    asked = [line.extraction for line in found if line.extraction is not None]
    works = user.may(Right.RECEIVE_REQUISITION) or user.may(Right.CHECK_REQUISITION)
    context = pages.context(user, "requisitions") | {
        "row": row,
        "lines": found,
        "clock": clock.of(row),
        "steps": steps(row),
        "refused": refused,
        "mine": row.received_by_id == user.pk,
        "checks": Requisition.Check.choices,
        "grounds": Requisition.RefusedFor.choices,
        "to_ask": any(line.due_at and line.extraction is None for line in found),
        "to_validate": any(one.state == "asked" and one.requester_id != user.pk for one in asked),
        "all_empty": bool(asked) and all(one.error == actions.NOTHING for one in asked),
        "letters": [(name, title) for name, (title, _make) in letters.of_requisition(row).items()],
        # Who of the centre did what is not for the authority.
        "history": pages.history(f"requisition:{row.pk}") if works or user.may(Right.SEE_AUDIT) else [],
        "works": works,
    }
    return render(request, "evidence/requisition.html", context, status=refused.status if refused else 200)


def steps(row: Requisition) -> list[tuple[str, bool]]:
    """Those of law W-11, and whether each is done."""
    found = [line for line in row.lines if line.due_at is not None]
    built = [line.extraction for line in found if line.extraction is not None]
    sealed = bool(found) and all(line.is_sealed for line in found)
    asked = bool(found) and len(built) == len(found) and all(one.validator_id for one in built)
    frozen = bool(found)
    return [
        ("received", True),
        ("frozen", frozen),
        ("checked", row.checked_at is not None),
        ("extracted", asked),
        ("sealed", sealed),
        ("handed_over", row.state == Requisition.State.HANDED_OVER),
    ]
