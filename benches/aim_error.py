"""By how many degrees a picture misses its place, after a calibration on two landmarks.

A drawn dome hangs as nobody told the centre: turned, upside down, level off, counting otherwise. Somebody clicks two
landmarks, with a hand that trembles by a few pixels and a survey that is off by decimetres. Then random targets are
aimed at through the driver, and what the picture shows is read from the device. The floor is what the same heads miss
when nothing was measured wrong: rounding of the counts, no more.

    make bench NAME=aim-error [ARGS="--targets 200 --pixels 4 --survey 0.25"]
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import random
from typing import Any

import django

from benches import report
from cameras.drivers.base import Address, Pose
from cameras.steering import aim
from places.geometry import angle_between_deg

HUNG = "hung:0.31:-174:0.12:76"
LANDMARKS = (
    (30.0, 30.0),
    (165.0, 90.0),
)  # bearing and metres, as the how-to asks: well apart, one near, one far
ZOOM = 0.1  # somebody zooms in to click
WIDTH_PX, HEIGHT_M, LENS = 1920, 7.0, aim.Lens(62, 3.2)


async def measure(targets: int, pixels: float, survey_m: float, seed: int) -> list[float]:
    """Degrees between wanted and shown."""
    from cameras.drivers.onvif import Onvif
    from tests.cameras.domes import PASSWORD, USER, Domes

    dice = random.Random(seed)
    domes = Domes(HUNG, speed=30)
    address = Address(domes.url("hung"), USER, PASSWORD)
    try:
        blind = Onvif(address)
        await blind.open()
        sightings = [await sighting(blind, domes, one, dice, pixels, survey_m) for one in LANDMARKS]
        await blind.close()
        head = aim.Head.from_sightings(sightings, mounting_azimuth_deg=0, lens=LENS, nominal=aim.Head())
        driver = Onvif(address, head)
        await driver.open()
        errors = []
        for number in range(targets):
            wanted = (dice.uniform(-110, 220), dice.uniform(-45, -2))
            await driver.aim(Pose(angle_between_deg(0, wanted[0]), wanted[1], 0.0))
            await at_rest(driver)
            state = domes.state("hung")
            errors.append(aim.apart_deg(wanted, (state["bearing_deg"], state["tilt_deg"])))
            if number < 5:  # the picture itself says the same
                looking, _pixels = domes.shown("hung")
                assert aim.apart_deg(looking[:2], (state["bearing_deg"], state["tilt_deg"])) < 0.05
        await driver.close()
    finally:
        domes.stop()
    return errors


async def sighting(
    driver: Any,
    domes: Any,
    landmark: tuple[float, float],
    dice: random.Random,
    pixels: float,
    survey_m: float,
) -> aim.Sighting:
    """A hand turns it roughly there; the landmark is clicked where it then is in the picture."""
    bearing, away = landmark
    tilt = -math.degrees(math.atan2(HEIGHT_M, away))
    rough = (bearing + dice.uniform(-8, 8), tilt + dice.uniform(-4, 4))
    await driver.aim(Pose((0.31 + rough[0] / -174) * 180, (0.12 + rough[1] / 76) * 90, ZOOM))
    await at_rest(driver)
    state = domes.state("hung")
    looking = Pose(angle_between_deg(0, state["bearing_deg"]), state["tilt_deg"], state["zoom"])
    seen = aim.seen_from((bearing, tilt), looking, LENS)
    assert seen is not None
    x, y = (part + dice.gauss(0, pixels / WIDTH_PX) for part in seen)
    surveyed = bearing + math.degrees(dice.gauss(0, survey_m / away))
    pan, counted, zoom, _moving = await driver.counts()
    return aim.Sighting(surveyed, tilt, pan, counted, zoom, x, y)


async def at_rest(driver: Any) -> None:
    while (await driver.where()).moving:
        await asyncio.sleep(0.01)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--targets", type=int, default=200)
    parser.add_argument("--pixels", type=float, default=4.0, help="how far a click trembles")
    parser.add_argument(
        "--survey", type=float, default=0.25, help="by how many metres a landmark is off on the map"
    )
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nice_supervision.settings")
    django.setup()
    errors = asyncio.run(measure(told.targets, told.pixels, told.survey, told.seed))
    floor = asyncio.run(measure(told.targets, 0.0, 0.0, told.seed))
    report.table(
        ["degrees", "p50", "p95", "max"],
        [
            [name, *(report.spread(values)[k] for k in ("p50", "p95", "max"))]
            for name, values in {"missed by": errors, "with nothing measured wrong": floor}.items()
        ],
    )
    report.line(
        "aim-error",
        value=report.percentile(errors, 95),
        floor=report.percentile(floor, 95),
        unit="degrees p95",
        targets=told.targets,
        pixels=told.pixels,
        survey_m=told.survey,
    )


if __name__ == "__main__":
    main()
