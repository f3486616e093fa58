"""What an extraction can announce. Numbers only: who and why stand in its row and in the log of consultations."""

from __future__ import annotations

from dataclasses import dataclass

from events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class _OfOneExtraction:
    extraction_id: int
    number: str

    def about(self) -> list[str]:
        return [f"extraction:{self.extraction_id}"]


@dataclass(frozen=True, kw_only=True)
class Asked(_OfOneExtraction, Fact, kind="footage.extraction_asked"):
    cameras: list[str]


@dataclass(frozen=True, kw_only=True)
class Validated(_OfOneExtraction, Fact, kind="footage.extraction_validated"):
    pass


@dataclass(frozen=True, kw_only=True)
class Refused(_OfOneExtraction, Fact, kind="footage.extraction_refused"):
    pass


@dataclass(frozen=True, kw_only=True)
class Sealed(_OfOneExtraction, Fact, kind="footage.extraction_sealed"):
    bytes: int
    manifest_sha256: str


@dataclass(frozen=True, kw_only=True)
class Failed(_OfOneExtraction, Fact, kind="footage.extraction_failed"):
    why: str


@dataclass(frozen=True, kw_only=True)
class HandedOver(_OfOneExtraction, Fact, kind="footage.extraction_handed_over"):
    pass


@dataclass(frozen=True, kw_only=True)
class KeptUntil(_OfOneExtraction, Fact, kind="footage.extraction_kept_until"):
    until: str


@dataclass(frozen=True, kw_only=True)
class CopySealed(_OfOneExtraction, Fact, kind="footage.blurred_copy_sealed"):
    manifest_sha256: str


@dataclass(frozen=True, kw_only=True)
class CopyFailed(_OfOneExtraction, Fact, kind="footage.blurred_copy_failed"):
    why: str


@dataclass(frozen=True, kw_only=True)
class CopyHandedOver(_OfOneExtraction, Fact, kind="footage.blurred_copy_handed_over"):
    pass
