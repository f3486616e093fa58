"""What software watches for, in the open: by which authorisation, how right it is, and one button that stops it all."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.gates import View, needs
from accounts.models import User
from accounts.rights import Right
from detection import actions, board, report
from detection.models import AnalyticsAuthorisation, EventType, Profile, Stop, UseRecord
from detection.models.authorisation import PAPERS
from detection.switching import STOPPERS
from doors.problems import Refused

LINES = 60
READERS = (*STOPPERS, Right.MANAGE_HABILITATIONS)


def for_who_reads(view: View) -> View:
    return never_cache(needs(*READERS)(view))


@require_GET
@for_who_reads
def home(request: HttpRequest, user: User) -> HttpResponse:
    return _home(request, user)


@require_POST
@for_who_reads
def stop(request: HttpRequest, user: User) -> HttpResponse:
    return _act(request, user, lambda why: actions.stop_all(actor=user, why=why))


@require_POST
@for_who_reads
def allow(request: HttpRequest, user: User) -> HttpResponse:
    return _act(request, user, lambda why: actions.allow_again(actor=user, why=why))


@require_POST
@for_who_reads
def switch(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    profile = get_object_or_404(Profile.objects.visible_to(user), pk=pk)
    turn = actions.enable_profile if request.POST.get("to") == "on" else actions.disable_profile
    return _act(request, user, lambda why: turn(actor=user, profile=profile, why=why))


@require_POST
@for_who_reads
def withdraw(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    act = get_object_or_404(AnalyticsAuthorisation.objects.visible_to(user), pk=pk)
    return _act(
        request, user, lambda why: actions.withdraw_authorisation(actor=user, authorisation=act, why=why)
    )


@require_GET
@for_who_reads
def paper(request: HttpRequest, user: User, pk: int, name: str) -> FileResponse:
    """The act, its impact assessment or its model card, for who may see it; never by the address of the file."""
    act = get_object_or_404(AnalyticsAuthorisation.objects.visible_to(user), pk=pk)
    if name not in PAPERS or not act.file_of(name):
        raise Http404
    return FileResponse(act.file_of(name).open("rb"), content_type="application/pdf")


@require_GET
@needs(Right.SEE_AUDIT, Right.SET_DETECTION)
def week(request: HttpRequest, user: User) -> HttpResponse:
    """What the prefect is sent each week (L-25)."""
    shown = report.of_week(_monday(request))
    context = {
        "centre_name": settings.CENTRE_NAME,
        "week": shown,
        "before": shown.begins - report.WEEK,
        "after": shown.begins + report.WEEK,
        "now": timezone.now(),
    }
    return render(request, "detection/week.html", context)


@require_GET
@needs(Right.SEE_AUDIT, Right.SET_DETECTION)
def register_csv(request: HttpRequest, user: User) -> HttpResponse:
    """The register of use of a week, as spreadsheets read it (RFC 4180)."""
    shown = report.of_week(_monday(request))
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="watching-{shown.begins:%Y-%m-%d}.csv"'
    out = csv.writer(answer)
    head = ["at", "what", "camera", "type", "zone", "by", "why", "authorisation", "software", "detector"]
    out.writerow([*head, "sha256"])
    for one in shown.register:
        said = [one.kind, one.camera_code, one.event_type, one.zone, one.by.label if one.by else "", one.why]
        cells = [*said, one.authorisation, one.software, one.model, one.model_sha256]
        out.writerow([one.at.isoformat(), *map(_cell, cells)])
    return answer


def _cell(text: str) -> str:
    """A spreadsheet takes none of it for a formula."""
    return f"'{text}" if text[:1] in tuple("=+-@\t\r") else text


def _monday(request: HttpRequest) -> dt.date:
    try:
        asked = parse_date(request.GET.get("week", ""))
    except ValueError:
        asked = None
    today = report.monday(timezone.localdate())
    return min(report.monday(asked), today) if asked and asked.year > 2000 else today


def _act(request: HttpRequest, user: User, do: Callable[[str], object]) -> HttpResponse:
    try:
        do(request.POST.get("why", ""))
    except Refused as refused:
        return _home(request, user, refused)
    return redirect("detection:home")


def _home(request: HttpRequest, user: User, refused: Refused | None = None) -> HttpResponse:
    now = timezone.now()
    rows = board.rows(user, now)
    context: dict[str, Any] = {
        "centre_name": settings.CENTRE_NAME,
        "rows": rows,
        "running": sum(row.verdict.ok for row in rows),
        "stop": Stop.objects.filter(lifted_at=None).select_related("by").first(),
        "types": EventType.objects.visible_to(user),
        "acts": [(act, act.state(now)) for act in AnalyticsAuthorisation.objects.visible_to(user)],
        "register": UseRecord.objects.visible_to(user).select_related("by")[:LINES],
        "may_set": user.may(Right.SET_DETECTION),
        "may_stop": any(user.may(right) for right in STOPPERS),
        "may_withdraw": user.may(Right.MANAGE_HABILITATIONS),
        "may_report": user.may(Right.SEE_AUDIT) or user.may(Right.SET_DETECTION),
        "in_room": user.may(Right.SEE_ROOM),
        "refused": refused,
    }
    return render(request, "detection/home.html", context, status=refused.status if refused else 200)
