"""ONVIF, Profiles S and T, over onvif-zeep-async; by hand what an alarm waits for (`introduction`, `ptz`).

Traps of the field, each met below: a clock that is off makes signatures stale, so the device's time is read first;
a `Speed` in GotoPreset or AbsoluteMove makes some refuse, so none is sent; RelativeMove is often not there;
a device behind another address tells addresses that lead nowhere, so its own host is kept; positions are counts
of a generic space, which the `Head` turns into degrees.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from cameras.drivers import introduction
from cameras.drivers.asked import Asked, at_host
from cameras.drivers.base import (
    STOPPED,
    Abilities,
    Address,
    DevicePreset,
    DriverError,
    Happening,
    NotSupported,
    Pose,
    Refused,
    Speed,
    StreamOffered,
    Where,
)
from cameras.drivers.envelope import Post
from cameras.drivers.faults import answering
from cameras.drivers.introduction import DEGREES, TEV, TR2, TRT, Introduced, Profile, Spaces
from cameras.drivers.media2 import DeviceMask, Media2
from cameras.drivers.notices import WAIT_S, Ear, PullPoint, closed
from cameras.drivers.ptz import NS as PTZ
from cameras.drivers.ptz import Ptz
from cameras.steering.aim import CannotAim, Head
from places.geometry import angle_between_deg

logger = logging.getLogger(__name__)

ANSWER_S = 8.0  # a slow device is waited for; it has its order all the while
WSDL_S = 7.0  # the first question to a kind of service also reads its WSDL
STILL_S = 8.0
CLOSE_S, BREATH_S = 2.0, 1.0
LONGEST_MOVE_S = 5.0  # a move by hand that nobody renews ends in the device itself
CREEP_S, CREEP_STEP_S, CREPT_DEG, CREPT_ZOOM = 20.0, 0.15, 0.4, 0.02
STREAMS = 3


class Onvif:
    """`cameras.drivers.base.Driver` for a device that speaks ONVIF."""

    def __init__(self, address: Address, head: Head | None = None, *, profile: str = "") -> None:
        self._address = address
        self._head = head or Head()
        self._wanted = profile
        self._camera: Asked | None = None
        self._line: aiohttp.ClientSession | None = None
        self._known: Introduced | None = None
        self._head_line: Ptz | None = None
        self._ear = Ear()
        self._profiles: list[Profile] = []
        self.profile = ""
        self.video_source = ""
        self.spaces = Spaces()

    async def open(self) -> None:
        await self.close()
        try:
            await self._be_introduced()
        except (DriverError, asyncio.CancelledError):
            await self.close()
            raise

    async def _be_introduced(self) -> None:
        """Four questions; a slow device is waited for at each."""
        camera = self._camera = Asked(self._address)
        line = self._line = camera.line()
        async with answering(2 * ANSWER_S):
            known = self._known = await introduction.introduced(self._address, line)
            camera.dt_diff, camera.xaddrs = known.ahead, dict(known.services)
        async with answering(ANSWER_S):
            if TRT in known.services:
                profiles = await introduction.profiles(known.post(TRT, line))
            elif TR2 in known.services:
                profiles = await introduction.second_profiles(known.post(TR2, line))
            else:
                raise NotSupported("no media service")
        if not profiles:
            raise NotSupported("no profile")
        turning = [one for one in profiles if one.ptz]
        chosen = next((one for one in profiles if one.token == self._wanted), (turning or profiles)[0])
        self._profiles, self.profile, self.video_source = profiles, chosen.token, chosen.source or ""
        if PTZ in known.services and chosen.ptz:
            async with answering(ANSWER_S):
                self.spaces = await introduction.spaces(known.post(PTZ, line), chosen.ptz)
            self._head_line = Ptz(known.post(PTZ, line), self.profile)

    async def learn(self) -> Abilities:
        camera, known = self._open_camera(), self._introduced()
        async with answering(ANSWER_S + WSDL_S):
            about = await (await camera.create_devicemgmt_service()).GetDeviceInformation()
        presets = 0
        if self._head_line is not None:
            async with answering(ANSWER_S + WSDL_S):
                presets = await self._room_for_presets(camera)
        return Abilities(
            make=about.Manufacturer or "",
            model=about.Model or "",
            firmware=about.FirmwareVersion or "",
            serial=about.SerialNumber or "",
            absolute=self.spaces.absolute,
            relative=self.spaces.relative,
            continuous=self.spaces.continuous,
            degrees=self.spaces.space == DEGREES,
            presets=presets,
            masks=await self._has_masks(),
            events=TEV in known.services,
            streams=tuple([await self._stream(camera, one) for one in self._profiles[:STREAMS]]),
            clock_ahead_ms=_ahead_ms(known.ahead),
        )

    async def aim(self, pose: Pose) -> None:
        if self.spaces.absolute:
            await self._absolute(pose)
        elif self.spaces.relative:
            await self.nudge(_difference(pose, (await self.where()).pose))
        else:
            await self._creep(pose)

    async def nudge(self, by: Pose) -> None:
        """From where it says it is, so that errors do not add up; RelativeMove only where nothing else is."""
        if self.spaces.absolute or not self.spaces.relative:
            await self.aim(_sum((await self.where()).pose, by))
            return
        pan, tilt = by.pan_deg / self._head.pan.per_count_deg, by.tilt_deg / self._head.tilt.per_count_deg
        zoom = by.zoom * (self.spaces.zoom.most - self.spaces.zoom.least)
        try:
            async with self._turning() as head:
                await head.relative(pan, tilt, zoom)
        except NotSupported:  # it said it could: from now on by speed and stop
            self.spaces = Spaces(**{**self.spaces.__dict__, "relative": False})
            await self._creep(_sum((await self.where()).pose, by))

    async def go_to(self, preset: str) -> None:
        async with self._turning() as head:
            await head.go_to(preset)

    async def move(self, speed: Speed) -> None:
        pan = speed.pan if self._head.pan.per_count_deg > 0 else -speed.pan
        tilt = speed.tilt if self._head.tilt.per_count_deg > 0 else -speed.tilt
        async with self._turning() as head:
            if speed == STOPPED:
                await head.stop()
            else:
                await head.continuous(pan, tilt, speed.zoom, LONGEST_MOVE_S)

    async def where(self) -> Where:
        pan, tilt, zoom, moving = await self.counts()
        return Where(self._head.pose(pan, tilt, zoom), moving)

    async def counts(self) -> tuple[float, float, float, bool]:
        """Pan and tilt as the device counts them, zoom 0 … 1, and whether it turns: for calibration."""
        async with self._turning() as head:
            at = await head.status()
        return at.pan, at.tilt, 0.0 if at.zoom is None else self.spaces.zoom.share(at.zoom), at.moving

    async def still(self) -> bytes:
        camera = self._open_camera()
        async with answering(STILL_S + WSDL_S):
            if TRT not in self._introduced().services:  # the library asks the first Media service only
                camera._snapshot_uris[self.profile] = camera.rewrite_url(
                    await self._second().snapshot_uri(self.profile)
                )
            picture: bytes | None = await camera.get_snapshot(self.profile)
        if not picture or not picture.startswith(b"\xff\xd8"):
            raise NotSupported("no still picture")
        return picture

    async def presets(self) -> list[DevicePreset]:
        kept = await self._ask("GetPresets")
        return [
            DevicePreset(str(one.token), str(one.Name or one.token), self._preset_pose(one)) for one in kept
        ]

    async def save_preset(self, name: str) -> str:
        """Keep where it looks now; gives the token."""
        return str(await self._ask("SetPreset", PresetName=name))

    async def masks(self) -> list[DeviceMask]:
        async with answering(ANSWER_S):
            return await self._second().masks()

    async def lay_masks(self, polygons: list[list[tuple[float, float]]]) -> None:
        """These and no others. Corners are shares of the picture, 0 … 1 from its upper left."""
        async with answering(ANSWER_S):
            media2 = self._second()
            there = await media2.masks()
            laid = [
                DeviceMask("", self.video_source, [(2 * x - 1, 1 - 2 * y) for x, y in corners])
                for corners in polygons
            ]
            for old, new in zip(there, laid, strict=False):
                await media2.set_mask(new._replace(token=old.token))
            for new in laid[len(there) :]:
                await media2.create_mask(new)
            for old in there[len(laid) :]:
                await media2.delete_mask(old.token)

    async def happenings(self) -> AsyncGenerator[Happening, None]:
        """As `cameras.drivers.base.Driver` says. However many it tells, they are taken once a second."""
        known, line = self._introduced(), self._line
        where, signature = known.services.get(TEV), known.signature
        if line is None or not where:
            raise NotSupported("it tells nothing")
        point = PullPoint(lambda url: Post(at_host(url, self._address.url), line, signature), where)
        async with answering(ANSWER_S):
            await point.open()
        try:
            while True:
                async with answering(WAIT_S + ANSWER_S):
                    notices, its_time = await point.pull()
                off = its_time - dt.datetime.now(dt.UTC) - signature.ahead if its_time else dt.timedelta()
                for happening in self._ear.hears(notices, off.total_seconds()):
                    yield happening
                await asyncio.sleep(BREATH_S)
        finally:
            if not line.closed:
                await closed(point)

    async def close(self) -> None:
        camera, self._camera = self._camera, None
        line, self._line = self._line, None
        self._known = self._head_line = None
        try:
            async with asyncio.timeout(CLOSE_S):
                if line is not None:
                    await line.close()
                if camera is not None:
                    await camera.close()
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            logger.debug("closing %s: %s", urlsplit(self._address.url).hostname, error)

    async def _ask(self, operation: str, **told: Any) -> Any:
        """What nobody waits for, by the library."""
        if self._head_line is None:
            raise NotSupported("it does not turn")
        async with answering(ANSWER_S + WSDL_S):
            ptz = await self._open_camera().create_ptz_service()
            return await getattr(ptz, operation)({"ProfileToken": self.profile, **told})

    @asynccontextmanager
    async def _turning(self) -> AsyncIterator[Ptz]:
        if self._head_line is None:
            raise NotSupported("it does not turn") if self._camera else Refused("not open")
        async with answering(ANSWER_S):
            yield self._head_line

    async def _absolute(self, pose: Pose) -> None:
        try:
            pan, tilt = self._head.counts(pose)
        except CannotAim as beyond:
            raise Refused(str(beyond.reason)) from beyond
        zoom = self.spaces.zoom.at(min(max(pose.zoom, 0.0), 1.0))
        async with self._turning() as head:
            await head.absolute(pan, tilt, zoom, self.spaces.space)

    async def _creep(self, target: Pose) -> None:
        """For heads that only know speeds: slower the nearer, stopped when there."""
        if not self.spaces.continuous:
            raise NotSupported("no way of turning")
        try:
            async with asyncio.timeout(CREEP_S):
                while True:
                    left = _difference(target, (await self.where()).pose)
                    near = abs(left.pan_deg) < CREPT_DEG and abs(left.tilt_deg) < CREPT_DEG
                    if near and abs(left.zoom) < CREPT_ZOOM:
                        return
                    await self.move(
                        Speed(_eased(left.pan_deg / 20), _eased(left.tilt_deg / 20), _eased(left.zoom * 4))
                    )
                    await asyncio.sleep(CREEP_STEP_S)
        except TimeoutError as error:
            raise Refused("it does not get there") from error
        finally:
            await self.move(STOPPED)

    async def _stream(self, camera: Asked, profile: Profile) -> StreamOffered:
        async with answering(ANSWER_S + WSDL_S):
            if TRT in self._introduced().services:
                media = await camera.create_media_service()
                setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
                answer = await media.GetStreamUri({"StreamSetup": setup, "ProfileToken": profile.token})
                url = str(answer.Uri)
            else:
                url = await self._second().stream_uri(profile.token)
        return StreamOffered(
            profile.token,
            at_host(url, self._address.url, keep_port=True),
            profile.codec,
            profile.width_px,
            profile.height_px,
        )

    async def _room_for_presets(self, camera: Asked) -> int:
        nodes = await (await camera.create_ptz_service()).GetNodes()
        return max((int(node.MaximumNumberOfPresets or 0) for node in nodes or []), default=0)

    async def _has_masks(self) -> bool:
        try:
            await self.masks()
        except DriverError:
            return False
        return True

    def _preset_pose(self, one: Any) -> Pose | None:
        position = getattr(one, "PTZPosition", None)
        if position is None or position.PanTilt is None:
            return None
        zoom = self.spaces.zoom.share(float(position.Zoom.x)) if position.Zoom is not None else 0.0
        return self._head.pose(float(position.PanTilt.x), float(position.PanTilt.y), zoom)

    def _open_camera(self) -> Asked:
        if self._camera is None:
            raise Refused("not open")
        return self._camera

    def _introduced(self) -> Introduced:
        if self._known is None:
            raise Refused("not open")
        return self._known

    def _second(self) -> Media2:
        known, line = self._introduced(), self._line
        if line is None or TR2 not in known.services:
            raise NotSupported("no Media2 service")
        return Media2(known.post(TR2, line))


def _ahead_ms(off: dt.timedelta | None) -> int | None:
    """It tells whole seconds: half a second is what it has on average left out."""
    if off is None:
        return None
    return round((off.total_seconds() + 0.5) * 1000)


def _difference(to: Pose, start: Pose) -> Pose:
    return Pose(
        angle_between_deg(start.pan_deg, to.pan_deg), to.tilt_deg - start.tilt_deg, to.zoom - start.zoom
    )


def _sum(start: Pose, by: Pose) -> Pose:
    return Pose(
        angle_between_deg(0.0, start.pan_deg + by.pan_deg),
        start.tilt_deg + by.tilt_deg,
        min(max(start.zoom + by.zoom, 0.0), 1.0),
    )


def _eased(wanted: float) -> float:
    """A speed -1 … 1, and never so slow that a motor stands still."""
    if abs(wanted) < 0.005:
        return 0.0
    return min(max(wanted, -1.0), 1.0) if abs(wanted) > 0.03 else (0.03 if wanted > 0 else -0.03)
