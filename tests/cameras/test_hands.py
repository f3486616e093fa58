"""Hands on a head, through the WebSocket of the room: who may, who holds, what comes back, and that it always stops."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest
import pytest_asyncio
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings

from accounts.models import User
from accounts.roles import Role
from cameras.drivers.base import Address, DevicePreset, Pose, Speed, Where, WrongPassword
from cameras.drivers.fake import Fake, FakeDevice, device_at, forget_all
from cameras.models import CameraLock, SteeringOrder
from cameras.steering import aim
from cameras.steering.hands import DEAD_MAN_S, Listener, centred
from footage.models import Source
from nice_supervision.asgi import application
from tests.cast import camera, habilitated, person
from tests.footage.live import ORIGIN, Desk

pytestmark = pytest.mark.django_db(transaction=True)
URL = "fake://x001"


class Head:
    """What a node holds for one device (cameras.steering.hands.Steered)."""

    lens = aim.Lens(60, 3)

    def __init__(self) -> None:
        self.driver = Fake(Address(URL))

    async def move(self, speed: Speed) -> None:
        await self.driver.move(speed)

    async def aim(self, pose: Pose) -> None:
        await self.driver.aim(pose)

    async def where(self) -> Where:
        return await self.driver.where()

    async def presets(self) -> list[DevicePreset]:
        return await self.driver.presets()


class Heads:
    def __init__(self, camera_id: int) -> None:
        self.camera_id, self.head = camera_id, Head()

    def ids(self) -> Iterable[int]:
        return [self.camera_id]

    def of(self, camera_id: int) -> Head | None:
        return self.head if camera_id == self.camera_id else None


class Operator:
    """A person with the picture of X001 open, and a hand on it."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.n = desk, 0

    async def token(self) -> str:
        return await sync_to_async(self.desk.token)("X001")

    @asynccontextmanager
    async def hand(self, *, cause: str = "") -> AsyncIterator[Operator]:
        headers = [ORIGIN, (b"cookie", self.desk.cookie.encode())]
        self.socket = WebsocketCommunicator(application, "/ws/steer/X001/", headers=headers)
        connected, _ = await self.socket.connect(timeout=5)
        assert connected
        await self.say(type="look", token=await self.token(), cause=cause)
        await self.until("ready")
        yield self
        with contextlib.suppress(asyncio.CancelledError):
            await self.socket.disconnect()

    async def say(self, **message: Any) -> None:
        self.n += 1
        await self.socket.send_to(text_data=orjson.dumps({"n": self.n} | message).decode())

    async def until(self, *kinds: str) -> dict[str, Any]:
        async with asyncio.timeout(10):
            while True:
                got = await self.socket.receive_output(timeout=10)
                said = orjson.loads(got["text"]) if got.get("text") else {"type": "closed", **got}
                if said["type"] in kinds:
                    return said  # type: ignore[no-any-return]


class Cast:
    device: FakeDevice
    camera_id: int
    one: Operator
    other: Operator


@sync_to_async
def _cast() -> Cast:
    cast = Cast()
    made = camera("X001", exercise=True)
    Source.objects.create(camera=made, kind="scene", url="avenue")
    cast.camera_id, cast.device = made.pk, device_at(URL)
    people = [person(Role.OPERATOR, name) for name in ("one", "other")]
    for user in people:
        user.language = "en"
        user.save()
        habilitated(user)
    cast.one, cast.other = (Operator(Desk(user)) for user in people)
    return cast


@pytest_asyncio.fixture
async def cast(transactional_db: None) -> AsyncIterator[Cast]:
    forget_all()
    yield await _cast()


@asynccontextmanager
async def node(cast: Cast) -> AsyncIterator[Listener]:
    listener = Listener(settings.REDIS_URL, Heads(cast.camera_id))
    task = asyncio.create_task(listener.run())
    await asyncio.sleep(0.4)
    yield listener
    task.cancel()


async def comes(what: Callable[[], bool], seconds: float = 8) -> None:
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.03)


def moving(cast: Cast) -> bool:
    return cast.device.where().moving


async def test_a_key_held_turns_the_head_and_let_go_stops_it(cast: Cast) -> None:
    async with node(cast), cast.one.hand() as hand:
        await hand.say(type="move", pan=0.5, tilt=0, zoom=0)
        assert (await hand.until("held"))["until"]
        done = await hand.until("done")
        assert done["round_ms"] >= done["device_ms"] >= 0
        assert moving(cast)
        await hand.say(type="stop")
        stopped = await hand.until("done")
        assert not moving(cast)
        assert stopped["pan_deg"] > 0
    lock = await sync_to_async(CameraLock.objects.get)()
    assert (lock.priority, lock.by_hand) == (50, True)


async def test_a_browser_that_dies_stops_the_head(cast: Cast) -> None:
    async with node(cast), cast.one.hand() as hand:
        await hand.say(type="move", pan=1, tilt=0, zoom=0)
        await hand.until("done")
        assert moving(cast)
        # Nothing more is said: no stop, no renewal.
        await comes(lambda: not moving(cast), DEAD_MAN_S + 3)
        assert ("move", Speed(0, 0, 0)) in cast.device.received


