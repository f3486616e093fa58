"""What the published description (OpenAPI) says of every operation, so that no door has to repeat it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.openapi import AutoSchema

from doors.messages import ProblemAnswer


class Described(AutoSchema):
    """Each operation may refuse, and a refusal is always a problem (RFC 9457)."""

    def get_operation(self, *arguments: Any, **named: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*arguments, **named)
        if operation is not None:
            problem = self.resolve_serializer(ProblemAnswer, "response").ref
            operation["responses"].setdefault(
                "default",
                {
                    "description": str(_("Refused, or failed: the problem says what to do.")),
                    "content": {"application/problem+json": {"schema": problem}},
                },
            )
        return operation
