"""What ships as files for a real machine: compose, image, proxy, locks. Read, since no engine runs here."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_every_process_of_the_centre_is_there(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert set(services) == {
        "prepare", "web", "worker", "beat", "cameras", "detect", "receivers", "postgres", "redis", "proxy",
    }  # fmt: skip
    assert services["postgres"]["image"] == "postgres:18"
    assert services["redis"]["image"] == "redis:7"
    assert "--appendonly yes" in services["redis"]["command"][2]


def test_the_compose_file_is_one(compose: dict[str, Any]) -> None:
    """Against the schema of the Compose specification (compose-spec.json, Apache-2.0, as published)."""
    schema = json.loads((ROOT / "tests" / "start" / "compose-spec.json").read_text())
    wrong = [f"{e.json_path}: {e.message}" for e in jsonschema.Draft7Validator(schema).iter_errors(compose)]
    assert wrong == []
    misspelt = yaml.safe_load("services: {web: {depend_on: [redis]}}")
    assert not jsonschema.Draft7Validator(schema).is_valid(misspelt)


def test_what_is_named_in_the_compose_file_is_there(compose: dict[str, Any]) -> None:
    services, volumes = compose["services"], set(compose["volumes"])
    for name, service in services.items():
        assert set(service.get("depends_on", ())) <= set(services), name
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith("./") else source in volumes, volume


def test_every_service_has_its_command(compose: dict[str, Any]) -> None:
    commands = {path.stem for path in ROOT.glob("*/management/commands/*.py")}
    ours = {
        n: s for n, s in compose["services"].items() if s.get("command", [""])[:2] == ["python", "manage.py"]
    }
    assert set(ours) == {"cameras", "detect", "receivers"}
    for name, service in ours.items():
        assert service["command"][2] in commands, name
        assert "profiles" not in service, name


def test_only_the_proxy_and_the_panels_line_are_open_to_the_outside(compose: dict[str, Any]) -> None:
    assert [name for name, service in compose["services"].items() if "ports" in service] == [
        "receivers",
        "proxy",
    ]


def test_no_secret_has_a_default(compose: dict[str, Any]) -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for secret in ("POSTGRES_PASSWORD", "REDIS_PASSWORD", "SECRET_KEY"):
        assert all(mark == ":?" for mark in re.findall(rf"(?<!\$)\${{{secret}(:?[-?])", text)), secret


def test_every_setting_reaches_every_process_of_the_centre(compose: dict[str, Any]) -> None:
    """Compose reads .env for what stands between braces only: what is not named there must come as a file."""
    for name, service in compose["services"].items():
        if service.get("image") == "nice-supervision":
            assert service["env_file"] == ".env", name
    named = re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "operations" / "settings.md").read_text())
    assert "OIDC_OP_ISSUER" in named and "OIDC_OP_ISSUER" not in compose["services"]["web"]["environment"]


def test_health_checks_ask_for_checks_that_exist(compose: dict[str, Any]) -> None:
    from nice_supervision import health

    known = set(health.checks(health.Measured(None, "", None, None, "", 0)))
    asked = re.findall(r"healthz\?only=(\w+)", (ROOT / "docker-compose.yml").read_text())
    assert set(asked) == {"database", "worker", "beat"}
    assert set(asked) <= known


def test_the_image_does_not_run_as_root_and_installs_the_lock() -> None:
    image = (ROOT / "Dockerfile").read_text()
    assert image.rstrip().rpartition("FROM")[2].count("USER nice") == 1
    assert "--require-hashes" in image


def test_the_proxy_speaks_tls_to_the_web_process() -> None:
    caddy = (ROOT / "deploy" / "Caddyfile").read_text()
    assert "reverse_proxy web:8000" in caddy
    assert "tls {$CENTRE_TLS:internal}" in caddy
    assert caddy.count("{") == caddy.count("}")


@pytest.mark.parametrize("name", ["base", "dev"])
def test_the_locks_name_hashes_and_no_place(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.lock").read_text()
    assert not re.search(r"https?://|file:|--(extra-)?index|find-links", text)
    pinned = re.findall(r"^[a-z0-9][a-z0-9._-]*(?:\[[a-z,]+\])?==.*\\$", text, re.M | re.I)
    assert len(pinned) > 60
    assert len(re.findall(r"^[a-z0-9]", text, re.M | re.I)) == len(pinned)


def test_the_locks_are_those_of_pyproject() -> None:
    """A dependency added without `make lock` would be missing from a fresh installation."""
    pyproject = (ROOT / "pyproject.toml").read_text()
    lists = {
        "base": re.search(r"^dependencies = \[(.*?)^\]", pyproject, re.M | re.S),
        "dev": re.search(r"^dev = \[(.*?)^\]", pyproject, re.M | re.S),
    }
    for name, found in lists.items():
        assert found is not None
        text = (ROOT / "requirements" / f"{name}.lock").read_text().lower()
        for wanted in re.findall(r'"([a-z0-9._-]+)', found[1], re.I):
            assert f"\n{wanted.lower()}==" in "\n" + text.replace("[", "=="), wanted


def test_make_lists_what_it_can_do() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    phony = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)$", (ROOT / "Makefile").read_text(), re.M)
    assert phony is not None
    targets = {name for name in phony[1].replace("\\", " ").split() if not name.startswith("check-")}
    assert {"run", "test", "check", "bench"} <= targets
    assert targets == set(re.findall(r"^  make ([a-z-]+) ", listed, re.M))
