from __future__ import annotations

from typing import Any

from django import forms


class AreaField(forms.JSONField):
    """The GeoJSON of a drawn area; nothing drawn is an empty field, not the word “null”."""

    def prepare_value(self, value: Any) -> Any:
        return "" if value is None else super().prepare_value(value)
