from __future__ import annotations

from footage.models.bookmark import Bookmark, BookmarkQuerySet
from footage.models.duty import RecordingDuty
from footage.models.extraction import Extraction, ExtractionQuerySet
from footage.models.purge import EarlyPurge
from footage.models.segment import Segment, SegmentQuerySet
from footage.models.shard import ShardLease
from footage.models.source import Source, SourceQuerySet

__all__ = [
    "Bookmark",
    "BookmarkQuerySet",
    "EarlyPurge",
    "Extraction",
    "ExtractionQuerySet",
    "RecordingDuty",
    "Segment",
    "SegmentQuerySet",
    "ShardLease",
    "Source",
    "SourceQuerySet",
]
