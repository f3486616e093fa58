"""What is said in the sources, sentence by sentence, against what the French catalogues hold."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize

from tools import french

ROOT = Path(__file__).resolve().parent.parent
LANGUAGE = "fr"
SKIPPED = {"tests", "benches", "tools", "docs", "node_modules", "var", "migrations", "vendor", "locale"}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Most files say nothing, and reading them word by word is slow.
_SAYS = re.compile(r"gettext|trans")
# A call inside an f-string is read by nobody: Babel sees one string.
_UNHEARD = re.compile(r"""f(?:"[^"\n]*|'[^'\n]*)\{\s*(?:_|n?p?gettext(?:_lazy)?)\(""")
HEADER = {
    "Project-Id-Version": "Nice Supervision",
    "Language": LANGUAGE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n > 1);",  # as Django's own French, so that the catalogues merge
}


class Key(NamedTuple):
    """What makes two sentences the same one."""

    context: str | None
    text: str
    plural: str


class Said(NamedTuple):
    """A sentence of the sources: in which files, with which notes for the translator."""

    key: Key
    files: set[str]
    notes: set[str]


def sources(domain: str, root: Path = ROOT) -> Iterator[tuple[str, Path]]:
    """Babel's method and the file, for every file of this domain."""
    for path in _files(root):
        parts = path.relative_to(root).parts
        if domain == "djangojs":
            if path.suffix in (".js", ".mjs") and parts[0] == "static":
                yield "javascript", path
        elif path.suffix == ".py":
            yield "python", path
        elif "templates" in parts and path.suffix in (".html", ".txt", ".svg"):
            yield "template", path


def _files(root: Path) -> Iterator[Path]:
    for folder, inside, names in os.walk(root):
        inside[:] = sorted(name for name in inside if name not in SKIPPED and not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(names))


def gather(domain: str, root: Path = ROOT) -> dict[Key, Said]:
    found: dict[Key, Said] = {}
    for method, path in sources(domain, root):
        name = path.relative_to(root).as_posix()
        for _line, message, notes, context in _extract(method, path):
            text, plural = message if isinstance(message, tuple) else (message, "")
            if not text:
                continue
            said = found.setdefault(
                Key(context, text, plural or ""), Said(Key(context, text, plural), set(), set())
            )
            said.files.add(name)
            said.notes.update(notes)
    return found


def _extract(method: str, path: Path) -> Iterable[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    source = path.read_text(encoding="utf-8")
    if not _SAYS.search(source):
        return []
    if method == "template":
        # Django turns a template into something like Python, indented as the page was: Python minds, so not.
        python = templatize(source, origin=str(path))
        source = "\n".join(line.lstrip() for line in python.splitlines())
        method = "python"
    options = {"parse_template_string": True} if method == "javascript" else {"encoding": "utf-8"}
    return list(
        extract(
            method, io.BytesIO(source.encode()), KEYWORDS, ["Translators:"], options, strip_comment_tags=True
        )
    )


def domains() -> tuple[str, ...]:
    return ("django", "djangojs")


def catalogue(locale: Path, domain: str) -> Path:
    return locale / LANGUAGE / "LC_MESSAGES" / f"{domain}.po"


def update(locale: Path, root: Path = ROOT) -> list[str]:
    """Write the catalogues anew: translations stay, new sentences wait empty, unsaid ones go."""
    return [_update(catalogue(locale, domain), gather(domain, root)) for domain in domains()]


def _update(path: Path, said: dict[Key, Said]) -> str:
    known = {_key(entry): entry for entry in _read(path)}
    fresh = polib.POFile(wrapwidth=100)
    fresh.metadata = HEADER
    for key in sorted(said, key=lambda key: (key.text.casefold(), key.text, key.context or "", key.plural)):
        fresh.append(_entry(said[key], known.get(key)))
    path.parent.mkdir(parents=True, exist_ok=True)
    text = str(fresh)
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    waiting = sum(not entry.translated() for entry in fresh)
    return f"messages  | {path.name}: {len(fresh)} sentences, {waiting} to translate"


def _entry(said: Said, before: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgctxt=said.key.context,
        msgid=said.key.text,
        msgid_plural=said.key.plural,
        comment="\n".join(sorted(said.notes)),
        occurrences=[(name, "") for name in sorted(said.files)],
        flags=["python-format"] if french.placeholders(said.key.text) else [],
    )
    if said.key.plural:
        entry.msgstr_plural = before.msgstr_plural if before else {0: "", 1: ""}
    else:
        entry.msgstr = before.msgstr if before else ""
    return entry


def _read(path: Path) -> list[polib.POEntry]:
    return list(polib.pofile(str(path))) if path.exists() else []


def _key(entry: polib.POEntry) -> Key:
    return Key(entry.msgctxt, entry.msgid, entry.msgid_plural or "")


def problems(locale: Path, root: Path = ROOT) -> list[str]:
    """What keeps French from being whole, a line each."""
    found = [
        f"{path.relative_to(root)}: says something inside an f-string, where nobody hears it"
        for method, path in sources("django", root)
        if method == "python" and _UNHEARD.search(path.read_text(encoding="utf-8"))
    ]
    for domain in domains():
        path = catalogue(locale, domain)
        said = gather(domain, root)
        entries = {_key(entry): entry for entry in _read(path)}
        found += [f"{path.name}: not gathered: {_shown(key.text)}" for key in said if key not in entries]
        found += [f"{path.name}: said nowhere: {_shown(key.text)}" for key in entries if key not in said]
        for key, entry in entries.items():
            found += [f"{path.name}: {why}: {_shown(key.text)}" for why in _wrong(entry)]
    return found


def _wrong(entry: polib.POEntry) -> Iterator[str]:
    if entry.fuzzy or entry.obsolete:
        yield "fuzzy or obsolete"
    if not entry.translated():
        yield "not translated"
        return
    if not entry.msgid_plural:
        yield from french.wrong(entry.msgid, entry.msgstr)
        return
    yield from french.wrong(entry.msgid, entry.msgstr_plural[0], plural=entry.msgid_plural)
    yield from french.wrong(entry.msgid_plural, entry.msgstr_plural[1])


def _shown(text: str) -> str:
    return " ".join(text.split())[:90]
