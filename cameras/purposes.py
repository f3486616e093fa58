"""The eleven purposes of the law, where the estate looks for them."""

from __future__ import annotations

from legal.purposes import CctvPurpose

__all__ = ["CctvPurpose"]
