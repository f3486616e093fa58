"""A worker and its camera: what it signals, what it must not, and what it does on bad days."""

from __future__ import annotations

import datetime as dt
import json
import struct
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError

from accounts.models import User
from cameras.models import Camera, SteeringOrder
from detection.actions import enable_profile, stop_all
from detection.models import DetectorModel, Profile, Signal, WatchState, Zone
from detection.watching import worker as worker_module
from detection.watching.pressure import Pressure, importance
from events.models import Event
from footage.boxes import Fragment
from footage.models import Freeze, ShardLease
from tests import cast
from tests.detection.cast import authorisation, profile, street
from tests.detection.films import intrusion, smaller
from tests.detection.post import Post

pytestmark = pytest.mark.django_db
QUIET_S = 8.0  # of the film, before somebody walks in


@pytest.fixture
def store(tmp_path: Path, settings: Any) -> Path:
    root = tmp_path / "footage"
    root.mkdir()
    settings.FOOTAGE_ROOT, settings.FOOTAGE_RING = str(root), str(tmp_path / "ring")
    settings.DETECTION_MODELS = str(tmp_path / "models")
    return root


def switched_on(row: Profile) -> Profile:
    actor = User.objects.filter(username="supervisor").first() or cast.person("supervisor")
    return enable_profile(actor=actor, profile=row, why="test")


@pytest.fixture
def watched(db: None) -> Profile:
    return switched_on(profile(street(), "zone_intrusion"))


@pytest.fixture
def post(store: Path, watched: Profile) -> Post:
    return Post(store, watched.zone.camera)


def row() -> WatchState:
    return WatchState.objects.get()


def told(kind: str) -> list[dict[str, Any]]:
    return [event.data for event in Event.objects.filter(kind=f"detection.{kind}").order_by("pk")]


def frames_seen(post: Post) -> int:
    return int(post.watched.scenes[0].state()["frames"])


def test_somebody_who_walks_in_is_one_card(post: Post) -> None:
    post.play(intrusion())
    signal = Signal.objects.get()
    assert (signal.event_type, signal.exercise, bool(signal.boxes)) == ("zone_intrusion", True, True)
    assert (row().due, row().state, row().skipped_s) == (True, "watching", 0)
    assert row().fps > 0 and row().holder == post.worker.lessee.node
    assert told("strained") == told("pictures_skipped") == []
    [kept] = Freeze.objects.holding()
    assert (kept.cause, kept.camera_id) == (f"signal:{signal.pk}", signal.camera_id)
    assert kept.since <= signal.clip[0] and kept.until >= signal.clip[1]
    assert kept.ends_at - signal.at < dt.timedelta(hours=13), "while it waits for its answer, and no longer"


def test_while_nothing_moves_key_pictures_are_enough(post: Post) -> None:
    post.play(intrusion(), 0, 6)
    before = frames_seen(post)
    post.play(intrusion(), 6, QUIET_S, anew=False)
    assert 1 <= frames_seen(post) - before <= 3, "one a second"


def test_what_is_told_twice_or_not_at_all_is_seen_once(post: Post) -> None:
    post.play(intrusion(), 0, 4)
    seen = [*post.watched.feed.pending]
    post.deaf = True
    post.play(intrusion(), 4, 12, anew=False)  # the broker is away, for the telling and for the asking
    post.deaf = False
    post.play(intrusion(), 12, anew=False)
    post.tells(seen)
    post.passes(3)
    assert Signal.objects.count() == 1
    assert row().skipped_s == 0 and not post.watched.feed.pending
    assert row().at.timestamp() == pytest.approx(post.now - 3, abs=0.5)


