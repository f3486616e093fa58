"""Evidence handed over: thirty days more, then the package goes for good and its row says that there was one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from accounts.roles import Role
from footage.models import BlurredCopy, Extraction
from retention import engine
from retention.models import Destruction, Lateness
from tests.cast import person
from tests.footage.recorded import signed_in
from tests.retention.travel import DAY, HOUR, Time

pytestmark = pytest.mark.django_db


@pytest.fixture
def handed(store: Path, time_: Time, settings: Any) -> Extraction:
    """Sealed and handed over thirty-one days ago, with a blurred copy that was given later."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    officer = person(Role.EVIDENCE_OFFICER)
    row = Extraction.objects.create(
        since=time_.now - 40 * DAY,
        until=time_.now - 40 * DAY + HOUR,
        reason="access_request",
        ground="csi_l253_5",
        reference="DA 12",
        requester=officer,
        validator=person(Role.SUPERVISOR),
        state="handed_over",
        sealed_at=time_.now - 32 * DAY,
        handed_at=time_.now - 31 * DAY,
        handed_by=officer,
        manifest_sha256="a" * 64,
        bytes=7,
    )
    Extraction.objects.filter(pk=row.pk).update(folder=row.number)
    copy = BlurredCopy.objects.create(
        extraction=row,
        state="sealed",
        sealed_at=time_.now,
        handed_at=time_.now,
        manifest_sha256="b" * 64,
        bytes=7,
    )
    for folder in (row.path, copy.path):
        (folder / "C1").mkdir(parents=True)
        (folder / "C1" / "film.mp4").write_bytes(b"picture")
        (folder / "C1").chmod(0o550)
        folder.chmod(0o550)
    return row


def test_it_is_given_to_nobody_from_then_on(handed: Extraction, time_: Time) -> None:
    client = signed_in(handed.requester)
    assert client.get(f"/footage/extractions/{handed.pk}/package.zip").status_code == 404
    Extraction.objects.update(handed_at=time_.now - 29 * DAY)
    assert client.get(f"/footage/extractions/{handed.pk}/package.zip").status_code == 200


def test_package_and_copy_go_and_the_row_stays(handed: Extraction, time_: Time) -> None:
    assert handed.path.is_dir()
    run = engine.purge()
    assert run is not None and run.failures == {}
    assert not handed.path.exists() and not handed.blurred.path.exists()
    told = Destruction.objects.get(what="footage.Extraction")
    assert (told.scope, told.files, told.names_sha256, told.days) == (handed.number, 1, "a" * 64, 30)
    assert told.finished_at is not None
    handed.refresh_from_db()
    assert (handed.folder, handed.state) == ("", "handed_over")
    assert not Lateness.objects.filter(items__gt=0)
    assert engine.purge().files == 0  # type: ignore[union-attr]


def test_one_day_before_it_stays(handed: Extraction, time_: Time) -> None:
    Extraction.objects.update(handed_at=time_.now - 29 * DAY)
    engine.purge()
    assert (handed.path / "C1" / "film.mp4").is_file()
