"""What a dome says of itself and of its pictures: the Device, Media and Media2 services of ONVIF."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from nice_supervision.demo.domes.device import FPS, HEIGHT, WIDTH, Dome, Mask
from nice_supervision.demo.domes.soap import NAMESPACES, Fault, Request

PROFILE, SOURCE, CONFIGURATION, NODE = "main", "eye", "ptz", "head"
MOST_MASKS = 8


class Place(NamedTuple):
    """Where this dome answers: as the client called it."""

    http: str  # http://host:port/name
    rtsp: str  # rtsp://host:port/name


Answer = Callable[[Dome, Request, Place], str]


def date_and_time(dome: Dome, _request: Request, _place: Place) -> str:
    now = dome.clock()
    stamp = (
        f"<tt:Time><tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute>"
        f"<tt:Second>{now.second}</tt:Second></tt:Time><tt:Date><tt:Year>{now.year}</tt:Year>"
        f"<tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day></tt:Date>"
    )
    return (
        "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>Manual</tt:DateTimeType>"
        "<tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>UTC0</tt:TZ></tt:TimeZone>"
        f"<tt:UTCDateTime>{stamp}</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
    )


def information(dome: Dome, _request: Request, _place: Place) -> str:
    return (
        "<tds:GetDeviceInformationResponse><tds:Manufacturer>Nice Supervision</tds:Manufacturer>"
        "<tds:Model>Drawn dome</tds:Model><tds:FirmwareVersion>1</tds:FirmwareVersion>"
        f"<tds:SerialNumber>{escape(dome.name)}</tds:SerialNumber><tds:HardwareId>none</tds:HardwareId>"
        "</tds:GetDeviceInformationResponse>"
    )


def services(dome: Dome, _request: Request, place: Place) -> str:
    rows = "".join(
        f"<tds:Service><tds:Namespace>{NAMESPACES[prefix]}</tds:Namespace><tds:XAddr>{place.http}/onvif/{path}"
        "</tds:XAddr><tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>"
        for prefix, path in ADDRESSES.items()
        if prefix != "tth" or dome.warm is not None
    )
    return f"<tds:GetServicesResponse>{rows}</tds:GetServicesResponse>"


def capabilities(_dome: Dome, _request: Request, place: Place) -> str:
    def of(name: str, path: str, more: str = "") -> str:
        return f"<tt:{name}><tt:XAddr>{place.http}/onvif/{path}</tt:XAddr>{more}</tt:{name}>"

    pull = (
        "<tt:WSSubscriptionPolicySupport>false</tt:WSSubscriptionPolicySupport>"
        "<tt:WSPullPointSupport>true</tt:WSPullPointSupport>"
        "<tt:WSPausableSubscriptionManagerInterfaceSupport>false"
        "</tt:WSPausableSubscriptionManagerInterfaceSupport>"
    )
    return (
        "<tds:GetCapabilitiesResponse><tds:Capabilities>"
        f"{of('Device', 'device_service')}{of('Events', 'events_service', pull)}"
        f"{of('Media', 'media_service', '<tt:StreamingCapabilities/>')}{of('PTZ', 'ptz_service')}"
        "</tds:Capabilities></tds:GetCapabilitiesResponse>"
    )


def scopes(_dome: Dome, _request: Request, _place: Place) -> str:
    told = ("Profile/Streaming", "Profile/T", "type/ptz", "name/Drawn_dome")
    rows = "".join(
        f"<tds:Scopes><tt:ScopeDef>Fixed</tt:ScopeDef><tt:ScopeItem>onvif://www.onvif.org/{one}</tt:ScopeItem>"
        "</tds:Scopes>"
        for one in told
    )
    return f"<tds:GetScopesResponse>{rows}</tds:GetScopesResponse>"


def reboot(dome: Dome, _request: Request, _place: Place) -> str:
    dome.restart(3.0)
    return "<tds:SystemRebootResponse><tds:Message>Restarting</tds:Message></tds:SystemRebootResponse>"


def profiles(_dome: Dome, request: Request, _place: Place) -> str:
    one = request.name == "GetProfile"
    tag = "Profile" if one else "Profiles"
    return (
        f'<trt:{request.name}Response><trt:{tag} token="{PROFILE}" fixed="true"><tt:Name>{PROFILE}</tt:Name>'
        f'<tt:VideoSourceConfiguration token="{SOURCE}"><tt:Name>{SOURCE}</tt:Name><tt:UseCount>1</tt:UseCount>'
        f"<tt:SourceToken>{SOURCE}</tt:SourceToken>"
        f'<tt:Bounds x="0" y="0" width="{WIDTH}" height="{HEIGHT}"/></tt:VideoSourceConfiguration>'
        '<tt:VideoEncoderConfiguration token="h264"><tt:Name>h264</tt:Name><tt:UseCount>1</tt:UseCount>'
        f"<tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>{WIDTH}</tt:Width>"
        f"<tt:Height>{HEIGHT}</tt:Height></tt:Resolution><tt:Quality>5</tt:Quality><tt:RateControl>"
        f"<tt:FrameRateLimit>{FPS}</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval>"
        "<tt:BitrateLimit>2000</tt:BitrateLimit></tt:RateControl><tt:H264>"
        f"<tt:GovLength>{FPS}</tt:GovLength><tt:H264Profile>Baseline</tt:H264Profile></tt:H264><tt:Multicast>"
        "<tt:Address><tt:Type>IPv4</tt:Type><tt:IPv4Address>0.0.0.0</tt:IPv4Address></tt:Address><tt:Port>0</tt:Port>"
        "<tt:TTL>1</tt:TTL><tt:AutoStart>false</tt:AutoStart></tt:Multicast>"
        "<tt:SessionTimeout>PT60S</tt:SessionTimeout></tt:VideoEncoderConfiguration>"
        f'<tt:PTZConfiguration token="{CONFIGURATION}"><tt:Name>{CONFIGURATION}</tt:Name><tt:UseCount>1</tt:UseCount>'
        f"<tt:NodeToken>{NODE}</tt:NodeToken></tt:PTZConfiguration></trt:{tag}></trt:{request.name}Response>"
    )


def _of_our_profile(request: Request, prefix: str) -> None:
    if request.text(f"{prefix}:ProfileToken") != PROFILE:
        raise Fault("ter:InvalidArgVal/ter:NoProfile", "there is no such profile")


def stream_uri(_dome: Dome, request: Request, place: Place) -> str:
    _of_our_profile(request, "trt")
    return (
        f"<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>{place.rtsp}</tt:Uri>"
        "<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot>"
        "<tt:Timeout>PT0S</tt:Timeout></trt:MediaUri></trt:GetStreamUriResponse>"
    )


def snapshot_uri(_dome: Dome, request: Request, place: Place) -> str:
    _of_our_profile(request, "trt")
    return (
        f"<trt:GetSnapshotUriResponse><trt:MediaUri><tt:Uri>{place.http}/snapshot.jpg</tt:Uri>"
        "<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot>"
        "<tt:Timeout>PT0S</tt:Timeout></trt:MediaUri></trt:GetSnapshotUriResponse>"
    )


def video_sources(_dome: Dome, _request: Request, _place: Place) -> str:
    return (
        f'<trt:GetVideoSourcesResponse><trt:VideoSources token="{SOURCE}"><tt:Framerate>{FPS}</tt:Framerate>'
        f"<tt:Resolution><tt:Width>{WIDTH}</tt:Width><tt:Height>{HEIGHT}</tt:Height></tt:Resolution>"
        "</trt:VideoSources></trt:GetVideoSourcesResponse>"
    )


def profiles_2(_dome: Dome, _request: Request, _place: Place) -> str:
    return (
        f'<tr2:GetProfilesResponse><tr2:Profiles token="{PROFILE}" fixed="true"><tr2:Name>{PROFILE}</tr2:Name>'
        f'<tr2:Configurations><tr2:VideoSource token="{SOURCE}"><tt:Name>{SOURCE}</tt:Name>'
        f"<tt:UseCount>1</tt:UseCount><tt:SourceToken>{SOURCE}</tt:SourceToken>"
        f'<tt:Bounds x="0" y="0" width="{WIDTH}" height="{HEIGHT}"/></tr2:VideoSource>'
        '<tr2:VideoEncoder token="h264"><tt:Name>h264</tt:Name><tt:UseCount>1</tt:UseCount>'
        f"<tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>{WIDTH}</tt:Width>"
        f"<tt:Height>{HEIGHT}</tt:Height></tt:Resolution><tt:Quality>5</tt:Quality></tr2:VideoEncoder>"
        f'<tr2:PTZ token="{CONFIGURATION}"><tt:Name>{CONFIGURATION}</tt:Name><tt:UseCount>1</tt:UseCount>'
        f"<tt:NodeToken>{NODE}</tt:NodeToken></tr2:PTZ></tr2:Configurations></tr2:Profiles>"
        "</tr2:GetProfilesResponse>"
    )


def stream_uri_2(_dome: Dome, request: Request, place: Place) -> str:
    _of_our_profile(request, "tr2")
    return f"<tr2:GetStreamUriResponse><tr2:Uri>{place.rtsp}</tr2:Uri></tr2:GetStreamUriResponse>"


def snapshot_uri_2(_dome: Dome, request: Request, place: Place) -> str:
    _of_our_profile(request, "tr2")
    uri = f"{place.http}/snapshot.jpg"
    return f"<tr2:GetSnapshotUriResponse><tr2:Uri>{uri}</tr2:Uri></tr2:GetSnapshotUriResponse>"


def masks(dome: Dome, _request: Request, _place: Place) -> str:
    rows = "".join(_told(one) for one in dome.masks.values())
    return f"<tr2:GetMasksResponse>{rows}</tr2:GetMasksResponse>"


def _told(mask: Mask) -> str:
    corners = "".join(f'<tt:Point x="{x}" y="{y}"/>' for x, y in mask.corners)
    return (
        f"<tr2:Masks token={quoteattr(mask.token)}><tr2:ConfigurationToken>{SOURCE}</tr2:ConfigurationToken>"
        f"<tr2:Polygon>{corners}</tr2:Polygon><tr2:Type>Color</tr2:Type><tr2:Color X='0' Y='0' Z='0'/>"
        f"<tr2:Enabled>{str(mask.enabled).lower()}</tr2:Enabled></tr2:Masks>"
    )


def create_mask(dome: Dome, request: Request, _place: Place) -> str:
    if len(dome.masks) >= MOST_MASKS:
        raise Fault("ter:Action/ter:MaxMasks", "no room for another mask", sender=False)
    mask = _mask(request, f"mask{max((int(token[4:]) for token in dome.masks), default=0) + 1}")
    dome.masks[mask.token] = mask
    dome.note("CreateMask", mask.corners)
    return f"<tr2:CreateMaskResponse><tr2:Token>{mask.token}</tr2:Token></tr2:CreateMaskResponse>"


def set_mask(dome: Dome, request: Request, _place: Place) -> str:
    told = request.find("tr2:Mask")
    token = "" if told is None else told.get("token") or ""
    if token not in dome.masks:
        raise Fault("ter:InvalidArgVal/ter:NoConfig", "there is no such mask")
    dome.masks[token] = _mask(request, token)
    dome.note("SetMask", dome.masks[token].corners)
    return "<tr2:SetMaskResponse/>"


def delete_mask(dome: Dome, request: Request, _place: Place) -> str:
    if dome.masks.pop(request.text("tr2:Token"), None) is None:
        raise Fault("ter:InvalidArgVal/ter:NoConfig", "there is no such mask")
    return "<tr2:DeleteMaskResponse/>"


def _mask(request: Request, token: str) -> Mask:
    corners = [
        (float(corner.get("x")), float(corner.get("y")))
        for corner in request.body.iterfind(".//tt:Point", NAMESPACES)
    ]
    if len(corners) < 3 or request.text("tr2:Mask/tr2:ConfigurationToken") != SOURCE:
        raise Fault("ter:InvalidArgVal/ter:InvalidPolygon", "not a mask of this picture")
    return Mask(token, corners, request.text("tr2:Mask/tr2:Enabled") != "false")


ADDRESSES = {
    "tds": "device_service",
    "trt": "media_service",
    "tr2": "media2_service",
    "tptz": "ptz_service",
    "tev": "events_service",
    "tth": "thermal_service",
}
# Asked before anybody can sign in (ONVIF Core, access class PRE_AUTH).
FOR_ANYBODY = {"GetSystemDateAndTime", "GetServices", "GetCapabilities", "GetServiceCapabilities"}
ANSWERS: dict[tuple[str, str], Answer] = {
    ("tds", "GetSystemDateAndTime"): date_and_time,
    ("tds", "GetDeviceInformation"): information,
    ("tds", "GetServices"): services,
    ("tds", "GetCapabilities"): capabilities,
    ("tds", "GetScopes"): scopes,
    ("tds", "SystemReboot"): reboot,
    ("trt", "GetProfiles"): profiles,
    ("trt", "GetProfile"): profiles,
    ("trt", "GetStreamUri"): stream_uri,
    ("trt", "GetSnapshotUri"): snapshot_uri,
    ("trt", "GetVideoSources"): video_sources,
    ("tr2", "GetProfiles"): profiles_2,
    ("tr2", "GetStreamUri"): stream_uri_2,
    ("tr2", "GetSnapshotUri"): snapshot_uri_2,
    ("tr2", "GetMasks"): masks,
    ("tr2", "CreateMask"): create_mask,
    ("tr2", "SetMask"): set_mask,
    ("tr2", "DeleteMask"): delete_mask,
}
