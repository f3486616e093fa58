"""Moves made by hand, on their way from an operator's fingers to the head of a camera.

They are not rows: a move is worth nothing a second later. The web process, which has checked the right, the
look and the hold, publishes them on `steer:<camera>`; the node that holds the camera's conversation hears them,
carries them out and says on `steered:<camera>` what came of it. Nobody subscribed is an answer too.

A move goes on only while it is renewed (`DEAD_MAN_S`): a browser that dies, a line that is cut, a web process
that is killed all stop the head within a second. Should the node itself die, the device stops by its own time.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson
import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from cameras.drivers.base import STOPPED, DevicePreset, DriverError, Pose, Speed, Where
from cameras.steering import aim

logger = logging.getLogger(__name__)
DEAD_MAN_S = 0.6
IDLE_S = 0.1
TOLD_AGAIN_S = 1.0  # a device ends a continuous move by its own time, so a long one is told again
STOP_TRIES, STOP_AGAIN_S = 8, 0.25
AGAIN_S = 1.0
FOLLOWED_S = 1.0  # how often the cameras to listen for are looked at anew


def asked(camera_id: int) -> str:
    return f"steer:{camera_id}"


def answered(camera_id: int) -> str:
    return f"steered:{camera_id}"


class Steered(Protocol):
    """What moves one head: its driver, with whatever keeps calls one after the other."""

    lens: aim.Lens

    async def move(self, speed: Speed) -> None: ...
    async def aim(self, pose: Pose) -> None: ...
    async def where(self) -> Where: ...
    async def presets(self) -> list[DevicePreset]: ...


class Heads(Protocol):
    """The conversations a node holds."""

    def ids(self) -> Iterable[int]: ...
    def of(self, camera_id: int) -> Steered | None: ...


@dataclass
class Move:
    """A head that is being moved: until when, and the newest wish that has not been sent."""

    until: float = 0.0
    speed: Speed = STOPPED
    told_at: float = 0.0
    moving: bool = False
    stops_tried: int = 0
    wish: dict[str, Any] | None = None
    wake: asyncio.Event = field(default_factory=asyncio.Event)


class Listener:
    """One per node. `run` until cancelled; away from Redis it comes back by itself, with every head stopped."""

    def __init__(self, url: str, heads: Heads, *, now: Callable[[], float] = time.monotonic) -> None:
        self._url, self._heads, self._now = url, heads, now
        self._moves: dict[int, Move] = {}
        self._works: dict[int, asyncio.Task[None]] = {}
        self._client: redis.Redis | None = None

    async def run(self) -> None:
        try:
            while True:
                try:
                    await self._listen()
                except (RedisError, OSError) as error:
                    logger.warning("hands: %s", error)
                await asyncio.sleep(AGAIN_S)
        finally:
            for work in self._works.values():
                work.cancel()

    async def _listen(self) -> None:
        self._client = redis.Redis.from_url(
            self._url, socket_timeout=5, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0)
        )
        heard = self._client.pubsub(ignore_subscribe_messages=True)
        subscribed: set[int] = set()
        looked_at = 0.0
        try:
            while True:
                if self._now() - looked_at > FOLLOWED_S:
                    looked_at = self._now()
                    await self._follow(heard, subscribed)
                if not subscribed:
                    await asyncio.sleep(IDLE_S)
                    continue
                message = await heard.get_message(timeout=FOLLOWED_S)
                if message is not None and message["type"] == "message":
                    self.hear(int(message["channel"].rpartition(b":")[2]), message["data"])
        finally:
            with contextlib.suppress(RedisError, OSError):
                await heard.aclose()  # type: ignore[no-untyped-call]
                await self._client.aclose()

    async def _follow(self, heard: Any, subscribed: set[int]) -> None:
        held = set(self._heads.ids())
        if fresh := held - subscribed:
            await heard.subscribe(*(asked(camera_id) for camera_id in fresh))
        if gone := subscribed - held:
            await heard.unsubscribe(*(asked(camera_id) for camera_id in gone))
            for camera_id in gone:
                if work := self._works.pop(camera_id, None):
                    work.cancel()
                self._moves.pop(camera_id, None)
        subscribed.clear()
        subscribed.update(held)

    def hear(self, camera_id: int, raw: bytes) -> None:
        """A newer wish replaces one that still waits: what matters is where the hand is now."""
        try:
            wish = orjson.loads(raw)
            wish["do"], wish["n"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            logger.warning("hands: nonsense for camera %s", camera_id)
            return
        move = self._moves.setdefault(camera_id, Move())
        move.wish = wish
        if wish["do"] == "move":
            move.until = self._now() + DEAD_MAN_S
        move.wake.set()
        work = self._works.get(camera_id)
        if work is None or work.done():
            self._works[camera_id] = asyncio.create_task(self._serve(camera_id, move))

    async def _serve(self, camera_id: int, move: Move) -> None:
        """Until the hand lets go. One call to the device at a time."""
        while move.wish is not None or move.moving:
            if move.wish is None:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(move.wake.wait(), max(0.0, move.until - self._now()))
                if not move.wake.is_set() and self._now() >= move.until:
                    await self._let_go(camera_id, move)
                    continue
            move.wake.clear()
            wish, move.wish = move.wish, None
            if wish is not None:
                await self._carry_out(camera_id, move, wish)

    async def _let_go(self, camera_id: int, move: Move) -> None:
        """Nobody renewed it. A device that does not take the stop is asked again, then left to its own time."""
        await self._carry_out(camera_id, move, {"do": "stop", "n": 0})
        if not move.moving:
            return
        move.stops_tried += 1
        if move.stops_tried >= STOP_TRIES:
            logger.error("hands: camera %s takes no stop", camera_id)
            move.moving = False
        await asyncio.sleep(STOP_AGAIN_S)

    async def _carry_out(self, camera_id: int, move: Move, wish: dict[str, Any]) -> None:
        head = self._heads.of(camera_id)
        began = self._now()
        said: dict[str, Any] = {"n": wish["n"], "hand": wish.get("hand", ""), "ok": True}
        try:
            if head is None:
                said |= {"ok": False, "code": "not_held"}
                move.moving = False
            else:
                said |= await self._do(head, move, wish)
        except DriverError as error:
            said |= {"ok": False, "code": error.code, "detail": error.detail[:200]}
            # A stop that failed leaves `moving` as it was: the dead man asks again.
        except (KeyError, TypeError, ValueError):
            said |= {"ok": False, "code": "nonsense"}
        said["device_ms"] = round((self._now() - began) * 1000)
        await self._say(camera_id, said)

    async def _do(self, head: Steered, move: Move, wish: dict[str, Any]) -> dict[str, Any]:
        if wish["do"] == "move":
            speed = Speed(*(_share(wish[axis]) for axis in ("pan", "tilt", "zoom")))
            if speed != move.speed or not move.moving or self._now() - move.told_at > TOLD_AGAIN_S:
                move.moving, move.stops_tried = True, 0
                await head.move(speed)
                move.speed, move.told_at = speed, self._now()
            return {}
        if wish["do"] == "presets":
            kept = await head.presets()
            return {"presets": [(one.token, one.name, one.pose and tuple(one.pose)) for one in kept]}
        if wish["do"] == "stop":
            await head.move(STOPPED)
            move.moving, move.speed = False, STOPPED
        elif wish["do"] == "centre":
            await head.aim(centred(await _pose(head), head.lens, wish["x"], wish["y"], wish["width"]))
            move.moving = False
        where = await head.where()
        pose = where.pose
        return {
            "pan_deg": round(pose.pan_deg, 2),
            "tilt_deg": round(pose.tilt_deg, 2),
            "zoom": round(pose.zoom, 3),
            "hfov_deg": round(head.lens.hfov_deg(pose.zoom), 1),
            "moving": where.moving,
        }

    async def _say(self, camera_id: int, said: dict[str, Any]) -> None:
        try:
            assert self._client is not None
            await self._client.publish(answered(camera_id), orjson.dumps(said))
        except (RedisError, OSError) as error:
            logger.warning("hands: the answer of camera %s is lost: %s", camera_id, error)


def centred(pose: Pose, lens: aim.Lens, x: float, y: float, width: float) -> Pose:
    """Where to look so that (x, y) of the picture, shares from its middle, comes to the middle, `width` of it wide."""
    if not (-0.5 <= x <= 0.5 and -0.5 <= y <= 0.5 and 0.01 <= width <= 100):
        raise ValueError("outside the picture")
    pan, tilt = aim.ray(pose, x, y, lens)
    return Pose(pan, tilt, lens.zoom(lens.hfov_deg(pose.zoom) * width))


async def _pose(head: Steered) -> Pose:
    return (await head.where()).pose


def _share(value: Any) -> float:
    return min(max(float(value), -1.0), 1.0)
