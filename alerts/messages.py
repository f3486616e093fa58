"""The JSON of the REST door: what devices send, strictly read, and what they are answered."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from alerts.models import Alert, AlertDevice, AlertPress
from alerts.wording import for_presser
from doors.messages import Instant, Message, Number
from places.geometry import Point


class PointMessage(Message):
    lat = Number(min_value=-90, max_value=90, help_text="Degrees, WGS-84.")
    lon = Number(min_value=-180, max_value=180, help_text="Degrees, WGS-84.")
    accuracy_m = Number(
        min_value=0, max_value=1_000_000, required=False, help_text="Radius that holds 68 % of fixes."
    )


class PressMessage(Message):
    kind = serializers.ChoiceField(choices=[(k.value, k.value) for k in AlertPress.Kind])
    at = Instant(required=False, help_text="When it was pressed, by the device's clock. Left out: now.")
    point = PointMessage(required=False, help_text="Left out: the device's own place, else its site's.")
    note = serializers.CharField(required=False, allow_blank=True, max_length=500)

    def said(self) -> dict[str, Any]:
        """Arguments of the action of its kind."""
        data = dict(self.validated_data)
        point = data.pop("point", None)
        data.pop("kind")
        if point:
            data |= {"point": Point(point["lat"], point["lon"]), "accuracy_m": point.get("accuracy_m")}
        return data


class HeartbeatMessage(Message):
    battery_percent = serializers.IntegerField(required=False, min_value=0, max_value=100)
    at = Instant(required=False)
    firmware = serializers.CharField(required=False, allow_blank=True, max_length=40)


class TalkMessage(Message):
    text = serializers.CharField(max_length=500)


class PressAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    number = serializers.CharField(help_text="What to say on the telephone: A-2026-000123.")
    state = serializers.ChoiceField(choices=Alert.State.choices)
    received_at = serializers.DateTimeField(help_text="When the centre received this message.")
    position_used = serializers.ChoiceField(choices=Alert.Place.values)
    talk_url = serializers.CharField()


class MessageAnswer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    at = serializers.DateTimeField()
    from_centre = serializers.BooleanField()
    text = serializers.CharField()


class AlertAnswer(serializers.Serializer[Alert]):
    """What the presser may know: what became of it, never who works on it."""

    id = serializers.UUIDField(source="public_id")
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=Alert.State.choices)
    received_at = serializers.DateTimeField()
    presses = serializers.IntegerField()
    taken = serializers.BooleanField()
    taken_at = serializers.DateTimeField(source="acknowledged_at", allow_null=True)
    cancelled = serializers.BooleanField(help_text="The presser said that it was a mistake.")
    closed = serializers.BooleanField()
    closed_at = serializers.DateTimeField(allow_null=True)
    words = serializers.SerializerMethodField(help_text="The state as a sentence, in the language asked for.")
    messages = MessageAnswer(many=True)

    def get_words(self, alert: Alert) -> str:
        return for_presser(alert)


class SiteAnswer(serializers.Serializer[Any]):
    code = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField()
    address = serializers.CharField()


class DeviceAnswer(serializers.Serializer[AlertDevice]):
    code = serializers.CharField()
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    in_service = serializers.BooleanField(source="is_in_service")
    exercise = serializers.BooleanField(source="for_exercise")
    last_test_at = serializers.DateTimeField(allow_null=True)
    last_pressed_at = serializers.DateTimeField(allow_null=True)
    site = SiteAnswer()
    open_alert = serializers.SerializerMethodField(help_text="Its alert still open, to go on following it.")
    now = serializers.SerializerMethodField(help_text="The centre's clock.")

    def get_open_alert(self, device: AlertDevice) -> uuid.UUID | None:
        still = Alert.objects.presses().open().of_device(device).order_by("-pk").first()
        return still.public_id if still else None

    def get_now(self, device: AlertDevice) -> dt.datetime:
        return timezone.now()


class TalkAfter(serializers.Serializer[Any]):
    after = serializers.IntegerField(default=0, min_value=0)
