"""What is done with crews: take one into the estate, give it a key, write down where it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from accounts.actions import create_device_key, revoke_device_key
from accounts.rights import Right, require
from patrols.fixes import Fix, Known, sort_out
from patrols.models import LastPosition, TrackPoint, Unit, UnitKey
from places.geometry import Point

if TYPE_CHECKING:
    from accounts.models import User

# One statement for the whole batch. Race: two batches with the same unit; the newer fix wins in any order.
_UPSERT = """
INSERT INTO patrols_lastposition
    (unit_id, lat, lon, speed_kmh, heading_deg, accuracy_m, at, received_at)
SELECT fix.*, %s FROM unnest(
    %s::bigint[], %s::float8[], %s::float8[], %s::float8[], %s::float8[], %s::float8[], %s::timestamptz[]
) AS fix
ON CONFLICT (unit_id) DO UPDATE SET
    lat = excluded.lat, lon = excluded.lon, speed_kmh = excluded.speed_kmh,
    heading_deg = excluded.heading_deg, accuracy_m = excluded.accuracy_m,
    at = excluded.at, received_at = excluded.received_at
WHERE excluded.at > patrols_lastposition.at
"""


class Recorded(NamedTuple):
    kept: int
    dropped: int


def record_positions(*, batch: Sequence[Fix]) -> Recorded:
    """Write down where units are now, as many as one likes at once. Telemetry: nothing goes to the log.

    Dropped, and counted: what is older than the last one, worse than 100 m, faster than 60 m/s, or from the
    future (law P-04).
    """
    if not batch:
        return Recorded(0, 0)
    now = timezone.now()
    rows = LastPosition.objects.filter(unit__in={fix.unit_id for fix in batch})
    known = {
        unit: Known(Point(lat, lon), at, accuracy_m)
        for unit, lat, lon, at, accuracy_m in rows.values_list("unit_id", "lat", "lon", "at", "accuracy_m")
    }
    last, kept, dropped, track = sort_out(batch, known, now)
    # In the order of their units, so that two batches lock rows alike and neither waits for the other.
    fixes = [last[unit_id] for unit_id in sorted(last)]
    if fixes:
        with connection.cursor() as cursor:
            cursor.execute(_UPSERT, [now, *_columns(fixes)])
    TrackPoint.objects.bulk_create([_point(fix) for fix in track], batch_size=2_000)
    return Recorded(kept, dropped)


def _point(fix: Fix) -> TrackPoint:
    heading = None if fix.heading_deg is None else float(fix.heading_deg % 360)
    return TrackPoint(
        unit_id=fix.unit_id,
        lat=float(fix.point.lat),
        lon=float(fix.point.lon),
        heading_deg=heading,
        at=fix.at,
    )


def _columns(fixes: list[Fix]) -> list[list[Any]]:
    return [
        [fix.unit_id for fix in fixes],
        [float(fix.point.lat) for fix in fixes],
        [float(fix.point.lon) for fix in fixes],
        [_float(fix.speed_kmh) for fix in fixes],
        [None if fix.heading_deg is None else float(fix.heading_deg % 360) for fix in fixes],
        [_float(fix.accuracy_m) for fix in fixes],
        [fix.at for fix in fixes],
    ]


def _float(figure: float | None) -> float | None:
    return None if figure is None else float(figure)


@transaction.atomic
def register_unit(*, actor: User | None, call_sign: str, **fields: Any) -> Unit:
    """A crew the room can see. Raises ValidationError naming the fields that are wrong."""
    require(actor, Right.MANAGE_ESTATE)
    unit = Unit(call_sign=call_sign, **fields)
    unit.full_clean()
    unit.save()
    return unit


@transaction.atomic
def give_key(*, actor: User | None, unit: Unit) -> str:
    """A new key for the unit's receiver; its secret, which nobody reads again. Older keys go on working."""
    key, secret = create_device_key(actor=actor, label=f"Unit {unit.call_sign}")
    UnitKey.objects.create(unit=unit, key=key)
    return secret


@transaction.atomic
def take_back_keys(*, actor: User | None, unit: Unit) -> int:
    """Revoke every key of this unit; how many worked until now."""
    usable = list(UnitKey.objects.filter(unit=unit, key__revoked_at=None).select_related("key"))
    for given in usable:
        revoke_device_key(actor=actor, key=given.key)
    return len(usable)
