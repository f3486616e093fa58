"""What a picture says of its camera: drawn streets with something wrong, and with weather that is nothing wrong."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pytest

from accounts.roles import Role
from footage.health import eyesight, measure
from footage.health.actions import dismiss_order, report_fault
from footage.health.checker import Checker, Frame
from footage.health.eyesight import Eyesight
from footage.health.judge import Kind, Word, looks_elsewhere
from footage.health.light import Light, light_at, sun_elevation_deg
from footage.health.patience import Patience
from footage.health.picture import decoded
from footage.health.usual import Usual
from footage.models import CameraReference
from places.geometry import Point
from tests.cameras.estate import camera
from tests.cast import person
from tests.footage import faults, sights
from tests.footage.streams import until

pytestmark = [pytest.mark.slow]
NICE = Point(43.7, 7.27)


@cache
def avenue() -> Usual:
    return sights.learned("avenue")


def sent_for(alter: faults.Alter | None, minutes: int = 40, **changes: float) -> list[Kind]:
    shown = sights.altered(faults.minutes("avenue", 3, first=11, **changes), alter)
    told = sights.measured(shown)
    return sights.orders(sights.judged(told[1:], avenue(), told[0].small), minutes)


@pytest.mark.parametrize(
    ("kind", "alter", "changes"),
    [
        (Kind.DARK, faults.cap, {}),
        (Kind.COVERED, faults.sprayed(0.85), {}),
        (Kind.BLURRED, faults.blurred(3), {}),
        (Kind.MOVED, None, {"pan_deg": 3.0}),
        (Kind.MOVED, None, {"tilt_deg": 14.0}),
    ],
    ids=["a cap", "paint", "out of focus", "turned by 3°", "tilted by 3°"],
)
def test_a_fault_is_found_and_called_by_its_name(
    kind: Kind, alter: faults.Alter | None, changes: dict[str, float]
) -> None:
    assert sent_for(alter, **changes) == [kind]


@pytest.mark.parametrize(
    "alter",
    [None, faults.rain, faults.drops, faults.fog, faults.shadow, faults.shaken, faults.lorry(0.35)],
    ids=["nothing", "rain", "drops", "fog", "a shadow", "wind", "a parked van"],
)
def test_weather_is_no_fault(alter: faults.Alter | None) -> None:
    assert sent_for(alter, minutes=90) == []


def test_a_lorry_before_the_lens_drives_on() -> None:
    assert sent_for(faults.lorry(0.9), minutes=8) == []


def test_a_picture_that_never_changes_is_frozen_though_its_clock_goes_on() -> None:
    (shown,) = faults.minutes("avenue", 1)
    told = [m for crf in (27, 28, 27) for m in sights.measured([shown], noise=0, crf=crf)]
    assert sights.orders(sights.judged(told[1:], avenue(), told[0].small), 20) == [Kind.FROZEN]


def test_it_takes_a_key_frame_and_nothing_else() -> None:
    (film,) = faults.films(faults.minutes("avenue", 1))
    grey = decoded(film)
    assert grey is not None and grey.shape == (360, 640) and 100 < grey.mean() < 160
    assert decoded(film[: len(film) // 2]) is None or decoded(b"rubbish" * 99) is None
    assert decoded(b"") is None


def test_what_is_kept_is_no_picture() -> None:
    """Edges of a raster of 160 × 90 and one mean for each of 144 blocks: read back, the street is recognised."""
    usual = avenue()
    raw = usual.packed()
    assert len(raw) == 2 * 160 * 90 + 16 * 9
    read = Usual.unpacked(
        raw, sharpness=usual.sharpness, brightness=usual.brightness, pictures=usual.pictures
    )
    assert np.abs(read.edges - usual.edges).max() < 0.01
    (same, other) = (
        sights.measured(faults.minutes("avenue", 1, first=5, **turned))[0]
        for turned in ({}, {"pan_deg": 60.0})
    )
    assert not looks_elsewhere(same, read) and looks_elsewhere(other, read)
    with pytest.raises(ValueError, match="not the edges"):
        Usual.unpacked(raw[:-1], sharpness=1, brightness=1, pictures=9)


def test_one_bad_picture_in_a_shower_is_no_order_and_a_good_one_begins_the_count_anew() -> None:
    patience, minute = Patience(), 60.0
    bad, good, nothing = Word(True), Word(False), Word(None)
    told = [
        (n * minute, list(patience.hears({Kind.DARK: word}, n * minute)))
        for n, word in enumerate([bad, bad, bad, bad, good, bad, nothing, bad, bad, bad, bad, bad])
    ]
    assert [at for at, said in told if said] == [10 * minute]
    later = [list(patience.hears({Kind.DARK: good}, (12 + n) * minute)) for n in range(12)]
    assert [said for said in later if said] == [[(Kind.DARK, False)]]
    assert later.index([(Kind.DARK, False)]) == 10


@pytest.mark.parametrize(
    ("at", "light"),
    [
        ("2026-06-21T12:00+00:00", Light.DAY),
        ("2026-12-21T12:00+00:00", Light.DAY),
        ("2026-12-21T15:57+00:00", None),  # the sun has just set in Nice
        ("2026-12-21T17:30+00:00", Light.NIGHT),
        ("2026-06-21T01:00+00:00", Light.NIGHT),
    ],
)
def test_the_sun_tells_day_from_night(at: str, light: Light | None) -> None:
    assert light_at(NICE, dt.datetime.fromisoformat(at)) == light


def test_the_sun_stands_where_the_almanac_says() -> None:
    """Solar noon at the solstices: 90° − latitude ± the tilt of the axis."""
    noon = dt.datetime(2026, 6, 21, 11, 32, 50, tzinfo=dt.UTC)
    assert sun_elevation_deg(NICE, noon) == pytest.approx(90 - 43.7 + 23.44, abs=0.1)


@pytest.mark.django_db
def test_a_camera_learns_its_street_is_turned_and_is_learned_anew_when_people_say_so() -> None:
    """As `run_cameras` does: a day's pictures, the row of what is usual, the fault, the word of a person."""
    eye = camera("C1", kind="fixed")
    noon = dt.datetime(2026, 6, 21, 11, tzinfo=dt.UTC)

    def shown(pictures: list[measure.Measured], sight: Eyesight, begins: int) -> list[tuple[Kind, bool]]:
        seen = []
        for n, told in enumerate(pictures, begins):
            seen += [
                (kind, stands) for kind, stands, _ in sight.sees(told, noon + n * dt.timedelta(seconds=61))
            ]
        return seen

    sight = Eyesight.read(eye.pk, "1280x704")
    assert shown(sights.measured(faults.minutes("avenue", 8)), sight, 0) == []
    row = CameraReference.objects.get()
    assert (row.pose, row.light, row.pictures) == ("", "day", 8)
    turned = sights.measured(faults.minutes("avenue", 3, first=11, pan_deg=5.0)) * 8
    sight = Eyesight.read(eye.pk, "1280x704")  # another node takes over, and knows what this one learned
    assert shown(turned[:8], sight, 10) == [], "not yet"
    assert shown(turned[8:16], sight, 18) == [(Kind.MOVED, True)]
    assert shown(turned[:8], Eyesight.read(eye.pk, "640x360"), 30) == [], (
        "another picture size is learned anew"
    )
    order = report_fault(camera_id=eye.pk, kind=Kind.MOVED, evidence={})
    assert order is not None
    dismiss_order(order=order, actor=person(Role.TECHNICIAN), words="turned on purpose")
    again = Eyesight.read(eye.pk, "1280x704")
    again.goes_on_from(sight)
    assert shown(turned, again, 40) == [(Kind.MOVED, False)], "what it sees now is what is usual"
    assert CameraReference.objects.get().pk != row.pk


@pytest.mark.django_db(transaction=True)
def test_the_thread_of_run_cameras_looks_learns_and_survives_rubbish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(eyesight, "light_at", lambda place, at: Light.DAY)
    told: list[tuple[object, ...]] = []
    checker = Checker(lambda *said: told.append(said))
    eye = camera("C1", kind="fixed")
    checker.start()
    try:
        checker.offer(eye.pk, Frame(b"rubbish" * 99, "1280x704"))
        checker.offer(eye.pk + 1, Frame(faults.films(faults.minutes("avenue", 1))[0], "1280x704"))
        for film in faults.films(faults.minutes("avenue", 8)):
            checker.offer(eye.pk, Frame(film, "1280x704"))
            until(lambda: not checker._frames, 20)
        until(CameraReference.objects.filter(camera=eye, pictures=8).exists, 20)
    finally:
        checker.finish()
    assert not checker.is_alive() and told == []
