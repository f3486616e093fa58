"""The ONVIF driver on a device, and that device under clients that are not ours."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import onvif
import pytest
import zeep
from zeep.wsse.username import UsernameToken

from cameras.drivers.base import (
    STOPPED,
    Address,
    DriverError,
    NoDevice,
    Pose,
    Refused,
    Speed,
    TooSlow,
    Unreachable,
    WrongPassword,
)
from cameras.drivers.onvif import Onvif
from nice_supervision.demo.domes.picture import ffmpeg
from tests.cameras.domes import ASKEW, PASSWORD, STRAIGHT, USER, Domes

pytestmark = pytest.mark.slow
WSDL = Path(onvif.__file__).parent / "wsdl"


@pytest.fixture(scope="module")
def process() -> Iterator[Domes]:
    domes = Domes(STRAIGHT, ASKEW)
    yield domes
    domes.stop()


@pytest.fixture
def domes(process: Domes) -> Iterator[Domes]:
    yield process
    process.mend(STRAIGHT)


@pytest.fixture
async def driver(domes: Domes) -> AsyncIterator[Onvif]:
    made = Onvif(Address(domes.url(STRAIGHT), USER, PASSWORD))
    await made.open()
    yield made
    await made.close()


async def until_still(driver: Onvif) -> Pose:
    async with asyncio.timeout(15):
        while (where := await driver.where()).moving:
            await asyncio.sleep(0.05)
    return where.pose


async def test_it_says_what_it_can_do(driver: Onvif, domes: Domes) -> None:
    can = await driver.learn()
    assert (can.make, can.absolute, can.relative, can.continuous) == ("Nice Supervision", True, True, True)
    assert can.masks and can.events and can.presets == 100
    [stream] = can.streams
    assert stream.url == f"rtsp://127.0.0.1:{domes.rtsp}/{STRAIGHT}"
    assert abs(can.clock_ahead_ms or 9999) < 2000


async def test_it_turns_there(driver: Onvif, domes: Domes) -> None:
    await driver.aim(Pose(-95, -12, 0.4))
    assert await until_still(driver) == pytest.approx((-95, -12, 0.4), abs=0.01)
    state = domes.state(STRAIGHT)
    assert (state["bearing_deg"], state["tilt_deg"]) == pytest.approx((265, -12), abs=0.01)


async def test_it_turns_by_so_much_and_by_speed(driver: Onvif) -> None:
    await driver.aim(Pose(10, -10, 0))
    await until_still(driver)
    await driver.nudge(Pose(5, -2, 0.1))
    assert await until_still(driver) == pytest.approx((15, -12, 0.1), abs=0.01)
    await driver.move(Speed(pan=0.5))
    await asyncio.sleep(0.3)
    await driver.move(STOPPED)
    assert (await until_still(driver)).pan_deg > 18


async def test_presets_go_without_a_speed(driver: Onvif) -> None:
    """The device refuses a Speed there, as some do."""
    await driver.aim(Pose(40, -8, 0.2))
    await until_still(driver)
    token = await driver.save_preset("Gate")
    assert [(one.token, one.name) for one in await driver.presets()][-1] == (token, "Gate")
    await driver.aim(Pose(-20, -8, 0))
    await driver.go_to(token)
    assert await until_still(driver) == pytest.approx((40, -8, 0.2), abs=0.01)
    with pytest.raises(Refused):
        await driver.go_to("none such")


async def test_without_absolute_and_relative_moves_it_creeps_there(domes: Domes) -> None:
    domes.spoil(STRAIGHT, refuses=["AbsoluteMove", "RelativeMove"])
    driver = Onvif(Address(domes.url(STRAIGHT), USER, PASSWORD))
    await driver.open()
    assert not driver.spaces.absolute
    await driver.aim(Pose(25, -15, 0.1))
    assert await until_still(driver) == pytest.approx((25, -15, 0.1), abs=1.0)
    assert driver.spaces.relative is False, "it said it could, and could not: not asked again"
    await driver.close()


@pytest.mark.parametrize("off_s", [-4000.0, 90.0])
async def test_a_wrong_clock_is_allowed_for_and_told(domes: Domes, off_s: float) -> None:
    """W-13. The device takes no signature older than 5 s by its own clock."""
    domes.spoil(STRAIGHT, clock_off_s=off_s)
    driver = Onvif(Address(domes.url(STRAIGHT), USER, PASSWORD))
    await driver.open()
    can = await driver.learn()
    assert can.clock_ahead_ms == pytest.approx(off_s * 1000, abs=1500)
    await driver.aim(Pose(1, -10, 0))
    await driver.close()


async def test_each_trouble_has_its_name(domes: Domes) -> None:
    async def trouble(password: str = PASSWORD, url: str = "") -> type[DriverError]:
        with pytest.raises(DriverError) as caught:
            await Onvif(Address(url or domes.url(STRAIGHT), USER, password)).open()
        assert PASSWORD not in f"{caught.value!r} {caught.value.detail}"
        return caught.type

    assert await trouble("not this") is WrongPassword
    assert await trouble(url="http://127.0.0.1:1/onvif/device_service") is Unreachable
    assert await trouble(url=domes.url("nowhere")) is NoDevice
    domes.spoil(STRAIGHT, unanswering=True)
    assert await trouble() is Unreachable


async def test_a_device_that_knows_http_digest_only_is_steered_all_the_same(domes: Domes) -> None:
    domes.spoil(STRAIGHT, digest_only=True)
    driver = Onvif(Address(domes.url(STRAIGHT), USER, PASSWORD))
    await driver.open()
    can = await driver.learn()
    assert can.absolute and can.masks and can.events
    await driver.aim(Pose(-60, -10, 0.2))
    assert await until_still(driver) == pytest.approx((-60, -10, 0.2), abs=0.01)
    await driver.lay_masks([])
    assert (await driver.still()).startswith(b"\xff\xd8")
    await driver.close()
    with pytest.raises(WrongPassword):
        await Onvif(Address(domes.url(STRAIGHT), USER, "not this")).open()


async def test_a_slow_one_is_too_slow(driver: Onvif, domes: Domes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cameras.drivers.onvif.ANSWER_S", 0.3)
    domes.spoil(STRAIGHT, slow_s=1.0)
    with pytest.raises(TooSlow):
        await driver.where()


async def test_it_masks(driver: Onvif, domes: Domes) -> None:
    """L-03: masks laid by the camera itself, Media2."""
    window, door = [(0.1, 0.1), (0.3, 0.1), (0.3, 0.3)], [(0.6, 0.5), (0.8, 0.5), (0.8, 0.9), (0.6, 0.9)]
    await driver.lay_masks([window, door])
    assert [len(mask.polygon) for mask in await driver.masks()] == [3, 4]
    await driver.lay_masks([door])
    [mask] = await driver.masks()
    assert mask.polygon[0] == pytest.approx((0.2, 0.0))
    await driver.lay_masks([])
    assert await driver.masks() == []


def test_a_client_that_is_not_ours_finds_a_device(domes: Domes) -> None:
    """Plain zeep on the WSDL of ONVIF: strict, signed, one call of each service."""

    def service(wsdl: str, binding: str, path: str, password: str = PASSWORD) -> Any:
        signed = UsernameToken(USER, password, use_digest=True, zulu_timestamp=True)
        client = zeep.Client(str(WSDL / wsdl), wsse=signed)
        url = domes.url(STRAIGHT).replace("device_service", path)
        return client.create_service(binding, url)

    ptz = service("ptz.wsdl", "{http://www.onvif.org/ver20/ptz/wsdl}PTZBinding", "ptz_service")
    ptz.AbsoluteMove(ProfileToken="main", Position={"PanTilt": {"x": 0.25, "y": -0.1}, "Zoom": {"x": 0}})
    assert ptz.GetNodes()[0].MaximumNumberOfPresets == 100
    assert ptz.GetStatus("main").Position.PanTilt.y is not None
    media = service("media.wsdl", "{http://www.onvif.org/ver10/media/wsdl}MediaBinding", "media_service")
    [profile] = media.GetProfiles()
    assert profile.VideoEncoderConfiguration.Resolution.Width == 768
    device = "{http://www.onvif.org/ver10/device/wsdl}DeviceBinding"
    told = service("devicemgmt.wsdl", device, "device_service").GetCapabilities("All")
    assert told.PTZ.XAddr.endswith("/ptz_service")
    with pytest.raises(zeep.exceptions.Fault, match="not Authorized"):
        service("devicemgmt.wsdl", device, "device_service", "wrong").GetDeviceInformation()


def test_its_picture_shows_where_it_looks(domes: Domes) -> None:
    """ffmpeg takes it over RTSP: what the picture says, and a mark hung in the street, are where they should be."""
    domes.spoil("askew", mark=[123.0, -9.0])

    async def turn() -> None:
        driver = Onvif(Address(domes.url("askew"), USER, PASSWORD))
        await driver.open()
        # The device hangs askew; this pose is what its counts for (123°, -9°) look like to an uncalibrated centre.
        await driver.aim(Pose((0.31 + 123 / -174) * 180, (0.12 + -9 / 76) * 90, 0.3))
        await until_still(driver)
        await driver.close()

    asyncio.run(turn())
    looking, pixels = domes.shown("askew")
    assert (looking.bearing_deg, looking.tilt_deg) == pytest.approx((123, -9), abs=0.02)
    middle = pixels[pixels.shape[0] // 2, pixels.shape[1] // 2].astype(int)
    assert middle[0] > 180 and middle[1] < 90 and middle[2] > 180, "the mark is in the middle"


def test_its_stream_asks_for_the_password(domes: Domes) -> None:
    url = f"rtsp://{USER}:wrong@127.0.0.1:{domes.rtsp}/{STRAIGHT}"
    command = [
        ffmpeg(),
        "-v",
        "error",
        "-rtsp_transport",
        "tcp",
        "-i",
        url,
        "-frames:v",
        "1",
        "-f",
        "null",
        "-",
    ]
    tried = subprocess.run(command, capture_output=True, timeout=30)
    assert tried.returncode and b"401" in tried.stderr
