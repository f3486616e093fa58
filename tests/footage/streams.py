"""Real streams for tests and benches: clips made by ffmpeg, GStreamer's RTSP server, `run_cameras` processes."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO, Any

import pytest

from footage.ingest.program import ffmpeg
from footage.scenes import FPS
from footage.scenes.catalogue import SCENES
from footage.scenes.loop import VERSION, encode, is_drawn
from nice_supervision.start.processes import free_port
from tests.servers import ROOT, with_path

SYSTEM_PYTHON = "/usr/bin/python3"
SERVER = Path(__file__).with_name("rtsp_server.py")


def drawn_streets(var: Path, *scenes: str) -> None:
    """Have whole loops of these streets under `var`: drawn once for the whole tree, by whichever bench comes first."""
    kept = ROOT / "var" / "scenes"
    kept.mkdir(parents=True, exist_ok=True)
    with (ROOT / "var" / "scenes.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        missing = [scene for scene in scenes if not list(kept.glob(f"{scene}-{VERSION}.sub.h264"))]
        if missing:
            subprocess.run(
                ["nice", sys.executable, str(ROOT / "manage.py"), "draw_scenes", *missing, "--quiet"],
                env=os.environ | {"NICE_VAR": str(kept.parent)},
                check=True,
            )
    own = var / "scenes"
    own.mkdir(parents=True, exist_ok=True)
    for loop in kept.glob("*.h264"):
        if not (own / loop.name).exists():
            (own / loop.name).symlink_to(loop)


def short_streets(*scenes: str) -> None:
    """Have these streets where the centre of the tests looks for them. A whole loop takes half a minute to draw."""
    for scene in scenes:
        if not is_drawn(scene):
            encode(scene, (pixels.tobytes() for pixels in SCENES[scene].frames(4 * FPS)), lambda: None)


@dataclass(frozen=True)
class Clip:
    """An elementary stream: what a camera sends."""

    path: Path
    codec: str
    fps: int


@dataclass
class Clips:
    folder: Path

    def make(
        self,
        name: str,
        *,
        size: str = "640x360",
        fps: int = 15,
        seconds: int = 10,
        codec: str = "h264",
        rate: str = "800k",
        gop: int = 0,
    ) -> Clip:
        path = self.folder / f"{name}.{codec}"
        if not path.exists():
            encoder = {"h264": "libx264", "h265": "libx265"}[codec]
            quiet = ["-x265-params", "log-level=none"] if codec == "h265" else []
            run_ffmpeg(
                *["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={fps}", "-t", str(seconds)],
                *[
                    "-c:v",
                    encoder,
                    "-preset",
                    "ultrafast",
                    "-g",
                    str(gop or fps),
                    "-keyint_min",
                    str(gop or fps),
                ],
                *["-sc_threshold", "0", "-bf", "0", "-b:v", rate, *quiet, "-pix_fmt", "yuv420p"],
                *["-f", {"h264": "h264", "h265": "hevc"}[codec], str(path)],
            )
        return Clip(path, codec, fps)

    @cached_property
    def h264(self) -> Clip:
        return self.make("street")

    @cached_property
    def small(self) -> Clip:
        return self.make("street-small", size="320x180", rate="200k")

    @cached_property
    def h265(self) -> Clip:
        return self.make("street", codec="h265", seconds=4)

    @cached_property
    def mp4(self) -> Path:
        path = self.folder / "street.mp4"
        if not path.exists():
            run_ffmpeg("-framerate", "15", "-i", str(self.h264.path), "-c", "copy", str(path))
        return path


def run_ffmpeg(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [ffmpeg(), "-v", "error", "-y", *arguments], check=True, capture_output=True, **options
    )


def fragmented(source: Path, *options: str, fragment_us: int = 500_000) -> bytes:
    """The stream as the centre's own ffmpeg would write it."""
    return run_ffmpeg(
        *["-i", str(source), "-map", "0:v:0", "-c", "copy", *options, "-f", "mp4"],
        *["-movflags", "+frag_keyframe+empty_moov+default_base_moof+skip_trailer"],
        *["-frag_duration", str(fragment_us), "-write_prft", "wallclock", "pipe:1"],
    ).stdout


