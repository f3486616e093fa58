"""Taking a file of cameras into the estate: compared first, then all of it or nothing.

These are actions; they stand in a module of their own because a file is a story of its own.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rights import Right, require
from cameras import facts
from cameras.exchange import plan, reading
from cameras.exchange.plan import Ground, Step
from cameras.masks.actions import VIEW_FIELDS, end_checks
from cameras.models import Camera, CameraImport, CameraPosition, MaskCheck
from cameras.moves import settle
from doors.problems import Conflict
from events.log import publish

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User

BATCH = 500
NAMED = 8  # codes written out in a refusal


@transaction.atomic
def preview_import(*, content: bytes, filename: str, actor: User | None) -> CameraImport:
    """Read a file and compare it with the estate; nothing of the estate changes, so nothing is announced."""
    require(actor, Right.MANAGE_ESTATE)
    sheet = reading.read(content, filename=filename)
    steps = plan.compare(sheet)
    acts = [step["act"] for step in steps]
    return CameraImport.objects.create(
        filename=filename[:200],
        format=sheet.format,
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=actor,
        state=CameraImport.State.REFUSED if sheet.problems else CameraImport.State.READY,
        rows=len(sheet.rows),
        created=acts.count("create"),
        changed=acts.count("change"),
        unchanged=acts.count("unchanged"),
        plan=steps,
        problems=sheet.problems,
    )


@transaction.atomic
def apply_import(*, taken: CameraImport, actor: User | None) -> CameraImport:
    """Do what the preview showed. Refuses when a camera of the file is no longer as it was compared with."""
    require(actor, Right.MANAGE_ESTATE)
    # Race: two people confirm at once. The lock lets one in; the other then sees that it is done.
    row = CameraImport.objects.select_for_update(of=("self",), no_key=True).get(pk=taken.pk)
    if row.state != CameraImport.State.READY:
        raise Conflict(
            _("This file is not waiting to be confirmed: %(state)s.") % {"state": row.get_state_display()},
            what_to_do=_("Upload the file again to compare it with the estate as it is now."),
            code="not-ready",
        )
    steps: list[Step] = row.plan
    ground = Ground((step["code"] for step in steps), lock=True)
    _refuse_if_changed(steps, ground)
    _create([step for step in steps if step["act"] == "create"], ground)
    moved = _change([step for step in steps if step["act"] == "change"], ground)
    row.state = CameraImport.State.APPLIED
    row.applied_at = timezone.now()
    row.applied_by = actor
    row.save(update_fields=["state", "applied_at", "applied_by"])
    publish(
        facts.Imported(import_id=row.pk, created=row.created, changed=row.changed, moved=moved), actor=actor
    )
    return row


@transaction.atomic
def drop_import(*, taken: CameraImport, actor: User | None) -> CameraImport:
    """Put a compared file aside."""
    require(actor, Right.MANAGE_ESTATE)
    CameraImport.objects.filter(pk=taken.pk, state=CameraImport.State.READY).update(
        state=CameraImport.State.DROPPED
    )
    taken.refresh_from_db(fields=["state"])
    return taken


def _refuse_if_changed(steps: list[Step], ground: Ground) -> None:
    other = [step["code"] for step in steps if ground.base(step["code"]) != step["base"]]
    gone = {
        step["values"]["sector"]
        for step in steps
        if step["values"].get("sector") and step["values"]["sector"] not in ground.sectors
    }
    if not other and not gone:
        return
    named = ", ".join([*other, *sorted(gone)][:NAMED])
    raise Conflict(
        _("The estate has changed since the file was compared with it."),
        detail=_("Changed meanwhile: %(codes)s (%(count)s in all).")
        % {"codes": named, "count": len(other) + len(gone)},
        what_to_do=_("Upload the file again and look at the new comparison."),
        code="estate-changed",
        codes=other,
    )


def _refuse_without_order(rows: Iterable[tuple[Step, Camera]], ground: Ground) -> None:
    """An order that covered them when the file was compared may have ended since, or been narrowed (L-01)."""
    found = [camera.code for step, camera in rows if ground.lacks_order(camera, step["values"])]
    if found:
        raise Conflict(
            _("No authorisation in force covers these cameras any more, so they cannot be in service."),
            detail=", ".join(found[:NAMED]),
            what_to_do=_("Upload the file again and look at the new comparison."),
            code="camera-not-authorised",
            codes=found,
        )


def _create(steps: list[Step], ground: Ground) -> None:
    cameras = []
    for step in steps:
        camera = Camera()
        ground.fill(camera, step["values"])
        cameras.append(camera)
    _refuse_without_order(zip(steps, cameras, strict=True), ground)
    # Race: another door registers one of these codes meanwhile. The unique code then undoes the whole import.
    try:
        with transaction.atomic():
            Camera.objects.bulk_create(cameras, batch_size=BATCH)
    except IntegrityError as error:
        raise Conflict(
            _("The estate has changed since the file was compared with it."),
            what_to_do=_("Upload the file again and look at the new comparison."),
            code="estate-changed",
        ) from error
    CameraPosition.objects.bulk_create([CameraPosition.of(camera) for camera in cameras], batch_size=BATCH)


def _change(steps: list[Step], ground: Ground) -> int:
    cameras = [ground.cameras[step["code"]] for step in steps]
    was = {camera.pk: camera.state for camera in cameras}
    for step, camera in zip(steps, cameras, strict=True):
        ground.fill(camera, step["values"])
    moved = settle(cameras, was=was)
    _refuse_without_order(zip(steps, cameras, strict=True), ground)
    names = {name for step in steps for name in step["values"]}
    if cameras:
        # Written as an upsert of rows that are locked and there: much faster than a CASE per field and row.
        Camera.objects.bulk_create(
            cameras,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=sorted(names | {"state", "state_since"}),
        )
    turned = {step["code"] for step in steps if VIEW_FIELDS & set(step["values"])}
    end_checks(
        cameras=[camera for camera in cameras if camera.pk in moved or camera.code in turned],
        why=MaskCheck.Ended.MOVED,
        actor=None,
    )
    return len(moved)
