"""Work orders and availability, for who looks after the cameras. No picture is served here: see it by a look."""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import Avg, Count, F
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.gates import View, needs
from accounts.models import User
from accounts.rights import Right
from cameras.models import Camera
from doors.problems import Refused
from events.models import Event
from footage.health import actions
from footage.health.availability import TARGET, Month, last_days, of_month
from footage.health.chart import Bar, bars
from footage.health.forms import Which, menders
from footage.health.months import asked_month, months
from footage.health.words import sentence
from footage.models import WorkOrder

SHOWN = 300
REPAIR_DAYS = 30


def for_who_looks_after(view: View) -> View:
    """Whoever has to do with cameras or their figures."""
    rights = (Right.SEE_OPERATIONS, Right.MANAGE_ESTATE, Right.SEE_ROOM, Right.SEE_FIGURES)
    return never_cache(needs(*rights)(view))


@require_GET
@for_who_looks_after
def listing(request: HttpRequest, user: User) -> HttpResponse:
    which = Which(request.GET, label_suffix="")
    rows = WorkOrder.objects.visible_to(user)
    found = which.found(rows.select_related("camera__sector", "assigned_to"), user)[: SHOWN + 1]
    lines = [(order, sentence(order)) for order in found[:SHOWN]]
    context = _context(user) | {
        "which": which,
        "lines": lines,
        "more": len(found) > SHOWN,
        "counts": _counts(rows.live()),
        "repair": _repair_s(rows),
    }
    return render(request, "footage/health.html", context)


@require_GET
@for_who_looks_after
def faults_json(request: HttpRequest, user: User) -> JsonResponse:
    """What is wrong with which camera, for the screens of the room."""
    faults: dict[int, list[str]] = defaultdict(list)
    live = WorkOrder.objects.visible_to(user).live().order_by("pk")
    for camera_id, kind in live.values_list("camera_id", "kind"):
        faults[camera_id].append(kind)
    return JsonResponse({"faults": faults})


@require_GET
@for_who_looks_after
def one(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _shown(request, user, _row(user, pk))


@require_POST
@for_who_looks_after
def assign(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    to = request.POST.get("to", "")
    who = user if not to.isdecimal() else get_object_or_404(User, pk=int(to), is_active=True)
    return _act(request, user, pk, actions.assign_order, to=who)


@require_POST
@for_who_looks_after
def mend(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _act(request, user, pk, actions.mend_order, words=request.POST.get("words", ""))


@require_POST
@for_who_looks_after
def dismiss(request: HttpRequest, user: User, pk: int) -> HttpResponse:
    return _act(request, user, pk, actions.dismiss_order, words=request.POST.get("words", ""))


@require_GET
@for_who_looks_after
def availability(request: HttpRequest, user: User) -> HttpResponse:
    month = _month(request, user)
    context = _context(user) | {
        "month": month,
        "months": months(timezone.localdate()),
        "whole": month.whole,
        "target": TARGET,
    }
    return render(request, "footage/availability.html", context)


@require_GET
@for_who_looks_after
def availability_csv(request: HttpRequest, user: User) -> HttpResponse:
    """Seconds and shares, one line for each camera; commas and points, as RFC 4180 and spreadsheets read them."""
    month = _month(request, user)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"availability-{month.begins:%Y-%m}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    out = csv.writer(answer)
    out.writerow(["camera", "name", "due_s", "away_s", "recorded_s", "losses", "available", "recorded"])
    for camera, row in month.cameras:
        shares = [f"{share:.6f}" if share is not None else "" for share in (row.available, row.recorded)]
        name = f"'{camera.name}" if camera.name[:1] in "=+-@" else camera.name
        seconds = [f"{value:.0f}" for value in (row.due_s, row.away_s, row.recorded_s)]
        out.writerow([camera.code, name, *seconds, row.losses, *shares])
    return answer


@require_GET
@for_who_looks_after
def of_camera(request: HttpRequest, user: User, code: str) -> HttpResponse:
    """One camera: its last ten days, and its orders."""
    camera = get_object_or_404(Camera.objects.visible_to(user), code=code)
    orders = WorkOrder.objects.visible_to(user).filter(camera=camera).select_related("camera", "assigned_to")
    drawn: list[Bar] = bars(last_days(camera))
    context = _context(user) | {
        "camera": camera,
        "bars": drawn,
        "lines": [(order, sentence(order)) for order in orders.order_by("-pk")[:50]],
    }
    return render(request, "footage/health_of_camera.html", context)


def _month(request: HttpRequest, user: User) -> Month:
    begins = asked_month(request.GET.get("month", ""), timezone.localdate())
    return of_month(begins, Camera.objects.visible_to(user))


def _counts(live: Any) -> list[tuple[str, int, int]]:
    """(in words, severity, how many) by fault, the worst first."""
    told = dict(live.order_by().values_list("kind").annotate(Count("pk")))
    rows = [
        (str(kind.label), int(WorkOrder(kind=kind).severity), told[kind])
        for kind in WorkOrder.Kind
        if kind in told
    ]
    return sorted(rows, key=lambda row: (row[1], -row[2]))


def _repair_s(rows: Any) -> dt.timedelta | None:
    since = timezone.now() - dt.timedelta(days=REPAIR_DAYS)
    mended = rows.filter(closed_at__gt=since).exclude(state=WorkOrder.State.NOT_A_FAULT)
    mean = mended.aggregate(mean=Avg(F("stood_s") / F("times")))["mean"]
    return dt.timedelta(seconds=round(mean)) if mean is not None else None


def _act(
    request: HttpRequest, user: User, pk: int, action: Callable[..., WorkOrder], **given: Any
) -> HttpResponse:
    row = _row(user, pk)
    try:
        action(actor=user, order=row, **given)
    except Refused as refused:
        return _shown(request, user, _row(user, pk), refused)
    return redirect("footage:work-order", pk)


def _row(user: User, pk: int) -> WorkOrder:
    rows = WorkOrder.objects.visible_to(user).select_related("camera", "assigned_to", "closed_by")
    return get_object_or_404(rows, pk=pk)


def _shown(request: HttpRequest, user: User, row: WorkOrder, refused: Refused | None = None) -> HttpResponse:
    context = _context(user) | {
        "order": row,
        "sentence": sentence(row),
        "figures": sorted(row.evidence.items()),
        "history": Event.objects.about(f"work_order:{row.pk}").select_related("actor"),
        "refused": refused,
        "menders": menders() if row.is_live and user.may(Right.MANAGE_ESTATE) else [],
    }
    return render(request, "footage/work_order.html", context, status=refused.status if refused else 200)


def _context(user: User) -> dict[str, Any]:
    return {
        "centre_name": settings.CENTRE_NAME,
        "may_mend": user.may(Right.MANAGE_ESTATE),
        "may_room": user.may(Right.SEE_ROOM),
        "may_look": user.may(Right.SEE_IMAGE),
    }
