"""What a fact is. Each app declares its own in its facts.py.

A fact carries ids and what a screen needs at once, never a person, a plate or an image: so the log can be
append-only while retention erases what it points to.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, ClassVar

KINDS: dict[str, type[Fact]] = {}


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that happened. `audiences` says which screens hear of it, `about()` what it concerns."""

    kind: ClassVar[str]
    audiences: ClassVar[frozenset[str]] = frozenset({"room"})

    def __init_subclass__(cls, kind: str, audiences: frozenset[str] | None = None) -> None:
        if kind in KINDS:
            raise TypeError(f"two facts are called {kind}")
        cls.kind = kind
        if audiences is not None:
            cls.audiences = audiences
        KINDS[kind] = cls

    def data(self) -> dict[str, Any]:
        return asdict(self)

    def about(self) -> list[str]:
        """The things this fact belongs to the history of, such as "incident:5"."""
        return []
