"""Temperatures that a thermal camera measures itself: over ONVIF from a device that is one, in degrees Celsius."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from contextlib import aclosing

import pytest
from django.core.management import call_command

from cameras.drivers.base import Address, DriverError, NotSupported, WrongPassword
from cameras.drivers.envelope import read
from cameras.drivers.thermal import Assumed, OnvifThermometer, Temperature, temperatures
from tests.cameras.domes import PASSWORD, STRAIGHT, USER, Domes


@pytest.fixture(scope="module")
def device() -> Iterator[Domes]:
    one = Domes(STRAIGHT)
    yield one
    one.stop()


async def told(thermometer: OnvifThermometer, count: int) -> list[Temperature]:
    found: list[Temperature] = []
    async with asyncio.timeout(30), aclosing(thermometer.readings()) as readings:
        async for one in readings:
            found.append(one)
            if len(found) == count:
                break
    return found


def thermometer(device: Domes, password: str = PASSWORD) -> OnvifThermometer:
    return OnvifThermometer(Address(device.url(STRAIGHT), USER, password))


async def test_what_it_measures_comes_in_degrees_with_its_place_and_time(device: Domes) -> None:
    device.spoil(STRAIGHT, warm={"Transformer": 334.45, "Wall": 290.15}, clock_off_s=-40)
    one = thermometer(device)
    assert await one.assumes() == Assumed(emissivity=0.95, distance_m=30)
    found = await told(one, 4)
    assert {reading.place: reading.celsius for reading in found} == {"Transformer": 61.3, "Wall": 17.0}
    ages = [(dt.datetime.now(dt.UTC) - reading.at).total_seconds() for reading in found]
    assert all(0 <= age < 15 for age in ages), "by the clock of the centre, however far off its own is"


def test_a_technician_is_told_that_it_measures(
    device: Domes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CAMERA_PASSWORD", PASSWORD)
    said = {}
    for warm in ({"Wall": 290.0}, None):
        device.spoil(STRAIGHT, warm=warm, clock_off_s=0)
        call_command("probe_camera", device.url(STRAIGHT), "--user", USER)
        said[warm is not None] = capsys.readouterr().out
    assert "measures temperatures; it reckons with an emissivity of 0.95 and 30 m" in said[True]
    assert "temperature" not in said[False]


async def test_a_camera_that_only_shows_says_so_and_a_wrong_password_is_one(device: Domes) -> None:
    device.spoil(STRAIGHT, warm=None, clock_off_s=0)
    for asked in (thermometer(device).assumes(), told(thermometer(device), 1)):
        with pytest.raises(NotSupported):
            await asked
    device.spoil(STRAIGHT, warm={"Wall": 290.0})
    with pytest.raises(WrongPassword):
        await told(thermometer(device, "wrong"), 1)


async def test_a_device_that_goes_is_an_error_of_drivers_and_nothing_else(device: Domes) -> None:
    device.spoil(STRAIGHT, warm={"Wall": 290.0})
    with pytest.raises(DriverError):
        async with asyncio.timeout(30), aclosing(thermometer(device).readings()) as readings:
            async for _one in readings:
                device.spoil(STRAIGHT, unanswering=True)
    device.spoil(STRAIGHT, unanswering=False)
    assert await told(thermometer(device), 1), "and asked again it measures again"


NOTE = """<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tt="http://www.onvif.org/ver10/schema"
 xmlns:w="http://docs.oasis-open.org/wsn/b-2" xmlns:ttr="http://www.onvif.org/ver20/analytics/radiometry"><s:Body>
 <tev:PullMessagesResponse xmlns:tev="http://www.onvif.org/ver10/events/wsdl"><w:NotificationMessage>
 <w:Topic>tns1:%s</w:Topic><w:Message><tt:Message UtcTime="2026-11-23T01:00:00Z">
 <tt:Source><tt:SimpleItem Name="AnalyticsModuleName" Value="Roof"/></tt:Source><tt:Data>%s</tt:Data></tt:Message>
 </w:Message></w:NotificationMessage></tev:PullMessagesResponse></s:Body></s:Envelope>"""
BOX = '<tt:ElementItem Name="Reading"><ttr:Reading ItemID="b" MaxTemperature="%s"/></tt:ElementItem>'
ITEM = '<tt:SimpleItem Name="%s" Value="%s"/>'
RADIOMETRY = "VideoAnalytics/Radiometry/"


@pytest.mark.parametrize(
    ("topic", "data", "expected"),
    [
        (RADIOMETRY + "BoxTemperatureReading", BOX % "373.15", [("b", 100.0, True)]),
        # Of the generic module: items, named by the module.
        (RADIOMETRY + "TemperatureReading", ITEM % ("SpotReading", "3.0e2"), [("Roof", 26.9, False)]),
        (RADIOMETRY + "TemperatureReading", ITEM % ("MaxTemperature", "300"), [("Roof", 26.9, True)]),
        # Not kelvin, or no number: rather nothing than a wrong temperature.
        (RADIOMETRY + "BoxTemperatureReading", BOX % "36.5", []),
        (RADIOMETRY + "BoxTemperatureReading", BOX % "NaN", []),
        (RADIOMETRY + "BoxTemperatureReading", BOX % "9e9", []),
        ("RuleEngine/Radiometry/TemperatureAlarm", BOX % "373.15", []),
        ("VideoSource/GlobalSceneChange", ITEM % ("State", "true"), []),
    ],
)  # fmt: skip
def test_readings_of_every_form_the_standard_has(
    topic: str, data: str, expected: list[tuple[str, float, bool]]
) -> None:
    found = list(temperatures(read((NOTE % (topic, data)).encode()), dt.timedelta()))
    assert [(one.place, one.celsius, one.is_box) for one in found] == expected
