from __future__ import annotations

from detection.models.authorisation import AnalyticsAuthorisation, Designation
from detection.models.detector import DetectorModel
from detection.models.event_type import EventType
from detection.models.profile import Profile, ProfileQuerySet
from detection.models.register import SignalDay, Stop, UseRecord
from detection.models.signal import Signal, SignalQuerySet
from detection.models.trial import Trial
from detection.models.watching import WatchState, WatchStateQuerySet
from detection.models.zone import Zone

__all__ = [
    "AnalyticsAuthorisation",
    "Designation",
    "DetectorModel",
    "EventType",
    "Profile",
    "ProfileQuerySet",
    "Signal",
    "SignalDay",
    "SignalQuerySet",
    "Stop",
    "Trial",
    "UseRecord",
    "WatchState",
    "WatchStateQuerySet",
    "Zone",
]
