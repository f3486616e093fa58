"""Which software watches: what an attestation of conformity names (L-24). Raised when the rules change."""

from __future__ import annotations

SOFTWARE = "nice-supervision-detection/1"
