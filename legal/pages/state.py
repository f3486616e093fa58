"""The state of compliance: nine points, the proof behind each, the record and the orders. Read by who checks."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.rights import Right
from legal.assessments import covered
from legal.models import Controller, PrefecturalAuthorisation
from legal.pages.gates import for_readers
from legal.papers import record as record_paper
from legal.papers import state as state_paper
from legal.papers.giving import given
from legal.record import activities
from legal.state.contributions import provided
from legal.state.points import State
from legal.state.registers import standings
from legal.state.sheet import MOST_ROWS, answer, answers


@require_GET
@for_readers
def compliance(request: HttpRequest, user: User) -> HttpResponse:
    """The nine points of L-14, computed now. `?format=pdf|odt|json` gives the same as a paper."""
    found, others = answers(), standings()
    paper = given(request, lambda: state_paper.paper(found, others), "compliance")
    if paper is not None:
        return paper
    counted = {state: sum(one.state == state for one in found) for state in State}
    context = {
        "answers": found,
        "counted": [(state, number) for state, number in counted.items() if number],
        # A breach is for who keeps the registers.
        "others": [one for one in others if one.code != "breaches" or user.may(Right.KEEP_REGISTERS)],
        "us": Controller.current(),
        "now": timezone.now(),
        "tab": "compliance",
    }
    return render(request, "legal/compliance.html", context)


@require_GET
@for_readers
def proof(request: HttpRequest, user: User, code: str) -> HttpResponse:
    """The rows behind one point, as they are now."""
    try:
        found = answer(code)
    except KeyError:
        raise Http404 from None
    tables = [(one, one.proof(), one.look.link_for(user)) for one in found.found]
    context = {"answer": found, "tables": tables, "most": MOST_ROWS, "tab": "compliance"}
    return render(request, "legal/proof.html", context)


@require_GET
@for_readers
def record(request: HttpRequest, user: User) -> HttpResponse:
    """The record of processing activities (GDPR art. 30), from the configuration in force (L-60)."""
    told = activities()
    paper = given(request, lambda: record_paper.paper(told), "record-of-processing")
    if paper is not None:
        return paper
    context = {"activities": told, "us": Controller.current(), "tab": "record"}
    return render(request, "legal/record.html", context)


@require_GET
@for_readers
def orders(request: HttpRequest, user: User) -> HttpResponse:
    """The prefect's orders: how near their end, what was told of it, and which cameras none of them covers (L-01)."""
    today = timezone.localdate()
    rows = PrefecturalAuthorisation.objects.visible_to(user).prefetch_related("warnings")
    estate = [one for one in provided("estate")() if not one["exercise"]]
    lines, reached = [], set()
    for act in rows:
        codes = [one["code"] for one in covered(act, estate)] if estate else []
        in_force = act.signed_on <= today <= act.expires_on
        reached |= set(codes) if in_force else set()
        lines.append({"act": act, "cameras": len(codes), "in_force": in_force, "months": act.warning(today)})
    bare = [one for one in estate if one["code"] not in reached]
    context = {
        "lines": lines,
        "bare": bare[:MOST_ROWS],
        "bare_count": len(bare),
        "estate": len(estate),
        "may_set": user.may(Right.MANAGE_HABILITATIONS),
        "tab": "orders",
    }
    return render(request, "legal/orders.html", context)
