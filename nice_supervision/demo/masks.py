"""One camera of the demonstration whose windows are masked, so that a mask is seen on screen (L-03)."""

from __future__ import annotations

from collections.abc import Iterable

from cameras.masks.actions import check_mask, draw_mask
from cameras.models import Camera, MaskCheck, PrivacyMask
from footage.actions import set_source
from footage.models import Source

STREET = "school_street"
# The upper floors on either side of that street; shops and doors of the school stay in view.
UPPER_FLOORS = [
    [[0, 0], [0.4, 0], [0.4, 0.03], [0.31, 0.07], [0.23, 0.1], [0.1, 0.122], [0, 0.14]],
    [[0.6, 0], [1, 0], [1, 0.14], [0.9, 0.118], [0.8, 0.09], [0.69, 0.06], [0.6, 0.03]],
]


def load() -> str:
    """The code of the camera; empty when none suits. What is there already stays."""
    drawn = PrivacyMask.objects.select_related("camera").order_by("pk").first()
    if drawn is not None:
        return drawn.camera.code
    shown = Source.objects.filter(kind=Source.Kind.SCENE, camera__kind=Camera.Kind.FIXED)
    ours = sorted(shown.select_related("camera"), key=lambda one: (one.url != STREET, one.camera.code))
    if not ours:
        return ""
    camera = ours[0].camera
    if ours[0].url != STREET:
        set_source(camera=camera, kind=Source.Kind.SCENE, url=STREET, sub_url=STREET, actor=None)
    draw_mask(camera=camera, preset=None, polygons=UPPER_FLOORS, actor=None)
    check_mask(
        camera=camera,
        preset=None,
        result=MaskCheck.Result.MASKED,
        seen=None,
        actor=None,
        note="Drawn street, drawn mask.",
    )
    return camera.code


def nothing_to_mask(cameras: Iterable[Camera]) -> None:
    """Of drawn cameras nobody has drawn a mask for: nobody lives there."""
    for camera in cameras:
        drawn = PrivacyMask.objects.filter(camera=camera).exclude(digest="").exists()
        if drawn or MaskCheck.objects.open().filter(camera=camera, preset=None).exists():
            continue
        check_mask(
            camera=camera,
            preset=None,
            result=MaskCheck.Result.NOTHING,
            seen=None,
            actor=None,
            note="Drawn street: nobody lives there.",
        )
