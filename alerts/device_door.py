"""What every REST address for devices shares: who is calling, how big a message may be, how often."""

from __future__ import annotations

import json
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import DeviceAuthentication
from accounts.models import DeviceKey
from alerts import callers
from alerts.models import AlertDevice
from doors.problems import NotAllowed, Refused
from doors.throttles import PerAddress


class FlatJSONParser(JSONParser):
    """JSON nested a thousand deep is a mistake or an attack, and must not end in a 500."""

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise exceptions.ParseError(_("The JSON is nested too deep.")) from error


class HasKey(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, DeviceKey)


class DeviceView(APIView):
    """A view for devices that call with `Authorization: Device <key>`; `self.device` is the caller."""

    authentication_classes = [DeviceAuthentication]
    permission_classes = [HasKey]
    parser_classes = [FlatJSONParser]
    device: AlertDevice

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Read the key with the device it was given to, in one question, and note its use after the answer."""
        return [DeviceAuthentication(callers.read, notes_use=False)]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        check_size(request)
        super().initial(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        """An unknown key costs its address one of its calls; a known one is counted by device alone.

        A whole city may come out by one address: its buttons must not use up one another's calls.
        """
        try:
            super().perform_authentication(request)
        except (exceptions.APIException, Refused):
            self._count_stranger(request)
            raise

    def _count_stranger(self, request: Request) -> None:
        counter = PerAddress()
        if not counter.allow_request(request, self):
            raise exceptions.Throttled(counter.wait())

    def check_permissions(self, request: Request) -> None:
        if request.auth is None:
            self._count_stranger(request)
        super().check_permissions(request)
        key = request.auth
        given = getattr(key, "given_to", None)
        if given is None:
            raise NotAllowed(
                _("This key belongs to no alert device."),
                what_to_do=_("Ask the centre to give a key to the device."),
                code="key-without-device",
            )
        self.device = given.device

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if hasattr(self, "device") and isinstance(request.auth, DeviceKey):
            DeviceKey.objects.used(request.auth)
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.headers["Cache-Control"] = "no-store"
        return answer


def check_size(request: Request) -> None:
    """Also for a body sent in chunks, which announces no length."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    try:
        too_big = len(raw(request)) > limit
    except RequestDataTooBig:
        too_big = True
    if too_big:
        raise Refused(
            _("The message is too big."),
            what_to_do=_("Send less than %(kb)d kB: a press needs a few hundred bytes.")
            % {"kb": limit // 1024},
            status=413,
            code="too-big",
        )


def raw(request: Request) -> bytes:
    """The body as sent."""
    return bytes(request._request.body)


def peek(request: Request) -> dict[str, Any]:
    """The body when it is a JSON object, else nothing; never raises."""
    try:
        body = json.loads(raw(request))
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
