from __future__ import annotations

from cameras.admin.camera import CameraAdmin
from cameras.admin.device import DeviceAdmin
from cameras.admin.exchange import CameraImportAdmin
from cameras.admin.presets import PresetAdmin
from cameras.admin.steering import SteeringOrderAdmin
from cameras.admin.tours import SteeringRuleAdmin, TourAdmin, TourRoundAdmin

__all__ = [
    "CameraAdmin",
    "CameraImportAdmin",
    "DeviceAdmin",
    "PresetAdmin",
    "SteeringOrderAdmin",
    "SteeringRuleAdmin",
    "TourAdmin",
    "TourRoundAdmin",
]
