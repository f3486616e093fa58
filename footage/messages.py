"""The JSON of the looks' door: what a screen asks, strictly read, and what it is answered."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from legal.models import Consultation

AT_MOST = 36  # tiles of the largest wall
REASONS = [(r.value, r.value) for r in Consultation.Reason if r != Consultation.Reason.AUDIT]


class ReasonMessage(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=REASONS)
    incident = serializers.IntegerField(
        required=False, min_value=1, help_text="Which incident, for the reason “incident”."
    )
    reference = serializers.CharField(
        required=False, allow_blank=True, max_length=80, help_text="Number of the case, for other reasons."
    )
    text = serializers.CharField(required=False, allow_blank=True, max_length=300)


class LooksMessage(serializers.Serializer[Any]):
    cameras = serializers.ListField(
        child=serializers.CharField(max_length=20), min_length=1, max_length=AT_MOST, help_text="Codes."
    )
    kind = serializers.ChoiceField(
        choices=[("live", "live"), ("tour", "tour"), ("still", "still")],
        help_text="tour: a stop of a tour on a wall, live as well, for the reason “tour” (W-05).",
    )
    reason = ReasonMessage()
    screen = serializers.ChoiceField(
        choices=[("room", "room"), ("wall", "wall")],
        default="room",
        help_text="A wall hangs in the room: it goes on while its screen is locked.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["kind"] == "tour" and attrs["reason"]["kind"] != Consultation.Reason.TOUR:
            raise serializers.ValidationError(_("A stop of a tour has the reason “tour”."))
        return attrs

    def validate_cameras(self, codes: list[str]) -> list[str]:
        if len(set(codes)) != len(codes):
            raise serializers.ValidationError(_("Name each camera once."))
        return codes


class TokenMessage(serializers.Serializer[Any]):
    tokens = serializers.ListField(
        child=serializers.CharField(max_length=1000), min_length=1, max_length=AT_MOST
    )


class LookAnswer(serializers.Serializer[Any]):
    camera = serializers.CharField(help_text="Its code.")
    token = serializers.CharField(help_text="For this session alone. Never written into an address.")
    expires_at = serializers.DateTimeField(help_text="Renew before.")
    consultation = serializers.IntegerField(help_text="Number of the line in the audit log.")
    exercise = serializers.BooleanField(
        help_text="Drawn pictures of the demonstration city: no authorisation of the prefect is needed."
    )
    ws = serializers.CharField(help_text="Path of the WebSocket.")
    qualities = serializers.ListField(child=serializers.CharField())
    shows = serializers.CharField(help_text="street, panoramic or thermal: how a screen may show it.")
    azimuth_deg = serializers.FloatField(
        help_text="Where it looks at pan 0; of a round picture, where its upper rim lies."
    )
    codecs = serializers.CharField(
        help_text="Of the main stream as last recorded (RFC 6381); empty when not known yet."
    )


class RefusedAnswer(serializers.Serializer[Any]):
    camera = serializers.CharField()
    code = serializers.CharField()
    title = serializers.CharField()
    detail = serializers.CharField(required=False)
    what_to_do = serializers.CharField(required=False)


class LooksAnswer(serializers.Serializer[Any]):
    looks = LookAnswer(many=True)
    refused = RefusedAnswer(many=True)


class RenewedAnswer(serializers.Serializer[Any]):
    camera = serializers.CharField()
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


class RenewedAllAnswer(serializers.Serializer[Any]):
    looks = RenewedAnswer(many=True)
    refused = RefusedAnswer(many=True)


class EndedAnswer(serializers.Serializer[Any]):
    ended = serializers.IntegerField()
