"""The pages of access requests: those to answer by their day, entering one, one request."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.gates import View, needs
from accounts.models import User
from accounts.rights import Right
from doors.problems import Refused
from evidence import asking, became, clock, letters, pages
from evidence.access import actions, grounds
from evidence.access.forms import AccessForm
from evidence.asking import Wanted
from evidence.models import AccessRequest
from evidence.search import Search
from footage.models import BlurredCopy

RIGHTS = (Right.RECEIVE_REQUISITION, Right.VALIDATE_EXTRACTION, Right.KEEP_REGISTERS)


def for_whom(view: View) -> View:
    return never_cache(needs(*RIGHTS)(view))


@require_GET
@for_whom
def listing(request: HttpRequest, user: User) -> HttpResponse:
    rows = AccessRequest.objects.visible_to(user).with_lines()
    search = Search(request.GET, label_suffix="")
    context = pages.context(user, "access") | {
        "waiting": [(row, clock.of_access(row)) for row in rows.open().order_by("due_on", "pk")],
        **pages.listed(request, search, rows, rows.closed()),
    }
    return render(request, "evidence/access.html", context, status=400 if search.errors else 200)


@require_http_methods(["GET", "POST"])
@for_whom
def receive(request: HttpRequest, user: User) -> HttpResponse:
    if not (user.may(Right.RECEIVE_REQUISITION) or user.may(Right.KEEP_REGISTERS)):
        raise PermissionDenied(Right.RECEIVE_REQUISITION.label)

    def enter(said: dict[str, Any], wanted: list[Wanted]) -> AccessRequest:
        return actions.receive(actor=user, wanted=wanted, **said)

    form = AccessForm(request.POST if request.method == "POST" else None, label_suffix="")
    return pages.entering(
        request, user, form=form, tab="receive_access", page="evidence:access_request", act=enter
    )


def _row(user: User, pk: int) -> AccessRequest:
    rows = AccessRequest.objects.visible_to(user).with_lines()
    people = ("received_by", "identity_by", "decided_by", "answered_by")
    row = get_object_or_404(rows.select_related(*people), pk=pk)
    if row.is_forgotten:
        # Told to nobody from that day on, even before it is erased.
        row.person = row.contact = row.described = ""
    return row


def _shown(
    request: HttpRequest, user: User, row: AccessRequest, refused: Refused | None = None
) -> HttpResponse:
    found = row.lines
    asked = [line.extraction for line in found if line.extraction is not None]
    fates = became.of_lines([line for line in found if not line.is_sealed], why=row.is_open)
    context = pages.context(user, "access") | {
        "row": row,
        "lines": [
            (line, _drawing(row, line) if user.may(Right.SEE_RECORDING) else "", fates.get(line.pk, []))
            for line in found
        ],
        "reads_register": user.may(Right.SEE_AUDIT) or user.may(Right.MANAGE_HABILITATIONS),
        "clock": clock.of_access(row),
        "refused": refused,
        "mine": row.received_by_id == user.pk,
        "identities": AccessRequest.Identity.choices,
        "grounds": [(ground.value, ground.label, grounds.source(ground)) for ground in grounds.SOURCES],
        "review_on": grounds.REVIEW_ON,
        "to_prepare": any(line.due_at and line.extraction is None for line in found),
        "to_validate": any(one.state == "asked" and one.requester_id != user.pk for one in asked),
        "all_empty": asking.is_nothing(row, fates),
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


desk = pages.Desk(
    gate=for_whom,
    page="evidence:access_request",
    named="request",
    row=_row,
    shown=_shown,
    letters=letters.of_access,
)
one, letter = desk.one(), desk.letter()
identify = desk.does(actions.identify, "identity")
prepare = desk.does(actions.prepare, with_seat=True)
attach = desk.does(actions.attach)
grant = desk.does(actions.grant)
refuse = desk.does(actions.refuse, "refused_for", "words")
extend = desk.does(actions.extend, "why")
answer = desk.does(actions.answer, "how", with_seat=True)
nothing_found = desk.does(actions.nothing_found)
