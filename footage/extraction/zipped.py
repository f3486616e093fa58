"""A sealed folder as one ZIP on its way out: nothing is compressed, nothing is written to the disk again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from asgiref.sync import sync_to_async

CHUNK = 1024 * 1024


class _Pipe(io.RawIOBase):
    """What zipfile writes to: taken away as it comes."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(memoryview(data))  # type: ignore[arg-type]  # any buffer, as RawIOBase says
        self._parts.append(part)
        return len(part)

    def taken(self) -> bytes:
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def chunks(folder: Path) -> Iterator[bytes]:
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED, allowZip64=True) as package:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            about = zipfile.ZipInfo.from_file(path, f"{folder.name}/{path.relative_to(folder)}")
            with path.open("rb") as source, package.open(about, "w", force_zip64=True) as entry:
                while data := source.read(CHUNK):
                    entry.write(data)
                    yield pipe.taken()
    yield pipe.taken()


async def streamed(folder: Path) -> AsyncIterator[bytes]:
    """In a thread, chunk by chunk: a package of many gigabytes never stands in memory."""
    source = chunks(folder)
    following = sync_to_async(lambda: next(source, None), thread_sensitive=False)
    while (chunk := await following()) is not None:
        yield chunk
