"""The second Media service of ONVIF (Profile T): streams and privacy masks.

The WSDL of the library end before it, so its few calls are written out here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from lxml import etree

from cameras.drivers.envelope import Post, read
from cameras.drivers.introduction import TR2, TT

Point = tuple[float, float]


class DeviceMask(NamedTuple):
    """A mask the device lays over its picture itself. Corners -1 … 1, x to the right, y up."""

    token: str
    configuration: str
    polygon: Sequence[Point]
    enabled: bool = True


class Media2:
    def __init__(self, post: Post) -> None:
        self._post = post

    async def stream_uri(self, profile: str) -> str:
        asked = _element("GetStreamUri")
        asked.append(_element("Protocol", "RTSP"))
        asked.append(_element("ProfileToken", profile))
        return (await self._call(asked)).findtext(f"{{{TR2}}}Uri") or ""

    async def snapshot_uri(self, profile: str) -> str:
        asked = _element("GetSnapshotUri")
        asked.append(_element("ProfileToken", profile))
        return (await self._call(asked)).findtext(f"{{{TR2}}}Uri") or ""

    async def masks(self) -> list[DeviceMask]:
        answer = await self._call(_element("GetMasks"))
        return [_mask(one) for one in answer.iterfind(f"{{{TR2}}}Masks")]

    async def create_mask(self, mask: DeviceMask) -> str:
        asked = _element("CreateMask")
        asked.append(_told(mask))
        return (await self._call(asked)).findtext(f"{{{TR2}}}Token") or ""

    async def set_mask(self, mask: DeviceMask) -> None:
        asked = _element("SetMask")
        asked.append(_told(mask))
        await self._call(asked)

    async def delete_mask(self, token: str) -> None:
        asked = _element("DeleteMask")
        asked.append(_element("Token", token))
        await self._call(asked)

    async def _call(self, asked: Any) -> Any:
        name = etree.QName(asked).localname
        return read(await self._post.call(f"{TR2}/{name}", etree.tostring(asked, encoding="unicode")))


def _element(name: str, text: str | None = None) -> Any:
    made = etree.Element(f"{{{TR2}}}{name}")
    made.text = text
    return made


def _mask(one: Any) -> DeviceMask:
    corners = [
        (float(corner.get("x")), float(corner.get("y"))) for corner in one.iterfind(f".//{{{TT}}}Point")
    ]
    return DeviceMask(
        one.get("token") or "",
        one.findtext(f"{{{TR2}}}ConfigurationToken") or "",
        corners,
        one.findtext(f"{{{TR2}}}Enabled") == "true",
    )


def _told(mask: DeviceMask) -> Any:
    told = _element("Mask")
    if mask.token:
        told.set("token", mask.token)
    told.append(_element("ConfigurationToken", mask.configuration))
    polygon = etree.SubElement(told, f"{{{TR2}}}Polygon")
    for x, y in mask.polygon:
        etree.SubElement(polygon, f"{{{TT}}}Point", x=f"{x:.4f}", y=f"{y:.4f}")
    told.append(_element("Type", "Color"))
    etree.SubElement(told, f"{{{TR2}}}Color", X="0", Y="0", Z="0")
    told.append(_element("Enabled", "true" if mask.enabled else "false"))
    return told
