"""Which places of the demonstration come first: the buttons one is likely to press, the cameras that see them."""

from __future__ import annotations

from alerts.models import Site
from cameras.models import Camera, Device, Preset
from places.geometry import Point

# The story of the documentation is played on these.
FIRST_PRESSED = ("ECO-012", "COM-004")
# Where the drawn domes answer, and how many there are: each costs 4 % of a core.
HERE = "127.0.0.1"
DOMES = 4


def seen() -> list[str]:
    """The cameras that a press on these buttons chooses, then those of the other sites."""
    sites = sorted(
        Site.objects.filter(exercise=True), key=lambda site: (site.code not in FIRST_PRESSED, site.code)
    )
    chosen = (
        sight.camera.code
        for site in sites
        for sight in Camera.objects.that_see(Point(site.lat, site.lon), at_most=4, exercise=True)
    )
    return list(dict.fromkeys(chosen))


def domes(count: int) -> list[Camera]:
    """The first domes a press on the demonstration's buttons turns; never a camera that has a real head."""
    told = [code for site in FIRST_PRESSED for code in _preset_cameras(site)] + seen()
    rank = {code: place for place, code in enumerate(dict.fromkeys(told))}
    taken = Device.objects.exclude(url__startswith=f"http://{HERE}:").values("camera")
    free = Camera.objects.filter(exercise=True, kind=Camera.Kind.DOME, code__in=rank).exclude(pk__in=taken)
    return sorted(free, key=lambda one: rank[one.code])[:count]


def _preset_cameras(site_code: str) -> list[str]:
    return list(Preset.objects.serving(site_code).values_list("camera__code", flat=True))
