"""One list of boxes from several looks at one picture, and which of them are worth following."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from detection.sight.background import Seen
from detection.sight.detectors.opencv import blobs
from detection.sight.tracks import Track
from detection.sight.types import PERSON, THING, Box, Mask, Picture

EDGE = 0.004
SAME, WITHIN = 0.45, 0.7
# A model that is not sure, of a person as wide as high, often sees a part of a car: nobody is followed from there on,
# but whoever bends or sits goes on being who he was. Half of somebody at the lower edge is that wide.
SURE, WIDE, DOUBT, LOWER_EDGE = 0.65, 1.15, 0.5, 0.985
# Who is counted: so sure a model is believed, or so much of the box is foreground; covered by somebody surer, nobody.
LIKELY, EVIDENT, THERE, COVERED = 0.3, 0.65, 0.3, 0.6


def merged(answers: Sequence[tuple[Picture, list[Box]]]) -> list[Box]:
    """Cut at the border of a part that is not the picture's: another part shows it whole. The surer one stays."""
    found = [box for picture, boxes in answers for box in boxes if not _is_cut(box, picture.part)]
    found.sort(key=lambda box: -box.score)
    kept: list[Box] = []
    for box in found:
        if not any(other.label == box.label and _same(box, other) for other in kept):
            kept.append(box)
    return kept


def supported(boxes: list[Box], seen: Seen | None, live: Sequence[Track], least: float) -> list[Box]:
    """Those in which something moves, or who were followed until now: a poster is no person who came."""
    if seen is None:
        return boxes
    height, width = seen.foreground.shape
    return [
        replace(box, score=DOUBT * box.score) if _is_doubtful(box, height / width) else box
        for box in boxes
        if share(box, seen.foreground) >= least or any(track.box.iou(box) > 0.4 for track in live)
    ]


def counted(boxes: Sequence[Box], seen: Seen | None) -> list[Box]:
    """The people among them, surest first: a window or a cone is no crowd, nor is the half of somebody another one.

    Whom the model is hardly sure of counts where something is that was not there before. `seen`: None while nobody
    knows what the place looks like.
    """
    kept: list[Box] = []
    for box in sorted((box for box in boxes if box.label == PERSON), key=lambda box: -box.score):
        there = box.score >= (LIKELY if seen is None else EVIDENT)
        there = there or (seen is not None and share(box, seen.foreground) >= THERE)
        if there and not any(box.shared(other) > COVERED * box.area for other in kept):
            kept.append(box)
    return kept


def unexplained(moving: Mask, boxes: list[Box]) -> list[Box]:
    """What moves where the model names nothing: a thing, so that whoever carries a bag is not missed."""
    known = [box for box in boxes if box.score >= 0.3]
    return [
        replace(blob, label=THING, score=0.6)
        for blob in blobs(moving)
        if not any(blob.shared(box) > 0.3 * min(blob.area, box.area) for box in known)
    ]


def share(box: Box, moving: Mask) -> float:
    """Of a box that is foreground."""
    height, width = moving.shape
    x0, y0 = max(0, int(box.x0 * width)), max(0, int(box.y0 * height))
    x1, y1 = min(width, int(box.x1 * width) + 1), min(height, int(box.y1 * height) + 1)
    part = moving[y0:y1, x0:x1]
    return float((part > 0).mean()) if part.size else 0.0


def _is_doubtful(box: Box, high: float) -> bool:
    """`high`: height / width of the picture."""
    wide = box.height * high < WIDE * box.width
    return box.label == PERSON and box.score < SURE and wide and box.y1 < LOWER_EDGE


def _same(box: Box, other: Box) -> bool:
    shared = box.shared(other)
    if shared <= 0:
        return False
    if shared / (box.area + other.area - shared) > SAME:
        return True
    within = shared / min(box.area, other.area)
    # A half of somebody within somebody: but two people who stand before one another are two.
    return within > WITHIN and (box.label != PERSON or box.height < 0.75 * other.height)


def _is_cut(box: Box, part: Box) -> bool:
    return (
        (part.x0 > EDGE and box.x0 < part.x0 + EDGE)
        or (part.y0 > EDGE and box.y0 < part.y0 + EDGE)
        or (part.x1 < 1 - EDGE and box.x1 > part.x1 - EDGE)
        or (part.y1 < 1 - EDGE and box.y1 > part.y1 - EDGE)
    )
