"""The PTZ service of a dome."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from nice_supervision.demo.domes.device import Dome
from nice_supervision.demo.domes.head import HOME, Counts
from nice_supervision.demo.domes.services import CONFIGURATION, NODE, PROFILE, Answer, Place
from nice_supervision.demo.domes.soap import Element, Fault, Request

SPACES = "http://www.onvif.org/ver10/tptz"
MOST_PRESETS = 100
LONGEST_S = 10.0
_SECONDS = re.compile(r"^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$")


def _range(tag: str, uri: str, *ranges: tuple[float, float]) -> str:
    axes = "".join(
        f"<tt:{axis}><tt:Min>{least}</tt:Min><tt:Max>{most}</tt:Max></tt:{axis}>"
        for axis, (least, most) in zip(("XRange", "YRange"), ranges, strict=False)
    )
    return f"<tt:{tag}><tt:URI>{SPACES}/{uri}</tt:URI>{axes}</tt:{tag}>"


def _spaces(dome: Dome) -> str:
    both, one = ((-1, 1), (-1, 1)), ((0, 1),)
    parts = []
    if "AbsoluteMove" not in dome.wrong.refuses:
        parts.append(_range("AbsolutePanTiltPositionSpace", "PanTiltSpaces/PositionGenericSpace", *both))
        parts.append(_range("AbsoluteZoomPositionSpace", "ZoomSpaces/PositionGenericSpace", *one))
    # That of RelativeMove is told even when it is refused: so do the real ones.
    parts.append(_range("RelativePanTiltTranslationSpace", "PanTiltSpaces/TranslationGenericSpace", *both))
    parts.append(_range("RelativeZoomTranslationSpace", "ZoomSpaces/TranslationGenericSpace", (-1, 1)))
    parts.append(_range("ContinuousPanTiltVelocitySpace", "PanTiltSpaces/VelocityGenericSpace", *both))
    parts.append(_range("ContinuousZoomVelocitySpace", "ZoomSpaces/VelocityGenericSpace", (-1, 1)))
    return "".join(parts)


def nodes(dome: Dome, request: Request, _place: Place) -> str:
    return (
        f'<tptz:{request.name}Response><tptz:PTZNode token="{NODE}"><tt:Name>{NODE}</tt:Name>'
        f"<tt:SupportedPTZSpaces>{_spaces(dome)}</tt:SupportedPTZSpaces>"
        f"<tt:MaximumNumberOfPresets>{MOST_PRESETS}</tt:MaximumNumberOfPresets>"
        f"<tt:HomeSupported>true</tt:HomeSupported></tptz:PTZNode></tptz:{request.name}Response>"
    )


def configurations(_dome: Dome, request: Request, _place: Place) -> str:
    return (
        f'<tptz:{request.name}Response><tptz:PTZConfiguration token="{CONFIGURATION}">'
        f"<tt:Name>{CONFIGURATION}</tt:Name><tt:UseCount>1</tt:UseCount><tt:NodeToken>{NODE}</tt:NodeToken>"
        f"</tptz:PTZConfiguration></tptz:{request.name}Response>"
    )


def options(dome: Dome, _request: Request, _place: Place) -> str:
    return (
        "<tptz:GetConfigurationOptionsResponse><tptz:PTZConfigurationOptions>"
        f"<tt:Spaces>{_spaces(dome)}</tt:Spaces><tt:PTZTimeout><tt:Min>PT0S</tt:Min><tt:Max>PT10S</tt:Max>"
        "</tt:PTZTimeout></tptz:PTZConfigurationOptions></tptz:GetConfigurationOptionsResponse>"
    )


def status(dome: Dome, request: Request, _place: Place) -> str:
    _checked(request)
    at, moving = dome.head.counts()
    word = "MOVING" if moving else "IDLE"
    now = dome.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
    return (
        f"<tptz:GetStatusResponse><tptz:PTZStatus>{_position(at)}"
        f"<tt:MoveStatus><tt:PanTilt>{word}</tt:PanTilt><tt:Zoom>{word}</tt:Zoom></tt:MoveStatus>"
        f"<tt:UtcTime>{now}</tt:UtcTime></tptz:PTZStatus></tptz:GetStatusResponse>"
    )


def absolute(dome: Dome, request: Request, _place: Place) -> str:
    _checked(request)
    now = dome.head.counts()[0]
    to = _vector(request.find("tptz:Position"), now)
    _inside(to, Counts(-1, -1, 0))
    dome.head.go(to)
    _sets_off(dome, "AbsoluteMove", to._asdict())
    return "<tptz:AbsoluteMoveResponse/>"


def relative(dome: Dome, request: Request, _place: Place) -> str:
    _checked(request)
    by = _vector(request.find("tptz:Translation"), Counts(0, 0, 0))
    now = dome.head.counts()[0]
    pan = now.pan + by.pan
    to = Counts(
        (pan + 1) % 2 - 1 if dome.head.mounting.endless else pan,
        now.tilt + by.tilt,
        min(max(now.zoom + by.zoom, 0), 1),
    )
    _inside(to, Counts(-1, -1, 0))
    dome.head.go(to)
    _sets_off(dome, "RelativeMove", by._asdict())
    return "<tptz:RelativeMoveResponse/>"


def continuous(dome: Dome, request: Request, _place: Place) -> str:
    _checked(request)
    speed = _vector(request.find("tptz:Velocity"), Counts(0, 0, 0))
    _inside(speed, Counts(-1, -1, -1))
    dome.head.turn(speed, _seconds(request.text("tptz:Timeout")))
    _sets_off(dome, "ContinuousMove", speed._asdict())
    return "<tptz:ContinuousMoveResponse/>"


def stop(dome: Dome, request: Request, _place: Place) -> str:
    _checked(request)
    dome.head.stop(
        pan_tilt=request.text("tptz:PanTilt", "true") != "false",
        zoom=request.text("tptz:Zoom", "true") != "false",
    )
    dome.note("Stop", None)
    return "<tptz:StopResponse/>"


def presets(dome: Dome, request: Request, _place: Place) -> str:
    _checked(request)
    rows = "".join(
        f"<tptz:Preset token={quoteattr(token)}><tt:Name>{escape(name)}</tt:Name>"
        f"{_position(at, 'tt:PTZPosition')}</tptz:Preset>"
        for token, (name, at) in dome.head.presets.items()
    )
    return f"<tptz:GetPresetsResponse>{rows}</tptz:GetPresetsResponse>"


def set_preset(dome: Dome, request: Request, _place: Place) -> str:
    _checked(request)
    token = request.text("tptz:PresetToken") or str(len(dome.head.presets) + 1)
    if len(dome.head.presets) >= MOST_PRESETS:
        raise Fault("ter:Action/ter:TooManyPresets", "no room for another preset", sender=False)
    dome.head.presets[token] = (request.text("tptz:PresetName", token), dome.head.counts()[0])
    return f"<tptz:SetPresetResponse><tptz:PresetToken>{escape(token)}</tptz:PresetToken></tptz:SetPresetResponse>"


def goto_preset(dome: Dome, request: Request, _place: Place) -> str:
    _checked(request)
    if request.find("tptz:Speed") is not None:  # as some of the trade do
        raise Fault("ter:InvalidArgVal/ter:SpaceNotSupported", "no speed with a preset")
    kept = dome.head.presets.get(request.text("tptz:PresetToken"))
    if kept is None:
        raise Fault("ter:InvalidArgVal/ter:NoToken", "there is no such preset")
    dome.head.go(kept[1])
    _sets_off(dome, "GotoPreset", request.text("tptz:PresetToken"))
    return "<tptz:GotoPresetResponse/>"


def remove_preset(dome: Dome, request: Request, _place: Place) -> str:
    _checked(request)
    if dome.head.presets.pop(request.text("tptz:PresetToken"), None) is None:
        raise Fault("ter:InvalidArgVal/ter:NoToken", "there is no such preset")
    return "<tptz:RemovePresetResponse/>"


def go_home(dome: Dome, request: Request, _place: Place) -> str:
    _checked(request)
    dome.head.go(HOME)
    _sets_off(dome, "GotoHomePosition", None)
    return "<tptz:GotoHomePositionResponse/>"


def _sets_off(dome: Dome, operation: str, detail: object) -> None:
    """Told to whoever listens, as some of the trade do; who turned it is not said."""
    dome.note(operation, detail)
    dome.happens("PTZController/Move/Channel_1", is_moving="1")


def _checked(request: Request) -> None:
    if request.text("tptz:ProfileToken") != PROFILE:
        raise Fault("ter:InvalidArgVal/ter:NoProfile", "there is no such profile")


def _position(at: Counts, tag: str = "tt:Position") -> str:
    return (
        f'<{tag}><tt:PanTilt x="{at.pan:.6f}" y="{at.tilt:.6f}" '
        f'space="{SPACES}/PanTiltSpaces/PositionGenericSpace"/>'
        f'<tt:Zoom x="{at.zoom:.6f}" space="{SPACES}/ZoomSpaces/PositionGenericSpace"/></{tag}>'
    )


def _vector(found: Element | None, default: Counts) -> Counts:
    if found is None:
        raise Fault("ter:InvalidArgVal", "nothing to move by")
    pan_tilt = found.find("{http://www.onvif.org/ver10/schema}PanTilt")
    zoom = found.find("{http://www.onvif.org/ver10/schema}Zoom")
    try:
        return Counts(
            default.pan if pan_tilt is None else float(pan_tilt.get("x")),
            default.tilt if pan_tilt is None else float(pan_tilt.get("y")),
            default.zoom if zoom is None else float(zoom.get("x")),
        )
    except (TypeError, ValueError) as error:
        raise Fault("ter:InvalidArgVal", "not a number") from error


def _inside(at: Counts, least: Counts) -> None:
    if any(value < low or value > 1 for value, low in zip(at, least, strict=True)):
        raise Fault("ter:InvalidArgVal/ter:InvalidPosition", "the position is out of range")


def _seconds(text: str) -> float:
    found = _SECONDS.match(text)
    if found is None or not any(found.groups()):
        return LONGEST_S
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return min(hours * 3600 + minutes * 60 + seconds, LONGEST_S)


ANSWERS: dict[tuple[str, str], Answer] = {
    ("tptz", "GetNodes"): nodes,
    ("tptz", "GetNode"): nodes,
    ("tptz", "GetConfigurations"): configurations,
    ("tptz", "GetConfiguration"): configurations,
    ("tptz", "GetConfigurationOptions"): options,
    ("tptz", "GetStatus"): status,
    ("tptz", "AbsoluteMove"): absolute,
    ("tptz", "RelativeMove"): relative,
    ("tptz", "ContinuousMove"): continuous,
    ("tptz", "Stop"): stop,
    ("tptz", "GetPresets"): presets,
    ("tptz", "SetPreset"): set_preset,
    ("tptz", "GotoPreset"): goto_preset,
    ("tptz", "RemovePreset"): remove_preset,
    ("tptz", "GotoHomePosition"): go_home,
}
