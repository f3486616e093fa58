from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cameras import optics
from cameras.optics import Band

angles = st.floats(0.5, 170)
metres = st.floats(1, 5000)


def test_a_lens_of_90_degrees_sees_twice_the_distance_in_width() -> None:
    # 1920 px over 2 x 50 m x tan 45 deg = 100 m
    assert optics.density_px_m(1920, 50, 90) == pytest.approx(19.2)


def test_a_zoomed_dome_recognises_at_200_m() -> None:
    # 2 x 200 x tan 2 deg = 13.97 m wide
    density = optics.density_px_m(1920, 200, 4)
    assert density == pytest.approx(137.45, abs=0.01)
    assert optics.band(density) == Band.RECOGNISE


def test_a_360_camera_spreads_its_pixels_over_the_circle() -> None:
    # 4000 px over 2 pi x 10 m = 62.83 m
    assert optics.panoramic_density_px_m(4000, 10) == pytest.approx(63.66, abs=0.01)


@pytest.mark.parametrize(
    ("density", "expected"),
    [
        (250, Band.IDENTIFY),
        (249.99, Band.RECOGNISE),
        (125, Band.RECOGNISE),
        (124.99, Band.OBSERVE),
        (62, Band.OBSERVE),
        (25, Band.DETECT),
        (12.5, Band.MONITOR),
        (12.49, None),
    ],
)
def test_a_view_below_250_px_m_is_never_called_identify(density: float, expected: Band | None) -> None:
    assert optics.band(density) == expected


@given(metres, angles)
def test_zooming_for_a_width_gives_that_width(distance_m: float, hfov_deg: float) -> None:
    width_m = optics.field_width_m(distance_m, hfov_deg)
    assert optics.hfov_for_width_deg(width_m, distance_m) == pytest.approx(hfov_deg, rel=1e-6)


@given(st.integers(320, 8000), angles, st.sampled_from(list(optics.FROM_PX_M.values())))
def test_at_its_reach_a_band_begins(width_px: int, hfov_deg: float, wanted: float) -> None:
    reach_m = optics.reach_m(width_px, hfov_deg, wanted)
    if reach_m > optics.NEAREST_M:
        assert optics.density_px_m(width_px, reach_m, hfov_deg) == pytest.approx(wanted)


def test_at_the_foot_of_the_mast_the_density_is_finite() -> None:
    assert optics.density_px_m(1920, 0, 60) == optics.density_px_m(1920, optics.NEAREST_M, 60)


@pytest.mark.parametrize(
    ("bearing", "azimuth", "off"),
    [(44, 0, 0), (45, 0, 0), (50, 0, 5), (350, 10, 0), (310, 10, 15), (180, 0, 135)],
)
def test_off_field_counts_across_north(bearing: float, azimuth: float, off: float) -> None:
    assert optics.off_field_deg(bearing, azimuth, 90) == pytest.approx(off)
    assert optics.in_field(bearing, azimuth, 90) == (off == 0)


def test_pan_and_tilt_follow_the_formula_of_the_law_page() -> None:
    assert optics.pan_deg(10, 350) == pytest.approx(20)
    assert optics.tilt_deg(10, 10) == pytest.approx(45)
