"""What the law refuses is not there: not locked, not installed, not in the code (L-22, L-40, L-70, L-71)."""

from __future__ import annotations

import ast
import datetime as dt
import importlib.metadata
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from legal.refused import REFUSED, barred_names, barred_packages

ROOT = Path(__file__).resolve().parent.parent.parent
# Where names of what is refused stand in order to be refused.
LISTS = {"legal/refused.py", "detection/biometrics.py"}
LEFT_OUT = {
    "migrations",
    "__pycache__",
    "node_modules",
    "vendor",
    "tests",
    "benches",
    "var",
    ".venv",
    "locale",
}


def locked() -> set[str]:
    """Every package of every lock file, of Python and of the browser's tools."""
    found = set()
    for path in sorted((ROOT / "requirements").glob("*.lock")):
        found |= set(re.findall(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^]]*\])?\s*==", path.read_text(), re.M))
    for name in ("package.json", "package-lock.json"):
        told = json.loads((ROOT / name).read_text())
        for key in ("dependencies", "devDependencies", "optionalDependencies"):
            found |= set(told.get(key, {}))
        found |= {path.rpartition("node_modules/")[2] for path in told.get("packages", {}) if path}
    return found


def sources() -> Iterator[Path]:
    for folder, inside, names in os.walk(ROOT):
        # Not entered at all: what is installed there has tens of thousands of files.
        inside[:] = sorted(set(inside) - LEFT_OUT)
        yield from (Path(folder, name) for name in sorted(names) if name.endswith((".py", ".js", ".mjs")))


def names_in(path: Path) -> set[str]:
    """Names of what a file imports, defines and calls; of a script, its words without its comments."""
    text = path.read_text()
    if path.suffix != ".py":
        return set(re.findall(r"[A-Za-z_]\w+", re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.S)))
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= {alias.name for alias in node.names} | {getattr(node, "module", None) or ""}
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
    return found


def test_no_locked_package_does_what_is_refused() -> None:
    names = locked()
    assert {"django", "cryptography"} <= {name.lower() for name in names}  # the lists are read
    assert barred_packages(names) == []


def test_no_installed_package_does_either() -> None:
    names = {one.metadata["Name"] for one in importlib.metadata.distributions()}
    assert barred_packages(filter(None, names)) == []


def test_no_name_in_the_code_says_it_does() -> None:
    texts = {path: path.read_text() for path in sources() if str(path.relative_to(ROOT)) not in LISTS}
    words = {path: set(re.findall(r"[A-Za-z_]\w+", text)) for path, text in texts.items()}
    assert len(words) > 300  # the tree is read
    # Words of comments count for nothing; only where one is found is the code itself read.
    suspect = set(barred_names(set().union(*words.values())))
    found = {
        str(path.relative_to(ROOT)): barred
        for path in texts
        if suspect & words[path] and (barred := barred_names(names_in(path)))
    }
    assert found == {}


@pytest.mark.parametrize(
    "package",
    [
        "face_recognition",
        "insightface",
        "deepface",
        "fast-alpr",
        "openalpr",
        "easyocr",
        "@vladmandic/face-api",
        "dlib",
    ],
)
def test_a_package_of_that_kind_would_be_found(package: str) -> None:
    assert barred_packages(["django", package]) == [package]


@pytest.mark.parametrize(
    "name",
    [
        *("FaceRecogniser", "match_face_embedding", "read_plate", "PlateReader", "alpr", "getUserMedia"),
        *("WeaponDetector", "rank_operators", "appearance_search", "reidentify", "gunshot"),
    ],
)
def test_a_name_of_that_kind_would_be_found(name: str) -> None:
    assert barred_names(["Camera", name]) == [name]


@pytest.mark.parametrize(
    "name", ["Camera", "replay", "operator", "template", "interface", "Surface", "rank", "place"]
)
def test_a_usual_name_is_not(name: str) -> None:
    assert barred_names([name]) == []


def test_each_refusal_has_its_sources_and_a_day_to_read_them_again() -> None:
    for one in REFUSED:
        assert one.sources
        assert re.match(r"[LW]-\d\d", one.law)
        assert one.review_on > dt.date(2026, 11, 22)
    assert {"face", "plates", "citizens", "weapons"} <= {one.code for one in REFUSED}
