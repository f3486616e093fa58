"""A rule that cannot be carried out is found before the night it would be needed."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured

from retention.rules import rules


@register()
def rules_can_be_carried_out(**kwargs: Any) -> list[CheckMessage]:
    try:
        found = rules()
    except ImproperlyConfigured as error:
        return [
            Error(str(error), hint="See retention/rules.py for what a rule may say.", id="retention.E001")
        ]
    wrong: list[CheckMessage] = []
    for rule in found.values():
        try:
            rule.clock_field, rule.kept_by()
        except (LookupError, FieldDoesNotExist, ImportError, ImproperlyConfigured) as error:
            hint = "Its table, its clock and its keeper must exist."
            wrong.append(Error(f"{rule.what}: {error}", hint=hint, id="retention.E002"))
    return wrong
