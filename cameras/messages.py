"""What the REST door of the estate is asked and answers."""

from __future__ import annotations

import math
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from cameras.choosing import LeftOut, Sight
from cameras.models import Camera
from places.geometry import Box, Point


class BoxField(serializers.Field[Box, str, str, Any]):
    """`west,south,east,north` in degrees, as in RFC 7946 section 5."""

    def to_internal_value(self, data: str) -> Box:
        try:
            west, south, east, north = (float(part) for part in data.split(","))
        except ValueError as error:
            raise serializers.ValidationError(_("Write west,south,east,north in degrees.")) from error
        if not all(map(math.isfinite, (west, south, east, north))) or west > east or south > north:
            raise serializers.ValidationError(
                _("West is at most east, and south at most north, all in degrees.")
            )
        return Box(south, west, north, east)

    def to_representation(self, value: Box) -> str:
        return f"{value.west},{value.south},{value.east},{value.north}"


class ListQuestion(serializers.Serializer[Any]):
    bbox = BoxField(required=False)


class SeeQuestion(serializers.Serializer[Any]):
    lat = serializers.FloatField(min_value=-90, max_value=90)
    lon = serializers.FloatField(min_value=-180, max_value=180)
    at_most = serializers.IntegerField(min_value=1, max_value=50, default=10)

    @property
    def point(self) -> Point:
        return Point(self.validated_data["lat"], self.validated_data["lon"])


class CameraAnswer(serializers.ModelSerializer[Camera]):
    """The record of one camera. Its pictures are another matter, and another right."""

    sector = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)

    class Meta:
        model = Camera
        fields = [
            "id",
            "code",
            "name",
            "kind",
            "owner",
            "lat",
            "lon",
            "height_m",
            "mounting_azimuth_deg",
            "tilt_deg",
            "hfov_deg",
            "hfov_tele_deg",
            "width_px",
            "height_px",
            "range_m",
            "purpose",
            "objective",
            "sector",
            "authorisation_reference",
            "state",
            "state_since",
            "exercise",
            "visible_area",
        ]


class ReasonAnswer(serializers.Serializer[Any]):
    code = serializers.CharField()
    figures = serializers.DictField()


class SightAnswer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=Camera.Kind.choices)
    lat = serializers.FloatField()
    lon = serializers.FloatField()
    distance_m = serializers.FloatField()
    bearing_deg = serializers.FloatField()
    density_px_m = serializers.FloatField()
    band = serializers.CharField(help_text="identify, recognise, observe, detect or monitor")
    why = serializers.CharField(help_text="In the language of the reader.")
    reason = ReasonAnswer()


class LeftOutAnswer(serializers.Serializer[Any]):
    code = serializers.CharField()
    distance_m = serializers.FloatField()
    why = serializers.CharField()
    reason = ReasonAnswer()


class SeeAnswer(serializers.Serializer[Any]):
    edition = serializers.CharField(help_text="The edition of the standard that names the bands.")
    sights = SightAnswer(many=True)
    left_out = LeftOutAnswer(many=True)


def sight_answer(sight: Sight) -> dict[str, Any]:
    camera = sight.camera
    return {
        "code": camera.code,
        "name": camera.name,
        "kind": camera.kind,
        "lat": camera.lat,
        "lon": camera.lon,
        "distance_m": round(sight.distance_m, 1),
        "bearing_deg": round(sight.bearing_deg, 1),
        "density_px_m": round(sight.density_px_m, 1),
        "band": sight.band,
        "why": str(sight.why),
        "reason": sight.why.as_json(),
    }


def left_out_answer(out: LeftOut) -> dict[str, Any]:
    return {
        "code": out.camera.code,
        "distance_m": round(out.distance_m, 1),
        "why": str(out.why),
        "reason": out.why.as_json(),
    }
