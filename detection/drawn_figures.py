"""What each type found and signalled wrongly on drawn scenes, without a trained model: `make bench NAME=drawn`.

No real footage of these is at hand. The bench ends with an error when it measures something else.
"""

from __future__ import annotations

# (found, events, false)
DRAWN: dict[str, tuple[int, int, int]] = {}
