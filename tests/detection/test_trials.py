"""Trying a zone: recordings that may be gone over, a staged clip; what it leaves and what it does not (L-28, L-29)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.core.files import File
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from detection import actions, trials
from detection.models import Profile, Signal, Trial
from doors.problems import Conflict, NotAllowed
from tests import cast
from tests.detection.cast import profile, street
from tests.footage.recorded import record, stream_of
from tests.footage.streams import Clips

pytestmark = pytest.mark.django_db
ALL = [[0, 0], [1, 0], [1, 1], [0, 1]]


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    return Clips(tmp_path_factory.mktemp("clips"))


@pytest.fixture
def supervisor() -> User:
    return cast.person("supervisor")


@pytest.fixture
def store(tmp_path: Path, settings: object) -> Path:
    for name in ("FOOTAGE_ROOT", "MEDIA_ROOT"):
        (tmp_path / name).mkdir()
        setattr(settings, name, str(tmp_path / name))
    return tmp_path / "FOOTAGE_ROOT"


def intrusion() -> Profile:
    return profile(street("E1"), "zone_intrusion", zone={"points": ALL})


def asked(row: Profile, by: User, **more: object) -> Trial:
    return trials.ask_trial(
        actor=by,
        zone=row.zone,
        event_type=row.event_type,
        detector=row.detector,
        **more,  # type: ignore[arg-type]
    )


def test_the_last_hour_is_gone_over_and_nobody_is_told(store: Path, clips: Clips, supervisor: User) -> None:
    row = intrusion()
    start = timezone.now() - dt.timedelta(seconds=60)
    record(store, row.zone.camera, stream_of(clips.mp4), start)
    trial = asked(row, supervisor)
    with pytest.raises(Conflict):
        asked(row, supervisor)
    call_command("try_zone", trial.pk)
    trial.refresh_from_db()
    assert trial.state == Trial.State.DONE, trial.failure
    assert trial.seconds and trial.seconds > 1
    assert Signal.objects.count() == 0
    call_command("try_zone", trial.pk)  # told twice, run once


def test_nothing_recorded_is_said(store: Path, supervisor: User) -> None:
    trial = asked(intrusion(), supervisor)
    call_command("try_zone", trial.pk)
    trial.refresh_from_db()
    assert (trial.state, trial.failure) == (Trial.State.FAILED, "There are no pictures of that time.")


def test_a_staged_clip_is_destroyed_when_its_trial_ends(store: Path, clips: Clips, supervisor: User) -> None:
    row = profile(street("R1", exercise=False), "zone_intrusion", zone={"points": ALL})
    with clips.mp4.open("rb") as file, pytest.raises(NotAllowed):
        asked(row, supervisor, clip=File(file, name="a.mp4"))
    with clips.mp4.open("rb") as file:
        trial = asked(row, supervisor, clip=File(file, name="../../etc/family name.mp4"), staged=True)
    kept = Path(trial.clip.path)
    assert kept.exists() and "family" not in kept.name
    call_command("try_zone", trial.pk)
    trial.refresh_from_db()
    assert trial.state == Trial.State.DONE, trial.failure
    assert trials.forget_clips() == 1 and not kept.exists()
    assert trials.forget_clips() == 0


def test_what_a_worker_left_is_said_to_be_over(supervisor: User) -> None:
    trial = asked(intrusion(), supervisor)
    assert trials.owed() == [trial.pk]
    assert trials.begin(trial.pk) is not None
    assert trials.begin(trial.pk) is None
    Trial.objects.update(began_at=timezone.now() - dt.timedelta(hours=1))
    assert trials.owed() == []
    trial.refresh_from_db()
    assert trial.state == Trial.State.FAILED


def test_a_trial_counts_for_nothing(supervisor: User) -> None:
    row = intrusion()
    actions.enable_profile(actor=None, profile=row, why="Drill")
    asked(row, supervisor)
    assert not row.days.exists()
