"""What each type found and signalled wrongly on drawn scenes, without a trained model: `make bench NAME=drawn`.

No real footage of these is at hand. The bench ends with an error when it measures something else.
"""

from __future__ import annotations

# (found, events, false)
DRAWN: dict[str, tuple[int, int, int]] = {
    "people_grouping": (6, 6, 0),
    "crowd_movement": (6, 6, 0),
    "wrong_way": (6, 6, 0),
    "person_down": (6, 6, 0),
    "fire_start": (4, 6, 2),
}