def test_without_redis_the_files_are_followed(store: Path, watched: Profile, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    post = Post(store, watched.zone.camera)
    post.deaf = True
    post.play(intrusion())
    assert Signal.objects.count() == 1 and row().skipped_s == 0


def test_a_fragment_that_cannot_be_read_costs_itself(post: Post) -> None:
    def spoil(fragment: Fragment) -> bytes:
        if not 4.9 < fragment.starts_s < 5.9:
            return fragment.data
        at = fragment.data.index(b"trun")
        return fragment.data[: at + 8] + struct.pack(">I", 90_000) + fragment.data[at + 12 :]

    post.play(intrusion(), spoil=spoil)
    assert Signal.objects.count() == 1
    [skip] = told("pictures_skipped")
    assert skip["why"] == "broken" and len(skip["cameras"]) == 1
    assert 0.5 < row().skipped_s < 2.5


def test_a_camera_set_to_another_size_is_learnt_anew(post: Post) -> None:
    post.play(intrusion(), 0, 6)
    post.play(smaller())
    assert Signal.objects.count() == 1
    assert row().state == "watching"


@pytest.mark.parametrize("jump_s", [-90, 90])
def test_a_clock_that_jumps_stops_nothing(post: Post, jump_s: int) -> None:
    post.play(intrusion(), 0, 6)
    post.clock.now += jump_s
    post.play(intrusion())
    assert Signal.objects.count() == 1
    assert row().at.timestamp() == pytest.approx(post.now, abs=3)


def test_a_camera_that_is_turned_is_not_looked_at_until_it_settles(store: Path) -> None:
    camera = street("C7")
    Camera.objects.filter(pk=camera.pk).update(kind=Camera.Kind.DOME)
    switched_on(profile(camera, "zone_intrusion"))
    post = Post(store, camera)
    post.play(intrusion(), 0, 5)
    order = SteeringOrder.objects.create(
        camera=camera, cause="incident:1", rank=1, lat=43.7, lon=7.2, bearing_deg=0, distance_m=50,
        density_px_m=60, why={}, state=SteeringOrder.State.SENT,
    )  # fmt: skip
    post.passes(1.2)
    before = frames_seen(post)
    post.play(intrusion(), 8, 12, anew=False)
    assert frames_seen(post) == before and Signal.objects.count() == 0
    assert row().state == "moving"
    SteeringOrder.objects.filter(pk=order.pk).update(state=SteeringOrder.State.DONE)
    post.play(intrusion())
    assert frames_seen(post) > before and Signal.objects.count() == 1, "what it sees now it has learnt first"


def test_another_worker_goes_on_where_one_died(post: Post) -> None:
    post.play(intrusion(), 0, 10.5)
    assert Signal.objects.count() == 1, "raised just before the end"
    reached = row().at
    post.new_worker()  # nobody said goodbye: its rows are two seconds old
    post.deaf = True
    post.play(intrusion(), 10.5, anew=False)
    assert Signal.objects.count() == 1, "the same pictures raise nothing twice"
    assert row().at > reached and row().skipped_s == 0
    assert post.watched.scenes[0].state()["learnt"], "warm from the minutes before"


def test_a_situation_that_began_before_the_death_is_signalled_after_it(post: Post) -> None:
    post.play(intrusion(), 0, 9.2)
    assert Signal.objects.count() == 0
    post.new_worker()
    post.play(intrusion(), 9.2, anew=False)
    assert Signal.objects.count() == 1


def test_two_workers_never_hold_one_camera(post: Post, watched: Profile) -> None:
    first = post.worker
    first.lessee.node = "here/1"
    post.play(intrusion(), 0, 1)
    second = post.new_worker()
    second.lessee.node = "elsewhere/1"
    post.passes(2)
    assert watched.zone.camera_id in first.cameras and not second.cameras
    ShardLease.objects.update(until=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1))
    post.passes(3)
    assert second.cameras
    post.worker = first
    post.passes(3)
    assert not first.cameras, "what it held is another's now"


def test_an_authorisation_that_ends_in_the_middle_ends_it_at_that_moment(store: Path) -> None:
    camera = street("R1", exercise=False)
    act = authorisation(camera)
    switched_on(profile(camera, "zone_intrusion"))
    post = Post(store, camera)
    post.play(intrusion(), 0, 5)
    assert post.watched is not None
    ends = dt.datetime.fromtimestamp(post.now + 2.33, dt.UTC)
    type(act).objects.filter(pk=act.pk).update(ends_at=ends)
    scene = post.watched.scenes[0]
    post.play(intrusion(), 5, anew=False)
    last = dt.datetime.fromisoformat(scene.state()["at"])
    assert last < ends and (ends - last).total_seconds() < 1.5
    assert Signal.objects.count() == 0 and post.watched is None
    assert (row().due, row().state) == (False, "off")


def test_one_button_stops_everything_within_five_seconds(post: Post) -> None:
    post.play(intrusion(), 0, 5)
    scene, stopped = post.watched.scenes[0], post.now
    stop_all(actor=cast.person("operator", "op"), why="test")
    post.play(intrusion(), 5, anew=False)
    assert dt.datetime.fromisoformat(scene.state()["at"]).timestamp() - stopped < 1.5
    assert Signal.objects.count() == 0 and post.watched is None


