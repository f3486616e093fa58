"""The REST door of requisitions: what waits, by its clock; entering one, its scan, and a later end of a hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.rights import Right, require
from doors.idempotency import once
from doors.messages import Instant, Message
from evidence import became, clock, papers
from evidence.asking import MOST_LINES, Wanted
from evidence.models import HoldExtension, Requisition
from evidence.models.minutes import frozen_until
from evidence.requisitions.actions import attach, receive
from evidence.requisitions.extending import attach_to, extend

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 500
# The paper and what a multipart message says around it.
ENVELOPE = 64_000


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


class ExtensionMessage(Message):
    reference = serializers.CharField(max_length=80)
    dated_on = serializers.DateField()
    authority = serializers.CharField(max_length=120)
    author = serializers.CharField(max_length=200, required=False, default="")
    ground = serializers.ChoiceField(choices=Requisition.Ground.choices)
    kept_until = Instant()


class PaperMessage(Message):
    paper = serializers.FileField(help_text="A whole PDF, 20 MB at most.")


class ThereAnswer(serializers.Serializer[Any]):
    camera = serializers.CharField()
    became = serializers.ChoiceField(choices=[(one.value, one.value) for one in became.Became])
    words = serializers.CharField(
        help_text="When and under which run they were destroyed, or why never recorded."
    )


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
    there = ThereAnswer(many=True, help_text="What became of them, camera by camera, as far as is known now.")


class ExtensionAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    state = serializers.ChoiceField(choices=HoldExtension.State.choices)
    reference = serializers.CharField()
    dated_on = serializers.DateField()
    authority = serializers.CharField()
    was_until = serializers.DateTimeField()
    kept_until = serializers.DateTimeField()
    read_by = serializers.DateTimeField(help_text="Unread by then, the hold keeps its end.")
    received_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    paper_sha256 = serializers.CharField()


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
    paper_sha256 = serializers.CharField(help_text="Empty: no scan was attached.")
    extensions = ExtensionAnswer(many=True, help_text="Papers that make a hold longer.")
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

    def _row(self, pk: int) -> Requisition:
        return get_object_or_404(Requisition.objects.visible_to(self.user), pk=pk)

    def _once(
        self,
        request: Request,
        scope: str,
        kind: type[Message],
        act: Callable[[dict[str, Any]], Requisition],
    ) -> Response:
        """The same message sent twice is done once."""
        # The body itself, before anything parses it: a repetition is the same bytes.
        body = request._request.body
        message = kind(data=request.data)
        message.is_valid(raise_exception=True)

        def do() -> tuple[int, dict[str, Any]]:
            return 201, dict(RequisitionAnswer(told(act(dict(message.validated_data)), self.user)).data)

        key = request.headers.get("Idempotency-Key", "")
        status, answer = once(scope=f"{scope}:{self.user.pk}", key=key, body=body, do=do)
        return Response(answer, status=status)


class RequisitionsView(_View):
    @extend_schema(
        operation_id="list_requisitions",
        summary="Requisitions to be answered, what is destroyed first first",
        description="With state=all, answered ones too, 500 of them, the latest first; before=<id> gives older ones.",
        parameters=[
            OpenApiParameter("state", str, enum=["open", "all"], default="open"),
            OpenApiParameter("before", int, description="With state=all: those with a smaller id."),
        ],
        responses={200: RequisitionsAnswer},
    )
    def get(self, request: Request) -> Response:
        rows = Requisition.objects.visible_to(self.user).with_lines()
        before = request.query_params.get("before", "")
        if request.query_params.get("state") != "all":
            rows = rows.open().by_clock()
        elif before.isascii() and before.isdecimal() and len(before) < 18:
            rows = rows.filter(pk__lt=int(before)).order_by("-pk")
        else:
            rows = rows.order_by("-pk")
        found = list(rows[:SHOWN])
        frozen = frozen_until(line for row in found for line in row.lines)
        fates = became.of_lines(line for row in found for line in row.lines)
        return Response({"requisitions": [told(row, self.user, frozen, fates) for row in found]})

    @extend_schema(
        operation_id="receive_requisition",
        summary="Enter a requisition: its minutes are frozen with the answer",
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)],
        request=RequisitionMessage,
        responses={201: RequisitionAnswer, 200: RequisitionAnswer},
    )
    def post(self, request: Request) -> Response:
        def do(said: dict[str, Any]) -> Requisition:
            wanted = [Wanted(line["cameras"], line["since"], line["until"]) for line in said.pop("minutes")]
            return receive(actor=self.user, wanted=wanted, **said)

        return self._once(request, "requisitions", RequisitionMessage, do)


class RequisitionView(_View):
    @extend_schema(operation_id="requisition", summary="One requisition", responses={200: RequisitionAnswer})
    def get(self, request: Request, pk: int) -> Response:
        return Response(RequisitionAnswer(told(self._row(pk), self.user)).data)


class ExtensionsView(_View):
    @extend_schema(
        operation_id="extend_hold",
        summary="Enter a paper that asks for a later end of a hold",
        description="The end moves when another person has read the paper, on its page.",
        parameters=[OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, required=True)],
        request=ExtensionMessage,
        responses={201: RequisitionAnswer, 200: RequisitionAnswer},
    )
    def post(self, request: Request, pk: int) -> Response:
        row = self._row(pk)

        def do(said: dict[str, Any]) -> Requisition:
            return extend(actor=self.user, requisition=row, **said).requisition

        return self._once(request, f"requisition {pk}:extensions", ExtensionMessage, do)


_attaches = partial(
    extend_schema,
    description="The same bytes again are answered 200; another scan is a 400: once there it is never replaced.",
    request={"multipart/form-data": PaperMessage},
    responses={201: RequisitionAnswer, 200: RequisitionAnswer},
)


class _PaperView(_View):
    """The scan of a paper entered without one. Sent again it is the same paper, or refused."""

    parser_classes = [MultiPartParser]

    def _take(self, request: Request, pk: int, extension: int | None = None) -> Response:
        # Before the bytes are compared: whether they are the paper's is for nobody else to know.
        require(self.user, Right.RECEIVE_REQUISITION)
        row = self._row(pk)
        if int(request.META.get("CONTENT_LENGTH") or 0) > papers.LARGEST + ENVELOPE:
            # Before anything reads it.
            raise papers.too_large()
        message = PaperMessage(data=request.data)
        message.is_valid(raise_exception=True)
        paper = message.validated_data["paper"]
        held = (
            row
            if extension is None
            else get_object_or_404(row.extensions.visible_to(self.user), pk=extension)
        )
        if held.paper_sha256 and held.paper_sha256 == papers.sha256_of(paper):
            return Response(RequisitionAnswer(told(row, self.user)).data)
        if extension is None:
            attach(actor=self.user, requisition=row, paper=paper)
        else:
            attach_to(actor=self.user, requisition=row, extension=extension, paper=paper)
        return Response(RequisitionAnswer(told(self._row(pk), self.user)).data, status=201)


class PaperView(_PaperView):
    @_attaches(operation_id="attach_paper", summary="Attach the scan of a requisition")
    def put(self, request: Request, pk: int) -> Response:
        return self._take(request, pk)


class ExtensionPaperView(_PaperView):
    @_attaches(
        operation_id="attach_extension_paper", summary="Attach the scan of the paper that makes a hold longer"
    )
    def put(self, request: Request, pk: int, extension: int) -> Response:
        return self._take(request, pk, extension)


def told(
    row: Requisition,
    user: User,
    frozen: Mapping[int, dt.datetime] | None = None,
    fates: Mapping[int, list[became.Fate]] | None = None,
) -> dict[str, Any]:
    held = frozen_until(row.lines) if frozen is None else frozen
    left = became.of_lines(row.lines) if fates is None else fates
    fields = (
        *("id", "number", "demand", "state", "reference", "authority", "unit", "exercise"),
        *("received_at", "due_at", "kept_until", "paper_sha256"),
    )
    return {name: getattr(row, name) for name in fields} | {
        "extensions": list(row.extensions.all()) if HoldExtension.is_seen_by(user) else [],
        "clock": clock.of(row, held, left).words,
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
                "there": [
                    {"camera": fate.code, "became": fate.became, "words": fate.words}
                    for fate in left.get(line.pk, [])
                ],
            }
            for line in row.lines
        ],
    }
