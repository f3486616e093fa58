"""One id from the press to the console: in the request, the log lines, the facts and the answer."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

HEADER = "X-Correlation-ID"
_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")
_KEPT = "nice.correlation"
_current: ContextVar[str] = ContextVar("correlation", default="")


def current() -> str:
    """The id of the gesture being served, or an empty string outside of one."""
    return _current.get()


@contextmanager
def under(correlation: str) -> Iterator[str]:
    """Everything logged and published inside carries this id."""
    token = _current.set(correlation)
    try:
        yield correlation
    finally:
        _current.reset(token)


class CorrelationMiddleware:
    """Take the caller's id when it is well formed, else give one; send it back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.headers.get(HEADER, "")
        with under(asked if _WELL_FORMED.fullmatch(asked) else uuid.uuid4().hex) as correlation:
            request.META[_KEPT] = correlation
            response = self.get_response(request)
            response.headers.setdefault(HEADER, correlation)
            return response


class CorrelationFilter(logging.Filter):
    """Add the id to every log line; Django speaks of a refused request once it has left the middleware."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        record.correlation = current() or getattr(request, "META", {}).get(_KEPT, "")
        return True
