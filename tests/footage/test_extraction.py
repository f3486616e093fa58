"""An extraction: two persons, bit-exact, sealed, provable with sha256sum and openssl alone (W-01, W-11…W-13)."""

from __future__ import annotations

import datetime as dt
import http.server
import io
import json
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from cameras.models import Camera
from doors.problems import Refused
from events.models import Event
from footage import tasks
from footage.extraction import actions, building, package, sealing
from footage.models import Extraction, Segment
from footage.models.extraction import root
from legal.models import Consultation
from tests.cameras.estate import camera
from tests.cast import habilitated, person
from tests.footage.recorded import (
    Stream,
    frames,
    last_ten,
    minutes_ago,
    officer,
    record,
    signed_in,
    stream_of,
    supervisor,
)
from tests.footage.streams import Clips, run_ffmpeg

pytestmark = pytest.mark.django_db
SECONDS = dt.timedelta(seconds=1)
State = Extraction.State
Ask = Callable[..., Extraction]


@pytest.fixture(scope="module")
def street(clips: Clips) -> Stream:
    path = clips.folder / "long.mp4"
    clip = clips.make("long", size="320x180", seconds=40, rate="200k", gop=30)
    run_ffmpeg("-framerate", "15", "-i", str(clip.path), "-c", "copy", str(path))
    return stream_of(path)


