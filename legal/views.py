"""The data protection officer's pages: who looked at what, what deserves a question, copies. No image is near."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.gates import View, needs
from accounts.models import User
from accounts.people import signed_in
from accounts.rights import Right
from accounts.session import workstation_of
from legal import anomalies, export
from legal.actions import record_log_export
from legal.models import ChainHead, Consultation, LogReading, PrefecturalAuthorisation
from legal.search import Search, midnight
from legal.why import Period

PAGE = 100


def for_the_dpo(view: View) -> View:
    return never_cache(needs(Right.SEE_AUDIT)(view))


@require_GET
@for_the_dpo
def consultations(request: HttpRequest, user: User) -> HttpResponse:
    """What a search finds, the latest first; by number, so that page 900 costs what the first one costs."""
    search = Search(request.GET, label_suffix="")
    valid = search.is_valid()
    rows = Consultation.objects.visible_to(user)
    found = search.found(rows) if valid else rows.none()
    before = request.GET.get("before", "")
    if before.isascii() and before.isdecimal() and len(before) < 18:
        found = found.filter(pk__lt=int(before))
    page = list(found.select_related("end").order_by("-pk")[: PAGE + 1])
    asked = request.GET.copy()
    asked.pop("before", None)
    if len(page) > PAGE:
        asked["before"] = str(page[PAGE - 1].pk)
    context = {
        "search": search,
        "rows": page[:PAGE],
        "older": asked.urlencode() if len(page) > PAGE else "",
        "head": ChainHead.objects.visible_to(user).latest_of(Consultation.CHAIN),
        "reading": LogReading.objects.visible_to(user).latest_one(),
        "tab": "consultations",
    }
    return render(request, "legal/consultations.html", context, status=200 if valid else 400)


@require_GET
@for_the_dpo
def questions(request: HttpRequest, user: User) -> HttpResponse:
    rows = Consultation.objects.visible_to(user)
    recent = anomalies.recent(rows).select_related("end").order_by("-pk")
    context = {
        "asked": [
            {"anomaly": anomaly, "rows": list(anomaly.find(recent)[: anomalies.MOST])}
            for anomaly in anomalies.ANOMALIES
        ],
        "places": anomalies.again_and_again(rows),
        "nights": anomalies.night_after_night(rows),
        "often_nights": anomalies.NIGHTS,
        "most": anomalies.MOST,
        "days": anomalies.DAYS,
        "often": anomalies.OFTEN,
        "tab": "questions",
    }
    return render(request, "legal/questions.html", context)


@require_POST
@for_the_dpo
def copy(request: HttpRequest, user: User) -> HttpResponseBase:
    """A copy of the log, written in the log first. JSON Lines of a period, or a table of what a search found."""
    search = Search(request.POST, label_suffix="")
    if not search.is_valid():
        context = {"search": search, "rows": [], "tab": "consultations"}
        return render(request, "legal/consultations.html", context, status=400)
    rows = Consultation.objects.visible_to(user)
    period = _period(search, rows.order_by("pk").first())
    as_table = request.POST.get("format") == "csv"
    place = workstation_of(request.session)
    row = record_log_export(
        actor=user,
        period=period,
        text="CSV" if as_table else "JSON Lines",
        workstation=place.label if place else "",
    )
    # A table ends before the row that tells of it; the chain goes as far as its period.
    steps = export.table(search.found(rows).filter(pk__lt=row.pk)) if as_table else export.chained(period)
    kind, ending = ("text/csv; charset=utf-8", "csv") if as_table else ("application/jsonl", "jsonl")
    answer = StreamingHttpResponse(export.stream(*steps), content_type=kind)
    name = f"consultations-{period.start:%Y%m%d}-{period.end:%Y%m%d}.{ending}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _period(search: Search, first: Consultation | None) -> Period:
    """From the first day asked for, else the first row; to the end of the last day, else now."""
    asked, now = search.cleaned_data, timezone.now()
    oldest = first.begun_at if first else now
    start = midnight(asked["since"]) if asked["since"] else oldest
    end = midnight(asked["until"]) + dt.timedelta(days=1) if asked["until"] else now
    return Period(start, max(end, start + dt.timedelta(microseconds=1)))


@require_GET
@never_cache
@login_required
def document(request: HttpRequest, pk: int) -> FileResponse:
    """The order as signed, for who may see it; never by the address of the file."""
    mine = PrefecturalAuthorisation.objects.visible_to(signed_in(request))
    authorisation = get_object_or_404(mine, pk=pk)
    if not authorisation.document:
        raise Http404
    return FileResponse(authorisation.document.open("rb"), content_type="application/pdf")
