"""What the JSON of every REST door shares: strict numbers, instants with their offset, no unknown field."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

_OFFSET = re.compile(r"(Z|[+-]\d\d:?\d\d)$", re.IGNORECASE)


class Number(serializers.FloatField):
    """A JSON number: no text, no truth value, no NaN."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float) or not math.isfinite(data):
            self.fail("invalid")
        return float(data)


class Instant(serializers.DateTimeField):
    """RFC 3339 with its offset: a local time without one cannot be placed."""

    default_error_messages = {
        "offset": _("Give the offset from UTC, such as 2026-03-02T14:03:07Z."),
    }

    def to_internal_value(self, value: Any) -> Any:
        if isinstance(value, str) and "T" in value.upper() and not _OFFSET.search(value):
            self.fail("offset")
        return super().to_internal_value(value)


class Message(serializers.Serializer[Any]):
    """Refuses fields nobody knows, by name: a misspelt `point` must not pass for no position."""

    def to_internal_value(self, data: Any) -> Any:
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            errors = {str(name): [_("Unknown field.")] for name in data if name not in self.fields}
        try:
            known = super().to_internal_value(data)
        except serializers.ValidationError as error:
            detail = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
            raise serializers.ValidationError(errors | detail) from error
        if errors:
            raise serializers.ValidationError(errors)
        return known


class ProblemAnswer(serializers.Serializer[Any]):
    """RFC 9457 problem details."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField(required=False)
    what_to_do = serializers.CharField(required=False)
    errors = serializers.DictField(required=False)  # type: ignore[assignment]
    correlation = serializers.CharField()
