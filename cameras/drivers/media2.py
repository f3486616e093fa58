"""The second Media service of ONVIF (Profile T): profiles, streams and privacy masks.

The WSDL of the library end before it, so its few calls are written out here. Prefixes: tr2 and tt are those of
the ONVIF specifications (Media2 service, schema).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from lxml import etree
from onvif.client import UsernameDigestTokenDtDiff

from cameras.drivers.base import Unreachable, WrongPassword
from cameras.drivers.faults import of_words

SOAP, TR2 = "http://www.w3.org/2003/05/soap-envelope", "http://www.onvif.org/ver20/media/wsdl"
TT = "http://www.onvif.org/ver10/schema"
Point = tuple[float, float]
EVERYTHING = "All"


class DeviceMask(NamedTuple):
    """A mask the device lays over its picture itself. Corners -1 … 1, x to the right, y up."""

    token: str
    configuration: str
    polygon: Sequence[Point]
    enabled: bool = True


class Media2:
    """`transport` is a zeep transport that can post; `wsse` signs each envelope anew."""

    def __init__(self, url: str, transport: Any, wsse: UsernameDigestTokenDtDiff | None) -> None:
        self._url = url
        self._transport = transport
        self._wsse = wsse

    async def profiles(self) -> list[dict[str, Any]]:
        asked = _element("GetProfiles")
        asked.append(_element("Type", EVERYTHING))
        answer = await self._call(asked)
        return [_profile(one) for one in answer.iterfind(f"{{{TR2}}}Profiles")]

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
        envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"s": SOAP, "tr2": TR2, "tt": TT})
        etree.SubElement(envelope, f"{{{SOAP}}}Header")
        etree.SubElement(envelope, f"{{{SOAP}}}Body").append(asked)
        headers = {"Content-Type": "application/soap+xml; charset=utf-8"}
        if self._wsse is not None:
            envelope, headers = self._wsse.apply(envelope, headers)
        response = await self._transport.post_xml(self._url, envelope, headers)
        if not response.content.lstrip().startswith(b"<"):
            raise (
                WrongPassword if response.status_code == 401 else Unreachable(f"HTTP {response.status_code}")
            )
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        body = etree.fromstring(response.content, parser).find(f"{{{SOAP}}}Body")
        answer = body[0]
        if answer.tag == f"{{{SOAP}}}Fault":
            codes = [one.text or "" for one in answer.iterfind(f".//{{{SOAP}}}Subcode/{{{SOAP}}}Value")]
            raise of_words(" ".join([*codes, answer.findtext(f".//{{{SOAP}}}Text") or ""]))
        return answer


def _element(name: str, text: str | None = None) -> Any:
    made = etree.Element(f"{{{TR2}}}{name}")
    made.text = text
    return made


def _profile(one: Any) -> dict[str, Any]:
    encoder = one.find(f"{{{TR2}}}Configurations/{{{TR2}}}VideoEncoder")
    ptz = one.find(f"{{{TR2}}}Configurations/{{{TR2}}}PTZ")
    source = one.find(f"{{{TR2}}}Configurations/{{{TR2}}}VideoSource")
    size = None if encoder is None else encoder.find(f"{{{TT}}}Resolution")
    return {
        "token": one.get("token"),
        "ptz": None if ptz is None else ptz.get("token"),
        "source": None if source is None else source.get("token"),
        "codec": "" if encoder is None else encoder.findtext(f"{{{TT}}}Encoding") or "",
        "width_px": 0 if size is None else int(size.findtext(f"{{{TT}}}Width") or 0),
        "height_px": 0 if size is None else int(size.findtext(f"{{{TT}}}Height") or 0),
    }


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
