"""PostgreSQL away: answer a clear 503 at once, and say when to come back."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import defaults

from doors.problems import Refused, response

logger = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = 2


AWAY = (OperationalError, InterfaceError)


class OutageMiddleware:
    """Nothing was written when this answers: a device keeps its message and its key and sends it again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return away(request, exception) if isinstance(exception, AWAY) else None


def server_error(request: HttpRequest) -> HttpResponse:
    """What no view caught. Who signs in is read before any view, where no middleware hears of the error."""
    error = sys.exc_info()[1]
    if isinstance(error, AWAY):
        return away(request, error)
    if not request.path.startswith("/api/"):
        return defaults.server_error(request)
    return response(
        Refused(
            _("The centre made a mistake of its own."),
            what_to_do=_(
                "Send the same message again with the same key, and tell the centre its correlation."
            ),
            status=500,
            code="mistake",
        )
    )


def away(request: HttpRequest, error: Exception) -> HttpResponse:
    """503, as a problem for a device and as a page that tries again by itself for a person."""
    logger.error("the database does not answer: %s", error)
    refused = Refused(
        _("The centre cannot write this down right now."),
        detail=_("Nothing was recorded."),
        what_to_do=_(
            "Send the same message again with the same Idempotency-Key after “Retry-After” seconds."
        ),
        status=503,
        code="database-away",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )
    if request.path.startswith("/api/"):
        return response(refused)
    page = render_to_string("outage.html", {"seconds": RETRY_AFTER_SECONDS})
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
