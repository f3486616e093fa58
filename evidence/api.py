"""The REST door of requisitions: what waits, by its clock, and entering one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from doors.idempotency import once
from doors.messages import Instant, Message
from evidence import clock
from evidence.asking import MOST_LINES, Wanted
from evidence.models import Requisition
from evidence.models.minutes import frozen_until
from evidence.requisitions.actions import receive

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 500


class MinutesMessage(Message):
    cameras = serializers.ListField(child=serializers.CharField(max_length=20), min_length=1, max_length=16)
    since = Instant()
    until = Instant()


class RequisitionMessage(Message):
    demand = serializers.ChoiceField(choices=Requisition.Demand.choices)
    ground = serializers.ChoiceField(choices=Requisition.Ground.choices)
    reference = serializers.CharField(max_length=80)
    dated_on = serializers.DateField()
    authority = serializers.CharField(max_length=120)
    unit = serializers.CharField(max_length=120, required=False, default="")
    opj_name = serializers.CharField(max_length=120, required=False, default="")
    opj_quality = serializers.CharField(max_length=120, required=False, default="")
    facts = serializers.CharField(max_length=1000, required=False, default="")
    incident = serializers.CharField(max_length=40, required=False, default="")
    kept_until = Instant(required=False, default=None, allow_null=True)
    minutes = serializers.ListField(child=MinutesMessage(), min_length=1, max_length=MOST_LINES)
    answered_with_nothing = serializers.BooleanField(required=False, default=False)


class MinutesAnswer(serializers.Serializer[Any]):
    cameras = serializers.ListField(child=serializers.CharField())
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True, help_text="From then on they would be destroyed.")
    frozen_until = serializers.DateTimeField(allow_null=True)
    extraction = serializers.CharField(allow_null=True)
    extraction_state = serializers.CharField(allow_null=True)
    manifest_sha256 = serializers.CharField(allow_null=True)
    waits_for = serializers.CharField()


class RequisitionAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.CharField()
    demand = serializers.ChoiceField(choices=Requisition.Demand.choices)
    state = serializers.ChoiceField(choices=Requisition.State.choices)
    reference = serializers.CharField()
    authority = serializers.CharField()
    unit = serializers.CharField()
    exercise = serializers.BooleanField()
    received_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    kept_until = serializers.DateTimeField(allow_null=True)
    clock = serializers.CharField(help_text="In words, in the language of Accept-Language.")
    minutes = MinutesAnswer(many=True)


class RequisitionsAnswer(serializers.Serializer[Any]):
    requisitions = RequisitionAnswer(many=True)


class _View(APIView):
    permission_classes = [IsAuthenticated]

    @property
    def user(self) -> User:
        user: Any = self.request.user
        return user  # type: ignore[no-any-return]


class RequisitionsView(_View):
    @extend_schema(
        operation_id="list_requisitions",
        summary="Requisitions to be answered, what is destroyed first first",
        description="With state=all, answered ones too, the latest 500.",
        parameters=[OpenApiParameter("state", str, enum=["open", "all"], default="open")],
        responses={200: RequisitionsAnswer},
    )
    def get(self, request: Request) -> Response:
        rows = Requisition.objects.visible_to(self.user).with_lines()
        rows = rows.order_by("-pk") if request.query_params.get("state") == "all" else rows.open().by_clock()
        found = list(rows[:SHOWN])
        frozen = frozen_until(line for row in found for line in row.lines)
        return Response({"requisitions": [told(row, frozen) for row in found]})

    @extend_schema(
        operation_id="receive_requisition",
        summary="Enter a requisition: its minutes are frozen with the answer",
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)],
        request=RequisitionMessage,
        responses={201: RequisitionAnswer, 200: RequisitionAnswer},
    )
    def post(self, request: Request) -> Response:
        # The body itself, before anything parses it: a repetition is the same bytes.
        body = request._request.body
        message = RequisitionMessage(data=request.data)
        message.is_valid(raise_exception=True)
        said = dict(message.validated_data)
        wanted = [Wanted(line["cameras"], line["since"], line["until"]) for line in said.pop("minutes")]

        def do() -> tuple[int, dict[str, Any]]:
            row = receive(actor=self.user, wanted=wanted, **said)
            return 201, dict(RequisitionAnswer(told(row)).data)

        key = request.headers.get("Idempotency-Key", "")
        status, answer = once(scope=f"requisitions:{self.user.pk}", key=key, body=body, do=do)
        return Response(answer, status=status)


class RequisitionView(_View):
    @extend_schema(operation_id="requisition", summary="One requisition", responses={200: RequisitionAnswer})
    def get(self, request: Request, pk: int) -> Response:
        row = get_object_or_404(Requisition.objects.visible_to(self.user), pk=pk)
        return Response(RequisitionAnswer(told(row)).data)


def told(row: Requisition, frozen: Mapping[int, dt.datetime] | None = None) -> dict[str, Any]:
    held = frozen_until(row.lines) if frozen is None else frozen
    fields = (
        *("id", "number", "demand", "state", "reference", "authority", "unit", "exercise"),
        *("received_at", "due_at", "kept_until"),
    )
    return {name: getattr(row, name) for name in fields} | {
        "clock": clock.of(row, held).words,
        "minutes": [
            {
                "cameras": [camera.code for camera in line.cameras.all()],
                "since": line.since,
                "until": line.until,
                "due_at": line.due_at,
                "frozen_until": held.get(line.pk),
                "extraction": line.extraction.number if line.extraction else None,
                "extraction_state": line.extraction.state if line.extraction else None,
                "manifest_sha256": line.extraction.manifest_sha256 if line.extraction else None,
                "waits_for": line.waits_for,
            }
            for line in row.lines
        ],
    }
