"""A mask reaches a camera that masks by itself, over ONVIF; what it cannot do is said (L-03)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from cameras.drivers.base import Abilities, Address, DriverError
from cameras.masks.actions import choose_masking, draw_mask
from cameras.masks.carrying import MaskCarrier, owed_by
from cameras.models import MaskOrder
from cameras.steering.aim import PAN, TILT, Head, Lens
from cameras.steering.conversations import Conversation, Line
from tests.cameras.domes import PASSWORD, STRAIGHT, USER, Domes
from tests.cameras.estate import camera

pytestmark = pytest.mark.django_db(transaction=True)
WINDOW = [[0.1, 0.1], [0.4, 0.1], [0.4, 0.5]]


@pytest.fixture(scope="module")
def domes() -> Iterator[Domes]:
    made = Domes(STRAIGHT)
    yield made
    made.stop()


class Told:
    """What a conversation tells a node, and the node's ledger: written at the end."""

    def __init__(self, conversation: Conversation | None = None) -> None:
        self.entries: list[Callable[[], object]] = []
        self.conversation = conversation

    def troubled(self, camera_id: int, trouble: DriverError | None) -> None: ...

    def strayed(self, camera_id: int, restarted: bool) -> None: ...

    def covered(self, camera_id: int, stands: bool) -> None: ...

    def opened(self, camera_id: int, abilities: Abilities) -> None: ...

    def of(self, camera_id: int) -> Conversation | None:
        return self.conversation

    def write(self, entry: Callable[[], object]) -> None:
        self.entries.append(entry)


@sync_to_async
def ordered() -> MaskOrder:
    eye = camera("C1")
    draw_mask(camera=eye, preset=None, polygons=[WINDOW], actor=None)
    choose_masking(camera=eye, by="camera", actor=None)
    (order,) = owed_by({eye.pk % 2 + 1}, 2)
    assert owed_by({(eye.pk + 1) % 2 + 1}, 2) == [], "another node's"
    return order


async def given(order: MaskOrder, url: str) -> tuple[MaskOrder, Conversation | None]:
    told = Told()
    if url:
        line = Line(
            order.camera_id, "C1", "onvif", Address(url, USER, PASSWORD), Head(PAN, TILT), Lens(60, 3)
        )
        told.conversation = Conversation(line, told)
    unused: Any = None
    await MaskCarrier(told, ledger=told, rows=unused, shards=lambda: {1}, of=1).give(order)
    for entry in told.entries:
        await sync_to_async(entry)()
    return await sync_to_async(MaskOrder.objects.get)(pk=order.pk), told.conversation


async def test_the_camera_lays_the_mask_it_was_ordered(domes: Domes) -> None:
    order, held = await given(await ordered(), domes.url(STRAIGHT))
    assert (order.state, order.result) == ("done", "")
    assert held is not None
    driver: Any = held.driver
    [mask] = await driver.masks()
    assert mask.polygon[0] == pytest.approx((-0.8, 0.8)), "from -1 to 1, y up"
    await driver.close()


async def test_one_that_does_not_answer_is_owed_it_still(domes: Domes) -> None:
    order, _held = await given(await ordered(), "http://127.0.0.1:9/onvif/device_service")
    assert (order.state, order.tries) == ("ordered", 1)
    assert order.result


async def test_one_without_a_device_says_so() -> None:
    order, _held = await given(await ordered(), "")
    assert order.state == "failed"
    assert order.result
