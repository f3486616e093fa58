from __future__ import annotations

from cameras.models.camera import Camera, CameraQuerySet
from cameras.models.exchange import CameraImport
from cameras.models.position import CameraPosition
from cameras.models.preset import Preset
from cameras.models.steering import Steering, SteeringOrder

__all__ = [
    "Camera",
    "CameraImport",
    "CameraPosition",
    "CameraQuerySet",
    "Preset",
    "Steering",
    "SteeringOrder",
]