def frame_sums(film: Path, first: int = 0) -> list[str]:
    """The checksum of each decoded frame, or of so many."""
    some = ["-frames:v", str(first)] if first else []
    out = run_ffmpeg(
        "-i", str(film), "-map", "0:v:0", *some, "-fps_mode", "passthrough", "-f", "framemd5", "-"
    )
    lines = [line for line in out.stdout.decode().splitlines() if not line.startswith("#")]
    return [line.rpartition(",")[2].strip() for line in lines]


@dataclass
class RtspServer:
    """GStreamer's RTSP server as one camera (or many) on a port of its own."""

    mounts: dict[str, Clip]
    user: str = ""
    password: str = ""
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        needs_gstreamer()
        mounts = [f"--mount={path}={clip.path}:{clip.codec}:{clip.fps}" for path, clip in self.mounts.items()]
        self._process = subprocess.Popen(
            [SYSTEM_PYTHON, str(SERVER), "--port", str(self.port), *mounts]
            + ([f"--user={self.user}", f"--password={self.password}"] if self.user else []),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n", "the RTSP server did not start"

    def url(self, path: str = "/main") -> str:
        return f"rtsp://127.0.0.1:{self.port}{path}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def freeze(self) -> None:
        """The connection stays, nothing comes any more."""
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.pid, signal.SIGCONT)

    def stop(self) -> None:
        """As when the power goes: at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None


def needs_gstreamer() -> None:
    """Skips loudly; on a machine where packages may be installed the way to get it is said."""
    probe = "import gi; gi.require_version('GstRtspServer', '1.0')"
    found = Path(SYSTEM_PYTHON).exists() and (
        subprocess.run([SYSTEM_PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0
    )
    if not found:
        pytest.skip(
            "NO RTSP SERVER: apt install gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-good "
            "gstreamer1.0-plugins-bad"
        )


class Node:
    """A `run_cameras` process of its own."""

    def __init__(self, shard: str, database: str, store: Path, clips: Path, env: dict[str, str]) -> None:
        self.log = store.parent / f"run_cameras-{shard.replace('/', '-')}.log"
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "run_cameras", "--shard", shard],
            env=os.environ
            | {
                "DATABASE_URL": with_path(os.environ["DATABASE_URL"], database),
                "FOOTAGE_ROOT": str(store),
                "FOOTAGE_CLIPS": str(clips),
                "SECRET_KEY": _secret(),
            }
            | env,
            stderr=self.log.open("ab"),
            cwd=ROOT,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    def ffmpegs(self) -> list[int]:
        """Its children that take in streams, oldest first."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.pid)], capture_output=True, text=True, check=False
        ).stdout
        return sorted(int(pid) for pid in found.split())

    def kill(self) -> None:
        """kill -9: nothing gets to clean up."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        if self._process.poll() is None:
            self._process.terminate()
        return self._process.wait(30)

    def said(self) -> str:
        return self.log.read_text(errors="replace")


def _secret() -> str:
    from django.conf import settings

    return str(settings.SECRET_KEY)


def patience(seconds: float) -> float:
    """A limit the centre promises, for a machine that does other things besides: as much more as it is overloaded."""
    return seconds * max(1.0, 2 * os.getloadavg()[0] / (os.cpu_count() or 1))


def until(true: Callable[[], object], seconds: float = 90, every: float = 0.1, said: str = "") -> float:
    """Waits for it; how long it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, said or "it did not happen in time"
        time.sleep(every)
    return time.monotonic() - began


class HttpStream:
    """A camera that sends MPEG-TS over HTTP in real time, to whoever asks, for ever. `answer` instead: rubbish."""

    def __init__(self, clip: Clip | None = None, answer: bytes = b"") -> None:
        self._clip, self._answer = clip, answer
        outer = self

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "video/mp2t")
                self.end_headers()
                with contextlib.suppress(OSError):
                    outer._send(self.wfile)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/live.ts"

    def _send(self, out: IO[bytes]) -> None:
        if self._clip is None:
            while True:
                out.write(self._answer)
                time.sleep(0.05)
        taken = ["-re", "-stream_loop", "-1", "-framerate", str(self._clip.fps), "-i", str(self._clip.path)]
        sender = subprocess.Popen(
            [ffmpeg(), "-v", "error", "-nostdin", *taken, "-c", "copy", "-f", "mpegts", "pipe:1"],
            stdout=subprocess.PIPE,
        )
        try:
            while sender.stdout is not None and (data := sender.stdout.read1(65536)):
                out.write(data)
        finally:
            sender.kill()
            sender.wait()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
