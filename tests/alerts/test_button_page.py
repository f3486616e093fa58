from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from alerts import views
from alerts.button_words import WORDS

pytestmark = pytest.mark.django_db
SCRIPTS = sorted(Path(settings.BASE_DIR, "static/js/button").glob("*.js"))


def test_the_page_carries_every_language_and_no_inline_script() -> None:
    page = Client().get("/button/", headers={"Accept-Language": "en"})
    text = page.content.decode()
    assert page.status_code == 200
    assert '<script id="words" type="application/json">' in text
    assert "Hold for 1 second" in text
    assert not re.search(r"<script(?![^>]*(src=|application/json))", text)
    assert " style=" not in text


def test_every_sentence_named_by_the_page_or_its_scripts_exists() -> None:
    page = Client().get("/button/").content.decode()
    named = set(re.findall(r'data-t(?:-label)?="(\w+)"', page))
    code = "\n".join(path.read_text() for path in SCRIPTS)
    named |= set(re.findall(r'\bsay\([^"]*?, "(\w+)"', code)) | set(re.findall(r'\bt\("(\w+)"', code))
    named |= {name for pair in re.findall(r'sure\("(\w+)", "(\w+)"\)', code) for name in pair}
    assert named - set(WORDS) == set()
    unused = {w for w in WORDS if w not in named and not re.search(rf"\b{w}\b", code)}
    built = {
        f"{s}{e}"
        for s in ("sending", "waiting", "received", "taken", "mistaken", "closed", "refused")
        for e in ("", "_next")
    }
    assert unused - built - {f"link_{s}" for s in ("ok", "none", "away", "looking")} == set()


def test_the_worker_is_served_for_its_scope_and_keeps_every_module() -> None:
    worker = Client().get("/button/sw.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert worker.headers["Service-Worker-Allowed"] == "/button/"
    assert "no-cache" in worker.headers["Cache-Control"]
    text = worker.content.decode()
    for script in SCRIPTS:
        if script.name != "sw.js":
            assert f"/static/js/button/{script.name}" in text
    assert re.search(r'const VERSION = "[0-9a-f]{16}";', text)


def test_nothing_the_worker_keeps_is_missing() -> None:
    assert set(views.SHELL) == set(views._present())


def test_the_manifest_makes_it_installable() -> None:
    manifest = Client().get("/button/manifest.webmanifest")
    assert manifest.headers["Content-Type"].startswith("application/manifest+json")
    body = manifest.json()
    assert (body["start_url"], body["scope"], body["display"]) == ("/button/", "/button/", "standalone")
    assert {icon["sizes"] for icon in body["icons"]} >= {"192x192", "512x512"}
    for icon in body["icons"]:
        assert Path(settings.BASE_DIR, icon["src"].lstrip("/")).exists()


def test_pages_of_the_button_take_no_post() -> None:
    assert Client().post("/button/").status_code == 405
