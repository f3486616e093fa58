"""PostgreSQL away: answer a clear 503 at once, and say when to come back."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from doors.problems import Refused, response

logger = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = 2


class OutageMiddleware:
    """Nothing was written when this answers: a device keeps its message and its key and sends it again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError) as error:
            return self._away(request, error)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, (OperationalError, InterfaceError)):
            return self._away(request, exception)
        return None

    def _away(self, request: HttpRequest, error: Exception) -> HttpResponse:
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
        page = render(request, "outage.html", {"seconds": RETRY_AFTER_SECONDS}, status=503)
        page.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
        return page
