"""What a file would do to the estate, row by row: the preview, and exactly what is carried out."""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypedDict

import orjson
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cameras.exchange.columns import COLUMNS, plain_row
from cameras.exchange.reading import Row, Sheet
from cameras.lawful import COVERED_BY, may_be_live, orders_in_force
from cameras.models import Camera, CameraPosition
from cameras.moves import is_moved, state_after
from places.geometry import distance_m
from places.models import Sector

Act = Literal["create", "change", "unchanged"]
NOT_CLEANED = ["sector", "owner_account"]  # relations: sectors are looked up here, accounts are not in files


class Step(TypedDict):
    """What one row does: `values` is what is written, `before` what stands there now in these columns."""

    row: int
    code: str
    act: Act
    values: dict[str, Any]
    before: dict[str, Any]
    lat: float
    lon: float
    moved_m: float | None
    base: str


def fingerprint(row: Mapping[str, Any]) -> str:
    """Tells whether a camera is still as it was when the file was compared with it."""
    return hashlib.sha256(orjson.dumps(row, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


class Ground:
    """The estate as it is now: what the rows of a file are compared with."""

    def __init__(self, codes: Iterable[str], *, lock: bool = False) -> None:
        self.sectors = dict(Sector.objects.values_list("code", "pk"))
        self.codes_of_sectors = {pk: code for code, pk in self.sectors.items()}
        rows = Camera.objects.filter(code__in=list(codes)).order_by("pk")
        self.cameras = {
            camera.code: camera for camera in (rows.select_for_update(no_key=True) if lock else rows)
        }
        positions = CameraPosition.objects.filter(camera__in=self.cameras.values(), until=None)
        self.positions = {position.camera_id: position for position in positions}
        self.orders = orders_in_force()

    def row_of(self, camera: Camera) -> dict[str, Any]:
        return plain_row(camera, self.codes_of_sectors)

    def base(self, code: str) -> str:
        camera = self.cameras.get(code)
        return fingerprint(self.row_of(camera)) if camera else ""

    def lacks_order(self, camera: Camera, changed: Iterable[str]) -> bool:
        """Whether it would be in service, by what changed, without an order in force that covers it (L-01)."""
        if camera.state != Camera.State.LIVE or not COVERED_BY & set(changed):
            return False
        sector = self.codes_of_sectors.get(camera.sector_id or 0, "")
        return not may_be_live(camera, sector, self.orders)

    def fill(self, camera: Camera, values: Mapping[str, Any]) -> None:
        """Write values of columns into the fields of a camera."""
        for name, value in values.items():
            if name == "sector":
                camera.sector_id = self.sectors[value] if value else None
            else:
                setattr(camera, name, value)


def compare(sheet: Sheet) -> list[Step]:
    """A step per row. What does not hold together is added to the problems of the sheet."""
    ground = Ground(row.values["code"] for row in sheet.rows)
    steps = [_step(sheet, row, ground) for row in sheet.rows]
    return [] if sheet.problems else [step for step in steps if step]


def _step(sheet: Sheet, row: Row, ground: Ground) -> Step | None:
    code = row.values["code"]
    sector = row.values.get("sector")
    if sector and sector not in ground.sectors:
        sheet.blame(row.number, "sector", sector, _("There is no such sector."), COLUMNS["sector"].hint())
        return None
    existing = ground.cameras.get(code)
    if existing is None:
        return _creation(sheet, row, ground)
    now = ground.row_of(existing)
    changed = {name: value for name, value in row.values.items() if now[name] != value}
    step = Step(
        row=row.number,
        code=code,
        act="change" if changed else "unchanged",
        values=changed,
        before={name: now[name] for name in changed},
        lat=row.values.get("lat", existing.lat),
        lon=row.values.get("lon", existing.lon),
        moved_m=None,
        base=fingerprint(now),
    )
    return _completed(sheet, step, existing, ground) if changed else step


def _creation(sheet: Sheet, row: Row, ground: Ground) -> Step | None:
    if not row.values.get("name"):
        sheet.blame(
            row.number,
            "name",
            "",
            _("A new camera needs a name."),
            _("Add the column “name” and fill it in."),
        )
        return None
    values = plain_row(Camera(), {}) | row.values  # where the file says nothing, a new camera has defaults
    camera = Camera()
    ground.fill(camera, values)
    if not _holds(sheet, row.number, camera, ground, values):
        return None
    return Step(
        row=row.number,
        code=camera.code,
        act="create",
        values=values,
        before={},
        lat=camera.lat,
        lon=camera.lon,
        moved_m=None,
        base="",
    )


def _completed(sheet: Sheet, step: Step, existing: Camera, ground: Ground) -> Step | None:
    """The step with what follows from it: a camera that moves is to be declared again (law L-02)."""
    camera = copy.copy(existing)
    ground.fill(camera, step["values"])
    moved = is_moved(camera, ground.positions.get(camera.pk))
    state = state_after(camera, moved=moved)
    if state != camera.state:
        camera.state = state
        step["values"]["state"] = state
        step["before"]["state"] = existing.state
    if moved:
        step["moved_m"] = round(distance_m(existing.point, camera.point), 1)
    return step if _holds(sheet, step["row"], camera, ground, step["values"]) else None


def _holds(sheet: Sheet, number: int, camera: Camera, ground: Ground, changed: Iterable[str]) -> bool:
    """The rules of the record. The database's own are the same, and asking it per row would take minutes."""
    found: dict[str, list[str]] = {}
    try:
        camera.clean_fields(exclude=NOT_CLEANED)
        camera.clean()
    except ValidationError as error:
        found = error.message_dict
    for column, messages in found.items():
        hint = COLUMNS[column].hint() if column in COLUMNS else ""
        for message in messages:
            sheet.blame(number, column, getattr(camera, column, ""), message, hint)
    if not found and ground.lacks_order(camera, changed):
        sheet.blame(
            number,
            "state",
            camera.state,
            _("No authorisation in force covers this camera and its purpose: it cannot be in service."),
            _("Record the prefect's order that covers it first, or write planned or to_declare."),
        )
        return False
    return not found
