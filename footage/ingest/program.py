"""The ffmpeg that turns a source into fragments: which program, with which words.

Addresses and passwords never stand in its arguments, where every user of the machine can read them
(/proc/PID/cmdline): an ffconcat script of one line is written to its standard input.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import imageio_ffmpeg
from django.conf import settings

from cameras.models.mask import Polygon, digest_of
from footage.ingest.sender import NO_PICTURE
from footage.live import MAIN
from footage.masking import burning
from footage.scenes import FPS

# Four in each second of a camera of 12, 15, 25 or 30 pictures (decision 0014). A little less than a quarter, so that
# rounding costs no picture.
FRAGMENT_US = 245_000
FRAGMENTED = (
    *("-f", "mp4", "-movflags", "+frag_keyframe+empty_moov+default_base_moof+skip_trailer"),
    *("-write_prft", "wallclock", "-flush_packets", "1"),
)
SILENT_US = 5_000_000
NETWORK = "pipe,tcp,tls,udp,rtp,rtsp,http,https,httpproxy,crypto"
# Of a live stream so much is looked at before the first picture: enough for parameter sets, no more delay.
PROBE_BYTES, PROBE_US = 500_000, 1_000_000


@dataclass(frozen=True)
class Spec:
    """One stream to take in. Two specs that are equal need no restart."""

    camera_id: int
    code: str
    quality: str  # "main" or "sub"
    kind: str
    address: str
    user: str = ""
    password: str = field(default="", repr=False)
    audio: bool = False
    # The name drawn into a drawn street.
    label: str = ""
    # What of its picture is never to be seen (L-03): burnt in, whatever else it costs.
    areas: tuple[Polygon, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.code}/{self.quality}"

    @property
    def mask(self) -> str:
        """Which mask it is, as its recordings say it; empty for none."""
        return digest_of(self.areas)


@dataclass(frozen=True)
class Command:
    arguments: list[str]
    # What it reads on its standard input: holds the password, so never shown.
    script: bytes = field(default=b"", repr=False)


@cache
def ffmpeg() -> str:
    """FFMPEG, else the one of the wheel, else the system's."""
    if settings.FFMPEG:
        return str(settings.FFMPEG)
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError:
        found = shutil.which("ffmpeg")
        if found is None:
            raise
        return found


def command(spec: Spec, clips: Path, clock: int | None = None) -> Command:
    """`clock`: the descriptor on which what the sender says of its time comes out, where coding again loses it."""
    begin = [ffmpeg(), "-hide_banner", "-nostats", "-loglevel", "error"]
    if spec.areas:
        begin += ["-threads", "1"]  # of the decoder
    if spec.kind == "file":
        taken = ["-nostdin", "-re", "-stream_loop", "-1", "-i", f"file:{clips / spec.address}"]
        return Command([*begin, *taken, *_output(spec)])
    if spec.kind == "scene":
        taken = ["-fflags", "+nobuffer", "-probesize", "32", "-analyzeduration", "0"]
        taken += ["-f", "h264", "-framerate", str(FPS), "-i", "pipe:0"]
        return Command([*begin, *taken, *_output(spec)])
    taken = ["-f", "concat", "-safe", "0", "-protocol_whitelist", NETWORK, "-i", "pipe:0"]
    told = _clock(clock) if clock is not None and needs_clock(spec) else []
    return Command([*begin, *taken, *_output(spec), *told], _script(spec))


def needs_clock(spec: Spec) -> bool:
    return bool(spec.areas) and spec.kind == "rtsp" and spec.quality == MAIN


def _output(spec: Spec) -> list[str]:
    sound = ["-map", "0:a:0?", "-c:a", "aac", "-b:a", "64k"] if spec.audio else ["-an"]
    coding = burning.coding(spec.areas, spec.quality) if spec.areas else ["-c:v", "copy"]
    return ["-map", "0:v:0", *coding, *sound, *FRAGMENTED, "-frag_duration", str(FRAGMENT_US), "pipe:1"]


def _clock(descriptor: int) -> list[str]:
    return ["-map", "0:v:0", "-c:v", "copy", "-an", "-bsf:v", NO_PICTURE, *FRAGMENTED, f"pipe:{descriptor}"]


def _script(spec: Spec) -> bytes:
    options = {"probesize": PROBE_BYTES, "analyzeduration": PROBE_US}
    if spec.kind == "rtsp":
        options |= {"timeout": SILENT_US}
    else:
        options |= {"rw_timeout": SILENT_US}
    lines = ["ffconcat version 1.0", f"file {_quoted(_address(spec))}"]
    lines += [f"option {name} {value}" for name, value in options.items()]
    if spec.kind == "rtsp":
        lines.append("option rtsp_transport tcp")
    return ("\n".join(lines) + "\n").encode()


def _address(spec: Spec) -> str:
    if not spec.user:
        return spec.address
    parts = urlsplit(spec.address)
    who = f"{quote(spec.user, safe='')}:{quote(spec.password, safe='')}"
    return urlunsplit(parts._replace(netloc=f"{who}@{parts.netloc}"))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


_USERINFO = re.compile(r"(?<=://)[^/\s@]*@")


def scrubbed(line: str, spec: Spec) -> str:
    """What ffmpeg says, without the password it may repeat."""
    line = _USERINFO.sub("", line)
    for secret in {spec.password, quote(spec.password, safe="")} - {""}:
        line = line.replace(secret, "***")
    return line


# What ffmpeg says when it gives up, and what it means for the person who must act. First match counts.
MEANINGS = (
    ("unauthorized", "password"),
    ("403 forbidden", "password"),
    ("404", "no-such-stream"),
    ("not found", "no-such-stream"),
    ("connection refused", "unreachable"),
    ("no route to host", "unreachable"),
    ("network is unreachable", "unreachable"),
    ("failed to resolve", "unreachable"),
    ("timed out", "silent"),
    ("invalid data", "rubbish"),
    ("no such file", "no-such-stream"),
)


def meaning(said: list[str]) -> str:
    """One word for why it ended: a code that the screens translate."""
    text = "\n".join(said).lower()
    return next((why for words, why in MEANINGS if words in text), "ended")
