"""Who reads the registers of the law, and how a page says what was refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.views.decorators.cache import never_cache

from accounts.gates import View, needs
from accounts.rights import Right
from doors.problems import Refused

READERS = (Right.SEE_AUDIT, Right.MANAGE_HABILITATIONS)


def for_readers(view: View) -> View:
    return never_cache(needs(*READERS)(view))


def for_keepers(view: View) -> View:
    return never_cache(needs(Right.KEEP_REGISTERS)(view))


def said(request: HttpRequest, act: Callable[..., Any], done: str, **given: Any) -> Refused | None:
    """Carry out one action and tell the next page how it went; the refusal when there is one."""
    try:
        act(**given)
    except Refused as refused:
        return refused
    messages.success(request, done)
    return None
