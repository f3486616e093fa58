"""Weights of a trained model come over a real HTTP server: whole and the right ones, or not at all."""

from __future__ import annotations

import hashlib
import io
import random
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from detection.sight.detectors import fetching
from detection.sight.detectors.downloading import DownloadFailed, download


def archive(seed: int) -> bytes:
    """As weights are: an archive; three megabytes that nobody can press together."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("yolo26n/data.pkl", random.Random(seed).randbytes(3_000_000))
    return out.getvalue()


WEIGHTS = archive(1)
SHA = hashlib.sha256(WEIGHTS).hexdigest()


class Mirror(ThreadingHTTPServer):
    """Serves `body`; after `breaks_at` bytes of an answer the line is cut, as often as `breaks` says."""

    body = WEIGHTS
    tag = '"one"'
    breaks, breaks_at = 0, 1_000_000
    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[tuple[str, str]] = []  # path, range

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Answer(BaseHTTPRequestHandler):
    server: Mirror

    def do_GET(self) -> None:
        mirror, body = self.server, self.server.body
        wanted = self.headers.get("Range", "")
        mirror.asked.append((self.path, wanted))
        begins = 0
        if wanted and self.headers.get("If-Range") == mirror.tag:
            begins = int(wanted.removeprefix("bytes=").removesuffix("-"))
        self.send_response(206 if begins else mirror.status)
        if begins:
            self.send_header("Content-Range", f"bytes {begins}-{len(body) - 1}/{len(body)}")
        self.send_header("ETag", mirror.tag)
        self.send_header("Content-Length", str(len(body) - begins))
        self.end_headers()
        rest = body[begins:]
        if mirror.breaks:
            mirror.breaks -= 1
            rest = rest[: mirror.breaks_at]
        self.wfile.write(rest)

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    server = Mirror()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


class Library:
    """Stands in for ultralytics, which reads weights as the archive they are."""

    head: Any = object()
    exported: dict[str, Any] | None = None

    @property
    def model(self) -> Any:
        return SimpleNamespace(model=[self.head])

    def YOLO(self, path: str, task: str) -> Library:  # noqa: N802
        zipfile.ZipFile(path).testzip()
        self.path = Path(path)
        return self

    def export(self, **words: Any) -> str:
        if self.exported is None:
            raise RuntimeError("nothing to export")
        self.exported |= words
        return str(self.path.rename(self.path.with_suffix(".onnx")))


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_ultralytics", Library)


@pytest.mark.usefixtures("library")
def test_get_detector_fetches_once_from_the_address_and_writes_the_checksum_down(
    mirror: Mirror, tmp_path: Path
) -> None:
    out = StringIO()
    words: dict[str, Any] = {
        "folder": tmp_path,
        "form": "pt",
        "url": mirror.url,
        "sha256": SHA,
        "stdout": out,
    }
    call_command("get_detector", "yolo26n", **words)
    assert (tmp_path / "yolo26n.pt").read_bytes() == WEIGHTS
    assert (tmp_path / "yolo26n.pt.sha256").read_text() == f"{SHA}  yolo26n.pt\n"
    assert "3.0 of 3.0 MB" in out.getvalue() and f"SHA-256 {SHA}" in out.getvalue()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["yolo26n.pt", "yolo26n.pt.sha256"]
    call_command("get_detector", "yolo26n", **words)
    assert mirror.asked == [("/v1/yolo26n.pt", "")], "fetched once"


def test_what_breaks_off_goes_on_where_it_was_in_one_run_and_in_the_next(
    mirror: Mirror, tmp_path: Path
) -> None:
    mirror.breaks = 2
    assert download(f"{mirror.url}/a", tmp_path / "a", sha256=SHA) == SHA
    assert [wanted for _, wanted in mirror.asked] == ["", "bytes=1000000-", "bytes=2000000-"]
    mirror.asked.clear()
    mirror.breaks, mirror.breaks_at = 4, 300_000
    with pytest.raises(DownloadFailed, match=r"of \d+ bytes"):
        download(f"{mirror.url}/b", tmp_path / "b", sha256=SHA)
    assert not (tmp_path / "b").exists()
    assert download(f"{mirror.url}/b", tmp_path / "b", sha256=SHA) == SHA
    assert mirror.asked[-1][1] == "bytes=1200000-" and (tmp_path / "b").read_bytes() == WEIGHTS
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_another_file_under_the_same_name_is_begun_again(mirror: Mirror, tmp_path: Path) -> None:
    mirror.breaks = 4
    mirror.breaks_at = 100_000
    with pytest.raises(DownloadFailed):
        download(f"{mirror.url}/a", tmp_path / "a", sha256=SHA)
    mirror.body, mirror.tag = archive(2), '"two"'
    other = hashlib.sha256(mirror.body).hexdigest()
    assert download(f"{mirror.url}/a", tmp_path / "a", sha256=other) == other


@pytest.mark.usefixtures("library")
def test_what_is_not_the_file_is_refused_and_leaves_nothing(mirror: Mirror, tmp_path: Path) -> None:
    def told(name: str = "yolo26n", **words: Any) -> str:
        with pytest.raises(CommandError) as refused:
            call_command(
                "get_detector", name, **({"folder": tmp_path, "form": "pt", "url": mirror.url} | words)
            )
        assert not list(tmp_path.iterdir())
        return str(refused.value)

    assert "not encrypted" in told()
    assert "not the file that was asked for" in told(sha256="0" * 64)
    page = b"<!doctype html><p>Sign in to the network of the town hall"
    mirror.body = page
    assert "is no model" in told(sha256=hashlib.sha256(page).hexdigest())
    mirror.body, mirror.status = WEIGHTS, 404
    assert "404" in told(sha256=SHA)
    mirror.status = 200
    assert "could not be exported" in told(sha256=SHA, form="onnx")
    away = told(url="https://127.0.0.1:9/none")
    assert "--from FILE" in away and "DETECTION_WEIGHTS_URL" in away
    assert "is no address" in told(url="file:///etc/passwd")


@pytest.mark.parametrize(
    ("head", "chosen_by_the_graph"), [(SimpleNamespace(one2one_cv2=object()), False), (object(), True)]
)
def test_an_exported_model_leaves_no_box_to_be_chosen_afterwards(
    head: object, chosen_by_the_graph: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A head that gives one box a thing is exported as it is; to any other the choice is added."""
    library = Library()
    library.head, library.exported = head, {}
    monkeypatch.setattr(fetching, "_ultralytics", lambda: library)
    raw = tmp_path / "weights"
    raw.write_bytes(WEIGHTS)
    made = fetching.fetch("yolo26n", tmp_path / "models", fetching.Weights("", file=raw), size=320)
    assert (made.path.name, made.new) == ("yolo26n.onnx", True)
    assert (library.exported["nms"], library.exported["imgsz"]) == (chosen_by_the_graph, 320)