def test_without_the_gate_nothing_is_looked_at_and_then_it_catches_up(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.play(intrusion(), 0, 5)
    before, ask = frames_seen(post), worker_module.read

    def away(*_: object) -> None:
        raise OperationalError("the database is away")

    monkeypatch.setattr(worker_module, "read", away)
    monkeypatch.setattr(worker_module, "connection", SimpleNamespace(close=lambda: None))
    post.play(intrusion(), 5, 12, anew=False)
    assert frames_seen(post) - before <= 6, "no longer than the last answer held"
    monkeypatch.setattr(worker_module, "read", ask)
    post.play(intrusion(), 12, anew=False)
    assert Signal.objects.count() == 1 and row().skipped_s == 0


@pytest.mark.parametrize("content", [None, b"another model"])
def test_a_model_that_is_missing_or_another_one_watches_nothing(
    store: Path, settings: Any, content: bytes | None
) -> None:
    models = Path(settings.DETECTION_MODELS)
    models.mkdir()
    if content is not None:
        (models / "yolo.onnx").write_bytes(content)
    model = DetectorModel.objects.create(
        name="yolo", family="ultralytics", file="yolo.onnx", sha256="ab" * 32
    )
    switched_on(profile(street(), "zone_intrusion", detector=model))
    post = Post(store, Camera.objects.get())
    post.play(intrusion())
    post.passes(8)
    assert row().state == "refused" and Signal.objects.count() == 0
    assert [fact["why"] for fact in told("watch_failed")] == ["refused"]


def test_what_goes_wrong_with_one_camera_costs_no_other(
    post: Post, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = street("C102")
    switched_on(profile(other, "zone_intrusion"))
    post.play(intrusion(), 0, 5)
    spoilt = post.worker.cameras[other.pk].scenes[0]

    def breaks(*_: object) -> None:
        raise IndexError("a rule with a fault")

    monkeypatch.setattr(spoilt, "look", breaks)
    two = Post(post.store, other, beside=post)
    two.play(intrusion(), 0, 3)
    assert two.watched.state(round(two.now * 1e6)) == "broken"
    assert "a rule with a fault" in caplog.text
    post.play(intrusion())
    assert {signal.camera_id for signal in Signal.objects.all()} == {post.camera.pk}


def test_a_zone_outside_of_the_picture_breaks_nothing(post: Post) -> None:
    Zone.objects.update(points=[[1.4, 1.4], [1.8, 1.4], [1.8, 1.8]])
    post.play(intrusion())
    assert Signal.objects.count() == 0 and row().state == "watching"


def test_pictures_without_their_mask_are_not_looked_at(post: Post) -> None:
    post.recorder.mask = "0123456789abcdef"
    post.play(intrusion())
    assert post.watched.tally.frames == 0 and row().fps == 0
    assert row().state == "mask" and Signal.objects.count() == 0


def test_what_is_too_late_is_told_and_not_searched(post: Post) -> None:
    """L-28: software does not go through old recordings."""
    post.play(intrusion(), 0, 5)
    post.passes(2)
    post.clock.now += 600
    WatchState.objects.update(since=dt.datetime.fromtimestamp(post.now - 700, dt.UTC))
    post.new_worker()
    post.passes(3)
    [skip] = told("pictures_skipped")
    assert skip["why"] == "late" and row().skipped_s > 300


def test_what_comes_over_the_broker_is_not_trusted(post: Post) -> None:
    post.play(intrusion(), 0, 3)
    pk = post.camera.pk
    for told_path in ("../../etc/passwd", "/etc/passwd"):
        post.worker.hears(json.loads(json.dumps([[pk, "main", told_path, 0, 9, 1, 2, True, ""], ["x"], [1]])))
        post.passes(2)
    post.play(intrusion(), 3, anew=False)
    assert Signal.objects.count() == 1


def test_a_worker_that_falls_behind_sheds_says_so_and_recovers(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.play(intrusion(), 0, 5)
    look = post.worker._look
    monkeypatch.setattr(post.worker, "_look", lambda now: False)  # a machine that does nothing else
    post.play(intrusion(), 5, 12, anew=False)
    post.passes(6)
    assert post.watched.shed and row().shed and row().age_s > 8
    assert told("strained")[0] | {"age_s": 0} == {
        "worker": post.worker.lessee.node, "shed": 1, "of": 1, "codes": ["C101"], "age_s": 0,
    }  # fmt: skip
    monkeypatch.setattr(post.worker, "_look", look)
    before = frames_seen(post)
    post.passes(3)
    assert 2 <= frames_seen(post) - before <= 5, "one key picture in two seconds, never none"
    post.passes(60)
    assert not post.watched.shed and told("strained")[-1]["shed"] == 0
    assert len(told("strained")) <= 4


def test_the_least_important_go_first_and_catching_up_is_no_strain() -> None:
    real = importance(["zone_intrusion"], exercise=False)
    assert importance(["fire_start"], exercise=True) < real < importance(["fire_start"], exercise=False)
    pressure = Pressure()
    for second in range(30):
        pressure.feels(60 - 2 * second, second)
    assert pressure.share == 0, "it works off what waited"
    for second in range(40, 60):
        pressure.feels(second, second)
    assert pressure.passes_over
    assert pressure.shed([3, 1, 2]) == {1, 2, 3}
    pressure.share = 0.25
    assert pressure.shed([3, 1, 2, 4, 5, 6, 7, 8]) == {3, 1}
