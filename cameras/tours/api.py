"""The REST door of video tours: what is due, one stop after the other, done against planned."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cameras.models import RoundStep, Tour, TourRound
from cameras.steering import messages
from cameras.steering.api import SteeringView
from cameras.tours import rounds
from cameras.tours.hours import LONGEST_REPORT
from cameras.tours.report import report


class ToursView(SteeringView):
    @extend_schema(
        operation_id="list_tours",
        summary="Tours, with the round that is due or under way",
        responses=messages.TourAnswer(many=True),
    )
    def get(self, request: Request) -> Response:
        tours = Tour.objects.visible_to(self.user).select_related("sector").prefetch_related("stops")
        mine = Q(state__in=["running", "paused"], user=self.user)
        open_ = TourRound.objects.filter(Q(state="due", planned_at__lte=timezone.now()) | mine)
        by_tour = {row.tour_id: row for row in open_.order_by("-planned_at")}
        return Response(
            [messages.tour_answer(one, by_tour.get(one.pk), len(one.stops.all())) for one in tours]
        )


class StartView(SteeringView):
    @extend_schema(
        operation_id="start_round",
        summary="Watch this tour now: its first stop",
        request=None,
        responses={201: messages.StepAnswer},
    )
    def post(self, request: Request, pk: int) -> Response:
        hand = self.acting()
        row = rounds.start(tour=get_object_or_404(Tour.objects.visible_to(self.user), pk=pk), hand=hand)
        if step := rounds.showing(row):  # told twice, or the page was loaded again
            return Response(_answer(row, step), status=201)
        return Response(_next(row, hand, None), status=201)


class RoundView(SteeringView):
    """One address for each thing done in a round; `act` is next, pause, stop or tag."""

    @extend_schema(
        operation_id="go_on_with_round",
        summary="Next stop, pause, stop, or tag the stop that shows",
        request=messages.LeaveMessage,
        responses=messages.StepAnswer,
    )
    def post(self, request: Request, pk: int, act: str) -> Response:
        asked = messages.LeaveMessage(data=request.data)
        asked.is_valid(raise_exception=True)
        number, hand = asked.validated_data["consultation"], self.acting()
        row = get_object_or_404(TourRound.objects.visible_to(self.user).select_related("tour"), pk=pk)
        if act == "next":
            return Response(_next(row, hand, number))
        if act == "tag":
            return Response(_answer(row, rounds.tag(round=row, hand=hand)))
        done = {"pause": rounds.pause, "stop": rounds.stop}[act](round=row, hand=hand, consultation=number)
        return Response(_answer(done, None))


def _next(row: TourRound, hand: Any, consultation: int | None) -> dict[str, Any]:
    before = timezone.now()
    step = rounds.next_stop(round=row, hand=hand, consultation=consultation)
    row.refresh_from_db()
    passed = row.steps.filter(state=RoundStep.State.PASSED, at__gte=before).select_related("camera")
    return _answer(row, step) | {"passed": [messages.passed_answer(one) for one in passed]}


def _answer(row: TourRound, step: RoundStep | None) -> dict[str, Any]:
    planned = row.tour.stops.filter(number=step.number).select_related("preset").first() if step else None
    return {
        "round": row.pk,
        "tour": row.tour.name,
        "number": step.number if step else 0,
        "of": row.tour.stops.count(),
        "camera": step.camera.code if step else "",
        "name": step.camera.name if step else "",
        "kind": step.camera.kind if step else "",
        "preset": planned.preset.name if planned and planned.preset else "",
        "dwell_s": planned.dwell_s if planned else 0,
        "passed": [],
        "over": step is None,
        "state": row.state,
    }


class PeriodQuestion(serializers.Serializer[Any]):
    start = serializers.DateField()
    end = serializers.DateField(help_text="This day included.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["start"] <= attrs["end"] <= attrs["start"] + LONGEST_REPORT:
            raise serializers.ValidationError("From a day to a later one, three months at most.")
        return attrs


class ReportView(SteeringView):
    @extend_schema(
        operation_id="report_rounds",
        summary="Rounds done against planned, by tour",
        parameters=[OpenApiParameter("start", str), OpenApiParameter("end", str)],
        responses=messages.RoundRow(many=True),
    )
    def get(self, request: Request) -> Response:
        asked = PeriodQuestion(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return Response(report(asked.validated_data["start"], asked.validated_data["end"]))
