"""The row that tells a camera where to look, and the fact that says so."""

from __future__ import annotations

from functools import partial
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from cameras import facts, reasons
from cameras.choosing import LeftOut, Sight
from cameras.models import Preset, Steering, SteeringOrder
from cameras.reasons import Reason
from doors.rows import prepared
from events import nudge

ORDER_COLUMNS = [str(field.column) for field in SteeringOrder._meta.concrete_fields if not field.primary_key]


def channel() -> str:
    """Where nodes are told that orders are owed. One per database, so that two centres may share a Redis."""
    return f"cameras.orders.{settings.DATABASES['default']['NAME']}"


def call_nodes() -> None:
    """Said before any fact is published, so it is heard first: as soon as the orders are committed."""
    transaction.on_commit(partial(nudge.tell, channel(), ""), robust=True)


def order_for(
    sight: Sight,
    steering: Steering,
    *,
    rank: int,
    serial: int | None,
    preset: Preset | None = None,
    why: Reason | None = None,
) -> dict[str, Any]:
    """The columns of an order, all but its camera and cause; written again they make it fresh."""
    return {
        "rank": rank,
        "lat": steering.lat,
        "lon": steering.lon,
        "priority": steering.priority,
        "preset": preset,
        "bearing_deg": round(sight.bearing_deg, 2),
        "distance_m": round(sight.distance_m, 1),
        "density_px_m": round(sight.density_px_m, 1),
        "band": sight.band,
        "why": (why or sight.why).as_json(),
        "state": SteeringOrder.State.ORDERED,
        "ordered_at": timezone.now(),
        "sent_at": None,
        "done_at": None,
        "result": "",
        "lock_serial": serial,
    }


_WRITE = f"""
WITH chosen AS (
    UPDATE cameras_steering SET left_out = %s::jsonb, could = %s::bigint[], waiting_since = %s::timestamptz
    WHERE cause = %s
)
INSERT INTO cameras_steeringorder ({", ".join(ORDER_COLUMNS)})
SELECT {", ".join(ORDER_COLUMNS)} FROM jsonb_populate_recordset(NULL::cameras_steeringorder, %s::jsonb)
RETURNING camera_id, id
"""  # noqa: S608  (names of our own columns)


def write(steering: Steering, orders: list[SteeringOrder]) -> None:
    """The end of a choice: what it found, and its orders, in one statement."""
    rows = [{column: getattr(order, column) for column in ORDER_COLUMNS} for order in orders]
    told = [orjson.dumps(steering.left_out).decode(), steering.could, steering.waiting_since, steering.cause]
    ids = dict(prepared(_WRITE, [*told, orjson.dumps(rows).decode()]))
    for order in orders:
        order.pk = ids[order.camera_id]
        order._state.adding = False


def told_order(order: SteeringOrder) -> facts.OrderedCamera:
    camera = order.camera
    return {
        "order_id": order.pk,
        "camera_id": camera.pk,
        "code": camera.code,
        "name": camera.name,
        "kind": camera.kind,
        "lat": camera.lat,
        "lon": camera.lon,
        "bearing_deg": order.bearing_deg,
        "distance_m": order.distance_m,
        "density_px_m": order.density_px_m,
        "band": order.band,
        "preset": order.preset.name if order.preset else "",
        "why": reasons.text(order.why),
        "reason": order.why,
    }


def told_left_out(left_out: list[LeftOut]) -> list[facts.LeftOutCamera]:
    with translation.override(settings.LANGUAGE_CODE):
        return [
            {"code": out.camera.code, "why": str(out.why), "reason": out.why.as_json()} for out in left_out
        ]


def told_ordered(
    cause: str, orders: list[SteeringOrder], left_out: list[facts.LeftOutCamera]
) -> facts.SteeringOrdered:
    with translation.override(settings.LANGUAGE_CODE):
        told = [told_order(order) for order in orders]
    return facts.SteeringOrdered(cause=cause, orders=told, left_out=left_out)
