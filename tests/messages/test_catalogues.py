"""Every sentence is said in French, as French is written; the tools that see to it do see."""

from __future__ import annotations

import os
from pathlib import Path

import polib
import pytest

from tools import catalogues, french
from tools.messages import LOCALE, compile_stale

NBSP = "\u00a0"


def test_french_is_whole() -> None:
    assert catalogues.problems(LOCALE) == []


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A small project that says something in each way a sentence can be said."""
    (tmp_path / "app" / "templates" / "app").mkdir(parents=True)
    (tmp_path / "app" / "migrations").mkdir()
    (tmp_path / "static" / "js").mkdir(parents=True)
    (tmp_path / "app" / "views.py").write_text(
        "from django.utils.translation import gettext as _, ngettext, pgettext_lazy\n"
        "# Translators: on the door\n"
        'TITLE = _("Come " "in.")\n'
        'ngettext("%(n)s door", "%(n)s doors", 2)\n'
        'pgettext_lazy("a verb", "Open")\n'
    )
    (tmp_path / "app" / "migrations" / "0001.py").write_text('from x import gettext as _\n_("never said")\n')
    (tmp_path / "app" / "templates" / "app" / "page.html").write_text(
        "{% load i18n %}\n    <p>\n  {% translate 'It''s open.' %}\n"
        "      {% blocktranslate trimmed with who=user %}Hello\n   {{ who }}, 100 %{% endblocktranslate %}\n"
        "   {% blocktranslate count n=3 %}{{ n }} key{% plural %}{{ n }} keys{% endblocktranslate %}\n</p>\n".replace(
            "It''s", "It is"
        )
    )
    (tmp_path / "static" / "js" / "door.js").write_text(
        'import { gettext, ngettext } from "./words.js";\n'
        'show(fill(gettext("Closed at %(time)s"), {time}), `${ngettext("%(n)s room", "%(n)s rooms", n)}`);\n'
    )
    return tmp_path


def test_it_gathers_what_pages_and_programs_say(sources: Path) -> None:
    said = {(key.context, key.text, key.plural) for key in catalogues.gather("django", sources)}
    assert said == {
        (None, "Come in.", ""),
        (None, "%(n)s door", "%(n)s doors"),
        ("a verb", "Open", ""),
        (None, "It is open.", ""),
        (None, "Hello %(who)s, 100 %%", ""),
        (None, "%(n)s key", "%(n)s keys"),
    }
    assert {"on the door"} <= {
        note for one in catalogues.gather("django", sources).values() for note in one.notes
    }


def test_it_gathers_what_scripts_say(sources: Path) -> None:
    said = {(key.text, key.plural) for key in catalogues.gather("djangojs", sources)}
    assert said == {("Closed at %(time)s", ""), ("%(n)s room", "%(n)s rooms")}


def test_making_keeps_translations_and_drops_what_nobody_says(sources: Path, tmp_path: Path) -> None:
    locale = tmp_path / "locale"
    catalogues.update(locale, sources)
    path = catalogues.catalogue(locale, "django")
    po = polib.pofile(str(path))
    po.find("Come in.").msgstr = "Entrez."
    po.append(polib.POEntry(msgid="Go away.", msgstr="Partez."))
    po.save(str(path))
    catalogues.update(locale, sources)
    after = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}
    assert after["Come in."] == "Entrez."
    assert "Go away." not in after
    assert any("not translated: It is open." in line for line in catalogues.problems(locale, sources))


def test_it_says_what_is_missing_and_what_is_left_over(sources: Path, tmp_path: Path) -> None:
    locale = tmp_path / "locale"
    catalogues.update(locale, sources)
    (sources / "app" / "views.py").write_text('from x import gettext as _\n_("New.")\n')
    lines = "\n".join(catalogues.problems(locale, sources))
    assert "not gathered: New." in lines
    assert "said nowhere: Come in." in lines


def test_it_sees_what_an_f_string_hides(sources: Path, tmp_path: Path) -> None:
    (sources / "app" / "views.py").write_text("from x import gettext as _\nf\"{_('Hello')}\"\n")
    assert any("inside an f-string" in line for line in catalogues.problems(tmp_path / "locale", sources))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("%(n)s of %(all)s", "%(n)s"),
        ("Wait %(seconds)s s", "Attendez %(secondes)s s"),
        ("<b>Now</b>", "Maintenant"),
        ("Name: ", "Nom :"),
        ("Really?", "Vraiment ?"),
        ("Name:", "Nom:"),
        ("the operator's room", "la salle de l'opérateur"),
        ("“yes”", "« oui »"),
        ("Wait...", "Attendez..."),
    ],
)
def test_it_sees_what_a_translation_got_wrong(source: str, said: str) -> None:
    assert list(french.wrong(source, said))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Really?", f"Vraiment{NBSP}?"),
        ("“%(name)s”: %(n)s", f"«{NBSP}%(name)s{NBSP}»{NBSP}: %(n)s"),
        ("14:03:07", "14:03:07"),
        ("%(percent)s founded", "%(percent)s fondées"),
        ("see <a href='x?y=1'>it</a>", "voir <a href='x?y=1'>ici</a>"),
    ],
)
def test_it_lets_good_french_pass(source: str, said: str) -> None:
    assert list(french.wrong(source, said)) == []
    assert french.typeset(french.typeset(said)) == french.typeset(said)


def test_one_may_be_said_without_its_figure() -> None:
    assert list(french.wrong("Pressed again", "Nouvel appui", plural="Pressed again: %(n)d presses")) == []
    assert list(french.wrong("%(n)s key", "une clé", plural="%(n)s keys")) == []


def test_only_what_is_older_than_its_text_is_compiled(sources: Path, tmp_path: Path) -> None:
    locale = tmp_path / "locale"
    catalogues.update(locale, sources)
    assert len(compile_stale(locale)) == 2
    assert compile_stale(locale) == []
    path = catalogues.catalogue(locale, "django")
    later = path.with_suffix(".mo").stat().st_mtime + 5
    os.utime(path, (later, later))
    assert compile_stale(locale) == [path.with_suffix(".mo")]
