"""One picture of a camera as it is now: its last key picture, decoded to JPEG.

It comes from the live relay, so from the stream operators see: with the masks that are burnt into that.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess
import time
from dataclasses import dataclass

import redis
from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from doors.problems import Refused
from footage.boxes import InitSegment, Splitter
from footage.index import at
from footage.ingest.program import ffmpeg
from footage.live import NUDGE, SUB, WATCH_S, Message, channel, watch_key
from footage.moov import BoxError

# A sub-stream is taken in only while somebody looks: a slow sign-in at the camera, then its first key picture.
WAIT_S = 10.0
DECODE_S = 8.0
ALLOC_BYTES = 400 * 1024 * 1024
JPEG_AT_MOST = 16 * 1024 * 1024
SALT = "footage.still"
REMEMBERED_S = 600


@dataclass(frozen=True)
class Still:
    """A picture, when it was taken, and its size."""

    jpeg: bytes
    taken_at: dt.datetime
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.jpeg).hexdigest()


@dataclass(frozen=True)
class Shown:
    """What the centre remembers of a picture it gave, in a form that goes through the page and comes back signed."""

    camera_code: str
    consultation: int
    taken_at: dt.datetime
    sha256: str
    width: int
    height: int

    def signed(self) -> str:
        told = [self.camera_code, self.consultation, self.taken_at.timestamp(), self.sha256]
        return signing.dumps([*told, self.width, self.height], salt=SALT)

    @classmethod
    def read(cls, text: str, camera_code: str) -> Shown:
        try:
            code, consultation, taken, sha256, width, height = signing.loads(
                text, salt=SALT, max_age=REMEMBERED_S
            )
        except (signing.BadSignature, ValueError, TypeError) as error:
            raise _too_old() from error
        if code != camera_code:
            raise _too_old()
        return cls(code, consultation, dt.datetime.fromtimestamp(taken, dt.UTC), sha256, width, height)


def _too_old() -> Refused:
    return Refused(
        _("This picture is no longer known."),
        what_to_do=_("Open the picture again, and look at it."),
        status=409,
        code="still-unknown",
    )


def take(camera_id: int, quality: str = SUB, *, wait_s: float = WAIT_S) -> Still:
    """Call it after the consultation was written. Raises Refused when no picture comes in time."""
    try:
        init, key = _key_picture(camera_id, quality, wait_s)
    except (RedisError, OSError) as error:
        raise _none_came() from error
    return _decoded(init, key)


def _key_picture(camera_id: int, quality: str, wait_s: float) -> tuple[InitSegment, Message]:
    until = time.monotonic() + wait_s
    init: InitSegment | None = None
    run = -1
    with (
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=2) as client,
        client.pubsub(ignore_subscribe_messages=True) as heard,
    ):
        heard.subscribe(channel(camera_id, quality))
        client.set(watch_key(camera_id, quality), "1", ex=WATCH_S)
        client.publish(NUDGE, f"{camera_id}:{quality}")
        while (left := until - time.monotonic()) > 0:
            got = heard.get_message(timeout=min(left, 1.0))
            if got is None:
                continue
            message = Message.unpacked(bytes(got["data"]))
            if message.init:
                init, run = _init(message.data), message.run
            elif init is not None and message.key and message.run == run:
                return init, message
    raise _none_came()


def _init(data: bytes) -> InitSegment | None:
    try:
        part = next(iter(Splitter().feed(data)), None)
    except BoxError:
        return None
    return part if isinstance(part, InitSegment) else None


def _decoded(init: InitSegment, key: Message) -> Still:
    """ffmpeg, with limits: what a camera sends is not to be trusted."""
    words = [ffmpeg(), "-v", "error", "-nostdin", "-max_alloc", str(ALLOC_BYTES), "-threads", "1"]
    words += ["-f", "mp4", "-i", "pipe:0", "-map", "0:v:0", "-frames:v", "1", "-c:v", "mjpeg", "-q:v", "3"]
    words += ["-f", "image2pipe", "pipe:1"]
    try:
        done = subprocess.run(
            words, input=init.data + key.data, capture_output=True, timeout=DECODE_S, check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise _none_came() from error
    if not done.stdout.startswith(b"\xff\xd8") or len(done.stdout) > JPEG_AT_MOST:
        raise _none_came()
    return Still(done.stdout, at(key.starts_us), init.video.width, init.video.height)


def _none_came() -> Refused:
    return Refused(
        _("No picture came from this camera."),
        what_to_do=_("Look whether it is offline, and try again in a moment."),
        status=503,
        code="no-picture",
    )
