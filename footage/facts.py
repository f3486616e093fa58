"""What recording can announce. Counts, codes and times: never a picture, never an address of a stream."""

from __future__ import annotations

from dataclasses import dataclass

from events.facts import Fact


@dataclass(frozen=True, kw_only=True)
class _OfOneCamera:
    camera_id: int
    code: str

    def about(self) -> list[str]:
        return [f"camera:{self.camera_id}"]


@dataclass(frozen=True, kw_only=True)
class SourceChanged(_OfOneCamera, Fact, kind="footage.source_changed"):
    source: str
    enabled: bool


@dataclass(frozen=True, kw_only=True)
class RecordingFailed(_OfOneCamera, Fact, kind="footage.recording_failed"):
    """Pictures come and cannot be kept: somebody must act. `why` is disk-full, disk-error or disk-slow."""

    why: str
    node: str


@dataclass(frozen=True, kw_only=True)
class RecordingResumed(_OfOneCamera, Fact, kind="footage.recording_resumed"):
    node: str


@dataclass(frozen=True, kw_only=True)
class PurgedEarly(Fact, kind="footage.purged_early"):
    """The disk was full: the oldest recordings were destroyed before their day, and registered (L-06)."""

    purge_id: int
    node: str
    files: int
    bytes: int
    oldest: str
    newest: str


@dataclass(frozen=True, kw_only=True)
class DiskFull(Fact, kind="footage.disk_full"):
    """There is no room and nothing that may be destroyed to make some."""

    node: str
    free_percent: float


@dataclass(frozen=True, kw_only=True)
class ShardTaken(Fact, kind="footage.shard_taken"):
    """Another node stands in for one that no longer answers, or gives its cameras back to it."""

    shard: str
    by: str
    from_node: str
