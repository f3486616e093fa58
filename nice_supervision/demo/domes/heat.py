"""What a dome that measures says of temperatures: the Thermal service, and readings of its points as events.

Kelvin, as the specification of ONVIF has it (Thermal service; Analytics, radiometry annex).
"""

from __future__ import annotations

import time
from xml.sax.saxutils import quoteattr

from nice_supervision.demo.domes.device import Dome
from nice_supervision.demo.domes.services import SOURCE, Answer, Place
from nice_supervision.demo.domes.soap import Fault, Request

TOPIC = "VideoAnalytics/Radiometry/SpotTemperatureReading"
EVERY_S = 0.5
EMISSIVITY, DISTANCE_M = 0.95, 30


def capabilities(dome: Dome, _request: Request, _place: Place) -> str:
    dome.note("GetServiceCapabilities", "thermal")
    return (
        '<tth:GetServiceCapabilitiesResponse><tth:Capabilities Radiometry="true"/>'
        "</tth:GetServiceCapabilitiesResponse>"
    )


def radiometry(_dome: Dome, request: Request, _place: Place) -> str:
    if request.text("tth:VideoSourceToken") not in ("", SOURCE):
        raise Fault("ter:InvalidArgVal/ter:NoVideoSource", "there is no such source")
    told = (
        "<tth:ReflectedAmbientTemperature>293.15</tth:ReflectedAmbientTemperature>"
        f"<tth:Emissivity>{EMISSIVITY}</tth:Emissivity><tth:DistanceToObject>{DISTANCE_M}</tth:DistanceToObject>"
    )
    return (
        "<tth:GetRadiometryConfigurationResponse><tth:Configuration><tth:RadiometryGlobalParameters>"
        f"{told}</tth:RadiometryGlobalParameters></tth:Configuration></tth:GetRadiometryConfigurationResponse>"
    )


def measure(dome: Dome) -> None:
    """Called while somebody waits for news: a measuring device tells again and again, changed or not."""
    if dome.warm is None or time.time() - dome.measured_at < EVERY_S:
        return
    dome.measured_at = time.time()
    for place, kelvin in dome.warm.items():
        reading = f"<ttr:Reading ItemID={quoteattr(place)} SpotTemperature={quoteattr(f'{kelvin:.2f}')}/>"
        dome.happens(TOPIC, element=f'<tt:ElementItem Name="Reading">{reading}</tt:ElementItem>')


ANSWERS: dict[tuple[str, str], Answer] = {
    ("tth", "GetServiceCapabilities"): capabilities,
    ("tth", "GetRadiometryConfiguration"): radiometry,
}
