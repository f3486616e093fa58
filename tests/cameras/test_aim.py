"""Where a head must look, and what its motors count: pure maths against heads whose secret is known."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cameras.drivers.base import Pose
from cameras.steering import aim
from cameras.steering.aim import Axis, CannotAim, Head, Lens, Sighting
from places.geometry import angle_between_deg, destination
from tests.cameras.estate import PLACE, dome

LENS = Lens(62, 3.2)
ANGLE = st.floats(-80, 80)


def seen(head: Head, bearing: float, tilt: float, *, x: float = 0, y: float = 0, zoom: float = 0) -> Sighting:
    """A landmark in that true direction, at (x, y) of the picture of a head whose secret is `head`."""
    # Where the middle must look so that (x, y) looks at the landmark: found by trying, not by the code under test.
    pan, elevation = bearing, tilt
    for _ in range(40):
        at = aim.ray(Pose(pan, elevation, zoom), x, y, LENS)
        pan += angle_between_deg(at[0], bearing)
        elevation += tilt - at[1]
    return Sighting(bearing, tilt, *head.counts(Pose(pan, elevation, zoom)), zoom, x, y)


@pytest.mark.parametrize("per_pan", [180.0, -180.0, 174.0, -169.5])
@pytest.mark.parametrize("x", [0.0, 0.3])
def test_two_landmarks_tell_what_a_head_counts(per_pan: float, x: float) -> None:
    secret = Head(Axis(0.31, per_pan), Axis(0.12, 76.0))
    sightings = [seen(secret, 20, -25, x=x, y=-0.2), seen(secret, 110, -5, x=-x, y=0.3, zoom=0.2)]
    found = Head.from_sightings(sightings, mounting_azimuth_deg=0, lens=LENS, nominal=Head())
    for pan in range(-60, 60, 7):
        mine, theirs = found.counts(Pose(pan, -10, 0)), secret.counts(Pose(pan, -10, 0))
        assert mine == pytest.approx(theirs, abs=0.0005)


def test_landmarks_at_one_height_leave_the_scale_of_tilt_alone() -> None:
    secret = Head(Axis(0.1, 180.0), Axis(-0.05, 90.0))
    sightings = [seen(secret, 10, -8), seen(secret, 80, -9)]
    found = Head.from_sightings(sightings, mounting_azimuth_deg=0, lens=LENS, nominal=Head())
    assert found.tilt.per_count_deg == 90.0
    assert found.counts(Pose(45, -8.5, 0)) == pytest.approx(secret.counts(Pose(45, -8.5, 0)), abs=0.001)


def test_many_targets_after_two_landmarks() -> None:
    """Clicks tremble by two pixels of 1920, the survey by 20 cm: p95 stays under a degree."""
    dice = random.Random(7)
    secret = Head(Axis(-0.4, -180.0), Axis(0.08, 81.0))
    near, far = seen(secret, 30, -22), seen(secret, 150, -4)
    shaken = [
        one._replace(
            bearing_deg=one.bearing_deg + dice.gauss(0, 0.4), x=dice.gauss(0, 0.001), y=dice.gauss(0, 0.001)
        )
        for one in (near, far)
    ]
    found = Head.from_sightings(shaken, mounting_azimuth_deg=0, lens=LENS, nominal=Head())
    errors = []
    for _ in range(200):
        wanted = (dice.uniform(-180, 180), dice.uniform(-40, 0))
        pose = secret.pose(*found.counts(Pose(*wanted, 0)), 0)
        errors.append(aim.apart_deg(wanted, (pose.pan_deg, pose.tilt_deg)))
    assert sorted(errors)[190] <= 1.0


@given(ANGLE, st.floats(-80, 20), st.floats(0, 1), st.floats(-0.49, 0.49), st.floats(-0.49, 0.49))
def test_a_place_in_the_picture_and_its_direction_are_one(
    pan: float, tilt: float, zoom: float, x: float, y: float
) -> None:
    pose = Pose(pan, tilt, zoom)
    assert aim.seen_from(aim.ray(pose, x, y, LENS), pose, LENS) == pytest.approx((x, y), abs=1e-6)


def test_beyond_the_ends_says_by_how_much() -> None:
    narrow = Head(Axis(0, 150.0), Axis(0, 90, -0.5, 0.1))
    for pose, code, by in [
        (Pose(170, 0, 0), "beyond_pan", 20),
        (Pose(0, -60, 0), "too_low", 15),
        (Pose(0, 20, 0), "too_high", 11),
    ]:
        with pytest.raises(CannotAim) as caught:
            narrow.counts(pose)
        assert (caught.value.reason.code, caught.value.reason.figures["by"]) == (code, by)


def test_zoom_gives_the_wanted_width_where_the_lens_can(db: None) -> None:
    one = dome("D1", from_place=(180, 60), height_m=6)
    pose = aim.pose_for(one, PLACE, field_width_m=10)
    width = 2 * 60.2 * math.tan(math.radians(aim.lens_of(one).hfov_deg(pose.zoom)) / 2)
    assert width == pytest.approx(10, rel=0.02)
    assert pose.tilt_deg == pytest.approx(-4.57, abs=0.05) and abs(pose.pan_deg) < 0.01
    near = destination(one.point, 0, 3)
    assert aim.pose_for(one, near).zoom == 0, "wider than the lens: as wide as it goes"
