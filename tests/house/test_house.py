"""The house keeps its rules: size of files, no signals, a retention rule beside every person, plate or image."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from accounts.models import User
from events.facts import KINDS
from retention.checks import rules_can_be_carried_out

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = [config for config in apps.get_app_configs() if Path(config.path).parent == ROOT]
SOURCES = sorted(
    path
    for config in OURS
    for path in Path(config.path).rglob("*.py")
    if "migrations" not in path.parts and "__pycache__" not in path.parts
)
# Everything written by hand: pages, scripts, style sheets, tests and tools too.
WRITTEN = sorted(
    path
    for top in {config.path for config in OURS} | {"static", "templates", "tests", "benches", "tools"}
    for path in Path(ROOT, top).rglob("*")
    if path.suffix in {".py", ".js", ".mjs", ".css", ".html"}
    if not {"migrations", "__pycache__", "vendor", "node_modules"} & set(path.parts)
)
LONGEST_FILE, LONGEST_FUNCTION = 500, 60
TELLING = re.compile(
    r"^(phone|plates?|first_name|last_name|email|note|text|author_label|done_by|owner|taken_from)$"
)


def test_every_app_of_ours_is_looked_at() -> None:
    assert {"alerts", "incidents", "cameras", "accounts"} <= {config.label for config in OURS}


def test_a_file_can_be_held_in_the_head() -> None:
    lines = {str(path.relative_to(ROOT)): path.read_text().count("\n") for path in WRITTEN}
    assert {Path(name).suffix for name in lines} >= {".py", ".js", ".css", ".html"}
    assert {name: n for name, n in lines.items() if n > LONGEST_FILE} == {}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_function_fits_on_a_screen(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


def test_rows_are_locked_so_that_others_may_point_to_them() -> None:
    """Keys are looked at when a transaction commits, after it has taken its turn in the log. Where the row pointed
    to is locked whole by one that waits for that turn, the two wait for one another: a note written while its
    incident is taken. What deletes rows passes over those that are held.
    """
    asked = re.compile(r"select_for_update\(((?:[^()]|\([^()]*\))*)\)")
    found = {
        str(path.relative_to(ROOT)): told
        for path in SOURCES
        for told in asked.findall(path.read_text())
        if "no_key=True" not in told and "skip_locked=True" not in told
    }
    assert found == {}
    assert asked.findall('x.select_for_update(of=("self",))') == ['of=("self",)'], "it would be found"


def test_no_signals_between_our_apps() -> None:
    heard = [p for p in SOURCES if re.search(r"django\.dispatch|post_save|pre_save|@receiver", p.read_text())]
    assert heard == []


def _holds_somebody(model: type[models.Model]) -> bool:
    """Whether rows of a model hold or name a person, a plate or an image, by the fields it has."""
    for field in model._meta.get_fields():
        if isinstance(field, models.FileField):
            return True
        if isinstance(field, models.ForeignKey | models.OneToOneField) and field.related_model is User:
            return True
        if isinstance(field, models.CharField | models.TextField) and TELLING.search(field.name):
            return True
    return model is User


def _ruled(label: str) -> set[str]:
    try:
        module = importlib.import_module(f"{label}.retention")
    except ModuleNotFoundError:
        return set()
    return {rule["what"] if isinstance(rule, dict) else rule.what for rule in module.RULES}


@pytest.mark.parametrize(
    "model",
    [m for config in OURS for m in config.get_models() if _holds_somebody(m)],
    ids=lambda m: m._meta.label,
)
def test_a_person_a_plate_or_an_image_has_a_retention_rule(model: type[models.Model]) -> None:
    """L-04, L-14: a model that may hold somebody says how long its rows live, or whose rows they go with."""
    assert model._meta.label in _ruled(model._meta.app_label)


@isolate_apps("alerts")
def test_a_new_model_without_a_rule_would_be_found() -> None:
    """The test before this one can fail: for a plate, a picture and a person, and not for a lamp."""

    class Passage(models.Model):
        plate = models.CharField(max_length=10)

        class Meta:
            app_label = "alerts"

    class Snapshot(models.Model):
        picture = models.ImageField()

        class Meta:
            app_label = "alerts"

    class Watch(models.Model):
        who = models.ForeignKey(User, models.CASCADE)

        class Meta:
            app_label = "alerts"

    class Lamp(models.Model):
        colour = models.CharField(max_length=10)

        class Meta:
            app_label = "alerts"

    found = {model for model in (Passage, Snapshot, Watch, Lamp) if _holds_somebody(model)}
    assert found == {Passage, Snapshot, Watch}
    assert not {model._meta.label for model in found} & _ruled("alerts")


def test_every_rule_is_one_the_engine_can_carry_out() -> None:
    """A table, a clock in it, a line of law §1.9, no more days than the law has; `manage.py check` says the same."""
    assert rules_can_be_carried_out() == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_fact_has_no_room_for_a_person(kind: str) -> None:
    """Facts are never erased: they carry ids, places and codes."""
    names = set(KINDS[kind].__dataclass_fields__)  # type: ignore[attr-defined]
    forbidden = {"first_name", "last_name", "email", "phone", "plate", "note", "text", "username"}
    assert not names & forbidden
