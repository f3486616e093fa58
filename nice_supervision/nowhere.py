"""An address that leads nowhere: a problem for a program, a page for a person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.middleware.common import CommonMiddleware
from django.utils.translation import gettext as _
from django.views import defaults

from doors.problems import Refused, response


class SameAgain(HttpResponsePermanentRedirect):
    """308: what was posted is posted again, where 301 makes a reading of it and the call of a device is lost."""

    status_code = 308


class Slashes(CommonMiddleware):
    """Who forgot the slash at the end is led to it."""

    response_redirect_class = SameAgain


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not request.path.startswith("/api/"):
        return defaults.page_not_found(request, exception)
    return response(
        Refused(
            _("There is nothing at this address."),
            what_to_do=_("Compare it with /api/v1/schema/; each address ends with a slash."),
            status=404,
            code="not-found",
        )
    )
