"""The contracts of import-linter hold for every app there is."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOT_OF_THE_CENTRE = {"tests", "benches", "tools"}


def test_every_app_is_under_the_contracts() -> None:
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - NOT_OF_THE_CENTRE
    assert set(linter["root_packages"]) == packages
    layers, _protected, heavy = linter["contracts"]
    named = {name.strip(" ()") for layer in layers["layers"] for name in layer.split("|")}
    assert packages <= named
    assert packages - {"detection", "footage"} == set(heavy["source_modules"])
