"""Asks a device on the network what it is, says it in plain words, and writes it into a camera's record."""

from __future__ import annotations

import asyncio
import getpass
import os
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from cameras.drivers.base import Abilities, Address, DevicePreset, DriverError
from cameras.drivers.onvif import Onvif
from cameras.drivers.thermal import OnvifThermometer
from cameras.models import Camera
from cameras.steering import results
from cameras.steering.abilities import in_words
from cameras.steering.aim import PAN, TILT, Axis
from cameras.steering.heads import learn, set_device
from doors.problems import Refused
from footage.actions import set_source
from footage.models import Source


class Command(BaseCommand):
    help = "Say what an ONVIF camera can do; with --camera, write it into that camera's record."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("url", help="http://10.0.0.8 or http://10.0.0.8/onvif/device_service")
        parser.add_argument("--camera", default="", help="code of the camera whose record is filled")
        parser.add_argument(
            "--user", default="", help="its password is asked for, or read from CAMERA_PASSWORD"
        )
        parser.add_argument(
            "--no-source", action="store_true", help="leave the source of its pictures as it is"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        camera = self._camera(options["camera"])
        url = options["url"] if "//" in options["url"] else f"http://{options['url']}"
        if urlsplit(url).path in ("", "/"):
            url = url.rstrip("/") + "/onvif/device_service"
        user = options["user"]
        password = os.environ.get("CAMERA_PASSWORD") or (getpass.getpass() if user else "")
        try:
            abilities, ends, presets, warmth = asyncio.run(_asked(Address(url, user, password)))
        except DriverError as error:
            raise CommandError(
                _("%(host)s: %(why)s.") % {"host": urlsplit(url).hostname, "why": results.reason_of(error)}
            ) from error
        kept = len(presets) if abilities.turns else None
        for line in [*in_words(results.told_abilities(abilities), kept), *warmth]:
            self.stdout.write(line)
        if camera is not None:
            self._fill(camera, url, user, password, abilities, ends, source=not options["no_source"])

    def _camera(self, code: str) -> Camera | None:
        if not code:
            return None
        try:
            return Camera.objects.get(code=code)
        except Camera.DoesNotExist as error:
            raise CommandError(_("There is no camera %(code)s.") % {"code": code}) from error

    def _fill(
        self,
        camera: Camera,
        url: str,
        user: str,
        password: str,
        abilities: Abilities,
        ends: tuple[Axis, Axis],
        *,
        source: bool,
    ) -> None:
        streams = abilities.streams
        try:
            device = set_device(camera=camera, url=url, user=user or None, password=password, actor=None)
            learn(device=device, abilities=abilities, ends=ends, actor=None)
            if source and streams:
                set_source(
                    camera=camera,
                    kind=Source.Kind.RTSP,
                    url=streams[0].url,
                    sub_url=streams[1].url if len(streams) > 1 else "",
                    user=user or None,
                    password=password,
                    actor=None,
                )
        except Refused as refused:
            raise CommandError(f"{refused.title} {refused.detail} {refused.what_to_do}".strip()) from refused
        self.stdout.write(_("Written into the record of %(code)s.") % {"code": camera.code})


async def _asked(address: Address) -> tuple[Abilities, tuple[Axis, Axis], list[DevicePreset], list[str]]:
    driver = Onvif(address)
    try:
        await driver.open()
        abilities = await driver.learn()
        presets = await driver.presets() if abilities.turns and abilities.presets else []
    finally:
        await driver.close()
    spaces = driver.spaces
    scale = (1.0, 1.0) if abilities.degrees else (PAN.per_count_deg, TILT.per_count_deg)
    ends = Axis(0.0, scale[0], *spaces.pan), Axis(0.0, scale[1], *spaces.tilt)
    return abilities, ends, presets, await _warmth(address)


async def _warmth(address: Address) -> list[str]:
    """Said of those that measure; most cameras do not."""
    try:
        assumed = await OnvifThermometer(address).assumes()
    except DriverError:
        return []
    if assumed is None:
        return [_("It measures temperatures.")]
    told = {"emissivity": f"{assumed.emissivity:g}", "distance": f"{assumed.distance_m:g}"}
    return [
        _("It measures temperatures; it reckons with an emissivity of %(emissivity)s and %(distance)s m.")
        % told
    ]
