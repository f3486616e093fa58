"""Files of recordings: whole fragments or none, readable cut anywhere, never outside the store."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from footage.boxes import Fragment, InitSegment, Splitter
from footage.segment_file import (
    SegmentFile,
    UnsafePath,
    entries_of,
    read_index,
    relative_path,
    walk,
)
from tests.footage.streams import Clips, fragmented, run_ffmpeg

NOON_US = 1_795_348_800_000_000  # 2026-11-22 12:00 UTC


@pytest.fixture(scope="module")
def stream(clips: Clips) -> tuple[InitSegment, list[Fragment]]:
    init, *fragments = list(Splitter().feed(fragmented(clips.mp4)))
    assert isinstance(init, InitSegment)
    return init, [fragment for fragment in fragments if isinstance(fragment, Fragment)]


def written(root: Path, stream: tuple[InitSegment, list[Fragment]], code: str = "C1") -> SegmentFile:
    init, fragments = stream
    file = SegmentFile(root, relative_path(code, NOON_US), init)
    for fragment in fragments:
        file.append(fragment, NOON_US + round(fragment.starts_s * 1_000_000))
    return file


def test_an_open_file_reads_as_a_closed_one(
    tmp_path: Path, stream: tuple[InitSegment, list[Fragment]]
) -> None:
    file = written(tmp_path, stream)
    open_entries = entries_of(file.path)
    assert read_index(file.path) is None
    file.close()
    assert read_index(file.path) == open_entries == tuple(file.entries) == walk(file.path).entries


def test_its_times_are_exact_to_the_microsecond(
    tmp_path: Path, stream: tuple[InitSegment, list[Fragment]]
) -> None:
    file = written(tmp_path, stream)
    file.abandon()
    assert [e.starts_us for e in walk(file.path).entries] == [e.starts_us for e in file.entries]


def test_the_checksum_is_that_of_the_file(tmp_path: Path, stream: tuple[InitSegment, list[Fragment]]) -> None:
    import hashlib

    file = written(tmp_path, stream)
    assert file.close() == hashlib.sha256(file.path.read_bytes()).hexdigest()


def test_fragments_lie_in_it_bit_exact(tmp_path: Path, stream: tuple[InitSegment, list[Fragment]]) -> None:
    file = written(tmp_path, stream)
    file.close()
    data = file.path.read_bytes()
    for entry, fragment in zip(file.entries, stream[1], strict=True):
        assert data[entry.offset : entry.offset + entry.size] == fragment.data


def test_any_player_reads_it(tmp_path: Path, stream: tuple[InitSegment, list[Fragment]]) -> None:
    file = written(tmp_path, stream)
    file.close()
    done = run_ffmpeg("-xerror", "-i", str(file.path), "-f", "framecrc", "-")
    assert len([line for line in done.stdout.splitlines() if not line.startswith(b"#")]) == 150
    assert not done.stderr


def test_cut_anywhere_all_whole_fragments_are_there(
    tmp_path: Path, stream: tuple[InitSegment, list[Fragment]]
) -> None:
    file = written(tmp_path, stream)
    file.close()
    data = file.path.read_bytes()
    cut = tmp_path / "cut.mp4"
    for entry in file.entries:
        for more in (-1, 0, 1, 20, 40):
            end = entry.offset + entry.size + more
            cut.write_bytes(data[:end])
            whole = [e for e in file.entries if e.offset + e.size <= end]
            assert list(walk(cut).entries) == whole


def test_when_the_disk_refuses_the_file_ends_where_it_did(
    tmp_path: Path, stream: tuple[InitSegment, list[Fragment]], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, stream)
    size, real = file.size, os.writev

    def half(fd: int, parts: list[bytes]) -> int:
        real(fd, [b"".join(parts)[:1000]])
        monkeypatch.setattr(os, "write", full)
        return 1000

    def full(fd: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "writev", half)
    with pytest.raises(OSError, match="No space"):
        file.append(stream[1][0], NOON_US + 10_000_000)
    assert file.path.stat().st_size == size
    file.abandon()
    assert len(walk(file.path).entries) == len(file.entries)


def test_a_file_is_never_written_over(tmp_path: Path, stream: tuple[InitSegment, list[Fragment]]) -> None:
    written(tmp_path, stream).close()
    with pytest.raises(FileExistsError):
        written(tmp_path, stream)


@pytest.mark.parametrize(
    "code", ["..", "../x", "A/B", "/etc", "", "a", "A\0", "A\n", ".", "A" * 21, "A.mp4", "%Y", "C1 ", "É"]
)
def test_a_code_is_never_a_way_out(code: str) -> None:
    with pytest.raises(UnsafePath):
        relative_path(code, NOON_US)


def test_days_and_hours_are_utc() -> None:
    assert relative_path("C1", NOON_US) == "2026-11-22/12/C1/120000.mp4"


def test_a_link_planted_in_the_store_is_not_followed(
    tmp_path: Path, stream: tuple[InitSegment, list[Fragment]]
) -> None:
    root, elsewhere = tmp_path / "store", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (root / "2026-11-22").mkdir(parents=True)
    (root / "2026-11-22" / "12").symlink_to(elsewhere)
    with pytest.raises(UnsafePath):
        written(root, stream)
    assert not any(elsewhere.rglob("*.mp4"))
    shutil.rmtree(root)
    (root / "2026-11-22/12/C1").mkdir(parents=True)
    (root / "2026-11-22/12/C1/120000.mp4").symlink_to(elsewhere / "passwd")
    with pytest.raises(FileExistsError):
        written(root, stream)