@pytest.fixture(autouse=True)
def alone(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own key, no broker: who tests builds."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EXTRACTION_KEY_FILE = str(tmp_path / "seal" / "key.pem")
    monkeypatch.setattr(tasks, "start_building", lambda pk: None)


@pytest.fixture
def eye() -> Camera:
    return camera("C885")


@pytest.fixture
def who() -> User:
    return officer()


@pytest.fixture
def chief() -> User:
    return supervisor()


@pytest.fixture
def ask(who: User) -> Ask:
    def asked(start: dt.datetime, end: dt.datetime, *codes: str, **more: Any) -> Extraction:
        given = {"reason": "requisition", "ground": "cpp_77_1_1", "reference": "PV 2026/0412"} | more
        return actions.ask_extraction(actor=who, codes=[*codes] or ["C885"], since=start, until=end, **given)

    return asked


@pytest.fixture
def sealed(store: Path, eye: Camera, street: Stream, ask: Ask, chief: User) -> Extraction:
    start = minutes_ago(20)
    record(store, eye, street, start)
    row = ask(start + 11 * SECONDS, start + 30 * SECONDS)
    return built(actions.validate_extraction(actor=chief, extraction=row))


def built(row: Extraction) -> Extraction:
    building.build(row.pk)
    row.refresh_from_db()
    return row


def verify(folder: Path) -> subprocess.CompletedProcess[str]:
    """What the receiver does."""
    return subprocess.run(["sh", "verify.sh"], cwd=folder, capture_output=True, text=True, check=False)


def refused(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refusal:
        act()
    return refusal.value.code


def test_the_film_is_the_recording_picture_by_picture(sealed: Extraction, eye: Camera) -> None:
    """Law §3.10: from the key frame before, to what was asked."""
    assert sealed.state == State.SEALED, sealed.error
    whole = frames(Segment.objects.get().file)
    (film,) = sealed.path.glob("C885/*.mp4")
    (segment,) = sealed.path.glob("C885/segments/*.mp4")
    # From 10 s (key frame before 11) to the end of the fragment under way at 30 s.
    assert frames(segment) == frames(film) == whole[150 : 150 + len(frames(film))]
    assert 300 <= len(frames(film)) <= 308


def test_segments_are_the_bytes_of_the_store(sealed: Extraction) -> None:
    manifest = json.loads((sealed.path / "manifest.json").read_text())
    file = next(one for one in manifest["cameras"][0]["files"] if one["kind"] == "segment")
    source = file["source"]
    recorded = Segment.objects.get(path=source["recorded_file"])
    stored = recorded.file.read_bytes()
    taken = stored[: source["init_bytes"]] + stored[source["from_byte"] : source["to_byte"]]
    assert (sealed.path / file["name"]).read_bytes() == taken
    assert source["recorded_sha256"] == recorded.sha256


def test_anybody_verifies_it_with_two_programs(sealed: Extraction) -> None:
    done = verify(sealed.path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Signature Verified Successfully" in done.stdout


def test_one_byte_changed_anywhere_is_seen(sealed: Extraction, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    names = [path.relative_to(sealed.path) for path in sealed.path.rglob("*") if path.is_file()]
    assert len(names) == 8
    for name in names:
        if name.name == "verify.sh":
            continue  # what verifies is named in the sheet, and its checksum is in the list
        shutil.copytree(sealed.path, copy)
        path = copy / name
        for folder in [copy, *copy.rglob("*")]:
            folder.chmod(0o755)
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
        assert verify(copy).returncode != 0, name
        shutil.rmtree(copy)


def test_the_manifest_says_what_w_12_asks(sealed: Extraction) -> None:
    said = json.loads((sealed.path / "manifest.json").read_text())
    assert said["number"] == sealed.number
    assert said["software"] == {"name": "Nice Supervision", "version": "0.1.0"}
    assert said["ground"] == "cpp_77_1_1"
    assert said["asked_by"] == "Evidence officer"
    (told,) = said["cameras"]
    assert told["code"] == "C885"
    assert told["place"]["lat"] == pytest.approx(43.69, abs=0.05)
    assert told["clock"]["camera_ahead_ms"] is None
    assert told["missing"] == []
    assert "officer" not in (sealed.path / "manifest.json").read_text().replace("Evidence officer", "")
    assert sealed.number in (sealed.path / "sheet.txt").read_text()


def test_gaps_two_files_and_a_growing_one(
    store: Path, eye: Camera, street: Stream, ask: Ask, chief: User
) -> None:
    start = last_ten() - 20 * SECONDS
    rows = record(store, eye, street, start)
    rows += record(store, eye, street, start + 60 * SECONDS, close=False)
    row = ask(start, start + 90 * SECONDS)
    built(actions.validate_extraction(actor=chief, extraction=row))
    said = json.loads((row.path / "manifest.json").read_text())["cameras"][0]
    assert [file["kind"] for file in said["files"]] == ["segment"] * 3 + ["film"]
    assert len(said["missing"]) == 1
    (film,) = row.path.glob("C885/*.mp4")
    whole = [md5 for segment in rows for md5 in frames(segment.file)]
    got = frames(film, "-fflags", "+genpts")
    assert got[:600] == whole[:600]
    assert verify(row.path).returncode == 0


def test_two_persons(store: Path, eye: Camera, street: Stream, chief: User) -> None:
    """W-01, in the page's words, in the action and in the database."""
    both = officer("both")
    start = minutes_ago(20)
    row = actions.ask_extraction(
        actor=both,
        codes=["C885"],
        since=start,
        until=start + 9 * SECONDS,
        reason="requisition",
        ground="cpp_60_1",
        reference="PV 1",
    )
    assert refused(lambda: actions.validate_extraction(actor=both, extraction=row)) == "not-allowed"
    Extraction.objects.filter(pk=row.pk).update(requester=chief)
    assert refused(lambda: actions.validate_extraction(actor=chief, extraction=row)) == "two-persons"
    page = signed_in(chief).post(f"/footage/extractions/{row.pk}/validate/")
    assert page.status_code == 403
    assert "somebody else validates it" in page.content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        Extraction.objects.filter(pk=row.pk).update(validator=chief, state=State.VALIDATED)


def test_the_consultation_of_each_camera(eye: Camera, ask: Ask) -> None:
    camera("C412")
    start = minutes_ago(20)
    ask(start, start + 9 * SECONDS, "C885", "C412")
    rows = Consultation.objects.order_by("camera_code")
    assert [(row.camera_code, row.kind, row.ground) for row in rows] == [
        ("C412", "extraction", "cpp_77_1_1"),
        ("C885", "extraction", "cpp_77_1_1"),
    ]


def test_what_is_missing_is_refused_and_leaves_nothing(eye: Camera, ask: Ask, who: User) -> None:
    start = minutes_ago(20)
    end = start + 9 * SECONDS
    habilitation = who.habilitations.get()
    for code, act in (
        ("extraction-asked", lambda: ask(start, end, reference="")),
        ("extraction-asked", lambda: ask(start, end, ground="because")),
        ("extraction-asked", lambda: ask(start, end, reason="watch")),
        ("extraction-asked", lambda: ask(start, end, "NOBODY")),
        ("not-kept", lambda: ask(start - dt.timedelta(days=12), end - dt.timedelta(days=12))),
        ("period-long", lambda: ask(start - dt.timedelta(hours=30), end)),
    ):
        assert refused(act) == code
    habilitation.all_cameras, habilitation.camera_codes = False, ["C412"]
    habilitation.save()
    assert refused(lambda: ask(start, end)) == "habilitation-scope"
    habilitated(operator := person(Role.OPERATOR))
    given = {"reason": "requisition", "ground": "cpp_60_1", "reference": "1"}
    act = lambda: actions.ask_extraction(  # noqa: E731
        actor=operator, codes=["C885"], since=start, until=end, **given
    )
    assert refused(act) == "not-allowed"
    assert not Extraction.objects.exists()
    assert not Consultation.objects.exists()


def test_nothing_recorded_is_said(store: Path, eye: Camera, ask: Ask, chief: User) -> None:
    start = minutes_ago(20)
    row = ask(start, start + 9 * SECONDS)
    built(actions.validate_extraction(actor=chief, extraction=row))
    row.refresh_from_db()
    assert (row.state, row.error) == (State.FAILED, "nothing-recorded")
    assert not row.path.exists()


class Died(BaseException):
    """kill -9, as far as one process can tell."""


STEPS = [
    (building, "Package"),
    (package, "copy_segment"),
    (package, "copy_film"),
    (package, "sheet"),
    (sealing, "stamp"),
    (building, "_sealed"),
    (building.Path, "rename"),
]


@pytest.mark.parametrize(("module", "step"), STEPS, ids=lambda x: x if isinstance(x, str) else "")
@pytest.mark.parametrize("when", ["before", "after"])
def test_whatever_step_it_dies_at_the_next_worker_goes_on(
    store: Path,
    eye: Camera,
    street: Stream,
    ask: Ask,
    chief: User,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    step: str,
    when: str,
) -> None:
    start = minutes_ago(20)
    record(store, eye, street, start)
    row = actions.validate_extraction(actor=chief, extraction=ask(start, start + 30 * SECONDS))
    real = getattr(module, step)

    def dies(*args: Any, **kwargs: Any) -> Any:
        if when == "after":
            real(*args, **kwargs)
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(module, step, dies)
        with pytest.raises(Died), transaction.atomic():
            building.build(row.pk)
            pytest.fail("it did not die")
    Extraction.objects.filter(pk=row.pk).update(
        state=State.BUILDING, holder="dead", beat_at=timezone.now(), sealed_at=None
    )
    assert built(row).state == State.BUILDING, "a worker that lives is left alone"
    Extraction.objects.filter(pk=row.pk).update(beat_at=timezone.now() - dt.timedelta(minutes=2))
    assert row.pk in building.owed()
    assert built(row).state == State.SEALED, row.error
    assert verify(row.path).returncode == 0
    assert [path.name for path in root().iterdir()] == [row.number]


def test_a_worker_taken_for_dead_seals_nothing(
    store: Path, eye: Camera, street: Stream, ask: Ask, chief: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = minutes_ago(20)
    record(store, eye, street, start)
    row = actions.validate_extraction(actor=chief, extraction=ask(start, start + 30 * SECONDS))
    real = package.sheet

    def meanwhile(*args: Any) -> str:
        Extraction.objects.filter(pk=row.pk).update(holder="another")
        return real(*args)

    monkeypatch.setattr(package, "sheet", meanwhile)
    assert built(row).state == State.BUILDING
    assert not row.path.exists()


def test_handing_over_names_who_receives_it_before_a_byte_is_given(sealed: Extraction, who: User) -> None:
    client = signed_in(who)
    url = f"/footage/extractions/{sealed.pk}/"
    assert client.get(url + "package.zip").status_code == 409
    assert client.post(url + "hand-over/", {"recipient": " "}).status_code == 400
    done = client.post(url + "hand-over/", {"recipient": "Police station, OPJ on duty", "medium": "DVD 12"})
    assert done.status_code == 302
    row = Consultation.objects.order_by("-id")[0]
    assert (row.kind, row.recipients) == ("extraction", "Police station, OPJ on duty")
    answer = client.get(url + "package.zip")
    with pytest.warns(Warning, match="asynchronous"):  # Django's client is synchronous, our server is not
        data = b"".join(answer)  # type: ignore[arg-type]
    folder = sealed.path.parent / "received"
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        packed.extractall(folder)
    assert verify(folder / sealed.number).returncode == 0
    assert signed_in(officer("another")).get(url + "package.zip").status_code == 404
    kinds = list(
        Event.objects.filter(kind__startswith="footage.extraction")
        .order_by("id")
        .values_list("kind", flat=True)
    )
    assert [kind.removeprefix("footage.extraction_") for kind in kinds] == [
        "asked",
        "validated",
        "sealed",
        "handed_over",
    ]


def test_the_pages(sealed: Extraction, who: User, chief: User, eye: Camera) -> None:
    client = signed_in(who)
    assert sealed.number in client.get("/footage/extractions/").content.decode()
    assert signed_in(officer("another")).get(f"/footage/extractions/{sealed.pk}/").status_code == 404
    assert signed_in(person(Role.OPERATOR)).get("/footage/extractions/").status_code == 403
    start = timezone.localtime(minutes_ago(30))
    said = {
        "cameras": ["C885"],
        "since": start.strftime("%Y-%m-%dT%H:%M:%S"),
        "until": (start + 9 * SECONDS).strftime("%Y-%m-%dT%H:%M:%S"),
        "reason": "requisition",
        "ground": "cpp_60_1",
        "reference": "PV 7",
    }
    asked = client.post("/footage/extractions/ask/", said)
    assert asked.status_code == 302, asked.content.decode()
    row = Extraction.objects.get(reference="PV 7")
    assert row.since == start
    url = f"/footage/extractions/{row.pk}/"
    assert signed_in(chief).post(url + "refuse/", {"why": "Not the right street"}).status_code == 302
    assert "Not the right street" in client.get(url).content.decode()
    Extraction.objects.filter(pk=row.pk).update(state=State.BUILDING, validator=chief, progress=42)
    assert "42 %" in client.get(url + "progress/").content.decode()


def test_at_a_terminal_it_is_the_same(
    store: Path, eye: Camera, street: Stream, who: User, chief: User
) -> None:
    start = minutes_ago(20)
    record(store, eye, street, start)
    given = {"reason": "requisition", "ground": "cpp_60_1", "reference": "PV 9"}
    when = {"since": start.isoformat(), "until": (start + 20 * SECONDS).isoformat()}
    out = io.StringIO()
    call_command("extract", user=who.username, camera=["C885"], **given, **when, stdout=out)
    row = Extraction.objects.get()
    assert row.number in out.getvalue()
    with pytest.raises(CommandError, match="right"):
        call_command("extract", user=who.username, validate=row.pk, stdout=out)
    call_command("extract", user=chief.username, validate=row.pk, stdout=out)
    row.refresh_from_db()
    assert row.state == State.SEALED
    assert verify(row.path).returncode == 0


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A time-stamp authority of `openssl ts` behind HTTP."""
    folder = tmp_path / "tsa"
    folder.mkdir()
    (folder / "serial").write_text("01\n")
    (folder / "tsa.cnf").write_text(
        "[req]\ndistinguished_name=dn\n[dn]\n[ext]\nextendedKeyUsage=critical,timeStamping\n"
        "[tsa]\ndefault_tsa=one\n[one]\nserial=serial\nsigner_cert=cert.pem\nsigner_key=key.pem\n"
        "certs=cert.pem\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\n"
        "crypto_device=builtin\nordering=no\ntsa_name=no\ness_cert_id_chain=no\n"
    )
    openssl = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-subj", "/CN=TSA"]
    openssl += ["-keyout", "key.pem", "-out", "cert.pem", "-config", "tsa.cnf", "-extensions", "ext"]
    subprocess.run(openssl, cwd=folder, check=True, capture_output=True)

    class Door(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            (folder / "q.tsq").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            reply = ["openssl", "ts", "-reply", "-queryfile", "q.tsq", "-config", "tsa.cnf", "-out", "r.tsr"]
            subprocess.run(reply, cwd=folder, check=True, capture_output=True)
            self.send_response(200)
            self.end_headers()
            self.wfile.write((folder / "r.tsr").read_bytes())

        def log_message(self, *args: object) -> None:
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Door)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", folder / "cert.pem"
    server.shutdown()
    server.server_close()


def test_a_time_stamp_of_an_authority(
    store: Path,
    eye: Camera,
    street: Stream,
    ask: Ask,
    chief: User,
    settings: Any,
    authority: tuple[str, Path],
    tmp_path: Path,
) -> None:
    settings.EXTRACTION_TSA_URL, certificate = authority
    start = minutes_ago(20)
    record(store, eye, street, start)
    row = built(actions.validate_extraction(actor=chief, extraction=ask(start, start + 9 * SECONDS)))
    assert (row.state, row.stamped) == (State.SEALED, True)

    def holds(manifest: Path) -> bool:
        arguments = [
            "-data",
            str(manifest),
            "-in",
            str(row.path / "manifest.tsr"),
            "-CAfile",
            str(certificate),
        ]
        done = subprocess.run(["openssl", "ts", "-verify", *arguments], capture_output=True, check=False)
        return done.returncode == 0 and b"Verification: OK" in done.stdout

    assert holds(row.path / "manifest.json")
    changed = tmp_path / "manifest.json"
    changed.write_bytes((row.path / "manifest.json").read_bytes() + b" ")
    assert not holds(changed)


def test_without_its_authority_nothing_is_sealed(
    store: Path, eye: Camera, street: Stream, ask: Ask, chief: User, settings: Any
) -> None:
    settings.EXTRACTION_TSA_URL = "http://127.0.0.1:1/"
    start = minutes_ago(20)
    record(store, eye, street, start)
    row = built(actions.validate_extraction(actor=chief, extraction=ask(start, start + 9 * SECONDS)))
    assert row.state == State.BUILDING
    assert "authority does not answer" in row.error
    Extraction.objects.update(tries=building.TRIES - 1, beat_at=None)
    assert built(row).state == State.FAILED
    settings.EXTRACTION_TSA_URL = ""
    actions.build_again(actor=chief, extraction=row)
    assert built(row).state == State.SEALED
