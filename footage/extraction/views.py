"""The pages of extractions: ask, validate, follow, hand over."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.gates import needs
from accounts.models import User
from accounts.rights import Right
from accounts.session import workstation_of
from doors.problems import Refused
from footage.extraction import actions
from footage.extraction.destroying import is_past
from footage.extraction.forms import AskForm
from footage.extraction.zipped import streamed
from footage.models import BlurredCopy, Extraction, Freeze

RIGHTS = (Right.ASK_EXTRACTION, Right.VALIDATE_EXTRACTION, Right.SEE_AUDIT)
SHOWN = 200


@require_GET
@needs(*RIGHTS)
def listing(request: HttpRequest, user: User) -> HttpResponse:
    rows = Extraction.objects.visible_to(user).select_related("requester", "validator")
    context = _context(user) | {"extractions": rows.prefetch_related("cameras")[:SHOWN]}
    return render(request, "footage/extractions.html", context)


@require_http_methods(["GET", "POST"])
@needs(*RIGHTS)
def ask(request: HttpRequest, user: User) -> HttpResponse:
    if not user.may(Right.ASK_EXTRACTION):
        raise PermissionDenied(Right.ASK_EXTRACTION.label)
    form = AskForm(user, request.POST if request.method == "POST" else None, initial=_initial(request))
    status = 200
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            row = actions.ask_extraction(
                actor=user, codes=said.pop("cameras"), workstation=_seat(request), **said
            )
        except Refused as refused:
            form.add_error(None, f"{refused.title} {refused.what_to_do}")
            status = refused.status
        else:
            return redirect("footage:extraction", row.pk)
    return render(request, "footage/ask.html", _context(user) | {"form": form}, status=status)


@require_GET
@needs(*RIGHTS)
def one(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _shown(request, user, _row(user, pk))


@require_GET
@needs(*RIGHTS)
def progress(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Polled while it is built."""
    row = _row(user, pk)
    copy = BlurredCopy.objects.filter(pk=row.pk).first()
    answer = render(request, "footage/_progress.html", {"extraction": row, "copy": copy})
    if not (row.is_under_way or (copy is not None and copy.is_under_way)):
        answer.headers["HX-Refresh"] = "true"
    return answer


@require_POST
@needs(*RIGHTS)
def validate(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _act(request, user, pk, actions.validate_extraction)


@require_POST
@needs(*RIGHTS)
def refuse(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _act(request, user, pk, actions.refuse_extraction, why=request.POST.get("why", ""))


@require_POST
@needs(*RIGHTS)
def again(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _act(request, user, pk, actions.build_again)


@require_POST
@needs(*RIGHTS)
def hand_over(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    given = {name: request.POST.get(name, "") for name in ("recipient", "medium", "agreement")}
    return _act(request, user, pk, actions.hand_over, workstation=_seat(request), **given)


@require_POST
@needs(*RIGHTS)
def hand_over_copy(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    given = {name: request.POST.get(name, "") for name in ("recipient", "agreement")}
    return _act(request, user, pk, actions.hand_over_copy, workstation=_seat(request), **given)


@require_GET
@needs(*RIGHTS)
def copy_package(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """The same rule as for the original: to whom first, and only for who wrote it."""
    row = _row(user, pk)
    copy = BlurredCopy.objects.filter(pk=row.pk, handed_by=user).first()
    if copy is None:
        return _shown(request, user, row, _not_handed())
    return _zip(copy)


@require_GET
@needs(*RIGHTS)
def package(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    """Bytes only once it was written to whom they go, and only for who wrote it."""
    row = _row(user, pk)
    if row.state != Extraction.State.HANDED_OVER or row.handed_by_id != user.pk:
        return _shown(request, user, row, _not_handed())
    return _zip(row)


def _not_handed() -> Refused:
    return Refused(
        _("Say first to whom it goes: it is written down, then you get it."), status=409, code="not-handed"
    )


def _zip(sealed: Extraction | BlurredCopy) -> HttpResponse:
    """Nothing once its time after the handing over has passed, even before it is destroyed."""
    if is_past(sealed) or not sealed.path.is_dir():
        raise Http404
    answer: Any = StreamingHttpResponse(streamed(sealed.path), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{sealed.number}.zip"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer  # type: ignore[no-any-return]  # a response like any other at run time


def _act(
    request: HttpRequest, user: User, pk: int, action: Callable[..., object], **given: Any
) -> HttpResponse:
    row = _row(user, pk)
    try:
        action(actor=user, extraction=row, **given)
    except Refused as refused:
        return _shown(request, user, _row(user, pk), refused)
    return redirect("footage:extraction", pk)


def _row(user: User, pk: int) -> Extraction:
    rows = Extraction.objects.visible_to(user).select_related("requester", "validator", "handed_by")
    return get_object_or_404(rows.prefetch_related("cameras"), pk=pk)


def _shown(request: HttpRequest, user: User, row: Extraction, refused: Refused | None = None) -> HttpResponse:
    context = _context(user) | {
        "extraction": row,
        "copy": BlurredCopy.objects.filter(pk=row.pk).select_related("extraction").first(),
        "frozen_until": Freeze.objects.holding()
        .filter(cause=row.cause)
        .values_list("ends_at", flat=True)
        .first(),
        "refused": refused,
        "mine": row.requester_id == user.pk,
        "to_recipient": row.ground == Extraction.Ground.RECIPIENT,
        "agreements": actions.agreements_for(row),
        "original_stays": row.reason == Extraction.Reason.ACCESS_REQUEST,
    }
    return render(request, "footage/extraction.html", context, status=refused.status if refused else 200)


def _context(user: User) -> dict[str, Any]:
    return {
        "centre_name": settings.CENTRE_NAME,
        "may_ask": user.may(Right.ASK_EXTRACTION),
        "may_validate": user.may(Right.VALIDATE_EXTRACTION),
    }


def _initial(request: HttpRequest) -> dict[str, Any]:
    """From the page of recordings: its cameras and the minutes marked on it."""
    asked = request.GET
    initial: dict[str, Any] = {"cameras": asked.get("cameras", "").split(",")}
    for name, said in (("since", asked.get("from", "")), ("until", asked.get("to", ""))):
        try:
            moment = parse_datetime(said)
        except ValueError:
            moment = None
        if moment is not None and timezone.is_aware(moment):
            initial[name] = timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M:%S")
    if asked.get("sharp"):
        initial |= {"blurred": True, "sharp": _areas(asked["sharp"])}
    return initial | {name: asked.get(name, "") for name in ("reason", "reference") if asked.get(name)}


def _areas(said: str) -> Any:
    try:
        return json.loads(said)
    except ValueError:
        return {}


def _seat(request: HttpRequest) -> str:
    seat = workstation_of(request.session)
    return seat.code if seat else ""
