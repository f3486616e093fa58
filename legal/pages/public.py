"""Pages for everybody, without signing in: what is filmed and why, and what the law refuses (L-12)."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from legal import information as told
from legal.models import Controller
from legal.papers.giving import given
from legal.refused import READ_ON, REFUSED


@require_safe
def information(request: HttpRequest) -> HttpResponse:
    return render(request, "legal/information.html", {"told": told.information()})


@require_safe
def panel(request: HttpRequest) -> HttpResponse:
    """The text of the panel, to be printed."""
    paper = given(request, lambda: told.panel(told.information()), "panel")
    if paper is None:
        raise Http404
    return paper


@require_safe
def refused(request: HttpRequest) -> HttpResponse:
    context = {"refused": REFUSED, "read_on": READ_ON, "us": Controller.current()}
    return render(request, "legal/refused.html", context)
