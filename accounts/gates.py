"""Who passes a page: signed in, or with a right. The person comes to the view as its second argument."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from accounts import people
from accounts.rights import Right

View = Callable[..., HttpResponseBase]


def signed_in(view: View) -> View:
    """Whoever is signed in."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, people.signed_in(request), *args, **kwargs)

    return guarded


def needs(*rights: Right) -> Callable[[View], View]:
    """Whoever has one of these rights; the others get a page that names the first."""

    def decorate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = people.signed_in(request)
            if not any(user.may(right) for right in rights):
                raise PermissionDenied(rights[0].label)
            return view(request, user, *args, **kwargs)

        return guarded

    return decorate
