"""The REST door of steering: who holds what, aims, requests, following."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rights import Right, require, require_image
from accounts.session import is_locked, workstation_of
from cameras import lawful
from cameras.api import _EstateView
from cameras.messages import left_out_answer, sight_answer
from cameras.models import Camera, CameraLock, Preset, TakeOver
from cameras.steering import aiming, asking, locks, messages, presets, returning
from cameras.steering.locks import Hand
from doors.idempotency import once
from doors.problems import Refused

KEY = OpenApiParameter(
    "Idempotency-Key",
    location=OpenApiParameter.HEADER,
    required=True,
    description="8 to 200 visible ASCII characters, new for each message, the same for each repetition.",
)


class SteeringView(_EstateView):
    """Signed in, at a seat or not, the screen unlocked, with pictures of the camera in one's habilitation."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        _ = request._request.body  # kept as it was sent, for `once`
        super().initial(request, *args, **kwargs)

    def once(self, request: Request, do: Callable[[], tuple[int, Any]]) -> Response:
        """What makes rows is done once per Idempotency-Key; again it is answered 200 with the same body.

        Only for one action: it runs in one transaction with its key, and who has published locks no more rows.
        """

        def done() -> tuple[int, dict[str, Any]]:
            status, body = do()
            return status, json.loads(JSONRenderer().render(body))

        status, body = once(
            scope=f"user:{self.user.pk}",
            key=request.headers.get("Idempotency-Key", ""),
            body=request.path.encode() + b"\n" + request._request.body,
            do=done,
        )
        return Response(body, status=status)

    @property
    def hand(self) -> Hand:
        seat = workstation_of(self.request.session)
        return Hand.of(self.user, seat.code if seat else "", seat.label if seat else "")

    def acting(self) -> Hand:
        if is_locked(self.request.session):
            raise Refused(
                _("The screen is locked."), what_to_do=_("Unlock it first."), status=423, code="locked"
            )
        require(self.user, Right.STEER_CAMERA)
        return self.hand

    def camera(self, code: str) -> Camera:
        """One the person may look through: nobody turns what they may not see."""
        camera = get_object_or_404(Camera.objects.visible_to(self.user).select_related("sector"), code=code)
        require_image(
            self.user,
            Right.SEE_IMAGE,
            camera_code=camera.code,
            sector_code=camera.sector.code if camera.sector else None,
        )
        return camera

    def to_turn(self, code: str) -> Camera:
        """One that an order of the prefect lets film: nobody turns what nobody may look through (L-01)."""
        camera = self.camera(code)
        lawful.require_order(camera)
        return camera


class HoldsView(SteeringView):
    @extend_schema(
        operation_id="list_holds",
        summary="Who steers which camera now, and requests that concern this seat",
        responses=messages.HoldsAnswer,
    )
    def get(self, request: Request) -> Response:
        me = self.hand.key
        held = CameraLock.objects.visible_to(self.user).held().select_related("camera").order_by("pk")
        asked = TakeOver.objects.visible_to(self.user).waiting().select_related("camera")
        asked = asked.filter(Q(seat=me) | Q(camera__lock__holder=me))
        return Response(
            {
                "me": me,
                "may_keep_views": self.user.may(Right.MANAGE_ESTATE),
                "holds": [messages.hold_answer(lock, me) for lock in held],
                "requests": [messages.request_answer(row) for row in asked],
            }
        )


class HoldView(SteeringView):
    @extend_schema(
        operation_id="hold_camera",
        summary="Steer it: take it, or keep it for another lease",
        request=messages.CauseMessage,
        responses=messages.HoldAnswer,
    )
    def post(self, request: Request, code: str) -> Response:
        said = _said(messages.CauseMessage, request)
        hand = self.acting()
        lock = locks.take_by_hand(camera=self.to_turn(code), hand=hand, cause=said["cause"])
        return Response(messages.hold_answer(lock, hand.key))

    @extend_schema(
        operation_id="release_camera",
        summary="Give it back: it goes to who waits, or to its previous preset",
        responses=messages.HoldAnswer,
    )
    def delete(self, request: Request, code: str) -> Response:
        hand = self.acting()
        return Response(
            messages.hold_answer(returning.release(camera=self.camera(code), hand=hand), hand.key)
        )


