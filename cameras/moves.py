"""When a camera counts as moved, and what follows from it (law L-02)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils import timezone

from cameras.models import Camera, CameraPosition

UNMOVED_STATES = (Camera.State.PLANNED, Camera.State.RETIRED)


def is_moved(camera: Camera, position: CameraPosition | None) -> bool:
    """Whether the camera has left the position the prefecture was told of."""
    return position is not None and position.is_left_by(camera)


def state_after(camera: Camera, *, moved: bool) -> str:
    """The state it has then: one that was or would be in use is to be declared first."""
    return Camera.State.TO_DECLARE if moved and camera.state not in UNMOVED_STATES else camera.state


def settle(cameras: Sequence[Camera], *, was: Mapping[int, str]) -> set[int]:
    """Bring history and state in line with changed fields, before the rows are saved.

    `was` gives the state each had, by id. Returns the ids of those that moved.
    """
    now = timezone.now()
    held = {p.camera_id: p for p in CameraPosition.objects.filter(camera__in=cameras, until=None)}
    moved = {camera.pk for camera in cameras if is_moved(camera, held.get(camera.pk))}
    CameraPosition.objects.filter(camera__in=moved, until=None).update(until=now)
    begun = [camera for camera in cameras if camera.pk in moved or camera.pk not in held]
    CameraPosition.objects.bulk_create([CameraPosition.of(camera) for camera in begun], batch_size=1000)
    for camera in cameras:
        camera.state = state_after(camera, moved=camera.pk in moved)
        if camera.state != was[camera.pk]:
            camera.state_since = now
    return moved
