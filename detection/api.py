"""The REST door of signals and profiles, for the centre's own screens and for who audits them. No picture passes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.rights import Right, require
from detection import actions, board
from detection.codes import EventCode
from detection.models import Profile, Signal, Stop
from detection.reasons import Reason
from detection.switching import STOPPERS
from doors.messages import Message

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 500
ANSWERS = [state for state in Signal.State.values if state != Signal.State.PENDING]


class SignalMessage(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    camera = serializers.CharField()
    event_type = serializers.ChoiceField(choices=EventCode.choices)
    zone = serializers.CharField()
    at = serializers.DateTimeField(help_text="When it happened in the picture.")
    last_at = serializers.DateTimeField()
    raised_at = serializers.DateTimeField()
    score = serializers.FloatField()
    measured = serializers.CharField(help_text="What the rule measured, in words.")
    folded = serializers.IntegerField(help_text="How often the same situation was seen again.")
    exercise = serializers.BooleanField()
    state = serializers.ChoiceField(choices=Signal.State.choices)
    judged_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class SignalsAnswer(serializers.Serializer[Any]):
    signals = SignalMessage(many=True)


class JudgementMessage(Message):
    verdict = serializers.ChoiceField(choices=ANSWERS)
    reason = serializers.ChoiceField(choices=Reason.choices, required=False, allow_blank=True, default="")


class ProfileMessage(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    camera = serializers.CharField()
    zone = serializers.CharField()
    event_type = serializers.ChoiceField(choices=EventCode.choices)
    on = serializers.BooleanField()
    watches = serializers.BooleanField(help_text="Whether the gate lets it run at this instant.")
    why_not = serializers.CharField(help_text="Empty, or what keeps it from running.")
    exercise = serializers.BooleanField()
    authorisation = serializers.CharField()
    raised = serializers.IntegerField()
    judged = serializers.IntegerField()
    precision = serializers.FloatField(allow_null=True)
    precision_at_least = serializers.FloatField(allow_null=True, help_text="Wilson, 95 %.")


class ProfilesAnswer(serializers.Serializer[Any]):
    stopped = serializers.BooleanField()
    profiles = ProfileMessage(many=True)


class WhyMessage(Message):
    why = serializers.CharField(max_length=200)


class SwitchMessage(WhyMessage):
    on = serializers.BooleanField()


class StopAnswer(serializers.Serializer[Any]):
    stopped = serializers.BooleanField()
    since = serializers.DateTimeField(allow_null=True)


class _View(APIView):
    permission_classes = [IsAuthenticated]

    @property
    def user(self) -> User:
        user: Any = self.request.user
        return user  # type: ignore[no-any-return]

    def let_read(self) -> None:
        if not any(self.user.may(right) for right in STOPPERS):
            require(self.user, Right.JUDGE_SIGNAL)

    def told(self, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        given = shape(data=self.request.data)
        given.is_valid(raise_exception=True)
        found: dict[str, Any] = given.validated_data
        return found


class SignalsView(_View):
    @extend_schema(
        operation_id="list_signals",
        summary="Signals of software, the latest first",
        description="Those of cameras within one's habilitation. At most 500; ask for the older ones by `before`.",
        parameters=[
            OpenApiParameter("state", OpenApiTypes.STR, enum=[*Signal.State.values, "all"], default="all"),
            OpenApiParameter("camera", OpenApiTypes.STR, description="A camera's code."),
            OpenApiParameter("event_type", OpenApiTypes.STR, enum=EventCode.values),
            OpenApiParameter("before", OpenApiTypes.INT, description="Only ids below this one."),
        ],
        responses={200: SignalsAnswer},
    )
    def get(self, request: Request) -> Response:
        self.let_read()
        rows = Signal.objects.visible_to(self.user).select_related("camera", "profile__zone")
        asked = request.query_params
        wanted = {"state": asked.get("state", ""), "camera__code": asked.get("camera", "")}
        wanted["event_type"] = asked.get("event_type", "")
        rows = rows.filter(**{name: value for name, value in wanted.items() if value and value != "all"})
        if asked.get("before", "").isdecimal():
            rows = rows.filter(pk__lt=int(asked["before"][:18]))
        return Response({"signals": [_signal(row) for row in rows.order_by("-pk")[:SHOWN]]})


class SignalView(_View):
    @extend_schema(operation_id="read_signal", summary="One signal", responses={200: SignalMessage})
    def get(self, request: Request, pk: int) -> Response:
        self.let_read()
        return Response(_signal(_one(self.user, pk)))


class JudgementView(_View):
    @extend_schema(
        operation_id="judge_signal",
        summary="Confirm, reject, or say that it cannot be told",
        description="Confirming opens an incident; it sends nobody. Answering twice is a conflict (409).",
        request=JudgementMessage,
        responses={200: SignalMessage},
    )
    def post(self, request: Request, pk: int) -> Response:
        self.let_read()
        told = self.told(JudgementMessage)
        judged = actions.judge_signal(
            actor=self.user, signal=_one(self.user, pk), verdict=told["verdict"], reason=told["reason"]
        )
        return Response(_signal(judged))


class ProfilesView(_View):
    @extend_schema(
        operation_id="list_watch_profiles",
        summary="What is watched for and where: by which authorisation, how right, and what keeps it from running",
        responses={200: ProfilesAnswer},
    )
    def get(self, request: Request) -> Response:
        self.let_read()
        rows = board.rows(self.user, timezone.now())
        stopped = Stop.objects.filter(lifted_at=None).exists()
        return Response({"stopped": stopped, "profiles": [_profile(row) for row in rows]})


class SwitchView(_View):
    @extend_schema(
        operation_id="switch_watch_profile",
        summary="Switch a profile on or off",
        description="On is refused (403) unless an authorisation covers the camera, the type and this instant.",
        request=SwitchMessage,
        responses={200: ProfileMessage},
    )
    def post(self, request: Request, pk: int) -> Response:
        self.let_read()
        profile = get_object_or_404(Profile.objects.visible_to(self.user), pk=pk)
        told = self.told(SwitchMessage)
        turn = actions.enable_profile if told["on"] else actions.disable_profile
        turn(actor=self.user, profile=profile, why=told["why"])
        [row] = [row for row in board.rows(self.user, timezone.now()) if row.profile.pk == pk]
        return Response(_profile(row))


class StopView(_View):
    @extend_schema(
        operation_id="stop_all_watching",
        summary="Stop everything",
        request=WhyMessage,
        responses={200: StopAnswer},
    )
    def post(self, request: Request) -> Response:
        stop = actions.stop_all(actor=self.user, why=self.told(WhyMessage)["why"])
        return Response({"stopped": True, "since": stop.at})


class AllowView(_View):
    @extend_schema(
        operation_id="allow_watching_again",
        summary="What is switched on and authorised goes on",
        request=WhyMessage,
        responses={200: StopAnswer},
    )
    def post(self, request: Request) -> Response:
        actions.allow_again(actor=self.user, why=self.told(WhyMessage)["why"])
        return Response({"stopped": False, "since": None})


def _one(user: User, pk: int) -> Signal:
    rows = Signal.objects.visible_to(user).select_related("camera__sector", "profile__zone")
    return get_object_or_404(rows, pk=pk)


def _signal(row: Signal) -> dict[str, Any]:
    return {
        "id": row.pk,
        "camera": row.camera.code,
        "event_type": row.event_type,
        "zone": row.profile.zone.name,
        "at": row.at,
        "last_at": row.last_at,
        "raised_at": row.raised_at,
        "score": round(row.score, 3),
        "measured": row.measured_words,
        "folded": row.folded,
        "exercise": row.exercise,
        "state": row.state,
        "judged_at": row.judged_at,
        "reason": row.reason,
    }


def _profile(row: board.Row) -> dict[str, Any]:
    profile, measured = row.profile, row.measured
    return {
        "id": profile.pk,
        "camera": profile.zone.camera.code,
        "zone": profile.zone.name,
        "event_type": profile.event_type_id,
        "on": profile.is_on,
        "watches": row.verdict.ok,
        "why_not": row.verdict.why,
        "exercise": row.verdict.exercise,
        "authorisation": row.authorisation.number if row.authorisation else "",
        "raised": measured.raised,
        "judged": measured.judged,
        "precision": measured.precision,
        "precision_at_least": measured.at_least,
    }
