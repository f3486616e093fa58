"""What a document is made of. Each block says itself in JSON; how it looks is the business of `pdf` and `odt`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class _Block:
    def as_object(self) -> dict[str, object]:
        return {"block": type(self).__name__.lower()} | {
            field.name: getattr(self, field.name) for field in fields(self)
        }


@dataclass(frozen=True)
class Heading(_Block):
    text: str
    level: int = 1  # 1 or 2, under the title


@dataclass(frozen=True)
class Text(_Block):
    """One paragraph."""

    text: str
    strong: bool = False


@dataclass(frozen=True)
class Note(_Block):
    """One small paragraph: a source, a hint, a reserve."""

    text: str


@dataclass(frozen=True)
class Recipient(_Block):
    """To whom a letter goes, line by line, where the window of the envelope is."""

    lines: Sequence[str]


@dataclass(frozen=True)
class Fields(_Block):
    """What is said of one thing: (label, value), two columns."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Table(_Block):
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    # Parts of the width, one for each column; empty: all alike.
    widths: Sequence[int] = ()


@dataclass(frozen=True)
class Bullets(_Block):
    items: Sequence[str]


@dataclass(frozen=True)
class Signatures(_Block):
    """Room for signatures side by side, each under the function of who signs."""

    who: Sequence[str]


Block = Heading | Text | Note | Recipient | Fields | Table | Bullets | Signatures
