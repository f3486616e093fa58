"""What is kept, how long, and what was destroyed: pages for the data protection officer and who keeps the acts."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from typing import Any

import orjson
from asgiref.sync import sync_to_async
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.gates import View, needs
from accounts.models import User
from accounts.rights import Right
from doors.documents import Document
from doors.problems import Refused
from retention import ledger, paper, sheet
from retention.actions import set_limit
from retention.forms import DestructionSearch, LimitForm, RegisterSearch
from retention.models import Destruction, Limit
from retention.rules import bounds, rules, words_of

PAGE = 200
BATCH = 2_000
LINES = 500
READERS = (Right.SEE_AUDIT, Right.MANAGE_HABILITATIONS)
DESTRUCTION = (
    *("id", "what", "cause", "days", "basis", "scope", "begun_at", "finished_at", "items", "files", "bytes"),
    *("oldest", "newest", "names_sha256", "with_them", "why", "node", "run_id"),
)


def for_readers(view: View) -> View:
    return never_cache(needs(*READERS)(view))


@require_GET
@for_readers
def kept(request: HttpRequest, user: User) -> HttpResponse:
    """Every rule with its limit, and whether anything is past it."""
    context = sheet.context() | {"tab": "kept", "may_set": user.may(Right.MANAGE_HABILITATIONS)}
    return render(request, "retention/kept.html", context)


@require_http_methods(["GET", "POST"])
@for_readers
def limit(request: HttpRequest, user: User, what: str) -> HttpResponse:
    if what not in rules():
        raise Http404
    rule = rules()[what]
    row = Limit.objects.visible_to(user).filter(what=what).first()
    row = row or Limit(what=what, family=rule.family, days=rule.days)
    form = LimitForm(request.POST or None, instance=row)
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            set_limit(what=what, actor=user, **form.cleaned_data)
        except Refused as told:
            refused = told
        else:
            messages.success(request, _("The limit is set. What is older goes at the next run."))
            return redirect("retention:kept")
    least, most = bounds(what)
    context = {
        "form": form,
        "line": sheet.line(rule),
        "least": least,
        "most": most,
        "refused": refused,
        "may_set": user.may(Right.MANAGE_HABILITATIONS),
        "tab": "kept",
    }
    status = refused.status if refused else 400 if form.errors else 200
    return render(request, "retention/limit.html", context, status=status)


@require_GET
@for_readers
def register(request: HttpRequest, user: User) -> HttpResponseBase:
    """Recordings by camera and day: made, destroyed, handed over (L-06). A page, a table or JSON."""
    if not user.may(Right.SEE_AUDIT):
        raise PermissionDenied(Right.SEE_AUDIT.label)
    asked = request.GET if "since" in request.GET else RegisterSearch.yesterday()
    search = RegisterSearch(asked, label_suffix="")
    valid = search.is_valid()
    found: list[ledger.Line] = []
    if valid:
        given = search.cleaned_data
        found = ledger.lines(given["since"], given["until"], given["camera"].strip().upper())
        name = f"register-{given['since']:%Y%m%d}-{given['until']:%Y%m%d}"
        if request.GET.get("format") == "csv":
            rows = (line.as_object() for line in found)
            return _csv(name, ledger.COLUMNS, rows)
        if request.GET.get("format") == "json":
            return _json(name, (line.as_object() for line in found))
        if request.GET.get("format") == "pdf":
            return _pdf(name, paper.register(given["since"], given["until"], given["camera"], found))
    context = {
        "search": search,
        "lines": found[:PAGE],
        "more": max(0, len(found) - PAGE),
        "query": request.GET.urlencode() if "since" in request.GET else _query(search),
        "tab": "register",
    }
    return render(request, "retention/register.html", context, status=200 if valid else 400)


@require_GET
@for_readers
def destructions(request: HttpRequest, user: User) -> HttpResponseBase:
    """Every entry of the register of destructions, the latest first."""
    search = DestructionSearch(request.GET, label_suffix="")
    valid = search.is_valid()
    rows = Destruction.objects.visible_to(user)
    found = search.found(rows) if valid else rows.none()
    if valid and request.GET.get("format") in ("csv", "json"):
        told = ({name: getattr(row, name) for name in DESTRUCTION} for row in found.iterator(BATCH))
        make = _csv if request.GET["format"] == "csv" else None
        return make("destructions", DESTRUCTION, told) if make else _json("destructions", told)
    before = request.GET.get("before", "")
    if before.isascii() and before.isdecimal() and len(before) < 18:
        found = found.filter(pk__lt=int(before))
    page = list(found.order_by("-pk")[: PAGE + 1])
    asked = request.GET.copy()
    asked.pop("before", None)
    query = asked.urlencode()
    if len(page) > PAGE:
        asked["before"] = str(page[PAGE - 1].pk)
    context = {
        "search": search,
        "rows": [(words_of(row.what), row) for row in page[:PAGE]],
        "query": query,
        "older": asked.urlencode() if len(page) > PAGE else "",
        "tab": "destructions",
    }
    return render(request, "retention/destructions.html", context, status=200 if valid else 400)


def _query(search: RegisterSearch) -> str:
    if not search.is_valid():
        return ""
    return "&".join(f"{name}={value}" for name, value in search.cleaned_data.items() if value)


def _csv(name: str, columns: tuple[str, ...], rows: Iterator[dict[str, Any]]) -> StreamingHttpResponse:
    def text() -> Iterator[bytes]:
        yield _line(columns)
        for row in rows:
            yield _line([_cell(row[column]) for column in columns])

    return _attached(text(), "text/csv; charset=utf-8", f"{name}.csv")


def _json(name: str, rows: Iterator[dict[str, Any]]) -> StreamingHttpResponse:
    return _attached((orjson.dumps(row) + b"\n" for row in rows), "application/jsonl", f"{name}.jsonl")


def _pdf(name: str, document: Document) -> HttpResponse:
    answer = HttpResponse(document.pdf(), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return answer


def _attached(content: Iterator[bytes], kind: str, name: str) -> StreamingHttpResponse:
    answer = StreamingHttpResponse(_by_parts(content), content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


async def _by_parts(content: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Some lines at a time, so that nothing waits for the whole of it in memory."""
    while some := await sync_to_async(lambda: list(islice(content, LINES)))():
        for line in some:
            yield line


def _line(cells: Any) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerow(cells)
    return written.getvalue().encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        value = "; ".join(map(str, value))
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    # A spreadsheet runs what begins like a formula.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
