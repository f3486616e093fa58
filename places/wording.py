"""How a written place is brought to one form: "Bd  de l'Impératrice" finds "BOULEVARD DE L IMPERATRICE"."""

from __future__ import annotations

import re
import unicodedata

_NOT_A_WORD = re.compile(r"[^0-9a-z]+")
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l"})
# What people type for the kind of a street; a plain prefix ("av", "pl", "imp") needs no entry.
SHORT_FORMS = {
    "bd": "boulevard",
    "bld": "boulevard",
    "bvd": "boulevard",
    "rte": "route",
    "sq": "square",
    "fg": "faubourg",
    "fbg": "faubourg",
    "crs": "cours",
    "lot": "lotissement",
    "esc": "escalier",
    "st": "saint",
    "ste": "sainte",
    "gal": "general",
    "mal": "marechal",
    "dr": "docteur",
    "pdt": "president",
}


def normalised(text: str) -> str:
    """Lower case, no accent, words parted by one space."""
    lowered = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    bare = "".join(c for c in lowered if not unicodedata.combining(c))
    return _NOT_A_WORD.sub(" ", bare).strip()


def spellings(word: str) -> list[str]:
    """The word as typed and, when it is a usual short form, written out ("st" may begin "stalingrad" too)."""
    return [word, SHORT_FORMS[word]] if word in SHORT_FORMS else [word]
