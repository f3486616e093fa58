"""The sheet behind “?” is complete and true: every key the room answers to stands there, and no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROOM = [*sorted((ROOT / "static/js/room").glob("*.js")), *sorted((ROOT / "static/js/wall").glob("*.js"))]
ROOM += [*sorted((ROOT / "static/js/pictures").glob("*.js")), ROOT / "static/js/replay/preroll.js"]
SHEET = (ROOT / "templates/console/_keys.html").read_text()
# As the sheet writes what a browser calls otherwise.
WRITTEN = {
    "ArrowUp": "↑",
    "ArrowDown": "↓",
    "ArrowLeft": "←",
    "ArrowRight": "→",
    " ": "Space",
    "Escape": "Esc",
}


def scripts() -> str:
    return "\n".join(path.read_text() for path in ROOM)


def shown() -> set[str]:
    keys = re.findall(r"<kbd>(.*?)</kbd>", SHEET)
    return {re.sub(r'{% translate "(.*?)" %}', r"\1", key) for key in keys}


def on_acts() -> set[str]:
    """The keys acts carry, in the templates and where scripts make elements."""
    templates = "\n".join(path.read_text() for path in (ROOT / "templates/console").glob("*.html"))
    found = re.findall(r'data-key="([^"{]+)"', templates) + re.findall(r'"data-key": "([^"]+)"', scripts())
    return {key for keys in found for key in keys.split(" ")}


def always() -> set[str]:
    """What keys.js answers to whatever is on the page."""
    source = (ROOT / "static/js/room/keys.js").read_text()
    named = re.search(r"const named = {(.*?)};", source, re.S)
    assert named is not None
    keys = re.findall(r'"?([A-Za-z]+|[/?])"?:', named[1]) + re.findall(
        r'(?:name|event\.key) === "(.+?)"', source
    )
    return {WRITTEN.get(key, key) for key in keys}


def test_every_key_of_the_room_is_on_the_sheet() -> None:
    assert {"F", "X", "+", "Enter"} <= on_acts()
    assert {"↑", "/", "?", "D", "Esc", "Space"} <= always()
    assert (on_acts() | always()) - shown() == set()


def test_every_letter_of_the_sheet_does_something() -> None:
    letters = {key for key in shown() if re.fullmatch(r"[A-Z]", key)}
    compared = set(re.findall(r'=== "([A-Za-z])"', scripts())) | set(re.findall(r"\b([A-Z]): \(", scripts()))
    assert letters - on_acts() - always() - {key.upper() for key in compared} == set()


def test_the_sheet_and_the_command_bar_know_the_same_words() -> None:
    verbs = set(re.findall(r'verb: "([a-z]+)"', (ROOT / "static/js/room/commands.js").read_text()))
    assert {"a", "c", "w"} <= verbs
    assert {key.lstrip("/").split(" ")[0] for key in shown() if re.match(r"/[a-z]", key)} == verbs
