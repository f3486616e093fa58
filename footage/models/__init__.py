from __future__ import annotations

from footage.models.blurred import BlurredCopy, BlurredCopyQuerySet
from footage.models.bookmark import Bookmark, BookmarkQuerySet
from footage.models.day import CameraDay
from footage.models.duty import RecordingDuty
from footage.models.extraction import Extraction, ExtractionQuerySet
from footage.models.freeze import Freeze, FreezeQuerySet
from footage.models.reference import CameraReference
from footage.models.segment import Segment, SegmentQuerySet
from footage.models.shard import ShardLease
from footage.models.source import Source, SourceQuerySet
from footage.models.work_order import WorkOrder, WorkOrderQuerySet

__all__ = [
    "BlurredCopy",
    "BlurredCopyQuerySet",
    "Bookmark",
    "BookmarkQuerySet",
    "CameraDay",
    "CameraReference",
    "Extraction",
    "ExtractionQuerySet",
    "Freeze",
    "FreezeQuerySet",
    "RecordingDuty",
    "Segment",
    "SegmentQuerySet",
    "ShardLease",
    "Source",
    "SourceQuerySet",
    "WorkOrder",
    "WorkOrderQuerySet",
]
