"""What the centre refuses, and how it says so: RFC 9457 problem details.

An action raises `Refused`; the REST door answers `application/problem+json`, a page shows the same words.
"""

from __future__ import annotations

import logging
from json import JSONDecodeError
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import Http404, HttpRequest, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.response import Response

from doors import correlation

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"


class Refused(Exception):
    """A refusal with what its reader needs: what is wrong and what to do about it.

    `code` is the stable name for machines, `status` the HTTP status, `extra` more members of the problem.
    """

    status = 409
    code = "refused"

    def __init__(
        self,
        title: str,
        *,
        detail: str = "",
        what_to_do: str = "",
        status: int | None = None,
        code: str | None = None,
        headers: dict[str, str] | None = None,
        **extra: object,
    ) -> None:
        super().__init__(title)
        self.title = title
        self.detail = detail
        self.what_to_do = what_to_do
        self.status = status or self.status
        self.code = code or self.code
        self.headers = headers or {}
        self.extra = extra


def hold_together(row: Model) -> None:
    """Let pass a row that keeps all its own rules. Raises Refused, which names the fields that do not."""
    try:
        row.full_clean()
    except ValidationError as error:
        raise Refused(
            _("The record does not hold together."),
            detail=" ".join(error.messages),
            what_to_do=_("Correct the fields named in “errors”."),
            status=400,
            code="invalid",
            errors=error.message_dict,
        ) from error


class NotAllowed(Refused):
    """The person or device is known, but lacks the right."""

    status = 403
    code = "not-allowed"


class Conflict(Refused):
    """Somebody else was first, or the thing is no longer in the state the caller saw."""

    status = 409
    code = "conflict"


def problem(refused: Refused) -> dict[str, Any]:
    """The members of RFC 9457 (type, title, status, detail) and ours (code, what_to_do, correlation)."""
    body: dict[str, Any] = {
        "type": f"urn:nice-supervision:problem:{refused.code}",
        "title": str(refused.title),
        "status": refused.status,
        "code": refused.code,
    }
    if refused.detail:
        body["detail"] = str(refused.detail)
    if refused.what_to_do:
        body["what_to_do"] = str(refused.what_to_do)
    return body | {"correlation": correlation.current()} | refused.extra


def response(refused: Refused) -> JsonResponse:
    """The refusal as a plain Django response, for doors outside the REST framework."""
    return JsonResponse(
        problem(refused), status=refused.status, content_type=MEDIA_TYPE, headers=refused.headers
    )


def as_problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's exception handler. Unknown exceptions go on to become a logged 500."""
    refused = _refused_from(exc)
    if refused is None:
        return None
    if refused.status >= 500:
        logger.error("request refused: %s", refused.title)
    answer = Response(problem(refused), status=refused.status, headers=refused.headers)
    answer.content_type = MEDIA_TYPE
    return answer


def _refused_from(exc: Exception) -> Refused | None:
    if isinstance(exc, Refused):
        return exc
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    if not isinstance(exc, exceptions.APIException):
        return None
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = str(challenge)
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(max(1, round(wait)))
    if isinstance(exc, exceptions.ValidationError):
        return Refused(
            _("The message is not valid."),
            what_to_do=_("Correct the fields named in “errors” and send it again."),
            status=exc.status_code,
            code="invalid",
            headers=headers,
            errors=exc.detail,
        )
    title, detail = str(exc.detail), ""
    if isinstance(exc, exceptions.ParseError) and isinstance(
        exc.__context__, (ValueError, MultiPartParserError)
    ):
        title, detail = _("The message cannot be read."), _where(exc.__context__)
    return Refused(
        title,
        detail=detail,
        what_to_do=_WHAT_TO_DO.get(exc.status_code, lambda: "")(),
        status=exc.status_code,
        code=str(exc.default_code).replace("_", "-"),
        headers=headers,
    )


def _where(error: Exception) -> str:
    """Where a message stops being readable. The parsers themselves only speak English."""
    if isinstance(error, JSONDecodeError):
        return _("It stops being JSON at line %(line)s, column %(column)s.") % {
            "line": error.lineno,
            "column": error.colno,
        }
    if isinstance(error, UnicodeDecodeError):
        return _("It is not text in UTF-8: see byte %(byte)s.") % {"byte": error.start + 1}
    return ""


_WHAT_TO_DO = {
    status.HTTP_400_BAD_REQUEST: lambda: _("Send a JSON object in UTF-8 as the documentation describes."),
    status.HTTP_401_UNAUTHORIZED: lambda: _(
        "Send “Authorization: Device <key>” with a key the centre gave you."
    ),
    status.HTTP_403_FORBIDDEN: lambda: _(
        "Ask the supervisor for the right, or sign in as somebody who has it."
    ),
    status.HTTP_404_NOT_FOUND: lambda: _("Check the address; the object may belong to somebody else."),
    status.HTTP_405_METHOD_NOT_ALLOWED: lambda: _("Use a method the “Allow” header names."),
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: lambda: _("Send “Content-Type: application/json”."),
    status.HTTP_429_TOO_MANY_REQUESTS: lambda: _("Wait as long as “Retry-After” says, then send it again."),
}


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    """404 outside the REST framework, for paths under /api/."""
    return response(
        Refused(_("Nothing is here."), what_to_do=_("Check the address."), status=404, code="not-found")
    )
