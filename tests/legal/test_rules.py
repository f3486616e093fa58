"""What the house asks: a rule of retention that names what exists, a warning where the log can be changed."""

from __future__ import annotations

from typing import Any

import pytest

from legal import checks
from legal.retention import RULES
from retention.rules import rules

pytestmark = pytest.mark.django_db


def test_every_rule_names_a_table_and_a_clock_that_exist() -> None:
    for rule in RULES:
        assert rules()[str(rule["what"])].clock_field


def test_a_centre_in_service_is_warned_while_the_application_owns_the_log(settings: Any) -> None:
    assert checks.log_has_its_own_role(databases=["default"]) == []
    settings.HTTPS = True
    (warning,) = checks.log_has_its_own_role(databases=["default"])
    assert warning.id == "legal.W001"
    assert checks.log_has_its_own_role() == []


def test_the_clock_signs_heads_and_closes_what_was_left(settings: Any) -> None:
    tasks = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {"legal.tasks.sign_heads", "legal.tasks.close_lapsed_looks"} <= tasks
