"""What is written stays true: every setting has its line, the OpenAPI is valid, every link leads somewhere."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import BaseCommand, get_commands, load_command_class
from django.test import Client
from openapi_spec_validator import validate
from yaml import safe_load

from nice_supervision import health

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


COMMAND = re.compile(r"manage\.py ([a-z_]+)([^`\n|#]*)")


def test_every_command_that_is_written_down_exists_with_its_options() -> None:
    known = get_commands()
    written = [(page, *found) for page in PAGES for found in COMMAND.findall(page.read_text())]
    assert len(written) > 40
    for page, name, rest in written:
        assert name in known, (page.name, name)
        app = known[name]
        command = app if isinstance(app, BaseCommand) else load_command_class(app, name)
        options = command.create_parser("manage.py", name)._option_string_actions
        for option in re.findall(r"(?<!\S)(--[a-z][a-z-]*)", rest):
            assert option in options, (page.name, name, option)


def test_every_target_of_make_that_is_written_down_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    benches = {path.stem for path in (ROOT / "benches").glob("*.py")}
    for page in PAGES:
        text = page.read_text()
        named = set(re.findall(r"(?:`|^ {4})make ([a-z-]+)", text, re.M))
        assert named <= targets, (page.name, named - targets)
        for bench in re.findall(r"make bench NAME=([a-z-]+)", text):
            assert bench.replace("-", "_") in benches, (page.name, bench)


def test_what_watches_the_centre_is_documented() -> None:
    text = (ROOT / "docs" / "operations" / "health.md").read_text()
    checks = set(health.checks(health.Measured(None, "", None, None, "", 0)))
    assert checks - set(re.findall(r"^\| `([a-z_]+)` \|", text, re.M)) == set()
    source = (ROOT / "nice_supervision" / "metrics.py").read_text()
    counters = set(re.findall(r'CounterMetricFamily\(\s*"(nice_[a-z_]+)"', source))
    families = {f"{n}_total" if n in counters else n for n in re.findall(r'"(nice_[a-z_]+)"', source)}
    assert len(families) > 15
    assert families - set(re.findall(r"`(nice_[a-z_]+)", text)) == set()


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
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            refused = operation["responses"]["default"]["content"]
            assert list(refused) == ["application/problem+json"], (method, path)
    press = schema["paths"]["/api/v1/alerts/"]["post"]
    assert {"201", "400", "401", "409", "503"} <= set(press["responses"])
    assert any(p["name"] == "Idempotency-Key" and p["required"] for p in press["parameters"])
