"""Who reads the registers of the law, and how a page says what was refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
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


def refused_with(refused: Refused | None, *sent: BaseForm) -> int:
    """The status of a page after a gesture: what refused it, a form filled in badly, or all well."""
    return refused.status if refused else 400 if any(form.errors for form in sent) else 200


def said(request: HttpRequest, act: Callable[..., Any], done: str, /, **given: Any) -> Refused | None:
    """Carry out one action and tell the next page how it went; the refusal when there is one."""
    try:
        act(**given)
    except Refused as refused:
        return refused
    messages.success(request, done)
    return None
