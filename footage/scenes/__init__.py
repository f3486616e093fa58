"""Streets the project draws itself, so that a bare install shows moving pictures with no file from outside."""

from __future__ import annotations

FPS = 15  # at least 12 (law L-11)
SECONDS = 30
FRAMES = FPS * SECONDS
# One row of macroblocks less than 720: the line with name and clock is laid under it when it is played.
WIDTH, HEIGHT = 1280, 704
NAMES = (
    "avenue",
    "avenue_night",
    "square",
    "square_bag",
    "school_street",
    "old_town_night",
    "crossing_360",
    "promenade_thermal",
)
