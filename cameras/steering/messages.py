"""What the REST door of steering is asked and answers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from cameras import reasons
from cameras.messages import ReasonAnswer
from cameras.models import CameraLock, Preset, RoundStep, SteeringOrder, TakeOver, Tour, TourRound
from cameras.steering.locks import KINDS, Priority
from places.geometry import Point


class CauseMessage(serializers.Serializer[Any]):
    cause = serializers.RegexField(
        r"^(incident:\d{1,18})?\Z",
        required=False,
        default="",
        allow_blank=True,
        help_text="incident:5, or nothing",
    )


class PlaceMessage(CauseMessage):
    lat = serializers.FloatField(min_value=-90, max_value=90)
    lon = serializers.FloatField(min_value=-180, max_value=180)

    @property
    def point(self) -> Point:
        return Point(self.validated_data["lat"], self.validated_data["lon"])


class PresetMessage(CauseMessage):
    number = serializers.IntegerField(min_value=0, max_value=32_767)


class ViewMessage(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80)
    number = serializers.IntegerField(
        min_value=0,
        max_value=32_767,
        required=False,
        allow_null=True,
        default=None,
        help_text="The next free one",
    )


class FollowMessage(PlaceMessage):
    current = serializers.CharField(required=False, default="", allow_blank=True, max_length=20)


class RequestMessage(serializers.Serializer[Any]):
    answer = serializers.ChoiceField(choices=["yes", "no", "withdraw"])


class LeaveMessage(serializers.Serializer[Any]):
    consultation = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Number of the look at the stop that is left.",
    )


class HoldAnswer(serializers.Serializer[Any]):
    camera = serializers.CharField()
    camera_id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=["free", *KINDS.values()])
    holder = serializers.CharField(allow_blank=True)
    by = serializers.CharField(allow_blank=True)
    by_hand = serializers.BooleanField()
    cause = serializers.CharField(allow_blank=True)
    until = serializers.DateTimeField(allow_null=True)
    mine = serializers.BooleanField()


class RequestAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    camera = serializers.CharField()
    by = serializers.CharField()
    answer = serializers.ChoiceField(choices=TakeOver.Answer.choices)
    lapses_at = serializers.DateTimeField()


class HoldsAnswer(serializers.Serializer[Any]):
    me = serializers.CharField(help_text="This seat, as `holder` names it.")
    may_keep_views = serializers.BooleanField(help_text="Whether this person takes views as presets.")
    holds = HoldAnswer(many=True)
    requests = RequestAnswer(many=True)


class PresetAnswer(serializers.ModelSerializer[Preset]):
    class Meta:
        model = Preset
        fields = ["number", "name", "pan_deg", "tilt_deg", "zoom"]


class ViewAnswer(PresetAnswer):
    note = serializers.CharField(
        allow_blank=True, help_text="What is still to be done about its masks (L-03)."
    )

    class Meta(PresetAnswer.Meta):
        fields = [*PresetAnswer.Meta.fields, "note"]


class OrderAnswer(serializers.Serializer[Any]):
    order_id = serializers.IntegerField()
    camera = serializers.CharField()
    bearing_deg = serializers.FloatField()
    distance_m = serializers.FloatField()
    density_px_m = serializers.FloatField()
    band = serializers.CharField(allow_blank=True)
    why = serializers.CharField()


class FollowAnswer(serializers.Serializer[Any]):
    sight = serializers.DictField()
    changed = serializers.BooleanField()
    why = serializers.CharField()
    reason = ReasonAnswer()
    left_out = serializers.ListField(child=serializers.DictField())


class TourAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()
    sector = serializers.CharField(allow_blank=True)
    purpose = serializers.CharField()
    stops = serializers.IntegerField()
    round = serializers.IntegerField(allow_null=True)
    state = serializers.CharField(allow_blank=True)
    due_until = serializers.DateTimeField(allow_null=True)


class StepAnswer(serializers.Serializer[Any]):
    round = serializers.IntegerField()
    tour = serializers.CharField()
    number = serializers.IntegerField()
    of = serializers.IntegerField()
    camera = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.CharField()
    preset = serializers.CharField(allow_blank=True)
    dwell_s = serializers.IntegerField()
    passed = serializers.ListField(child=serializers.DictField())
    over = serializers.BooleanField()
    state = serializers.CharField()


class RoundRow(serializers.Serializer[Any]):
    tour = serializers.CharField()
    sector = serializers.CharField(allow_blank=True)
    planned = serializers.IntegerField()
    done = serializers.IntegerField()
    partly = serializers.IntegerField()
    missed = serializers.IntegerField()
    extra = serializers.IntegerField(help_text="Rounds watched beyond the plan.")
    stops = serializers.IntegerField()
    seen = serializers.IntegerField()


def hold_answer(lock: CameraLock, me: str) -> dict[str, Any]:
    return {
        "camera": lock.camera.code,
        "camera_id": lock.camera_id,
        "kind": KINDS.get(Priority(lock.priority), "free"),
        "holder": lock.holder,
        "by": lock.label,
        "by_hand": lock.by_hand,
        "cause": lock.cause,
        "until": lock.until,
        "mine": lock.holder == me,
    }


def request_answer(row: TakeOver) -> dict[str, Any]:
    return {
        "id": row.pk,
        "camera": row.camera.code,
        "by": row.label,
        "answer": row.answer,
        "lapses_at": row.lapses_at,
    }


def order_answer(order: SteeringOrder) -> dict[str, Any]:
    return {
        "order_id": order.pk,
        "camera": order.camera.code,
        "bearing_deg": order.bearing_deg,
        "distance_m": order.distance_m,
        "density_px_m": order.density_px_m,
        "band": order.band,
        "why": reasons.text(order.why),
    }


def tour_answer(tour: Tour, row: TourRound | None, stops: int) -> dict[str, Any]:
    return {
        "id": tour.pk,
        "name": tour.name,
        "sector": tour.sector.code if tour.sector else "",
        "purpose": tour.purpose,
        "stops": stops,
        "round": row.pk if row else None,
        "state": row.state if row else "",
        "due_until": row.due_until if row else None,
    }


def passed_answer(step: RoundStep) -> dict[str, Any]:
    return {"camera": step.camera.code, "why": reasons.text(step.why) if step.why else ""}
