"""The doors of all domes of one process: SOAP and stills on one port, RTSP on another."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from nice_supervision.demo.domes import heat, notices, services, turning
from nice_supervision.demo.domes.device import Dome
from nice_supervision.demo.domes.picture import Camera
from nice_supervision.demo.domes.rtsp import Client
from nice_supervision.demo.domes.services import Place
from nice_supervision.demo.domes.soap import Fault, Request, envelope, read

logger = logging.getLogger(__name__)
ANSWERS = {**services.ANSWERS, **turning.ANSWERS, **notices.ANSWERS, **heat.ANSWERS}
SOAP = "application/soap+xml"
ALLOWED = Fault("ter:NotAuthorized", "Sender not Authorized")


class Domes:
    def __init__(
        self, domes: Iterable[Dome], *, host: str, http_port: int, rtsp_port: int, testing: bool
    ) -> None:
        self.cameras = {dome.name: Camera(dome) for dome in domes}
        self._host, self._http_port, self._rtsp_port = host, http_port, rtsp_port
        self._testing = testing
        self._clients: set[Client] = set()
        self.rtsp_port = rtsp_port
        self.http_port = http_port

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/{dome}/onvif/{service}", self.onvif)
        app.router.add_get("/{dome}/snapshot.jpg", self.snapshot)
        if self._testing:
            app.router.add_get("/{dome}/state", self.state)
            app.router.add_post("/{dome}/misbehave", self.misbehave)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        site = web.TCPSite(runner, self._host, self._http_port)
        await site.start()
        rtsp = await asyncio.start_server(self._rtsp, self._host, self._rtsp_port)
        self.rtsp_port = rtsp.sockets[0].getsockname()[1]
        self.http_port = runner.addresses[0][1]

    async def onvif(self, request: web.Request) -> web.StreamResponse:
        dome = self._dome(request)
        if dome.is_away():
            return self._hang_up(request)
        try:
            asked = read(await request.read())
            if asked.name not in services.FOR_ANYBODY:
                self._let_in(dome, asked, request)
            if dome.wrong.slow_s:
                await asyncio.sleep(dome.wrong.slow_s)
            if dome.wrong.drops > 0:
                dome.wrong.drops -= 1
                return self._hang_up(request)
            body = await self._answer(dome, asked, request)
            if dome.is_away() and asked.name != "SystemReboot":
                return self._hang_up(request)
            return web.Response(body=envelope(body), content_type=SOAP)
        except Fault as fault:
            return web.Response(body=fault.envelope(), content_type=SOAP, status=fault.status)

    async def _answer(self, dome: Dome, asked: Request, request: web.Request) -> str:
        if asked.name in dome.wrong.refuses:
            raise Fault(
                "ter:ActionNotSupported/ter:PTZNotSupported", f"{asked.name} is not supported", sender=False
            )
        if (asked.service, asked.name) == ("tev", "PullMessages"):
            return await notices.pull(dome, asked)
        answer = ANSWERS.get((asked.service, asked.name))
        if answer is None:
            raise Fault("ter:ActionNotSupported", f"{asked.name} is not implemented", sender=False)
        host = request.host.rpartition(":")[0] or request.host
        place = Place(f"http://{request.host}/{dome.name}", f"rtsp://{host}:{self.rtsp_port}/{dome.name}")
        return answer(dome, asked, place)

    async def snapshot(self, request: web.Request) -> web.StreamResponse:
        dome = self._dome(request)
        if dome.is_away():
            return self._hang_up(request)
        if dome.door.user and not dome.door.opens_for(request.headers.get("Authorization", ""), "GET"):
            return web.Response(status=401, headers={"WWW-Authenticate": dome.door.challenge()})
        if dome.wrong.slow_s:
            await asyncio.sleep(dome.wrong.slow_s)
        return web.Response(body=await self.cameras[dome.name].still(), content_type="image/jpeg")

    async def state(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._dome(request).state())

    async def misbehave(self, request: web.Request) -> web.StreamResponse:
        """For tests: {"slow_s": 5}, {"reboot_s": 3}, {"password": "other"}, {"mark": [bearing, tilt]} …"""
        dome, told = self._dome(request), await request.json()
        self._apply(dome, told)
        return web.json_response(dome.state())

    def _apply(self, dome: Dome, told: dict[str, Any]) -> None:
        if (seconds := told.pop("reboot_s", None)) is not None:
            dome.restart(float(seconds))
            for client in [one for one in self._clients if one.camera is self.cameras[dome.name]]:
                client.drop()
        if (password := told.pop("password", None)) is not None:
            dome.door.password = str(password)
        if (mark := told.pop("mark", None)) is not None:
            self.cameras[dome.name].painter.square.marks[json.dumps(mark)] = (*mark, (255, 0, 255))
        if (warm := told.pop("warm", False)) is not False:
            dome.warm = warm
        for event in told.pop("events", ()):
            dome.happens(event.pop("topic"), keeps=event.pop("keeps", False), **event)
        if told.pop("forgets", False):
            dome.subscriptions.clear()
        off = dome.wrong.clock_off_s
        dome.wrong.set(**told)
        if dome.wrong.clock_off_s != off:
            dome.happens("Monitoring/OperatingTime/LastClockSynchronization", Status=dome.clock().isoformat())

    def _let_in(self, dome: Dome, asked: Request, request: web.Request) -> None:
        if not dome.door.user:
            return
        if dome.wrong.digest_only:
            if not dome.door.opens_for(request.headers.get("Authorization", ""), "POST"):
                raise web.HTTPUnauthorized(headers={"WWW-Authenticate": dome.door.challenge()})
            return
        if why := dome.door.refusal(asked.header, dome.clock()):
            logger.info("%s: %s is not let in: %s", dome.name, asked.name, why)
            raise ALLOWED

    def _dome(self, request: web.Request) -> Dome:
        camera = self.cameras.get(request.match_info["dome"])
        if camera is None:
            raise web.HTTPNotFound
        return camera.dome

    def _hang_up(self, request: web.Request) -> web.StreamResponse:
        """The connection breaks, without a word."""
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=503)

    async def _rtsp(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = Client(dict(self.cameras.items()), reader, writer)
        self._clients.add(client)
        try:
            await client.serve()
        finally:
            self._clients.discard(client)