class AskView(SteeringView):
    @extend_schema(
        operation_id="ask_for_camera",
        summary="Ask whoever steers it; without an answer it is given",
        parameters=[KEY],
        request=messages.CauseMessage,
        responses={201: messages.RequestAnswer, 200: messages.HoldAnswer},
    )
    def post(self, request: Request, code: str) -> Response:
        said, hand, camera = _said(messages.CauseMessage, request), self.acting(), self.to_turn(code)

        def ask() -> tuple[int, Any]:
            row = asking.ask(camera=camera, hand=hand, cause=said["cause"])
            if row is not None:
                return 201, messages.request_answer(row)
            lock = locks.take_by_hand(camera=camera, hand=hand, cause=said["cause"])
            return 200, messages.hold_answer(lock, hand.key)

        return self.once(request, ask)


class RequestView(SteeringView):
    @extend_schema(
        operation_id="answer_request",
        summary="Give the camera, keep it, or take the request back",
        request=messages.RequestMessage,
        responses=messages.RequestAnswer,
    )
    def post(self, request: Request, pk: int) -> Response:
        said, hand = _said(messages.RequestMessage, request)["answer"], self.acting()
        row = get_object_or_404(TakeOver.objects.visible_to(self.user).select_related("camera"), pk=pk)
        if said == "withdraw":
            done = asking.withdraw(request=row, hand=hand)
        else:
            done = asking.answer(request=row, hand=hand, yes=said == "yes")
        return Response(messages.request_answer(done))


class AimView(SteeringView):
    @extend_schema(
        operation_id="aim_camera",
        summary="Turn it to a place",
        parameters=[KEY],
        request=messages.PlaceMessage,
        responses={201: messages.OrderAnswer, 200: messages.OrderAnswer},
    )
    def post(self, request: Request, code: str) -> Response:
        asked = messages.PlaceMessage(data=request.data)
        asked.is_valid(raise_exception=True)
        hand, camera, cause = self.acting(), self.to_turn(code), asked.validated_data["cause"]

        def aim() -> tuple[int, Any]:
            order = aiming.aim_at(camera=camera, point=asked.point, hand=hand, cause=cause)
            return 201, messages.order_answer(order)

        return self.once(request, aim)


class PresetsView(SteeringView):
    @extend_schema(
        operation_id="list_presets", summary="Its presets", responses=messages.PresetAnswer(many=True)
    )
    def get(self, request: Request, code: str) -> Response:
        rows = Preset.objects.filter(camera=self.camera(code)).order_by("number")
        return Response(messages.PresetAnswer(rows, many=True).data)

    @extend_schema(
        operation_id="go_to_preset",
        summary="Turn it to a preset",
        parameters=[KEY],
        request=messages.PresetMessage,
        responses={201: messages.OrderAnswer, 200: messages.OrderAnswer},
    )
    def post(self, request: Request, code: str) -> Response:
        said, hand = _said(messages.PresetMessage, request), self.acting()
        rows = Preset.objects.select_related("camera").filter(camera=self.to_turn(code))
        preset = get_object_or_404(rows, number=said["number"])

        def go() -> tuple[int, Any]:
            return 201, messages.order_answer(aiming.go_to(preset=preset, hand=hand, cause=said["cause"]))

        return self.once(request, go)


class ViewView(SteeringView):
    @extend_schema(
        operation_id="keep_view",
        summary="Take the view it has now as a preset",
        parameters=[KEY],
        request=messages.ViewMessage,
        responses={201: messages.ViewAnswer, 200: messages.ViewAnswer},
    )
    def post(self, request: Request, code: str) -> Response:
        said, hand, camera = _said(messages.ViewMessage, request), self.acting(), self.to_turn(code)
        pose = presets.present_view(camera=camera, hand=hand, actor=self.user)

        def keep() -> tuple[int, Any]:
            kept = presets.keep_view(camera=camera, pose=pose, actor=self.user, **said)
            note = str(presets.UNCHECKED) if presets.unchecked(kept) else ""
            return 201, messages.PresetAnswer(kept).data | {"note": note}

        return self.once(request, keep)


class FollowView(SteeringView):
    @extend_schema(
        operation_id="follow_target",
        summary="The camera that is to watch a target now: the same while it does, else the next best",
        request=messages.FollowMessage,
        responses=messages.FollowAnswer,
    )
    def post(self, request: Request) -> Response:
        asked = messages.FollowMessage(data=request.data)
        asked.is_valid(raise_exception=True)
        said, hand = asked.validated_data, self.acting()
        followed = aiming.follow(point=asked.point, hand=hand, current=said["current"], cause=said["cause"])
        return Response(
            {
                "sight": sight_answer(followed.sight),
                "changed": followed.changed,
                "why": str(followed.why),
                "reason": followed.why.as_json(),
                "left_out": [left_out_answer(out) for out in followed.left_out],
            }
        )


def _said(kind: Any, request: Request) -> dict[str, Any]:
    asked = kind(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)
