"""The French arrives: in pages, in problems, and in the scripts with the plurals of French."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext, ngettext

from tools.messages import compile_stale


@pytest.fixture(autouse=True, scope="module")
def _compiled() -> None:
    compile_stale()


def catalogue(language: str) -> str:
    return Client().get("/i18n/catalog.js", headers={"Accept-Language": language}).content.decode()


def test_scripts_get_french_and_its_plurals() -> None:
    text = catalogue("fr")
    entries = json.loads(re.search(r"newcatalog = (\{.*?\});", text, re.S)[1])  # type: ignore[index]
    assert entries["%(n)s press"] == ["%(n)s appui", "%(n)s appuis"]
    assert entries["to take"] == "à prendre"
    assert re.search(r"v = \(?n ?> ?1\)?", text) or "n > 1" in text or "n>1" in text


def test_scripts_in_english_say_what_the_source_says() -> None:
    assert "à prendre" not in catalogue("en")


@pytest.mark.django_db
def test_problems_speak_the_language_asked_for() -> None:
    for language, words in (("fr", "Cette clé n’est pas connue ici."), ("en", "This key is not known here.")):
        headers = {"Authorization": "Device nsk_000000000000_x", "Accept-Language": language}
        answer = Client().post("/api/v1/alerts/", "{}", "application/json", headers=headers)
        assert answer.json()["title"] == words


def test_zero_is_singular_in_french_and_plural_in_english() -> None:
    with translation.override("fr"):
        assert ngettext("%(n)s press", "%(n)s presses", 0) == "%(n)s appui"
        assert gettext("Alert queue") == "File des alertes"
    with translation.override("en"):
        assert ngettext("%(n)s press", "%(n)s presses", 0) == "%(n)s presses"
