"""How French is written here, and what a translation must keep of its source."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

NBSP = "\u00a0"
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w+)\}")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_SPACE_BEFORE = re.compile(r"[ \u202f]+([;:?!»%€])")
_NONE_BEFORE = re.compile(r"(?<=[\w)\]”])([;?!])(?=\s|$)")
# Names of HTTP headers keep their colon.
_COLON_STUCK = re.compile(r"(?<!Authorization)(?<!Content-Type)(?<=[^\W\d])(:)(?=\s|$)")


def typeset(text: str) -> str:
    """The same text with the typography of French: no-break spaces, curved apostrophes, one-sign ellipses."""
    parts = re.split(f"({_TAG.pattern})", text)
    return "".join(part if _TAG.fullmatch(part) else _typeset(part) for part in parts)


def _typeset(text: str) -> str:
    text = text.replace("...", "…").replace("'", "’")
    text = _SPACE_BEFORE.sub(_no_break, text)
    text = _NONE_BEFORE.sub(rf"{NBSP}\1", text)
    text = _COLON_STUCK.sub(rf"{NBSP}\1", text)
    return re.sub(r"«[\s\u202f]*", f"«{NBSP}", re.sub(r"(?<=\w)»", f"{NBSP}»", text))


def _no_break(match: re.Match[str]) -> str:
    # "%" begins a placeholder as often as it ends a number.
    sign = match[1]
    if sign == "%" and not re.match(r"%(\s|$|[,.)])", match.string[match.start(1) :] + " "):
        return match[0]
    return NBSP + sign


def placeholders(text: str) -> Counter[str]:
    return Counter(match[0] for match in _PLACEHOLDER.finditer(text.replace("%%", "")))


def wrong(source: str, french: str, *, plural: str = "") -> Iterator[str]:
    """What a translation lost or added. A singular may say "un" for its number."""
    kept, wanted = set(placeholders(french)), set(placeholders(source))
    if kept != wanted and not (
        plural and wanted - kept <= set(placeholders(plural)) and kept <= set(placeholders(plural))
    ):
        yield f"other placeholders ({', '.join(sorted(kept ^ wanted))})"
    if sorted(_TAG.findall(source)) != sorted(_TAG.findall(french)):
        yield "other HTML tags"
    if (source[:1].isspace(), source[-1:].isspace()) != (french[:1].isspace(), french[-1:].isspace()):
        yield "other white space at an end"
    if typeset(french) != french:
        yield f"French typography; write “{typeset(french)}”"
