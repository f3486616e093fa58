"""All that is known of one camera's sight: where it looks, what it usually sees, and what stands against it."""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from cameras.models import Camera, Device, SteeringOrder
from footage.health.judge import SEEN, Judged, Kind, judge, looks_elsewhere
from footage.health.light import Light, light_at
from footage.health.measure import Measured, Plane
from footage.health.patience import Patience
from footage.health.usual import ENOUGH, Usual
from footage.models import CameraReference, Source, WorkOrder
from places.geometry import Point

logger = logging.getLogger(__name__)
# Written down once it is known, then about once an hour.
SAVED_EVERY = 60
Slot = tuple[str, Light]


@dataclass
class Known:
    usual: Usual
    # None: not written down yet.
    pk: int | None = None
    unsaved: int = 0


@dataclass
class Eyesight:
    camera_id: int
    code: str
    place: Point
    steered: bool
    mounting: str
    patience: Patience
    known: dict[Slot, Known] = field(default_factory=dict)
    before: Plane | None = None

    @classmethod
    def read(cls, camera_id: int, size: str) -> Eyesight:
        """From the database; raises what it raises. `size` is that of the pictures."""
        camera = Camera.objects.get(pk=camera_id)
        standing = WorkOrder.objects.filter(camera_id=camera_id, kind__in=SEEN, standing=True)
        sight = cls(
            camera_id=camera_id,
            code=camera.code,
            place=camera.point,
            steered=camera.kind == Camera.Kind.DOME
            and Device.objects.filter(pk=camera_id, enabled=True).exists(),
            mounting=mounting_of(camera, size),
            patience=Patience({Kind(kind) for kind in standing.values_list("kind", flat=True)}),
        )
        for row in CameraReference.objects.filter(camera_id=camera_id):
            sight._remember(row)
        return sight

    def sees(self, told: Measured, at: dt.datetime) -> list[tuple[Kind, bool, dict[str, float | str]]]:
        """What changed with this picture: (fault, whether it stands now, what was measured)."""
        pose, light = self._pose(), light_at(self.place, at)
        slot = (pose, light) if pose is not None and light is not None else None
        known = self.known.get(slot) if slot else None
        judged = judge(told, known.usual if known else None, self.before)
        self.before = told.small
        if slot is not None:
            self._learn(slot, told, judged)
        changes = []
        for kind, stands in self.patience.hears(judged.words, at.timestamp()):
            evidence: dict[str, float | str] = dict(judged.words[kind].figures)
            if light is not None:
                evidence["light"] = light.value
            changes.append((kind, stands, evidence))
        return changes

    def goes_on_from(self, earlier: Eyesight) -> None:
        """Read anew from the database: what was counted and learned since stays, unless people took it back."""
        same = earlier.mounting == self.mounting
        standing, self.patience = self.patience.standing, earlier.patience
        self.patience.standing = standing
        self.before = earlier.before if same else None
        if not same:
            self.patience.begins_anew()
            return
        for slot, known in earlier.known.items():
            if known.pk is None or slot in self.known:
                self.known[slot] = known

    def forget(self) -> None:
        """Pictures stopped: what comes next is not compared with what came before."""
        self.before = None

    def _pose(self) -> str | None:
        """Empty for what stands still; a preset while a dome stands at it; None while it looks around."""
        if not self.steered:
            return ""
        last = SteeringOrder.objects.filter(camera_id=self.camera_id).select_related("preset")
        order = last.order_by("-ordered_at", "-pk").first()
        if order is None or order.preset is None or order.state != SteeringOrder.State.DONE:
            return None
        return f"preset:{order.preset.number}"

    def _learn(self, slot: Slot, told: Measured, judged: Judged) -> None:
        if not judged.is_usual:
            return
        known = self.known.get(slot)
        if known is None or (not known.usual.is_known and looks_elsewhere(told, known.usual)):
            # Nothing yet, or a camera that looks around by itself: it has no usual view.
            self.known[slot] = Known(Usual.of(told, judged.sharpness))
            return
        known.usual.learns(told, judged.sharpness)
        known.unsaved += 1
        if known.usual.pictures == ENOUGH or known.unsaved >= SAVED_EVERY:
            self._save(slot, known)

    @transaction.atomic
    def _save(self, slot: Slot, known: Known) -> None:
        pose, light = slot
        usual, now = known.usual, timezone.now()
        told = {
            "edges": usual.packed(),
            "sharpness": usual.sharpness,
            "brightness": usual.brightness,
            "pictures": usual.pictures,
            "renewed_at": now,
        }
        if known.pk is not None:
            if not CameraReference.objects.filter(pk=known.pk).update(**told):
                # Somebody said that what it usually sees was wrong: learned anew.
                del self.known[slot]
                return
        else:
            row, _ = CameraReference.objects.update_or_create(
                camera_id=self.camera_id,
                pose=pose,
                light=light,
                defaults=told | {"mounting": self.mounting, "since": now},
            )
            known.pk = row.pk
        known.unsaved = 0

    def _remember(self, row: CameraReference) -> None:
        if row.mounting != self.mounting:
            return
        try:
            usual = Usual.unpacked(
                bytes(row.edges), sharpness=row.sharpness, brightness=row.brightness, pictures=row.pictures
            )
        except ValueError:
            logger.warning("%s: its reference is of an earlier form: learned anew", self.code)
            return
        self.known[row.pose, Light(row.light)] = Known(usual, row.pk)


def mounting_of(camera: Camera, size: str) -> str:
    """Changes when the camera is moved, turned on its mast, or takes its pictures elsewhere or otherwise."""
    position = camera.positions.filter(until=None).values_list("pk", flat=True).first()
    changed = Source.objects.filter(pk=camera.pk).values_list("changed_at", flat=True).first()
    return f"{position or 0}/{changed.timestamp() if changed else 0:.0f}/{size}"[:64]
