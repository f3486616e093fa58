"""HLS over the recorded files: RFC 8216, fragmented MP4 by byte range, the wall clock on every segment.

Nothing is coded again and nothing is copied: an address names a file of the store by the number of its row, a
range the bytes of some fragments in it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TypedDict

from footage.index import at
from footage.replay.stretches import Group, Stretch, joins, media_us

VERSION = 7
MEDIA_TYPE = "application/vnd.apple.mpegurl"


class GroupEntry(TypedDict):
    file: int
    offset: int
    size: int
    at_ms: float
    seconds: float
    # Where its first picture stands on the media clock of the file.
    media_s: float


class FileEntry(TypedDict):
    file: int
    init: int
    codecs: str
    width: int
    height: int
    # What a player needs to read when each picture is shown.
    track: int
    timescale: int


class Index(TypedDict):
    files: list[FileEntry]
    groups: list[GroupEntry]


def master(parts: Sequence[Stretch]) -> str:
    """One variant for each coding met: nearly always one."""
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", "#EXT-X-INDEPENDENT-SEGMENTS"]
    peak = max(
        (group.size * 8 / max(0.04, group.seconds) for part in parts for group in part.groups()), default=1
    )
    last = parts[-1].init
    codecs = ",".join(dict.fromkeys(part.init.codecs for part in parts))
    lines.append(
        f'#EXT-X-STREAM-INF:BANDWIDTH={math.ceil(peak)},CODECS="{codecs}",RESOLUTION={last.width}x{last.height}'
    )
    return "\n".join([*lines, "media.m3u8", ""])


def media(parts: Sequence[Stretch]) -> str:
    """What is recorded by now, and ends there: a growing file up to its last whole fragment."""
    groups = [group for part in parts for group in part.groups()]
    longest = max((group.seconds for group in groups), default=1)
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{VERSION}",
        f"#EXT-X-TARGETDURATION:{max(1, math.ceil(longest))}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    before: Stretch | None = None
    for part in parts:
        lines += _file(part, breaks=before is not None and not joins(before, part))
        before = part
    return "\n".join([*lines, "#EXT-X-ENDLIST", ""])


def _file(part: Stretch, *, breaks: bool) -> Iterator[str]:
    name = f"{part.row.pk}.mp4"
    if breaks:
        yield "#EXT-X-DISCONTINUITY"
    yield f'#EXT-X-MAP:URI="{name}",BYTERANGE="{part.init.size}@0"'
    for group in part.groups():
        if group.breaks:
            yield "#EXT-X-DISCONTINUITY"
        yield from _segment(name, group)


def _segment(name: str, group: Group) -> Iterator[str]:
    moment = at(group.starts_us).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    yield f"#EXT-X-PROGRAM-DATE-TIME:{moment}"
    yield f"#EXTINF:{group.seconds:.6f},"
    yield f"#EXT-X-BYTERANGE:{group.size}@{group.offset}"
    yield name


def index(parts: Sequence[Stretch]) -> Index:
    """The same for the centre's own page, which lays each group on the wall clock itself."""
    groups: list[GroupEntry] = []
    for part in parts:
        with part.path.open("rb") as file:
            for group in part.groups():
                media = media_us(file.fileno(), group.offset, part.init)
                groups.append(
                    {
                        "file": part.row.pk,
                        "offset": group.offset,
                        "size": group.size,
                        "at_ms": group.starts_us / 1000,
                        "seconds": group.seconds,
                        "media_s": (media or 0) / 1_000_000,
                    }
                )
    files: list[FileEntry] = [
        {
            "file": part.row.pk,
            "init": part.init.size,
            "codecs": part.init.codecs,
            "width": part.init.width,
            "height": part.init.height,
            "track": part.init.track,
            "timescale": part.init.timescale,
        }
        for part in parts
    ]
    return {"files": files, "groups": groups}
