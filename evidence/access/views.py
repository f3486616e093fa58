"""The pages of access requests: those to answer by their day, entering one, one request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.gates import View, needs
from accounts.models import User
from accounts.rights import Right
from doors.problems import Refused
from evidence import clock, letters, pages
from evidence.access import actions, grounds
from evidence.access.forms import AccessForm
from evidence.forms import lines, minutes_of
from evidence.models import AccessRequest
from footage.models import BlurredCopy

CLOSED_SHOWN = 50
RIGHTS = (Right.RECEIVE_REQUISITION, Right.VALIDATE_EXTRACTION, Right.KEEP_REGISTERS)


def for_whom(view: View) -> View:
    return never_cache(needs(*RIGHTS)(view))


@require_GET
@for_whom
def listing(request: HttpRequest, user: User) -> HttpResponse:
    rows = AccessRequest.objects.visible_to(user).with_lines()
    open_ = list(rows.open().order_by("due_on", "pk"))
    closed = rows.exclude(pk__in=[row.pk for row in open_]).order_by("-answered_at", "-pk")
    context = pages.context(user, "access") | {
        "waiting": [(row, clock.of_access(row)) for row in open_],
        "closed": list(closed[:CLOSED_SHOWN]),
    }
    return render(request, "evidence/access.html", context)


@require_http_methods(["GET", "POST"])
@for_whom
def receive(request: HttpRequest, user: User) -> HttpResponse:
    if not (user.may(Right.RECEIVE_REQUISITION) or user.may(Right.KEEP_REGISTERS)):
        raise PermissionDenied(Right.RECEIVE_REQUISITION.label)
    sent = request.POST if request.method == "POST" else None
    form = AccessForm(sent, label_suffix="")
    typed = lines(sent, minutes_of(request.GET))
    status, found = 200, False
    if sent is not None and "more" not in sent:
        valid = [one.is_valid() for one in (form, *typed)]
        found = any(line.found for line in typed)
        if all(valid) and not found:
            try:
                row = actions.receive(
                    actor=user, wanted=[line.wanted() for line in typed], **form.cleaned_data
                )
            except Refused as refused:
                status = pages.say(form, refused)
            else:
                return redirect("evidence:access_request", row.pk)
        elif not all(valid):
            status = 400
    context = pages.context(user, "receive_access") | {
        "form": form,
        "lines": pages.named(typed),
        "count": len(typed),
        "found": found,
    }
    return render(request, "evidence/receive_access.html", context, status=status)


@require_GET
@for_whom
def one(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _shown(request, user, _row(user, pk))


@require_POST
@for_whom
def identify(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _act(request, user, pk, actions.identify, identity=request.POST.get("identity", ""))


@require_POST
@for_whom
def prepare(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _act(request, user, pk, actions.prepare, workstation=pages.seat(request))


@require_POST
@for_whom
def attach(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _act(request, user, pk, actions.attach)


@require_POST
@for_whom
def grant(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _act(request, user, pk, actions.grant)


@require_POST
@for_whom
def refuse(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    said = {name: request.POST.get(name, "") for name in ("refused_for", "words")}
    return _act(request, user, pk, actions.refuse, **said)


@require_POST
@for_whom
def extend(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _act(request, user, pk, actions.extend, why=request.POST.get("why", ""))


@require_POST
@for_whom
def answer(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    how = request.POST.get("how", "")
    return _act(request, user, pk, actions.answer, how=how, workstation=pages.seat(request))


@require_POST
@for_whom
def nothing_found(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _act(request, user, pk, actions.nothing_found)


@require_GET
@for_whom
def letter(request: HttpRequest, user: User, pk: int, name: str, form: str) -> HttpResponse:
    row = _row(user, pk)
    return pages.printed(letters.of_access(row), row, name, form, request.GET.get("lang", ""))


def _act(
    request: HttpRequest, user: User, pk: int, action: Callable[..., object], **said: Any
) -> HttpResponse:
    row = _row(user, pk)
    try:
        action(actor=user, request=row, **said)
    except Refused as refused:
        return _shown(request, user, _row(user, pk), refused)
    return redirect("evidence:access_request", pk)


def _row(user: User, pk: int) -> AccessRequest:
    rows = AccessRequest.objects.visible_to(user).with_lines()
    people = ("received_by", "identity_by", "decided_by", "answered_by")
    return get_object_or_404(rows.select_related(*people), pk=pk)


def _shown(
    request: HttpRequest, user: User, row: AccessRequest, refused: Refused | None = None
) -> HttpResponse:
    found = row.lines
    asked = [line.extraction for line in found if line.extraction is not None]
    context = pages.context(user, "access") | {
        "row": row,
        "lines": [(line, _drawing(row, line) if user.may(Right.SEE_RECORDING) else "") for line in found],
        "clock": clock.of_access(row),
        "refused": refused,
        "mine": row.received_by_id == user.pk,
        "identities": AccessRequest.Identity.choices,
        "grounds": [(ground.value, ground.label, grounds.source(ground)) for ground in grounds.SOURCES],
        "review_on": grounds.REVIEW_ON,
        "to_prepare": any(line.due_at and line.extraction is None for line in found),
        "to_validate": any(one.state == "asked" and one.requester_id != user.pk for one in asked),
        "all_empty": bool(asked) and all(one.error == "nothing-recorded" for one in asked),
        "copies": list(BlurredCopy.objects.filter(pk__in=[one.pk for one in asked])),
        "drawn": actions.drawn_for(row).count() if row.is_open else 0,
        "letters": [(name, title) for name, (title, _make) in letters.of_access(row).items()],
        "history": pages.history(f"access_request:{row.pk}"),
    }
    status = refused.status if refused else 200
    return render(request, "evidence/access_request.html", context, status=status)


def _drawing(row: AccessRequest, line: Any) -> str:
    """The page of recordings with this line filled in: there somebody draws what stays sharp."""
    asked = {
        "cameras": ",".join(camera.code for camera in line.cameras.all()[:4]),
        "from": line.since.isoformat(),
        "to": line.until.isoformat(),
        "reason": "access_request",
        "reference": row.number,
    }
    return f"{reverse('footage:replay')}?{urlencode(asked)}"
