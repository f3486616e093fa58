"""What a requisition and an access request announce. Numbers only: who and why stand in their rows."""

from __future__ import annotations

from dataclasses import dataclass

from events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class _OfOneRequisition:
    requisition_id: int
    number: str

    def about(self) -> list[str]:
        return [f"requisition:{self.requisition_id}"]


@dataclass(frozen=True, kw_only=True)
class Received(_OfOneRequisition, Fact, kind="evidence.requisition_received"):
    demand: str
    exercise: bool
    due_at: str


@dataclass(frozen=True, kw_only=True)
class PaperAttached(_OfOneRequisition, Fact, kind="evidence.requisition_paper_attached"):
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Asked(_OfOneRequisition, Fact, kind="evidence.requisition_extraction_asked"):
    extractions: int


@dataclass(frozen=True, kw_only=True)
class Checked(_OfOneRequisition, Fact, kind="evidence.requisition_checked"):
    validated: int


@dataclass(frozen=True, kw_only=True)
class Validated(_OfOneRequisition, Fact, kind="evidence.requisition_validated"):
    validated: int


@dataclass(frozen=True, kw_only=True)
class Refused(_OfOneRequisition, Fact, kind="evidence.requisition_refused"):
    refused_for: str


@dataclass(frozen=True, kw_only=True)
class HandedOver(_OfOneRequisition, Fact, kind="evidence.requisition_handed_over"):
    extractions: int


@dataclass(frozen=True, kw_only=True)
class Released(_OfOneRequisition, Fact, kind="evidence.hold_released"):
    extractions: int


@dataclass(frozen=True, kw_only=True)
class ExtensionReceived(_OfOneRequisition, Fact, kind="evidence.hold_extension_received"):
    """Somebody asks for a later end; it is not moved yet."""

    extension_id: int
    until: str


@dataclass(frozen=True, kw_only=True)
class HoldExtended(_OfOneRequisition, Fact, kind="evidence.hold_extended"):
    extension_id: int
    was_until: str
    until: str


@dataclass(frozen=True, kw_only=True)
class ExtensionRefused(_OfOneRequisition, Fact, kind="evidence.hold_extension_refused"):
    extension_id: int
    refused_for: str


@dataclass(frozen=True, kw_only=True)
class NothingFound(_OfOneRequisition, Fact, kind="evidence.requisition_nothing_found"):
    pass


@dataclass(frozen=True, kw_only=True)
class _OfOneRequest:
    access_request_id: int
    number: str

    def about(self) -> list[str]:
        return [f"access_request:{self.access_request_id}"]


@dataclass(frozen=True, kw_only=True)
class AccessAsked(_OfOneRequest, Fact, kind="evidence.access_asked"):
    due_on: str
    exercise: bool


@dataclass(frozen=True, kw_only=True)
class IdentityChecked(_OfOneRequest, Fact, kind="evidence.access_identity_checked"):
    pass


@dataclass(frozen=True, kw_only=True)
class AccessPrepared(_OfOneRequest, Fact, kind="evidence.access_prepared"):
    extractions: int


@dataclass(frozen=True, kw_only=True)
class AccessGranted(_OfOneRequest, Fact, kind="evidence.access_granted"):
    pass


@dataclass(frozen=True, kw_only=True)
class AccessRefused(_OfOneRequest, Fact, kind="evidence.access_refused"):
    refused_for: str


@dataclass(frozen=True, kw_only=True)
class AccessExtended(_OfOneRequest, Fact, kind="evidence.access_extended"):
    due_on: str


@dataclass(frozen=True, kw_only=True)
class AccessAnswered(_OfOneRequest, Fact, kind="evidence.access_answered"):
    answer: str
