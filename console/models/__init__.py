from __future__ import annotations

from console.models.layout import Layout, Wall, WallTour
from console.models.presence import Presence

__all__ = ["Layout", "Presence", "Wall", "WallTour"]
