from alerts.models.alert import (
    Alert,
    AlertMessage,
    AlertPress,
    AlertQuerySet,
    EscalationRule,
    NumberSeries,
    Signal,
)
from alerts.models.estate import AlertDevice, AlertDeviceQuerySet, GivenKey, Site, SiteContact, SiteQuerySet
from alerts.models.limits import EARLY_SECONDS, FOLD_SECONDS, LATE_HOURS
from alerts.models.panel import DeviceTrouble, Panel, PanelFrame, PanelZone

__all__ = [
    "EARLY_SECONDS",
    "FOLD_SECONDS",
    "LATE_HOURS",
    "Alert",
    "AlertDevice",
    "AlertDeviceQuerySet",
    "AlertMessage",
    "AlertPress",
    "AlertQuerySet",
    "DeviceTrouble",
    "EscalationRule",
    "GivenKey",
    "NumberSeries",
    "Panel",
    "PanelFrame",
    "PanelZone",
    "Signal",
    "Site",
    "SiteContact",
    "SiteQuerySet",
]
