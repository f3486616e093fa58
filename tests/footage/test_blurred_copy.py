"""Freezing when asked, and the blurred copy beside the sealed original (W-01, W-11, L-05, L-61)."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from cameras.models import Camera
from doors.problems import Refused
from footage import keeping, tasks
from footage.extraction import actions, building, copies, sharp
from footage.ingest.program import ffmpeg
from footage.models import BlurredCopy, Extraction, Freeze, Segment
from footage.replay import limits
from legal.models import Consultation
from tests import cast
from tests.footage.recorded import Stream, minutes_ago, officer, record, signed_in, stream_of, supervisor
from tests.footage.streams import Clips, run_ffmpeg

pytestmark = pytest.mark.django_db
SECONDS = dt.timedelta(seconds=1)
CASE = {"reason": "requisition", "ground": "cpp_77_1_1", "reference": "PV 2026/0412"}


@pytest.fixture(autouse=True)
def alone(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EXTRACTION_KEY_FILE = str(tmp_path / "seal" / "key.pem")
    monkeypatch.setattr(tasks, "start_building", lambda pk: None)


@pytest.fixture(scope="module")
def noise(clips: Clips) -> Stream:
    """Fine noise all over: what is blurred loses it, what is sharp keeps it."""
    path = clips.folder / "noise.mp4"
    source = "nullsrc=size=320x180:rate=15,geq=random(1)*255:128:128"
    coder = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "30", "-bf", "0", "-pix_fmt", "yuv420p"]
    run_ffmpeg("-f", "lavfi", "-i", source, "-t", "8", *coder, str(path))
    return stream_of(path)


@pytest.fixture
def eye(store: Path) -> Camera:
    return cast.camera("C885", exercise=True)


@pytest.fixture
def start(store: Path, eye: Camera, noise: Stream) -> dt.datetime:
    begin = minutes_ago(20)
    record(store, eye, noise, begin)
    return begin


@pytest.fixture
def who() -> User:
    return officer()


def asked(who: User, start: dt.datetime, **more: Any) -> Extraction:
    given: dict[str, Any] = CASE | more
    return actions.ask_extraction(actor=who, codes=["C885"], since=start, until=start + 8 * SECONDS, **given)


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.code


def detail(film: Path, crop: str, at: float = 4) -> float:
    """How much neighbouring points differ there: noise differs a lot, a blurred picture hardly."""
    done = subprocess.run(
        [ffmpeg(), "-v", "error", "-ss", str(at), "-i", str(film), "-frames:v", "1", "-vf", f"crop={crop},format=gray",
         "-f", "rawvideo", "-"], capture_output=True, check=True,
    )  # fmt: skip
    pixels = done.stdout
    return sum(abs(one - other) for one, other in itertools.pairwise(pixels)) / len(pixels)


def test_minutes_asked_for_are_not_destroyed_until_they_are_sealed(
    store: Path,
    start: dt.datetime,
    eye: Camera,
    noise: Stream,
    who: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record(store, eye, noise, start + 600 * SECONDS)
    row = asked(who, start)
    frozen = Freeze.objects.get()
    assert (frozen.since, frozen.until, frozen.cause) == (row.since, row.until, f"extraction:{row.pk}")
    assert frozen.ends_at <= start + dt.timedelta(days=31)
    keeping.purge_oldest(store, node="test/1", why="test")
    assert [segment.started_at for segment in Segment.objects.all()] == [start]
    assert Segment.objects.get().file.is_file()
    # Past its day it is shown to nobody, and still taken out for the case it was frozen for.
    monkeypatch.setattr(
        limits, "oldest_of", lambda cameras: {camera.pk: timezone.now() for camera in cameras}
    )
    assert refused(lambda: asked(who, start)) == "not-kept"
    actions.validate_extraction(actor=supervisor(), extraction=row)
    building.build(row.pk)
    row.refresh_from_db()
    assert row.state == Extraction.State.SEALED, row.error
    assert not Freeze.objects.holding().exists()
    keeping.purge_oldest(store, node="test/1", why="test")
    assert not Segment.objects.exists()


def test_what_is_refused_is_not_frozen_any_more(start: dt.datetime, who: User) -> None:
    row = asked(who, start)
    chief = supervisor()
    assert refused(lambda: actions.refuse_extraction(actor=who, extraction=row, why="no")) == "not-allowed"
    assert Freeze.objects.holding().exists()
    actions.refuse_extraction(actor=chief, extraction=row, why="Another street")
    assert not Freeze.objects.holding().exists()


def test_nothing_is_frozen_past_the_month_of_the_law(start: dt.datetime, who: User) -> None:
    asked(who, start)
    assert not Freeze.objects.holding(timezone.now() + dt.timedelta(days=31)).exists()


def test_a_copy_keeps_only_the_area_chosen_and_says_what_it_is(start: dt.datetime, who: User) -> None:
    areas = {
        "C885": [
            {"at": (start + 1 * SECONDS).isoformat(), "box": [0.0, 0.5, 0.25, 0.4], "track": 1},
            {"at": (start + 7 * SECONDS).isoformat(), "box": [0.75, 0.5, 0.25, 0.4], "track": 1},
        ]
    }
    row = asked(who, start, blurred=True, sharp=areas)
    actions.validate_extraction(actor=supervisor(), extraction=row)
    tasks.build_extraction(row.pk)
    copy = BlurredCopy.objects.get()
    row.refresh_from_db()
    assert copy.state == BlurredCopy.State.SEALED, copy.error
    assert subprocess.run(["sh", "verify.sh"], cwd=copy.path, check=False).returncode == 0
    assert subprocess.run(["sh", "verify.sh"], cwd=row.path, check=False).returncode == 0
    (film,) = copy.path.glob("C885/*_BLURRED-COPY.mp4")
    (original,) = row.path.glob("C885/*.mp4")
    manifest = json.loads((copy.path / "manifest.json").read_text())
    assert manifest["is_original"] is False
    assert manifest["copy_of"] == {"number": row.number, "manifest_sha256": row.manifest_sha256}
    assert manifest["cameras"][0]["sharp"] == areas["C885"]
    assert "ffmpeg" in manifest["method"]
    sheet = (copy.path / "sheet.txt").read_text()
    assert "ffmpeg" in sheet
    assert row.number in sheet
    # At half time the area is in the middle; left and right of it, and above, nothing can be made out.
    middle, left, above = "70:60:125:95", "80:60:0:95", "300:50:0:24"
    sharp_there = detail(original, middle)
    assert detail(film, middle) > 0.5 * sharp_there
    for blurred in (left, above):
        assert detail(film, blurred) < 0.15 * detail(original, blurred), blurred
    # Before its first moment the area is not there.
    assert detail(film, "70:60:5:95", at=0.3) < 0.15 * sharp_there


def test_the_two_persons_answer_for_the_copy_too_and_its_hand_over_is_written(
    start: dt.datetime, who: User
) -> None:
    row = asked(who, start, reason="access_request", ground="csi_l253_5", blurred=False)
    assert BlurredCopy.objects.count() == 1, "who asks for their own data gets a copy"
    client = signed_in(who)
    url = f"/footage/extractions/{row.pk}/"
    assert client.post(url + "validate/").status_code == 403
    tasks.build_extraction(row.pk)
    assert BlurredCopy.objects.get().state == BlurredCopy.State.WAITING
    assert client.post(url + "hand-over-copy/", {"recipient": "The person"}).status_code == 409
    actions.validate_extraction(actor=supervisor(), extraction=row)
    tasks.build_extraction(row.pk)
    assert "blurred copy" in client.get(url).content.decode()
    refusal = client.post(url + "hand-over/", {"recipient": "The person"})
    assert refusal.status_code == 403, "the original shows other people"
    assert client.get(url + "blurred-copy.zip").status_code == 409
    assert client.post(url + "hand-over-copy/", {"recipient": "The person"}).status_code == 302
    said = Consultation.objects.order_by("-id")[0]
    assert (said.kind, said.recipients, said.reason) == ("extraction", "The person", "access_request")
    with pytest.warns(Warning, match="asynchronous"):  # Django's client is synchronous, our server is not
        data = b"".join(client.get(url + "blurred-copy.zip"))  # type: ignore[arg-type]
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        assert not [name for name in packed.namelist() if "segments" in name]
    assert client.get(url + "package.zip").status_code == 409
    assert signed_in(officer("another")).get(url + "blurred-copy.zip").status_code == 404


def test_a_copy_begun_by_a_worker_that_died_is_made_again(
    start: dt.datetime, who: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = actions.validate_extraction(actor=supervisor(), extraction=asked(who, start, blurred=True))
    building.build(row.pk)

    def dies(*args: Any, **kwargs: Any) -> None:
        real(*args, **kwargs)
        raise KeyboardInterrupt

    real = copies.blur
    with monkeypatch.context() as patched:
        patched.setattr(copies, "blur", dies)
        with pytest.raises(KeyboardInterrupt):
            copies.build(row.pk)
    assert copies.owed() == [], "it may live"
    BlurredCopy.objects.update(beat_at=timezone.now() - dt.timedelta(minutes=2))
    tasks.build_owed_extractions()
    copy = BlurredCopy.objects.get()
    assert copy.state == BlurredCopy.State.SEALED, copy.error
    assert sorted(path.name for path in copy.path.parent.iterdir()) == [row.number, copy.number]


@pytest.mark.parametrize(
    "said",
    [
        [],
        {"C412": [{"at": "2026-11-22T12:00:00Z", "box": [0, 0, 1, 1]}]},
        {"C885": [{"at": "2026-11-22T12:00:00", "box": [0, 0, 1, 1]}]},
        {"C885": [{"at": "2026-11-22T12:00:00Z", "box": [0.5, 0, 0.6, 1]}]},
        {"C885": [{"at": "2026-11-22T12:00:00Z", "box": [0, 0, "nan", 1]}]},
        {"C885": [{"at": "2026-11-22T12:00:00Z", "box": "0:0,drawtext"}]},
        {"C885": [{"at": "2026-11-22T12:00:00Z", "box": [0, 0, 1, 1]}] * 61},
    ],
)
def test_only_areas_of_the_picture_are_taken(said: Any) -> None:
    with pytest.raises(sharp.BadArea):
        sharp.cleaned(said, ["C885"])
