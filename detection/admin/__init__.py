"""The administrators' desk of what software watches for. Every write of a zone or a profile goes through its action."""

from __future__ import annotations

from detection.admin.acts import AuthorisationAdmin, DesignationAdmin
from detection.admin.profile import ProfileAdmin
from detection.admin.registers import SignalAdmin, UseRecordAdmin
from detection.admin.types import DetectorAdmin, EventTypeAdmin
from detection.admin.zone import ZoneAdmin

__all__ = [
    "AuthorisationAdmin",
    "DesignationAdmin",
    "DetectorAdmin",
    "EventTypeAdmin",
    "ProfileAdmin",
    "SignalAdmin",
    "UseRecordAdmin",
    "ZoneAdmin",
]
