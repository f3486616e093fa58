from __future__ import annotations

from evidence.models.access import AccessRequest
from evidence.models.extension import HoldExtension
from evidence.models.minutes import AskedMinutes
from evidence.models.requisition import Requisition

__all__ = ["AccessRequest", "AskedMinutes", "HoldExtension", "Requisition"]
