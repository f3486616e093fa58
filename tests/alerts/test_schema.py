from __future__ import annotations

from typing import Any

import pytest
import yaml
from django.test import Client
from openapi_spec_validator import validate


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(Client().get("/api/v1/schema/").content)
    return document


def test_the_openapi_document_is_valid(schema: dict[str, Any]) -> None:
    validate(schema)


def test_it_describes_every_address_of_a_device(schema: dict[str, Any]) -> None:
    paths = schema["paths"]
    assert {"post"} <= set(paths["/api/v1/alerts/"])
    assert {"get"} <= set(paths["/api/v1/alerts/{public_id}/"])
    assert {"get", "post"} <= set(paths["/api/v1/alerts/{public_id}/talk/"])
    assert {"post"} <= set(paths["/api/v1/heartbeats/"])
    assert {"get"} <= set(paths["/api/v1/device/"])


def test_a_press_is_described_with_its_key_and_its_refusals(schema: dict[str, Any]) -> None:
    press = schema["paths"]["/api/v1/alerts/"]["post"]
    header = next(p for p in press["parameters"] if p["name"] == "Idempotency-Key")
    assert header["required"] is True
    told = {"200", "201", "400", "401", "403", "409", "413", "415", "429", "503"}
    assert set(press["responses"]) == told | {"default"}
    assert "application/problem+json" in press["responses"]["409"]["content"]
    assert press["security"] == [{"deviceKey": []}]
