"""Recordings for tests of replay and extraction: real files made by the recorder from moving pictures."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.test import Client

from accounts.models import User
from accounts.roles import Role
from cameras.models import Camera
from footage.boxes import Fragment, InitSegment, Splitter
from footage.index import write_row
from footage.ingest.clock import Stamp
from footage.ingest.program import ffmpeg
from footage.models import Segment
from footage.recording import Recorder, Told
from tests.cast import habilitated, person
from tests.footage.streams import fragmented

Stream = tuple[InitSegment, list[Fragment]]
CASE = {"reason": "requisition", "reference": "PV 2026/0412"}


class Book:
    """The recorder's journal, written at once."""

    def opened(self, told: Told) -> None:
        write_row(told, "test/1", Segment.State.OPEN)

    def closed(self, told: Told) -> None:
        write_row(told, "test/1", Segment.State.CLOSED)

    def failed(self, camera_id: int, why: str) -> None:
        raise AssertionError(why)

    def recovered(self, camera_id: int) -> None:
        raise AssertionError("recovered")


def stream_of(path: Path) -> Stream:
    init, *fragments = list(Splitter().feed(fragmented(path)))
    assert isinstance(init, InitSegment)
    return init, [part for part in fragments if isinstance(part, Fragment)]


def minutes_ago(minutes: float) -> dt.datetime:
    """About so long ago, and so that two and a half minutes from then lie in one file of ten."""
    moment = int(time.time() - 60 * minutes)
    return dt.datetime.fromtimestamp(moment - max(0, moment % 600 - 450), dt.UTC)


def last_ten() -> dt.datetime:
    """The last full ten minutes: a recording over it lies in two files."""
    return dt.datetime.fromtimestamp((int(time.time()) // 600 - 1) * 600, dt.UTC)


def record(
    store: Path, camera: Camera, stream: Stream, start: dt.datetime, *, close: bool = True
) -> list[Segment]:
    """This stream as recorded from that moment; left open as by a running recorder unless told otherwise."""
    before = set(Segment.objects.values_list("pk", flat=True))
    recorder = Recorder(store, camera.pk, camera.code, Book())
    recorder.begins(stream[0])
    zero = int(start.timestamp()) * 1_000_000
    first_s = stream[1][0].starts_s
    for fragment in stream[1]:
        recorder.takes(fragment, Stamp(zero + round((fragment.starts_s - first_s) * 1e6), jumped=False))
    if close:
        recorder.ends()
    elif recorder.file is not None:
        recorder.file.abandon()
    return list(Segment.objects.exclude(pk__in=before).order_by("started_at"))


def officer(username: str = "", **scope: Any) -> User:
    """Who sees recordings and may ask for extractions."""
    user = person(Role.EVIDENCE_OFFICER, username)
    habilitated(user, **scope)
    return user


def supervisor(username: str = "") -> User:
    user = person(Role.SUPERVISOR, username)
    habilitated(user)
    return user


def signed_in(user: User) -> Client:
    """Through a second step where the role asks for one."""
    from accounts.models import RoleRule

    RoleRule.objects.update(totp_required=False)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@dataclass
class Watching:
    """One person at the page of recordings."""

    client: Client
    looks: dict[str, dict[str, Any]] = field(default_factory=dict)

    def open(
        self, codes: list[str], start: dt.datetime, end: dt.datetime, status: int = 201, **more: Any
    ) -> dict[str, Any]:
        said = {"cameras": codes, "from": start.isoformat(), "to": end.isoformat()} | CASE | more
        answer = self.client.post("/footage/replay/open", said, content_type="application/json")
        assert answer.status_code == status, answer.content
        body: dict[str, Any] = answer.json()
        self.looks |= {look["camera"]: look for look in body.get("looks", [])}
        return body

    def media(self, code: str) -> str:
        answer = self.client.get(self.looks[code]["playlist"].replace("master", "media"))
        assert answer.status_code == 200, answer.content
        return answer.content.decode()

    def bytes_of(self, code: str, segment: int, wanted: str) -> Any:
        path = self.looks[code]["playlist"].replace("master.m3u8", f"{segment}.mp4")
        return self.client.get(path, headers={"Range": wanted} if wanted else {})


RANGE = re.compile(r"#EXT-X-BYTERANGE:(\d+)@(\d+)\n(\d+)\.mp4")
MAP = re.compile(r'#EXT-X-MAP:URI="(\d+)\.mp4",BYTERANGE="(\d+)@0"')


def frames(path: Path | str, *options: str) -> list[str]:
    """The MD5 of each decoded picture."""
    done = subprocess.run(
        [ffmpeg(), "-v", "error", *options, "-i", str(path), "-map", "0:v", "-f", "framemd5", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not done.stderr, done.stderr
    lines = [line for line in done.stdout.splitlines() if not line.startswith("#")]
    return [line.rpartition(",")[2].strip() for line in lines]
