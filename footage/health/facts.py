"""What the centre says of the faults of its cameras. Codes and figures: the words are the screens'."""

from __future__ import annotations

from dataclasses import dataclass

from events.facts import Fact
from footage.models import WorkOrder


@dataclass(frozen=True, kw_only=True)
class _OfOneFault:
    order_id: int
    camera_id: int
    code: str
    fault: str
    severity: int

    def about(self) -> list[str]:
        return [f"camera:{self.camera_id}", f"work_order:{self.order_id}"]


@dataclass(frozen=True, kw_only=True)
class FaultFound(_OfOneFault, Fact, kind="footage.fault_found"):
    """A work order was opened, or opened again when `times` is more than one."""

    times: int


@dataclass(frozen=True, kw_only=True)
class FaultOver(_OfOneFault, Fact, kind="footage.fault_over"):
    """`state` says how: mended, not_a_fault, good_again."""

    state: str
    stood_s: int


@dataclass(frozen=True, kw_only=True)
class FaultAssigned(_OfOneFault, Fact, kind="footage.fault_assigned"):
    """Somebody has taken the order; who, stands in its row."""


def of_order(order: WorkOrder) -> dict[str, int | str]:
    """What each of them says of the order."""
    return {
        "order_id": order.pk,
        "camera_id": order.camera_id,
        "code": order.camera.code,
        "fault": order.kind,
        "severity": int(order.severity),
    }
