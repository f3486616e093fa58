"""The REST door of alert devices. Every address is documented in docs/reference/rest.md."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from alerts import actions, messages, throttles
from alerts.device_door import DeviceView, peek, raw
from alerts.models import FOLD_SECONDS, Alert, AlertPress, Site
from alerts.plans import kind_of
from doors.idempotency import once
from doors.messages import ProblemAnswer

KEY = OpenApiParameter(
    "Idempotency-Key",
    location=OpenApiParameter.HEADER,
    required=True,
    description="8 to 200 visible ASCII characters, new for each message, the same for each repetition.",
)
_PROBLEM = OpenApiResponse(ProblemAnswer, description="Refused: the problem says what to do.")
PROBLEMS: dict[Any, Any] = {
    (status, "application/problem+json"): _PROBLEM for status in (400, 401, 403, 413, 415, 429, 503)
}
NOT_FOUND: dict[Any, Any] = {(404, "application/problem+json"): _PROBLEM}
CONFLICT: dict[Any, Any] = {(409, "application/problem+json"): _PROBLEM}
ACTIONS: dict[str, Callable[..., Alert]] = {
    AlertPress.Kind.PRESS: actions.receive_press,
    AlertPress.Kind.TEST: actions.receive_test,
    AlertPress.Kind.CANCEL: actions.receive_cancel,
}


class AlertsView(DeviceView):
    """Where a device calls for help."""

    throttle_classes = [throttles.Presses]

    def check_throttles(self, request: Request) -> None:
        """A first press is never turned away: those that follow within a minute fold into it."""
        if peek(request).get("kind") == AlertPress.Kind.PRESS and self._is_first():
            return
        super().check_throttles(request)

    def _is_first(self) -> bool:
        last = self.device.last_pressed_at
        return last is None or last < timezone.now() - dt.timedelta(seconds=FOLD_SECONDS)

    @extend_schema(
        operation_id="send_alert",
        summary="Press, test, or say that it was a mistake",
        parameters=[KEY],
        request=messages.PressMessage,
        responses={
            201: OpenApiResponse(messages.PressAnswer, description="Written down, and committed."),
            200: OpenApiResponse(messages.PressAnswer, description="The same message again: same answer."),
        }
        | PROBLEMS
        | CONFLICT,
    )
    def post(self, request: Request) -> Response:
        message = messages.PressMessage(data=request.data)
        message.is_valid(raise_exception=True)
        act = ACTIONS[message.validated_data["kind"]]

        def receive() -> tuple[int, dict[str, Any]]:
            return 201, _answer(act(device=self.device, **message.said()))

        status, body = once(
            scope=f"device:{self.device.pk}",
            key=request.headers.get("Idempotency-Key", ""),
            body=raw(request),
            do=receive,
        )
        where = reverse("api-alert", args=[body["id"]])
        return Response(body, status=status, headers={"Location": where})


def _answer(alert: Alert) -> dict[str, Any]:
    """Proof of receipt of the message just recorded."""
    heard = max(t for t in (alert.last_pressed_at, alert.cancelled_at) if t is not None)
    return {
        "id": str(alert.public_id),
        "number": alert.number,
        "state": str(alert.state),
        "received_at": heard.isoformat(),
        "position_used": str(alert.position_used),
        "talk_url": reverse("api-talk", args=[alert.public_id]),
    }


class AlertView(DeviceView):
    """What became of one of the device's own alerts."""

    throttle_classes = [throttles.Reading]

    @extend_schema(
        operation_id="read_alert",
        summary="What became of an alert",
        responses={200: messages.AlertAnswer} | PROBLEMS | NOT_FOUND,
    )
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        own = Alert.objects.of_device(self.device).prefetch_related("messages")
        alert = get_object_or_404(own, public_id=public_id)
        return Response(messages.AlertAnswer(alert).data)


class TalkView(DeviceView):
    """The text exchange between a site and the centre about one alert."""

    def get_throttles(self) -> list[BaseThrottle]:
        return [throttles.Talking() if self.request.method == "POST" else throttles.Reading()]

    @extend_schema(
        operation_id="read_talk",
        summary="The messages of an alert",
        parameters=[OpenApiParameter("after", int, description="Only messages with a greater id.")],
        responses={200: messages.MessageAnswer(many=True)} | PROBLEMS | NOT_FOUND,
    )
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        asked = messages.TalkAfter(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        lines = self._alert(public_id).messages.filter(pk__gt=asked.validated_data["after"])
        return Response(messages.MessageAnswer(lines, many=True).data)

    @extend_schema(
        operation_id="send_talk",
        summary="Write to the centre",
        parameters=[KEY],
        request=messages.TalkMessage,
        responses={201: messages.MessageAnswer, 200: messages.MessageAnswer}
        | PROBLEMS
        | NOT_FOUND
        | CONFLICT,
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        message = messages.TalkMessage(data=request.data)
        message.is_valid(raise_exception=True)
        alert = self._alert(public_id)

        def send() -> tuple[int, dict[str, Any]]:
            text = message.validated_data["text"]
            sent = actions.send_message(alert=alert, text=text, device=self.device)
            line = {"id": sent.pk, "at": sent.at.isoformat(), "from_centre": False, "text": sent.text}
            return 201, line

        status, body = once(
            scope=f"device:{self.device.pk}:talk",
            key=request.headers.get("Idempotency-Key", ""),
            body=public_id.bytes + raw(request),
            do=send,
        )
        return Response(body, status=status)

    def _alert(self, public_id: uuid.UUID) -> Alert:
        return get_object_or_404(Alert.objects.of_device(self.device), public_id=public_id)


class HeartbeatsView(DeviceView):
    throttle_classes = [throttles.Heartbeats]

    @extend_schema(
        operation_id="send_heartbeat",
        summary="Say that the device is alive",
        request=messages.HeartbeatMessage,
        responses={204: OpenApiResponse(description="Noted.")} | PROBLEMS,
    )
    def post(self, request: Request) -> Response:
        message = messages.HeartbeatMessage(data=request.data)
        message.is_valid(raise_exception=True)
        said = message.validated_data
        actions.receive_heartbeat(
            device=self.device,
            battery_percent=said.get("battery_percent"),
            firmware=said.get("firmware", ""),
        )
        return Response(status=204)


class DeviceSelfView(DeviceView):
    throttle_classes = [throttles.Reading]

    @extend_schema(
        operation_id="read_device",
        summary="Who am I, and is the centre there?",
        responses={200: messages.DeviceAnswer} | PROBLEMS,
    )
    def get(self, request: Request) -> Response:
        return Response(messages.DeviceAnswer(self.device).data)


class SitePlanView(APIView):
    """The plan of a site, for people of the room. It tells how a school is built: nobody else sees it."""

    permission_classes = [IsAuthenticated]

    @extend_schema(exclude=True)
    def get(self, request: Request, code: str) -> FileResponse:
        site = get_object_or_404(Site.objects.visible_to(request.user).exclude(plan=""), code=code)  # type: ignore[arg-type]
        kind = kind_of(site.plan.file)
        return FileResponse(
            site.plan.open("rb"),
            content_type=kind[1] if kind else "application/octet-stream",
            headers={"Cache-Control": "private, no-store"},
        )