async def test_a_stop_the_device_does_not_take_is_asked_again(cast: Cast) -> None:
    async with node(cast), cast.one.hand() as hand:
        await hand.say(type="move", pan=1, tilt=0, zoom=0)
        await hand.until("done")
        cast.device.fails_with = WrongPassword()
        failed = await hand.until("failed", "done")
        assert failed == {
            "type": "failed",
            "n": 0,
            "code": "wrong_password",
            "title": "its head does not accept the password",
        }
        cast.device.fails_with = None
        await comes(lambda: ("move", Speed(0, 0, 0)) in cast.device.received)


async def test_a_click_brings_what_was_clicked_to_the_middle(cast: Cast) -> None:
    cast.device.put(Pose(10, -10, 0))
    async with node(cast), cast.one.hand() as hand:
        await hand.say(type="centre", x=0.25, y=0, width=0.5)
        await hand.until("done")
        await comes(lambda: not moving(cast))
    pose = cast.device.where().pose
    assert pose.pan_deg == pytest.approx(10 + 16.3, abs=0.6)
    assert pose.zoom == pytest.approx(centred(Pose(10, -10, 0), Head.lens, 0.25, 0, 0.5).zoom, abs=0.01)


async def test_what_another_steers_is_refused_with_who_and_how_long(cast: Cast) -> None:
    async with node(cast), cast.one.hand() as one, cast.other.hand() as other:
        await one.say(type="move", pan=0.2, tilt=0, zoom=0)
        await one.until("done")
        await other.say(type="move", pan=-1, tilt=0, zoom=0)
        refused = await other.until("refused")
        assert (refused["code"], refused["may_ask"]) == ("camera-held", True)
        assert refused["what_to_do"] == "Ask for it: without an answer it is given to you."
        await other.say(type="stop")
        assert (await other.until("refused", "done"))["type"] == "refused", (
            "nor stops what another hand moves"
        )
        assert {speed for _asked, speed in cast.device.received} <= {Speed(0.2, 0, 0), Speed(0, 0, 0)}


async def test_a_move_stops_when_an_alarm_takes_the_camera(cast: Cast) -> None:
    async with node(cast), cast.one.hand() as hand:
        await hand.say(type="move", pan=0.2, tilt=0, zoom=0)
        await hand.until("done")
        await sync_to_async(CameraLock.objects.update)(
            holder="incident:5", label="School 5", priority=100, user=None
        )
        refused = None
        async with asyncio.timeout(10):
            while refused is None:
                await hand.say(type="move", pan=0.2, tilt=0, zoom=0)
                await asyncio.sleep(0.2)
                with contextlib.suppress(TimeoutError):
                    said = await hand.until("refused", "done")
                    refused = said if said["type"] == "refused" else None
        assert refused["code"] == "camera-held"
        await comes(lambda: not moving(cast))


async def test_a_camera_no_process_speaks_with_says_so_at_once(cast: Cast) -> None:
    async with cast.one.hand() as hand:
        await hand.say(type="move", pan=0.2, tilt=0, zoom=0)
        failed = await hand.until("failed")
        assert (failed["code"], failed["title"]) == ("not_held", "no process of the centre speaks to it")


async def test_a_slow_camera_is_said_to_be_slow_while_it_is(cast: Cast) -> None:
    cast.device.slow_s = 3
    async with node(cast), cast.one.hand() as hand:
        await hand.say(type="centre", x=0.1, y=0, width=1)
        assert (await hand.until("failed"))["code"] == "silent"


async def test_hands_on_after_an_order_void_what_it_said_of_the_view(cast: Cast) -> None:
    """A mask drawn for a preset is not taken for that of where a hand turned the head to (L-03)."""
    async with node(cast), cast.one.hand() as hand:
        await hand.say(type="move", pan=0.2, tilt=0, zoom=0)
        await hand.until("done")
        lock = await sync_to_async(CameraLock.objects.get)()
        await sync_to_async(_order_under)(lock)
        await hand.say(type="centre", x=0, y=0, width=0.9)
        await hand.until("done")
    assert (await sync_to_async(CameraLock.objects.get)()).serial == lock.serial + 1
    assert (await sync_to_async(SteeringOrder.objects.get)()).state == "superseded"


def _order_under(lock: CameraLock) -> None:
    SteeringOrder.objects.create(
        camera_id=lock.pk, cause="hand:1:x", rank=1, lat=43.7, lon=7.2, priority=50, bearing_deg=0,
        distance_m=1, density_px_m=1, why={"code": "free"}, lock_serial=lock.serial,
    )  # fmt: skip


@sync_to_async
def _stripped(user: User) -> None:
    user.groups.clear()


async def test_a_right_taken_away_counts_at_the_next_move(cast: Cast) -> None:
    async with node(cast), cast.one.hand() as hand:
        await _stripped(await sync_to_async(User.objects.get)(username="one"))
        await hand.say(type="centre", x=0, y=0, width=0.9)
        assert (await hand.until("refused"))["code"] in ("not-allowed", "habilitation-missing")
    assert cast.device.received == []


async def test_without_the_token_of_a_look_nothing_is_steered(cast: Cast) -> None:
    headers = [ORIGIN, (b"cookie", cast.one.desk.cookie.encode())]
    socket = WebsocketCommunicator(application, "/ws/steer/X001/", headers=headers)
    await socket.connect(timeout=5)
    await socket.send_to(text_data='{"type": "look", "token": "made up"}')
    refused = orjson.loads((await socket.receive_output(timeout=5))["text"])
    assert refused["code"] == "look-token"
    assert (await socket.receive_output(timeout=5))["code"] == 4403
