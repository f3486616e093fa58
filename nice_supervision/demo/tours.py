"""Two video tours over cameras of the demonstration city that show a drawn street."""

from __future__ import annotations

from cameras.models import Camera, Preset, Tour, TourStop
from footage.models import Source

STOPS, DWELL_S = 5, 10


def load() -> int:
    """How many there are afterwards; those that exist stay as somebody left them."""
    shown = Source.objects.filter(enabled=True, camera__exercise=True).values_list("camera_id", flat=True)
    cameras = list(Camera.objects.filter(pk__in=list(shown)).order_by("code"))
    _tour("Chemins de l’école", "Passages et portails à l’entrée et à la sortie des classes", cameras[:STOPS])
    _tour("Places", "Attroupements et objets abandonnés", cameras[STOPS : 2 * STOPS])
    return Tour.objects.count()


def _tour(name: str, purpose: str, cameras: list[Camera]) -> None:
    if not cameras or Tour.objects.filter(name=name).exists():
        return
    tour = Tour.objects.create(name=name, purpose=purpose)
    presets = {one.camera_id: one for one in Preset.objects.filter(camera__in=cameras).order_by("-number")}
    TourStop.objects.bulk_create(
        TourStop(tour=tour, number=number, camera=camera, preset=presets.get(camera.pk), dwell_s=DWELL_S)
        for number, camera in enumerate(cameras, 1)
    )
