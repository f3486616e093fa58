"""The first words with a device, by hand: its clock, its services, its profiles, and in what its head counts.

All that an alarm waits for right after a start: four answers. What a WSDL is read for comes later (`onvif.learn`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

import aiohttp
from lxml import etree

from cameras.drivers.asked import at_host
from cameras.drivers.base import Address, NoDevice, NotSupported, Refused, WrongPassword
from cameras.drivers.envelope import Post, Signature, read
from cameras.drivers.ptz import NS as PTZ

TDS, TT = "http://www.onvif.org/ver10/device/wsdl", "http://www.onvif.org/ver10/schema"
TRT, TR2 = "http://www.onvif.org/ver10/media/wsdl", "http://www.onvif.org/ver20/media/wsdl"
TEV = "http://www.onvif.org/ver10/events/wsdl"
DEGREES = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/SphericalPositionSpaceDegrees"
GENERIC = "http://www.onvif.org/ver10/tptz/PanTiltSpaces/PositionGenericSpace"
# As older devices tell of their services, by one name each.
OF_OLD = {"Media": TRT, "PTZ": PTZ, "Events": TEV}


class Range(NamedTuple):
    least: float
    most: float

    def at(self, share: float) -> float:
        return self.least + (self.most - self.least) * share

    def share(self, counts: float) -> float:
        wide = self.most - self.least
        return min(max((counts - self.least) / wide, 0.0), 1.0) if wide else 0.0


BOTH_WAYS, ONE_WAY = Range(-1.0, 1.0), Range(0.0, 1.0)


@dataclass(frozen=True)
class Spaces:
    """In what this head counts. `space` is the URI sent with each position."""

    space: str = GENERIC
    pan: Range = BOTH_WAYS
    tilt: Range = BOTH_WAYS
    zoom: Range = ONE_WAY
    absolute: bool = False
    relative: bool = False
    continuous: bool = False


class Introduced(NamedTuple):
    signature: Signature
    ahead: dt.timedelta | None  # its clock before ours; None when it does not tell its time
    services: Mapping[str, str]  # addresses as it tells them, at the host that was asked

    def post(self, service: str, line: aiohttp.ClientSession) -> Post:
        return Post(self.services[service], line, self.signature)


class Profile(NamedTuple):
    token: str
    ptz: str | None
    source: str | None
    codec: str
    width_px: int
    height_px: int


async def introduced(address: Address, line: aiohttp.ClientSession) -> Introduced:
    """Its clock, by which it is signed from then on; then its services."""
    ahead = await _clock(address, line)
    signature = Signature(address.user, address.password, ahead or dt.timedelta())
    device = Post(address.url, line, signature)
    try:
        said = await call(device, TDS, "GetServices", "<IncludeCapability>false</IncludeCapability>")
        told = {
            (one.findtext(f"{{{TDS}}}Namespace") or "").strip(): one.findtext(f"{{{TDS}}}XAddr")
            for one in said.iterfind(f"{{{TDS}}}Service")
        }
    except Refused:
        told = {}
    if not any(told.values()):
        said = await call(device, TDS, "GetCapabilities", "<Category>All</Category>")
        told = {space: said.findtext(f".//{{{TT}}}{name}/{{{TT}}}XAddr") for name, space in OF_OLD.items()}
    here = {space: at_host(where.strip(), address.url) for space, where in told.items() if where}
    return Introduced(signature, ahead, here)


async def profiles(media: Post) -> list[Profile]:
    """Of the first Media service (Profile S)."""
    said = await call(media, TRT, "GetProfiles")
    return [
        _profile(
            one,
            one.find(f"{{{TT}}}VideoEncoderConfiguration"),
            one.find(f"{{{TT}}}PTZConfiguration"),
            one.find(f"{{{TT}}}VideoSourceConfiguration"),
        )
        for one in said.iterfind(f"{{{TRT}}}Profiles")
    ]


async def second_profiles(media2: Post) -> list[Profile]:
    """Of the second Media service, for those that have no other (Profile T)."""
    said = await call(media2, TR2, "GetProfiles", "<Type>All</Type>")
    within = f"{{{TR2}}}Configurations/{{{TR2}}}"
    return [
        _profile(
            one, one.find(f"{within}VideoEncoder"), one.find(f"{within}PTZ"), one.find(f"{within}VideoSource")
        )
        for one in said.iterfind(f"{{{TR2}}}Profiles")
    ]


async def spaces(ptz: Post, configuration: str) -> Spaces:
    token = f"<ConfigurationToken>{escape(configuration)}</ConfigurationToken>"
    said = await call(ptz, PTZ, "GetConfigurationOptions", token)
    positions = said.findall(f".//{{{TT}}}AbsolutePanTiltPositionSpace")
    zoom = said.find(f".//{{{TT}}}AbsoluteZoomPositionSpace")
    best = next((one for one in positions if _uri(one) == DEGREES), positions[0] if positions else None)
    return Spaces(
        space=GENERIC if best is None else _uri(best),
        pan=BOTH_WAYS if best is None else _range(best, "XRange"),
        tilt=BOTH_WAYS if best is None else _range(best, "YRange"),
        zoom=ONE_WAY if zoom is None else _range(zoom, "XRange"),
        absolute=best is not None,
        relative=said.find(f".//{{{TT}}}RelativePanTiltTranslationSpace") is not None,
        continuous=said.find(f".//{{{TT}}}ContinuousPanTiltVelocitySpace") is not None,
    )


async def call(post: Post, namespace: str, name: str, told: str = "") -> Any:
    return read(await post.call(f"{namespace}/{name}", f'<{name} xmlns="{namespace}">{told}</{name}>'))


async def _clock(address: Address, line: aiohttp.ClientSession) -> dt.timedelta | None:
    """Asked without a name, as the standard says; some want one all the same."""
    signed = Signature(address.user, address.password)
    try:
        try:
            said = await call(Post(address.url, line, Signature("", "")), TDS, "GetSystemDateAndTime")
        except (Refused, WrongPassword):
            said = await call(Post(address.url, line, signed), TDS, "GetSystemDateAndTime")
    except (NotSupported, etree.XMLSyntaxError) as error:  # every device knows this one
        raise NoDevice from error
    at = said.find(f".//{{{TT}}}UTCDateTime")
    if at is None:
        return None
    told = {etree.QName(one).localname: int(one.text) for one in at.iter(etree.Element) if not len(one)}
    clock = dt.datetime(*(told[part] for part in ("Year", "Month", "Day", "Hour", "Minute", "Second")))  # type: ignore[arg-type]
    return clock.replace(tzinfo=dt.UTC) - dt.datetime.now(dt.UTC)


def _profile(one: Any, encoder: Any, ptz: Any, source: Any) -> Profile:
    size = None if encoder is None else encoder.find(f"{{{TT}}}Resolution")
    return Profile(
        token=one.get("token") or "",
        ptz=None if ptz is None else ptz.get("token"),
        source=None if source is None else source.get("token"),
        codec="" if encoder is None else encoder.findtext(f"{{{TT}}}Encoding") or "",
        width_px=0 if size is None else int(size.findtext(f"{{{TT}}}Width") or 0),
        height_px=0 if size is None else int(size.findtext(f"{{{TT}}}Height") or 0),
    )


def _uri(space: Any) -> str:
    return (space.findtext(f"{{{TT}}}URI") or "").strip()


def _range(space: Any, which: str) -> Range:
    return Range(*(float(space.findtext(f"{{{TT}}}{which}/{{{TT}}}{end}")) for end in ("Min", "Max")))
