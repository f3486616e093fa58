"""The pages of requisitions: the queue by its clock, entering a paper, one requisition, a hold made longer."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from accounts.gates import View, signed_in
from accounts.models import User
from accounts.rights import Right
from doors.problems import Refused
from evidence import asking, became, clock, letters, pages, papers
from evidence.asking import Wanted
from evidence.models import HoldExtension, Requisition
from evidence.models.minutes import frozen_until
from evidence.requisitions import actions, extending
from evidence.requisitions.forms import ExtensionForm, RequisitionForm
from evidence.search import RequisitionSearch


def for_whom(view: View) -> View:
    """Whoever is signed in: `visible_to` says what they see, an OPJ their own."""
    return never_cache(signed_in(view))


@require_GET
@for_whom
def queue(request: HttpRequest, user: User) -> HttpResponse:
    seen = (Right.RECEIVE_REQUISITION, Right.CHECK_REQUISITION, Right.SEE_AUDIT, Right.ASK_EXTRACTION)
    if not any(user.may(right) for right in seen):
        raise PermissionDenied(Right.RECEIVE_REQUISITION.label)
    rows = Requisition.objects.visible_to(user).with_lines().select_related("received_by")
    open_ = list(rows.open().by_clock())
    frozen = frozen_until(line for row in open_ for line in row.lines)
    fates = became.of_lines(line for row in open_ for line in row.lines)
    waiting = [(row, clock.of(row, frozen, fates)) for row in open_]
    search = RequisitionSearch(request.GET, label_suffix="")
    context = pages.context(user, "requisitions") | {
        # Sealed ones wait for a signature, no longer for the clock.
        "waiting": sorted(waiting, key=lambda one: one[1].level == "stopped"),
        **pages.listed(request, search, rows, rows.closed()),
    }
    return render(request, "evidence/queue.html", context, status=400 if search.errors else 200)


@require_http_methods(["GET", "POST"])
@for_whom
def receive(request: HttpRequest, user: User) -> HttpResponse:
    if not user.may(Right.RECEIVE_REQUISITION):
        raise PermissionDenied(Right.RECEIVE_REQUISITION.label)
    initial = {"incident": request.GET.get("incident", "")[:40]}
    sent = request.POST if request.method == "POST" else None
    form = RequisitionForm(sent, request.FILES or None, initial=initial, label_suffix="")

    def enter(said: dict[str, Any], wanted: list[Wanted]) -> Requisition:
        nothing = {name: said[name] or None for name in ("paper", "opj", "kept_until")}
        return actions.receive(actor=user, wanted=wanted, workstation=pages.seat(request), **(said | nothing))

    return pages.entering(request, user, form=form, tab="receive", page="evidence:requisition", act=enter)


@require_GET
@for_whom
def paper(request: HttpRequest, user: User, pk: int, extension: int | None = None) -> HttpResponse:
    """The scan as it came. An OPJ has it already; only who works on it reads it here."""
    row = _row(user, pk)
    if not (user.may(Right.RECEIVE_REQUISITION) or user.may(Right.CHECK_REQUISITION)):
        raise PermissionDenied(Right.RECEIVE_REQUISITION.label)
    held = row if extension is None else get_object_or_404(row.extensions.visible_to(user), pk=extension)
    try:
        data = papers.read(held)
    except Refused as refused:
        return _shown(request, user, row, refused)
    if data is None:
        raise Http404
    name = row.number if extension is None else f"{row.number}-{held.pk}"
    return pages.attached(data, "application/pdf", f"{name}.pdf")


def _row(user: User, pk: int) -> Requisition:
    rows = Requisition.objects.visible_to(user).with_lines()
    return get_object_or_404(rows.select_related("received_by", "checked_by", "closed_by"), pk=pk)


def _shown(
    request: HttpRequest,
    user: User,
    row: Requisition,
    refused: Refused | None = None,
    form: ExtensionForm | None = None,
) -> HttpResponse:
    found = row.lines
    asked = [line.extraction for line in found if line.extraction is not None]
    works = user.may(Right.RECEIVE_REQUISITION) or user.may(Right.CHECK_REQUISITION)
    # What is copied out is there, whatever became of the rolling store since.
    fates = became.of_lines([line for line in found if not line.is_sealed], why=row.is_open)
    in_force = row.is_hold and row.state == Requisition.State.CHECKED
    waiting = row.waiting_extension
    context = pages.context(user, "requisitions") | {
        "row": row,
        "lines": [(line, fates.get(line.pk, [])) for line in found],
        "reads_register": user.may(Right.SEE_AUDIT) or user.may(Right.MANAGE_HABILITATIONS),
        "clock": clock.of(row, fates=fates),
        "steps": steps(row),
        "refused": refused,
        "mine": row.received_by_id == user.pk,
        "checks": Requisition.Check.choices,
        "grounds": Requisition.RefusedFor.choices,
        "to_ask": any(line.due_at and line.extraction is None for line in found),
        "to_validate": any(one.state == "asked" and one.requester_id != user.pk for one in asked),
        "all_empty": asking.is_nothing(row, fates),
        "letters": [(name, title) for name, (title, _make) in letters.of_requisition(row).items()],
        # Who of the centre did what is not for the authority.
        "history": pages.history(f"requisition:{row.pk}") if HoldExtension.is_seen_by(user) else [],
        "works": works,
        "paper_is_past": papers.is_past(row),
        "extensions": list(row.extensions.all()) if HoldExtension.is_seen_by(user) else [],
        "waiting": waiting,
        "waiting_is_mine": waiting is not None and waiting.received_by_id == user.pk,
        "extension_checks": HoldExtension.Check.choices,
        "longer": form or ExtensionForm(label_suffix="") if in_force and waiting is None else None,
        "longer_typed": form is not None,
    }
    status = refused.status if refused else 400 if form else 200
    return render(request, "evidence/requisition.html", context, status=status)


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
        # A hold ends by being let go, unless a paper has it handed over.
        ("released", row.state == Requisition.State.RELEASED)
        if row.is_hold and row.state != Requisition.State.HANDED_OVER
        else ("handed_over", row.state == Requisition.State.HANDED_OVER),
    ]


desk = pages.Desk(
    gate=for_whom,
    page="evidence:requisition",
    named="requisition",
    row=_row,
    shown=_shown,
    letters=letters.of_requisition,
)
one, letter = desk.one(), desk.letter()
check = desk.does(actions.check, ticks=["checks"])
ask = desk.does(actions.ask, with_seat=True)
validate = desk.does(actions.validate)
refuse = desk.does(actions.refuse, "refused_for", "words")
hand_over = desk.does(actions.hand_over, "recipient_name", "recipient_quality", "medium", with_seat=True)
release = desk.does(actions.release)
nothing_found = desk.does(actions.nothing_found)
# The scan of a paper that came without one, at night or by telephone.
attach = desk.does(actions.attach, file="paper")
extend = desk.does(extending.extend, form=ExtensionForm)
attach_to = desk.does(extending.attach_to, number="extension", file="paper")
agree = desk.does(extending.agree, number="extension", ticks=["checks"])
refuse_extension = desk.does(extending.refuse_extension, "refused_for", "words", number="extension")
