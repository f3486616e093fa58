"""A file from the network, whole or not at all: what broke off goes on where it was, another file is thrown away."""

from __future__ import annotations

import hashlib
import http.client
import logging
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

logger = logging.getLogger(__name__)
TRIES = 4
TIMEOUT_S = 30.0
PIECE = 1 << 20
LARGEST = 4 << 30
NAMED = "nice-supervision"
Progress = Callable[[int, int | None], None]


class DownloadFailed(Exception):
    """Nothing usable came. What came stays beside the target when going on with it makes sense."""


class _Broke(Exception):
    """It ended too early: worth another try from there."""


def download(url: str, target: Path, *, sha256: str = "", progress: Progress | None = None) -> str:
    """`target` appears only when all of it is there and is what `sha256` says. Its SHA-256. Raises DownloadFailed."""
    _check_address(url, sha256)
    part = target.with_name(f"{target.name}.part")
    why = ""
    for _ in range(TRIES):
        try:
            _go_on(url, part, progress)
            break
        except urllib.error.HTTPError as error:
            raise DownloadFailed(f"{url} answered {error.code} {error.reason}") from error
        except (_Broke, OSError, http.client.HTTPException) as error:
            why = str(error) or type(error).__name__
            logger.info("%s broke off, it is tried again: %s", url, why)
    else:
        raise DownloadFailed(f"{url}: {why}")
    digest = _digest(part)
    if sha256 and digest != sha256.lower():
        _forget(part)
        raise DownloadFailed(
            f"{url} is not the file that was asked for: its SHA-256 is {digest[:12]}…, expected {sha256[:12]}…"
        )
    part.replace(target)
    _forget(part)
    return digest


def _check_address(url: str, sha256: str) -> None:
    """A model is run: over a line anybody may have changed it is taken only when its checksum was known before."""
    address = urllib.parse.urlsplit(url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise DownloadFailed(f"{url} is no address: https://…")
    if address.scheme == "http" and not sha256:
        raise DownloadFailed(f"{url} is not encrypted: give the file's SHA-256 with it, or an https address")


def _go_on(url: str, part: Path, progress: Progress | None) -> None:
    had = part.stat().st_size if part.exists() else 0
    known = _tag(part).read_text(encoding="ascii") if had and _tag(part).exists() else ""
    headers = {"User-Agent": NAMED, "Accept-Encoding": "identity"}
    if had and known:  # the same file as before, or all of the new one
        headers |= {"Range": f"bytes={had}-", "If-Range": known}
    asked = urllib.request.Request(url, headers=headers)  # noqa: S310  checked above
    try:
        answer: Any = urllib.request.urlopen(asked, timeout=TIMEOUT_S)  # noqa: S310
    except urllib.error.HTTPError as error:
        if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        _forget(part)
        raise _Broke("what had come was no part of the file") from error
    with answer:
        if url.startswith("https:") and not answer.url.startswith("https:"):
            raise DownloadFailed(f"{url} leads to a line that is not encrypted")
        goes_on = answer.status == http.HTTPStatus.PARTIAL_CONTENT
        begun = had if goes_on else 0
        rest = answer.headers.get("Content-Length")
        whole = begun + int(rest) if rest and rest.isdigit() else None
        _tag(part).write_text(_validator(answer.headers), encoding="ascii")
        got = _write(answer, part, begun, whole, progress)
    if whole is not None and got != whole:
        raise _Broke(f"{got} of {whole} bytes came")


def _write(answer: Any, part: Path, begun: int, whole: int | None, progress: Progress | None) -> int:
    got = begun
    with part.open("ab" if begun else "wb") as file:
        while piece := answer.read(PIECE):
            got += file.write(piece)
            if got > LARGEST:
                raise DownloadFailed(f"more than {LARGEST >> 30} GiB came: no model is that large")
            if progress is not None:
                progress(got, whole)
    return got


def _validator(headers: Any) -> str:
    """What tells one version of the file from another; a weak tag does not (RFC 9110, 13.1.5)."""
    tag = str(headers.get("ETag") or "")
    found = tag if tag and not tag.startswith("W/") else str(headers.get("Last-Modified") or "")
    return found if found.isascii() else ""


def _tag(part: Path) -> Path:
    return part.with_name(f"{part.name}.tag")


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _tag(part).unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
