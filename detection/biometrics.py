"""What is never built in: libraries that recognise a person by face, gait, voice or looks (L-22; art. 10 IV)."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Names as on the package index, normalised; with a star whatever begins so.
BARRED = (
    "arcface*",
    "boxmot",  # trackers that re-identify
    "compreface*",
    "deep-sort*",
    "deepface*",
    "deepsort*",
    "dlib*",
    "face-*",
    "facenet*",
    "fast-reid*",
    "fastreid*",
    "insightface*",
    "keras-facenet*",
    "keras-vggface*",
    "mtcnn*",
    "opengait*",
    "resemblyzer*",
    "retina-face*",
    "retinaface*",
    "speechbrain*",
    "torchreid*",
    "uniface*",
)


def found_in(names: Iterable[str]) -> list[str]:
    """Those of these distributions that are barred."""
    return sorted({name for name in names if any(_fits(_normal(name), rule) for rule in BARRED)})


def _fits(name: str, rule: str) -> bool:
    return name.startswith(rule[:-1]) if rule.endswith("*") else name == rule


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
