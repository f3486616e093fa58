"""What is written stays true: every setting has its line, the OpenAPI is valid, every link leads somewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from django.test import Client
from openapi_spec_validator import validate
from yaml import safe_load

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]
OF_TESTS = {"NICE_TESTING", "NICE_TEST_SUFFIX"}


def test_every_setting_is_documented() -> None:
    read = set(
        re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "nice_supervision" / "settings.py").read_text())
    )
    documented = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "operations" / "settings.md").read_text()))
    assert len(read) > 20
    assert read - documented - OF_TESTS == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_page_is_reached_from_the_readme() -> None:
    """A page nobody is led to is read by nobody."""
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page in reached:
            continue
        reached.add(page)
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
            found = page.parent / target
            if "://" not in target and found.is_dir():
                waiting += found.glob("*.md")
            elif "://" not in target and found.suffix == ".md":
                waiting.append(found)
    assert {page.resolve() for page in PAGES} - reached == set()


def test_every_dependency_says_why() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    written = re.sub(r"\W+", " ", (ROOT / "docs" / "dependencies.md").read_text().lower()).split()
    stubs = re.compile(r"^types-|-stubs$|-types$")
    names = [re.split(r"[\[~=<>]", name)[0].lower() for name in named if not stubs.search(name)]
    assert len(names) > 30
    assert [name for name in names if not set(name.split("-")) <= set(written)] == []


def test_the_openapi_is_valid_and_complete(client: Client) -> None:
    answer = client.get("/api/v1/schema/")
    assert answer.status_code == 200
    schema = safe_load(answer.content)
    validate(schema)
    assert {"/api/v1/alerts/", "/api/v1/heartbeats/", "/api/v1/cameras/"} <= set(schema["paths"])
    press = schema["paths"]["/api/v1/alerts/"]["post"]
    assert {"201", "400", "401", "409", "503"} <= set(press["responses"])
    assert any(p["name"] == "Idempotency-Key" and p["required"] for p in press["parameters"])
