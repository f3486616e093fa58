"""Giving cameras that mask by themselves what they are owed: `run_cameras` does it over its warm conversations."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from typing import Any, Protocol, TypeVar

from django.conf import settings
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from cameras.drivers.base import DriverError
from cameras.masks.actions import delivered
from cameras.models import MaskOrder
from cameras.steering.conversations import Conversation
from cameras.steering.results import reason_of

logger = logging.getLogger(__name__)
LOOK_S, AGAIN_S = 3.0, 60.0
T = TypeVar("T")


class Conversations(Protocol):
    def of(self, camera_id: int) -> Conversation | None: ...


class Ledger(Protocol):
    def write(self, entry: Callable[[], object]) -> None: ...


class Rows(Protocol):
    """Reads in a thread with a connection of its own; None when the database is away."""

    def __call__(self, job: Callable[[], T]) -> Awaitable[T | None]: ...


class MaskCarrier:
    def __init__(
        self,
        conversations: Conversations,
        *,
        ledger: Ledger,
        rows: Rows,
        shards: Callable[[], Collection[int]],
        of: int,
    ) -> None:
        self._conversations, self._ledger, self._rows = conversations, ledger, rows
        self._shards, self._of = shards, of
        self._not_before: dict[int, float] = {}

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            owed = await self._rows(partial(owed_by, frozenset(self._shards()), self._of))
            now = time.monotonic()
            due = [order for order in owed or [] if self._not_before.get(order.pk, 0) <= now]
            for order in due:
                self._not_before[order.pk] = now + AGAIN_S
            await asyncio.gather(*(self.give(order) for order in due))
            await asyncio.sleep(LOOK_S)

    async def give(self, order: MaskOrder) -> None:
        """What a camera refuses is said and stays; one that does not answer is asked again a minute later."""
        held = self._conversations.of(order.camera_id)
        lay: Any = getattr(held.driver, "lay_masks", None) if held is not None else None
        if order.preset_id is not None:
            self._tell(order, "preset")
        elif held is None or lay is None:
            self._tell(order, "no-masks")
        else:
            areas = [[(x, y) for x, y in area] for area in order.polygons]
            try:
                await held.ask(lambda: lay(areas))
            except DriverError as error:
                self._failed(order, error)
            else:
                self._ledger.write(partial(delivered, order=order))

    def _failed(self, order: MaskOrder, error: DriverError) -> None:
        logger.info("%s: masks not laid: %s", order.camera.code, error.code)
        with translation.override(settings.LANGUAGE_CODE):
            said = str(reason_of(error))
        if error.permanent:
            self._ledger.write(partial(delivered, order=order, trouble=said))
        else:
            self._ledger.write(partial(_tried, order.pk, said))

    def _tell(self, order: MaskOrder, code: str) -> None:
        with translation.override(settings.LANGUAGE_CODE):
            words = {
                "preset": _(
                    "Masks of presets are drawn in the camera's own pages; this one is kept here to compare."
                ),
                "no-masks": _("No device that masks is known for this camera: draw them in its own pages."),
            }
            self._ledger.write(partial(delivered, order=order, trouble=words[code]))


def owed_by(shards: Collection[int], of: int) -> list[MaskOrder]:
    orders = MaskOrder.objects.owed().annotate(shard=F("camera_id") % of + 1)
    return list(orders.filter(shard__in=shards).select_related("camera")[:50])


def _tried(pk: int, said: str) -> None:
    MaskOrder.objects.filter(pk=pk, state=MaskOrder.State.ORDERED).update(
        tries=F("tries") + 1, result=said[:500]
    )
