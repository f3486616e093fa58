"""The REST door of work orders and availability, for the tools of who keeps the cameras in repair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.rights import Right, require
from cameras.models import Camera
from footage.health.availability import TARGET, Availability, of_month
from footage.health.months import asked_month
from footage.health.words import sentence
from footage.models import WorkOrder

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 1000


class LooksAfterCameras(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        user: Any = request.user
        if not (user.may(Right.MANAGE_ESTATE) or user.may(Right.SEE_ROOM)):
            require(user, Right.SEE_OPERATIONS)
        return True


class WorkOrderMessage(serializers.Serializer[Any]):
    number = serializers.CharField()
    camera = serializers.CharField()
    fault = serializers.ChoiceField(choices=WorkOrder.Kind.choices)
    severity = serializers.ChoiceField(choices=WorkOrder.Severity.choices)
    state = serializers.ChoiceField(choices=WorkOrder.State.choices)
    since = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    times = serializers.IntegerField()
    measured = serializers.DictField(help_text="Figures by name.")
    in_words = serializers.CharField()


class WorkOrdersAnswer(serializers.Serializer[Any]):
    work_orders = WorkOrderMessage(many=True)


class AvailabilityMessage(serializers.Serializer[Any]):
    camera = serializers.CharField(allow_null=True)
    due_s = serializers.FloatField()
    away_s = serializers.FloatField()
    recorded_s = serializers.FloatField()
    losses = serializers.IntegerField()
    available = serializers.FloatField(allow_null=True, help_text="Share of the time due, 0 to 1.")
    recorded = serializers.FloatField(allow_null=True)


class AvailabilityAnswer(serializers.Serializer[Any]):
    month = serializers.CharField()
    target = serializers.FloatField()
    estate = AvailabilityMessage()
    cameras = AvailabilityMessage(many=True)


class _View(APIView):
    permission_classes = [IsAuthenticated, LooksAfterCameras]

    @property
    def user(self) -> User:
        user: Any = self.request.user
        return user  # type: ignore[no-any-return]


class WorkOrdersView(_View):
    @extend_schema(
        operation_id="list_work_orders",
        summary="Faults of cameras, the worst first",
        description="Those to be done; with state=all, closed ones too, the latest thousand.",
        parameters=[OpenApiParameter("state", OpenApiTypes.STR, enum=["live", "all"], default="live")],
        responses={200: WorkOrdersAnswer},
    )
    def get(self, request: Request) -> Response:
        rows = WorkOrder.objects.visible_to(self.user).select_related("camera")
        if request.query_params.get("state") != "all":
            rows = rows.live().worst_first()
        return Response({"work_orders": [_told(order) for order in rows[:SHOWN]]})


class AvailabilityView(_View):
    @extend_schema(
        operation_id="availability",
        summary="Availability and completeness of recording in a month, by camera and for the estate",
        description="Seconds and shares. Days are UTC; of the month that runs, the days until now.",
        parameters=[OpenApiParameter("month", OpenApiTypes.STR, description="2026-11; default: this month")],
        responses={200: AvailabilityAnswer},
    )
    def get(self, request: Request) -> Response:
        begins = asked_month(request.query_params.get("month", ""), timezone.localdate())
        month = of_month(begins, Camera.objects.visible_to(self.user))
        return Response(
            {
                "month": f"{begins:%Y-%m}",
                "target": TARGET,
                "estate": _figures(None, month.whole),
                "cameras": [_figures(camera.code, row) for camera, row in month.cameras],
            }
        )


def _told(order: WorkOrder) -> dict[str, Any]:
    return {
        "number": order.number,
        "camera": order.camera.code,
        "fault": order.kind,
        "severity": int(order.severity),
        "state": order.state,
        "since": order.since,
        "closed_at": order.closed_at,
        "times": order.times,
        "measured": order.evidence,
        "in_words": sentence(order),
    }


def _figures(code: str | None, row: Availability) -> dict[str, Any]:
    shares = {"available": row.available, "recorded": row.recorded}
    return {
        "camera": code,
        "due_s": round(row.due_s, 1),
        "away_s": round(row.away_s, 1),
        "recorded_s": round(row.recorded_s, 1),
        "losses": row.losses,
    } | {name: None if value is None else round(value, 6) for name, value in shares.items()}
