"""The time of a fragment, whatever network and camera do; the camera's clock against ours (W-13)."""

from __future__ import annotations

from random import Random

from footage.boxes import Fragment
from footage.ingest.clock import Opening, SenderClock, WallClock

HALF = 500_000
EPOCH = 1_795_348_800_000_000


def fragment(number: int, sender_us: int | None = None) -> Fragment:
    return Fragment(
        data=b"",
        key=True,
        decode_time=number * HALF,
        duration=HALF,
        timescale=1_000_000,
        samples=12,
        sender_us=sender_us,
    )


def test_a_steady_camera_is_on_time() -> None:
    clock = WallClock()
    random = Random(1)
    for number in range(200):
        taken = EPOCH + number * HALF
        stamp = clock.stamp(fragment(number), taken + HALF + 20_000 + random.randint(0, 60_000))
        assert not stamp.jumped
        assert 0 <= stamp.starts_us - taken < 90_000


def test_late_fragments_in_a_bunch_are_no_jump() -> None:
    clock = WallClock()
    for number in range(100):
        taken = EPOCH + number * HALF
        late = 3_000_000 if number in (50, 51) else 0
        stamp = clock.stamp(fragment(number), taken + HALF + 20_000 + late)
        assert not stamp.jumped and abs(stamp.starts_us - taken) < 60_000


def test_the_first_fragments_of_a_run_are_placed_by_the_least_late_of_them() -> None:
    """A second of pictures comes at once, then one at its own pace: each is where it was taken, none a second late."""
    opening, clock = Opening(), WallClock()
    at = [EPOCH + 2 * HALF + n * 1000 for n in (0, 1)] + [EPOCH + 3 * HALF]
    assert opening.takes(fragment(0), at[0]) == [] == opening.takes(fragment(1), at[1])
    held = opening.takes(fragment(2), at[2])
    assert [one.decode_time for one, _at in held] == [0, HALF, 2 * HALF] and opening.is_over
    clock.settle(held)
    for number, one in enumerate(held):
        assert abs(clock.stamp(*one).starts_us - EPOCH - number * HALF) < 1000


def test_drift_is_followed() -> None:
    """100 ms in a thousand seconds: two crystals 100 ppm apart."""
    clock = WallClock()
    for number in range(2000):
        taken = EPOCH + round(number * HALF * 1.0001)
        stamp = clock.stamp(fragment(number), taken + HALF)
    assert abs(stamp.starts_us - taken) < 20_000


def test_a_clock_set_anew_is_a_jump_once() -> None:
    clock = WallClock()
    jumps = []
    for number in range(60):
        shift = 3_600_000_000 if number >= 30 else 0
        jumps.append(clock.stamp(fragment(number), EPOCH + number * HALF + HALF + shift).jumped)
    assert sum(jumps) == 1


def test_fragments_never_run_backwards() -> None:
    clock, last = WallClock(), 0
    random = Random(2)
    for number in range(300):
        stamp = clock.stamp(fragment(number), EPOCH + number * HALF + random.randint(0, 1_500_000))
        assert stamp.starts_us > last
        last = stamp.starts_us


def test_a_reporting_camera_has_its_offset_measured() -> None:
    clock = SenderClock()
    told = [clock.ahead_us(fragment(n, EPOCH + n * HALF + 2_345_000), EPOCH + n * HALF) for n in range(6)]
    assert told[:3] == [None] * 3 and told[3:] == [2_345_000] * 3


def test_a_silent_camera_has_none() -> None:
    """ffmpeg then fills in its own time, which trembles."""
    clock, random = SenderClock(), Random(3)
    filled = (fragment(n, EPOCH + n * HALF + HALF + random.randint(0, 20_000)) for n in range(100))
    assert [clock.ahead_us(one, EPOCH) for one in filled].count(None) > 95
