"""RTSP (RFC 2326) over one connection, H.264 in RTP (RFC 6184) interleaved: enough for every client there is."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import struct
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from nice_supervision.demo.domes.picture import Camera, Frame, sprop

logger = logging.getLogger(__name__)
MOST, CLOCK, PAYLOAD = 1400, 90_000, 96
REPORT_S, NTP_EPOCH, BEHIND = 1.0, 2_208_988_800, 1_000_000
PUBLIC = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, TEARDOWN"
Reply = tuple[int, str, dict[str, str], str]
OK, UNKNOWN, LOCKED, UDP = (
    (200, "OK"),
    (404, "Not Found"),
    (401, "Unauthorized"),
    (461, "Unsupported Transport"),
)


class Client:
    """One connection."""

    def __init__(
        self, cameras: Mapping[str, Camera], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._cameras = cameras
        self._reader = reader
        self._writer = writer
        self._camera: Camera | None = None
        self._channel = 0
        self._session = secrets.token_hex(8)
        self._ssrc = secrets.randbits(32)
        self._sequence = secrets.randbits(15)
        self._sent = [0, 0]
        self._reported = 0.0
        self._begun = False
        self._playing = contextlib.ExitStack()

    async def serve(self) -> None:
        try:
            while True:
                request = await self._request()
                if request is None:
                    return
                method, url, headers = request
                code, words, more, body = await self._answer(method, url, headers)
                told = {"CSeq": headers.get("cseq", "0"), **more}
                if body:
                    told["Content-Length"] = str(len(body))
                lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
                self._writer.write(f"RTSP/1.0 {code} {words}\r\n{lines}\r\n{body}".encode())
                await self._writer.drain()
                if method == "PLAY" and code == 200 and self._camera is not None:
                    self._playing.enter_context(self._camera.heard_by(self._send))
                if method == "TEARDOWN":
                    return
        except (ConnectionError, asyncio.IncompleteReadError, UnicodeDecodeError, ValueError) as error:
            logger.debug("RTSP: %s", error)
        finally:
            self.drop()

    def drop(self) -> None:
        self._playing.close()
        self._writer.close()

    @property
    def camera(self) -> Camera | None:
        return self._camera

    async def _request(self) -> tuple[str, str, dict[str, str]] | None:
        while True:
            first = await self._reader.read(1)
            if not first:
                return None
            if first == b"$":  # its receiver reports
                size = int.from_bytes((await self._reader.readexactly(3))[1:], "big")
                await self._reader.readexactly(size)
            elif first not in b"\r\n":
                break
        head = (first + await self._reader.readuntil(b"\r\n\r\n")).decode()
        start, *lines = head.strip().split("\r\n")
        method, url, _ = start.split(" ", 2)
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
        }
        if size := int(headers.get("content-length", 0)):
            await self._reader.readexactly(size)
        return method, url, headers

    async def _answer(self, method: str, url: str, headers: dict[str, str]) -> Reply:
        if method == "OPTIONS":
            return (*OK, {"Public": PUBLIC}, "")
        camera = self._cameras.get(urlsplit(url).path.strip("/").split("/")[0])
        if camera is None or camera.dome.is_away():
            return (*UNKNOWN, {}, "")
        if camera.dome.door.user and not camera.dome.door.opens_for(headers.get("authorization", ""), method):
            return (*LOCKED, {"WWW-Authenticate": camera.dome.door.challenge()}, "")
        self._camera = camera
        session = {"Session": f"{self._session};timeout=60"}
        if method == "DESCRIBE":
            sets = await camera.parameter_sets()
            more = {"Content-Type": "application/sdp", "Content-Base": url.rstrip("/") + "/"}
            return (*OK, more, _sdp(sets))
        if method == "SETUP":
            wanted = headers.get("transport", "")
            if "TCP" not in wanted:
                return (*UDP, {}, "")
            channels = wanted.partition("interleaved=")[2].partition(";")[0] or "0-1"
            self._channel = int(channels.partition("-")[0])
            return (*OK, {"Transport": f"RTP/AVP/TCP;unicast;interleaved={channels}", **session}, "")
        return (*OK, {"Range": "npt=0-", **session} if method == "PLAY" else session, "")

    def _send(self, frame: Frame) -> None:
        """One picture as RTP packets; a client that reads too slowly loses pictures, up to the next key."""
        camera = self._camera
        if camera is None or self._writer.is_closing():
            return
        if camera.dome.is_away():
            self.drop()
            return
        self._begun = (self._begun or frame.key) and self._behind() < BEHIND
        if not self._begun:
            return
        ahead = camera.dome.wrong.clock_off_s
        stamp = int(frame.at * CLOCK) & 0xFFFFFFFF
        units = [*(camera.sets or ()), *frame.units] if frame.key else list(frame.units)
        packets = [packet for unit in units for packet in _split(unit)]
        for number, packet in enumerate(packets):
            self._packet(packet, stamp, last=number == len(packets) - 1)
        if time.monotonic() - self._reported > REPORT_S:
            self._reported = time.monotonic()
            self._report(frame.at + ahead, stamp)

    def _behind(self) -> int:
        return self._writer.transport.get_write_buffer_size()

    def _packet(self, payload: bytes, stamp: int, *, last: bool) -> None:
        self._sequence = (self._sequence + 1) & 0xFFFF
        kind = PAYLOAD | (0x80 if last else 0)
        head = struct.pack(">BBHII", 0x80, kind, self._sequence, stamp, self._ssrc)
        self._frame(self._channel, head + payload)
        self._sent[0] += 1
        self._sent[1] += len(payload)

    def _report(self, at: float, stamp: int) -> None:
        """A sender report: which instant of its own clock a time stamp is (RFC 3550 §6.4.1)."""
        seconds, part = int(at) + NTP_EPOCH, int((at % 1) * (1 << 32))
        told = struct.pack(">BBHIIIIII", 0x80, 200, 6, self._ssrc, seconds, part, stamp, *self._sent)
        self._frame(self._channel + 1, told)

    def _frame(self, channel: int, data: bytes) -> None:
        self._writer.write(struct.pack(">BBH", 0x24, channel, len(data)) + data)


def _split(unit: bytes) -> list[bytes]:
    if len(unit) <= MOST:
        return [unit]
    kind, parts = unit[0], [unit[at : at + MOST] for at in range(1, len(unit), MOST)]
    last = len(parts) - 1
    return [
        bytes([kind & 0xE0 | 28, (0x80 if n == 0 else 0) | (0x40 if n == last else 0) | kind & 31]) + part
        for n, part in enumerate(parts)
    ]


def _sdp(sets: tuple[bytes, bytes]) -> str:
    return (
        "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=dome\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\na=control:*\r\n"
        f"m=video 0 RTP/AVP {PAYLOAD}\r\na=rtpmap:{PAYLOAD} H264/{CLOCK}\r\n"
        f"a=fmtp:{PAYLOAD} packetization-mode=1;profile-level-id={sets[0][1:4].hex()};"
        f"sprop-parameter-sets={sprop(sets)}\r\na=control:track0\r\n"
    )
