"""The calls of the PTZ service that an alarm waits for. Each envelope says what the WSDL makes of the same call."""

from __future__ import annotations

from typing import Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from cameras.drivers.base import NotSupported
from cameras.drivers.envelope import Post, read

NS, TT = "http://www.onvif.org/ver20/ptz/wsdl", "http://www.onvif.org/ver10/schema"


class Counted(NamedTuple):
    """What the device says of itself, in its own counts."""

    pan: float
    tilt: float
    zoom: float | None
    moving: bool


class Ptz:
    """Of one profile of one device."""

    def __init__(self, post: Post, profile: str) -> None:
        self._post = post
        self._profile = f"<ProfileToken>{escape(profile)}</ProfileToken>"

    async def absolute(self, pan: float, tilt: float, zoom: float, space: str) -> None:
        await self._call("AbsoluteMove", f"<Position>{_vector(pan, tilt, zoom, space)}</Position>")

    async def relative(self, pan: float, tilt: float, zoom: float) -> None:
        await self._call("RelativeMove", f"<Translation>{_vector(pan, tilt, zoom)}</Translation>")

    async def continuous(self, pan: float, tilt: float, zoom: float, seconds: float) -> None:
        velocity = f"<Velocity>{_vector(pan, tilt, zoom)}</Velocity>"
        await self._call("ContinuousMove", f"{velocity}<Timeout>PT{seconds:g}S</Timeout>")

    async def stop(self) -> None:
        await self._call("Stop", "<PanTilt>true</PanTilt><Zoom>true</Zoom>")

    async def go_to(self, preset: str) -> None:
        await self._call("GotoPreset", f"<PresetToken>{escape(preset)}</PresetToken>")

    async def status(self) -> Counted:
        answer = read(await self._call("GetStatus"))
        position = answer.find(f".//{{{TT}}}Position")
        head = None if position is None else position.find(f"{{{TT}}}PanTilt")
        if position is None or head is None:
            raise NotSupported("it does not say where it looks")
        zoom = position.find(f"{{{TT}}}Zoom")
        moves: list[Any] = answer.findall(f".//{{{TT}}}MoveStatus/*")
        return Counted(
            float(head.get("x")),
            float(head.get("y")),
            None if zoom is None else float(zoom.get("x")),
            any((one.text or "").strip() == "MOVING" for one in moves),
        )

    async def _call(self, name: str, told: str = "") -> bytes:
        return await self._post.call(f"{NS}/{name}", f'<{name} xmlns="{NS}">{self._profile}{told}</{name}>')


def _vector(pan: float, tilt: float, zoom: float, space: str = "") -> str:
    where = f" space={quoteattr(space)}" if space else ""
    return f'<PanTilt xmlns="{TT}" x="{pan:.6f}" y="{tilt:.6f}"{where}/><Zoom xmlns="{TT}" x="{zoom:.6f}"/>'
