"""How long this app's rows are kept (law §1.9). Carried out by the retention engine.

Nothing here expires: sectors and addresses are public ground, they hold no person, no plate and no image.
"""

from __future__ import annotations

RULES: list[dict[str, str | int]] = []
