"""Every requirement an authority would check has a test that names it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
IDS = [f"L-{number:02}" for number in (*range(1, 15), *range(61, 67))]
DOCUMENT = TESTS.parent / "docs" / "reference" / "law.md"
NAMED = re.compile(r"`tests/([\w/]+\.py)::(test_\w+)`")
RANGE = re.compile(r"\b(L)-(\d\d)(?:…| to |-)(?:L-)?(\d\d)\b")


@cache
def cited() -> dict[str, set[str]]:
    """By requirement, the tests whose docstring, name, or module's docstring names it."""
    found: dict[str, set[str]] = {}
    for path in TESTS.rglob("test_*.py"):
        tree = ast.parse(path.read_text())
        said = ast.get_docstring(tree) or ""
        tests = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        for node in tests:
            if not node.name.startswith("test_"):
                continue
            name = re.sub(r"_l(\d\d)", r" L-\1", node.name)
            for law in re.findall(
                r"\bL-\d\d", f"{name} {ast.get_docstring(node) or ''} {RANGE.sub('', said)}"
            ):
                found.setdefault(law, set()).add(f"{path.stem}::{node.name}")
    return found


@pytest.mark.parametrize("law", IDS)
def test_it_is_tested_by_name(law: str) -> None:
    assert cited().get(law)


def test_the_document_names_every_requirement_and_only_tests_that_are_there() -> None:
    """An authority that follows it finds each test."""
    text = DOCUMENT.read_text()
    told = {
        law for law, tests in re.findall(r"^\| (L-\d\d) \|.*\|(.*)\|$", text, re.M) if NAMED.search(tests)
    }
    assert set(IDS) - told <= {"L-14"}  # the nine points have a table of their own
    assert all(NAMED.search(line) for line in re.findall(r"^\| (?!id|point|case|---).*$", text, re.M))
    missing = []
    for path, name in NAMED.findall(text):
        file = TESTS / path
        found = re.search(rf"^(?:async )?def {name}\(", file.read_text(), re.M) if file.is_file() else None
        missing += [] if found else [f"{path}::{name}"]
    assert missing == []
