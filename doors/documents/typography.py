"""How a language writes what every keyboard types alike."""

from __future__ import annotations

import datetime as dt
import re
from typing import Protocol

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

NO_BREAK = "\u00a0"
_BEFORE = re.compile(r"(?<=[^\s:;!?/])[ \u00a0\u202f]*([;!?]|:(?!\d))(?=[\s»)\u00a0\u202f]|$)")
_OPENING = re.compile(r"«\s*")
_CLOSING = re.compile(r"\s*»")
_UNIT = re.compile(r"(?<=\d) (?=(?:%|€|h|min|s|ms|m|km|Go|Mo|Kio|Mio|Gio)\b|[%€])")
_NUMBER = re.compile(r"\b(n°|N°|art\.|p\.) (?=\w)")


class Dated(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def issuer(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def made_at(self) -> dt.datetime: ...
    @property
    def exercise(self) -> bool: ...


def typeset(text: str, language: str) -> str:
    """In French, spaces that never break stand before ; : ! ? and inside « »; apostrophes are curved."""
    text = text.replace("\u202f", NO_BREAK)
    if not language.startswith("fr"):
        return text
    text = re.sub(r"(?<=\w)'(?=\w)", "’", text)
    text = _BEFORE.sub(NO_BREAK + r"\1", text)
    text = _OPENING.sub("«" + NO_BREAK, text)
    text = _CLOSING.sub(NO_BREAK + "»", text)
    text = _UNIT.sub(NO_BREAK, text)
    return _NUMBER.sub(r"\1" + NO_BREAK, text)


def said_at(document: Dated) -> str:
    """The moment on the paper, in its language and the centre's time."""
    with translation.override(document.language):
        return date_format(timezone.localtime(document.made_at), "DATETIME_FORMAT")


def exercise_words(document: Dated) -> str:
    with translation.override(document.language):
        return _("Exercise: drawn pictures, a paper without value")


def number_words(document: Dated) -> str:
    with translation.override(document.language):
        return _("No. %(number)s") % {"number": document.number} if document.number else ""


def page_words(document: Dated, page: str, pages: str) -> str:
    with translation.override(document.language):
        return _("Page %(page)s of %(pages)s") % {"page": page, "pages": pages}
