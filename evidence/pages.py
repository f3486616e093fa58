"""What the pages of requisitions and of access requests share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from accounts.gates import View
from accounts.models import User
from accounts.rights import Right
from accounts.session import workstation_of
from cameras.models import Camera
from doors.documents import FORMATS, Document
from doors.problems import Refused
from events.models import Event
from evidence.forms import LineForm, lines, minutes_of
from evidence.letters import made
from evidence.search import Search

SAID = {
    "evidence.requisition_received": _("received; its minutes frozen"),
    "evidence.requisition_paper_attached": _("scan attached"),
    "evidence.requisition_extraction_asked": _("extraction asked for"),
    "evidence.requisition_checked": _("checked"),
    "evidence.requisition_validated": _("extraction validated"),
    "evidence.requisition_refused": _("refused"),
    "evidence.requisition_handed_over": _("handed over"),
    "evidence.hold_released": _("released"),
    "evidence.hold_extension_received": _("a paper for a later end received"),
    "evidence.hold_extended": _("made longer"),
    "evidence.hold_extension_refused": _("a later end refused"),
    "evidence.requisition_nothing_found": _("closed: nothing found"),
    "evidence.access_asked": _("received; its minutes frozen"),
    "evidence.access_identity_checked": _("identity checked"),
    "evidence.access_prepared": _("blurred copy asked for"),
    "evidence.access_granted": _("granted"),
    "evidence.access_refused": _("refused"),
    "evidence.access_extended": _("two months more"),
    "evidence.access_answered": _("answered"),
}
Made = Mapping[str, tuple[Any, Callable[[Any], Document]]]


SHOWN = 50


@dataclass(frozen=True)
class Desk:
    """One kind of paper: shown, acted upon, printed.

    `named` is what its actions call it; `row` finds it for somebody, or raises Http404; `shown` renders it, with the
    refusal of a gesture or the form that was filled in badly.
    """

    gate: Callable[[View], View]
    page: str
    named: str
    row: Callable[[User, int], Any]
    shown: Callable[..., HttpResponse]
    letters: Callable[[Any], Made]

    def one(self) -> View:
        @require_GET
        @self.gate
        def view(request: HttpRequest, user: User, pk: int) -> HttpResponse:
            return self.shown(request, user, self.row(user, pk))

        return view

    def does(
        self,
        action: Callable[..., object],
        *fields: str,
        ticks: Iterable[str] = (),
        number: str = "",
        file: str = "",
        form: type[Form] | None = None,
        with_seat: bool = False,
    ) -> View:
        """A gesture: these fields of what was sent, or all of a form, to the action; then the page again."""

        @require_POST
        @self.gate
        def view(request: HttpRequest, user: User, pk: int) -> HttpResponse:
            row = self.row(user, pk)
            said: dict[str, Any] = {name: request.POST.get(name, "") for name in fields}
            said |= {name: request.POST.getlist(name) for name in ticks}
            said |= {number: _number(request.POST.get(number, ""))} if number else {}
            said |= {file: request.FILES.get(file)} if file else {}
            said |= {"workstation": seat(request)} if with_seat else {}
            typed: dict[str, Form] = {}
            if form is not None:
                filled = form(request.POST, request.FILES, label_suffix="")
                if not filled.is_valid():
                    return self.shown(request, user, row, form=filled)
                said, typed = said | filled.cleaned_data, {"form": filled}
            try:
                action(actor=user, **{self.named: row}, **said)
            except Refused as refused:
                return self.shown(request, user, self.row(user, pk), refused, **typed)
            return redirect(self.page, pk)

        return view

    def letter(self) -> View:
        """A paper of the centre's own, in one of the three forms."""

        @require_GET
        @self.gate
        def view(request: HttpRequest, user: User, pk: int, name: str, form: str) -> HttpResponse:
            row = self.row(user, pk)
            found = self.letters(row)
            if name not in found or form not in FORMATS:
                raise Http404
            document = made(found[name][1], row, request.GET.get("lang", ""))
            kind = FORMATS[form].content_type
            return attached(FORMATS[form].render(document), kind, f"{row.number}-{name}.{form}", inline=True)

        return view


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else 0


