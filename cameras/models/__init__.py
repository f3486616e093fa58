from __future__ import annotations

from cameras.models.camera import Camera, CameraQuerySet
from cameras.models.device import Device, Sighting
from cameras.models.exchange import CameraImport
from cameras.models.lock import CameraLock, SteeringRule, TakeOver
from cameras.models.mask import MaskCheck, Masking, MaskOrder, PrivacyMask
from cameras.models.position import CameraPosition
from cameras.models.preset import Preset
from cameras.models.steering import Steering, SteeringOrder
from cameras.models.tour import RoundStep, Tour, TourHours, TourRound, TourStop

__all__ = [
    "Camera",
    "CameraImport",
    "CameraLock",
    "CameraPosition",
    "CameraQuerySet",
    "Device",
    "MaskCheck",
    "MaskOrder",
    "Masking",
    "Preset",
    "PrivacyMask",
    "RoundStep",
    "Sighting",
    "Steering",
    "SteeringOrder",
    "SteeringRule",
    "TakeOver",
    "Tour",
    "TourHours",
    "TourRound",
    "TourStop",
]
