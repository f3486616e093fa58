"""`{% sections as found %}`: the navigation of the centre for whoever asks for the page."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context

from accounts.models import User
from nice_supervision.sections import opened

register = template.Library()


@register.simple_tag(takes_context=True)
def sections(context: Context) -> list[dict[str, Any]]:
    request = context.get("request")
    if not isinstance(request, HttpRequest) or not isinstance(request.user, User):
        return []
    match = request.resolver_match
    return opened(request.user, match.view_name if match else "")