def entering(
    request: HttpRequest,
    user: User,
    *,
    form: Form,
    tab: str,
    page: str,
    act: Callable[[dict[str, Any], list[Any]], Any],
) -> HttpResponse:
    """A paper being typed: what it says and its lines. `act` enters it and gives the row."""
    sent = request.POST if request.method == "POST" else None
    typed = lines(sent, minutes_of(request.GET))
    status, found = 200, False
    if sent is not None and "more" not in sent:
        valid = [one.is_valid() for one in (form, *typed)]
        found = any(line.found for line in typed)
        if all(valid) and not found:
            try:
                row = act(form.cleaned_data, [line.wanted() for line in typed])
            except Refused as refused:
                status = say(form, refused)
            else:
                return redirect(page, row.pk)
        elif not all(valid):
            status = 400
    told = {"form": form, "lines": named(typed), "count": len(typed), "found": found}
    return render(request, f"evidence/{tab}.html", context(user, tab) | told, status=status)


def listed(
    request: HttpRequest, search: Search, rows: QuerySet[Any], closed: QuerySet[Any]
) -> dict[str, Any]:
    """What a search finds among all; without one what is answered. The latest first, fifty to a page."""
    valid = search.is_valid()
    found = (search.found(rows) if search.is_asked else closed) if valid else rows.none()
    before = request.GET.get("before", "")
    if _number(before):
        found = found.filter(pk__lt=_number(before))
    page = list(found.order_by("-pk")[: SHOWN + 1])
    asked = request.GET.copy()
    asked.pop("before", None)
    if len(page) > SHOWN:
        asked["before"] = str(page[SHOWN - 1].pk)
    return {
        "search": search,
        "listed": page[:SHOWN],
        "is_search": search.is_asked,
        "older": asked.urlencode() if len(page) > SHOWN else "",
    }


def attached(content: bytes, kind: str, name: str, *, inline: bool = False) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer.headers["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def context(user: User, tab: str) -> dict[str, Any]:
    return {
        "tab": tab,
        "may_receive": user.may(Right.RECEIVE_REQUISITION),
        "may_receive_access": user.may(Right.RECEIVE_REQUISITION) or user.may(Right.KEEP_REGISTERS),
        "may_check": user.may(Right.CHECK_REQUISITION),
        "may_validate": user.may(Right.VALIDATE_EXTRACTION),
        "may_ask": user.may(Right.ASK_EXTRACTION),
        "sees_access": user.may(Right.RECEIVE_REQUISITION)
        or user.may(Right.VALIDATE_EXTRACTION)
        or user.may(Right.KEEP_REGISTERS),
        "now": timezone.now(),
    }


def seat(request: HttpRequest) -> str:
    here = workstation_of(request.session)
    return here.code if here else ""


def named(lines: Sequence[LineForm]) -> list[tuple[LineForm, list[Camera]]]:
    """Each line with the cameras its codes name, so that who types sees whether they are the right ones."""
    codes = {code for line in lines if line.is_bound for code in _codes(line)}
    known = {camera.code: camera for camera in Camera.objects.filter(code__in=codes)} if codes else {}
    return [(line, [known[code] for code in _codes(line) if code in known]) for line in lines]


def _codes(line: LineForm) -> list[str]:
    said = str(line["codes"].value() or "")
    return [code.strip().upper() for code in said.replace(",", " ").split()]


def history(about: str) -> list[tuple[Event, str]]:
    """What happened to it, from the log, in words."""
    events = Event.objects.about(about).select_related("actor").order_by("pk")
    return [(event, str(SAID[event.kind])) for event in events if event.kind in SAID]


def say(form: Any, refused: Refused) -> int:
    form.add_error(None, " ".join(filter(None, (refused.title, refused.detail, refused.what_to_do))))
    return refused.status
