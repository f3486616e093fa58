"""The REST door of units: where they are. Documented in docs/reference/rest.md."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import DeviceAuthentication
from accounts.models import DeviceKey
from doors.messages import Instant, Number
from doors.problems import NotAllowed, Refused
from doors.throttles import PerAddress, PerDevice
from patrols import actions
from patrols.fixes import Fix
from patrols.models import Unit
from places.geometry import Point

MOST_POINTS = 500
PROBLEMS: dict[Any, Any] = {
    (status, "application/problem+json"): OpenApiResponse(description="Refused: the problem says what to do.")
    for status in (400, 401, 403, 413, 415, 429, 503)
}


class FixMessage(serializers.Serializer[Any]):
    at = Instant(help_text="When the fix was taken, by the receiver's clock.")
    lat = Number(min_value=-90, max_value=90, help_text="Degrees, WGS-84.")
    lon = Number(min_value=-180, max_value=180, help_text="Degrees, WGS-84.")
    accuracy_m = Number(min_value=0, max_value=1_000_000, required=False, allow_null=True)
    speed_kmh = Number(min_value=0, max_value=10_000, required=False, allow_null=True)
    heading_deg = Number(min_value=0, max_value=360, required=False, allow_null=True)


class PositionsMessage(serializers.Serializer[Any]):
    points = serializers.ListField(
        child=FixMessage(),
        min_length=1,
        max_length=MOST_POINTS,
        help_text="In any order: what waited for a network may come at once.",
    )

    def fixes(self, unit: Unit) -> list[Fix]:
        return [
            Fix(
                unit_id=unit.pk,
                point=Point(said["lat"], said["lon"]),
                at=said["at"],
                speed_kmh=said.get("speed_kmh"),
                heading_deg=said.get("heading_deg"),
                accuracy_m=said.get("accuracy_m"),
            )
            for said in self.validated_data["points"]
        ]


class PositionsAnswer(serializers.Serializer[Any]):
    kept = serializers.IntegerField()
    dropped = serializers.IntegerField(
        help_text="Older than the last one, worse than 100 m, faster than 60 m/s, or from the future."
    )


class HasKey(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, DeviceKey)


class Positions(PerDevice):
    """One message a second, and as many again when the network comes back."""

    scope = "patrols-positions"
    rate = "120/min"


class PositionsView(APIView):
    """Where a unit says where it is, with the key its receiver was given."""

    authentication_classes = [DeviceAuthentication]
    permission_classes = [HasKey]
    throttle_classes = [Positions]
    unit: Unit

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        try:
            request._request.body  # noqa: B018 - read here, where its size is checked
        except RequestDataTooBig as error:
            raise Refused(
                _("The message is too big."),
                what_to_do=_("Send at most %(most)d points at once.") % {"most": MOST_POINTS},
                status=413,
                code="too-big",
            ) from error
        super().initial(request, *args, **kwargs)

    def perform_authentication(self, request: Request) -> None:
        """An unknown key costs its address one of its calls; a known one is counted by unit alone."""
        try:
            super().perform_authentication(request)
        except (exceptions.APIException, Refused):
            counter = PerAddress()
            if not counter.allow_request(request, self):
                raise exceptions.Throttled(counter.wait()) from None
            raise

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        key = request.auth
        unit = Unit.objects.holding(key) if isinstance(key, DeviceKey) else None
        if unit is None:
            raise NotAllowed(
                _("This key belongs to no unit."),
                what_to_do=_("Ask the centre to give a key to the unit."),
                code="key-without-unit",
            )
        self.unit = unit

    @extend_schema(
        operation_id="send_positions",
        summary="Say where the unit is",
        request=PositionsMessage,
        responses={200: OpenApiResponse(PositionsAnswer, description="Written down.")} | PROBLEMS,
    )
    def post(self, request: Request) -> Response:
        message = PositionsMessage(data=request.data)
        message.is_valid(raise_exception=True)
        kept, dropped = actions.record_positions(batch=message.fixes(self.unit))
        return Response({"kept": kept, "dropped": dropped}, headers={"Cache-Control": "no-store"})
