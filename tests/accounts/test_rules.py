"""What the house asks of every app: retention beside each person, checks, the layer below the log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey

from accounts import checks
from accounts.models import RoleRule, User
from accounts.retention import RULES


def test_every_table_that_holds_a_person_has_a_retention_rule() -> None:
    ruled = {rule["what"] for rule in RULES}
    for model in apps.get_app_config("accounts").get_models():
        related = [
            f for f in model._meta.get_fields() if isinstance(f, ForeignKey) and f.related_model is User
        ]
        if related or model is User:
            assert model._meta.label in ruled, model._meta.label


def test_every_rule_names_a_table_and_a_clock_that_exist() -> None:
    for rule in RULES:
        model: Any = apps.get_model(str(rule["what"]))
        first, *rest = str(rule["clock"]).split("__")
        field = model._meta.get_field(first)
        if rest:
            field.related_model._meta.get_field(rest[0])


def test_a_centre_in_service_is_warned_of_passwords_alone(settings: Any) -> None:
    assert checks.second_steps(databases=["default"]) == []
    settings.HTTPS = True
    (warning,) = checks.second_steps(databases=["default"])
    assert warning.id == "accounts.W001"
    assert "admin" in warning.msg
    RoleRule.objects.update(totp_required=True)
    assert checks.second_steps(databases=["default"]) == []


def test_a_provider_without_an_issuer_is_warned_of(settings: Any) -> None:
    assert checks.identity_provider() == []
    settings.OIDC_OP = "https://provider.example/authorize"
    settings.OIDC_OP_ISSUER = ""
    assert [warning.id for warning in checks.identity_provider()] == ["accounts.W002"]


def test_the_role_sheets_hold_together() -> None:
    assert checks.sheets_hold_together() == []


def test_the_ground_imports_nothing_above_it() -> None:
    above = ("events", "legal", "cameras", "alerts", "incidents", "dispatch", "console", "nice_supervision")
    for file in Path(settings.BASE_DIR, "accounts").rglob("*.py"):
        for line in file.read_text().splitlines():
            assert not line.startswith(tuple(f"from {app}" for app in above)), f"{file.name}: {line}"
