"""Carrying out what cameras are ordered: within milliseconds of the commit, side by side, in order for each camera.

`run_cameras` runs one Carrier. Who orders calls it (`orders.call_nodes`), and a look every second finds what a lost
call left. Each order is claimed in the database, sent to the device, followed until the head has arrived,
and its result written by the ledger, which waits for a database that is away. Repeated, all of it is harmless.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol, TypeVar

import redis.asyncio as redis
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from cameras.credentials import CannotDecrypt
from cameras.drivers.base import Abilities, DriverError, Interrupted, NotSupported, Pose, Refused
from cameras.models import Camera, Device, SteeringOrder
from cameras.reasons import Reason
from cameras.steering import aim, results, resuming
from cameras.steering.conversations import Conversation, Conversations, Line
from cameras.steering.hands import Listener
from cameras.steering.locks import why_void
from cameras.steering.orders import channel
from cameras.steering.results import STALE, Outcome
from places.geometry import Point

logger = logging.getLogger(__name__)
LOOK_S, FOLLOW_S, AGAIN_S = 1.0, 3.0, 1.0
UNLET_S = 0.05  # a node that has just begun has no shard for a moment
ARRIVAL_S, STEP_S = 15.0, 0.1
LATE_S = 4.0  # so long somebody waits for a picture without a word
TRIES, TRY_AGAIN_S = 3, (0.5, 3.0)
AWAY = (DatabaseError, InterfaceError)
T = TypeVar("T")


class Ledger(Protocol):
    """Writes rows in a thread of its own, in order, and waits for a database that is away."""

    def write(self, entry: Callable[[], object]) -> None: ...


def _nobody(_camera_id: int, _stands: bool) -> None: ...


class Carrier:
    """`shards` says which this node holds now, of how many; `covered` hears what devices say of their own view."""

    def __init__(
        self,
        ledger: Ledger,
        shards: Callable[[], Collection[int]],
        of: int,
        redis_url: str,
        covered: Callable[[int, bool], None] = _nobody,
    ) -> None:
        self.covered = covered
        self._ledger, self._shards, self._of, self._redis_url = ledger, shards, of, redis_url
        self.conversations = Conversations(self)
        self._listener = Listener(redis_url, self.conversations)
        # A thread and a connection of its own: nothing else a node reads keeps an order waiting.
        self._thread, self._other = ThreadPoolExecutor(1, "orders"), ThreadPoolExecutor(1, "lines")
        self._wake = asyncio.Event()
        self._queues: dict[int, deque[SteeringOrder]] = {}
        self._works: dict[int, asyncio.Task[None]] = {}
        self._tried: dict[int, DriverError] = {}  # what the try before this one of an order came to
        self._away = False

    async def run(self) -> None:
        """Until cancelled."""
        works = [self._follow(), self._hear(), self._look(), self._listener.run()]
        try:
            async with asyncio.TaskGroup() as group:
                for work in works:
                    group.create_task(work)
        finally:
            for task in self._works.values():
                task.cancel()
            await self.conversations.stop()
            for thread in (self._thread, self._other):
                thread.submit(connection.close)
                thread.shutdown(wait=False)

    # What became of devices (conversations.Journal).

    def troubled(self, camera_id: int, trouble: DriverError | None) -> None:
        held = self.conversations.of(camera_id)
        reason = results.reason_of(trouble) if trouble else None
        code = held.line.code if held else ""
        self._ledger.write(partial(results.report_trouble, camera_id=camera_id, code=code, reason=reason))

    def opened(self, camera_id: int, abilities: Abilities) -> None:
        self._ledger.write(partial(results.keep_abilities, camera_id=camera_id, abilities=abilities))

    def strayed(self, camera_id: int, restarted: bool) -> None:
        self._ledger.write(partial(resuming.look_again, camera_id=camera_id, order_again=restarted))

    # Which devices, and which orders.

    async def _follow(self) -> None:
        while True:
            shards = frozenset(self._shards())
            lines = await self._rows(partial(lines_of, shards, self._of), self._other)
            if lines is not None:
                await self.conversations.follow(lines)
            await asyncio.sleep(FOLLOW_S if shards else UNLET_S)

    async def _hear(self) -> None:
        """Who ordered something says so."""
        while True:
            client = redis.Redis.from_url(
                self._redis_url, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0)
            )
            try:
                async with client.pubsub(ignore_subscribe_messages=True) as heard:
                    await heard.subscribe(channel())
                    self._wake.set()  # what was said while nobody listened
                    while True:
                        if await heard.get_message(timeout=5) is not None:
                            self._wake.set()
            except (RedisError, OSError) as error:
                logger.debug("calls: %s", error)
            finally:
                with contextlib.suppress(RedisError, OSError):
                    await client.aclose()
            await asyncio.sleep(AGAIN_S)

    async def _look(self) -> None:
        while True:
            shards = frozenset(self._shards())
            owed = await self._rows(partial(results.claim, shards, self._of)) if shards else []
            for order in owed or []:
                self._queues.setdefault(order.camera_id, deque()).append(order)
                work = self._works.get(order.camera_id)
                if work is None or work.done():
                    self._works[order.camera_id] = asyncio.create_task(
                        self._serve(order.camera_id), name=f"{order.camera.code}/orders"
                    )
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S if shards else UNLET_S):
                    await self._wake.wait()
            self._wake.clear()

    async def _rows(self, job: Callable[[], T], thread: ThreadPoolExecutor | None = None) -> T | None:
        """None when the database is away: said once, and what is owed then is owed still."""
        try:
            found = await asyncio.get_running_loop().run_in_executor(thread or self._thread, _or_close, job)
        except AWAY as error:
            if not self._away:
                logger.warning("the database is away, orders wait: %s", str(error).strip())
            self._away = True
            return None
        self._away = False
        return found

    # One camera after the other order, all cameras at once.

    async def _serve(self, camera_id: int) -> None:
        """In order. The next one does not wait until the head has arrived, only until it has its order."""
        queue = self._queues[camera_id]
        while queue:
            order, sent = queue.popleft(), asyncio.Event()
            work, late_at = asyncio.create_task(self._carry_out(order, sent)), time.monotonic() + LATE_S
            try:
                while not work.done() and not (queue and sent.is_set()):
                    await asyncio.wait([work], timeout=STEP_S)
                    if time.monotonic() > late_at and not work.done():
                        late_at = math.inf
                        self._is_late(order, sent)
                outcome = work.result() if work.done() else Reason("newer")
            except Exception:  # one that nobody thought of must not hold up the next
                logger.exception("%s: an order could not be carried out", order.camera.code)
                outcome = Outcome(Reason("driver"))
            finally:
                work.cancel()
                self._tried.pop(camera_id, None)
            if isinstance(outcome, Outcome):
                self._ledger.write(partial(results.report, order=order, outcome=outcome))
            else:
                self._ledger.write(partial(results.supersede, order=order, why=outcome))

    def _is_late(self, order: SteeringOrder, sent: asyncio.Event) -> None:
        if sent.is_set():  # it is on its way
            return
        tried = self._tried.get(order.camera_id)
        reason = results.reason_of(tried) if tried else Reason("long")
        self._ledger.write(partial(results.report_late, order=order, reason=reason))

    async def _carry_out(self, order: SteeringOrder, sent: asyncio.Event) -> Outcome | Reason:
        """How it ended; or, when its hold went to somebody else meanwhile, why it is void."""
        camera = order.camera
        if timezone.now() - order.ordered_at > STALE:
            late = round((timezone.now() - order.ordered_at).total_seconds())
            return Outcome(Reason("too_late", {"seconds": late}))
        if camera.kind == Camera.Kind.PANORAMIC:
            return Outcome(Reason("dewarped", {"bearing": round(order.bearing_deg)}), "dewarped")
        if camera.kind != Camera.Kind.DOME:
            return Outcome(Reason("shown"), "shown")
        held = self.conversations.of(camera.pk)
        if held is None:
            held = await self._just_made(camera.pk)
        if held is None:
            return Outcome(Reason("drawn"), "drawn") if camera.exercise else Outcome(Reason("no_head"))
        try:
            return await self._turn(order, held, sent)
        except aim.CannotAim as beyond:
            return Outcome(beyond.reason)
        except DriverError as error:
            return await self._rows(partial(why_void, order)) or Outcome(results.reason_of(error))

    async def _just_made(self, camera_id: int) -> Conversation | None:
        """A device written down since the last look is followed at once."""
        lines = await self._rows(partial(lines_of, frozenset(self._shards()), self._of, camera_id))
        return self.conversations.hold(lines[camera_id]) if lines else None

    async def _turn(self, order: SteeringOrder, held: Conversation, sent: asyncio.Event) -> Outcome | Reason:
        """Sent, followed until it is there; sent again when it ended elsewhere or did not answer."""
        for number in range(TRIES):
            try:
                return await self._turn_once(order, self.conversations.of(held.line.camera_id) or held, sent)
            except DriverError as error:
                if error.permanent or number == TRIES - 1:
                    raise
                logger.info("%s: %s, once more", held.line.code, error.code)
                self._tried[order.camera_id] = error
                await asyncio.sleep(TRY_AGAIN_S[number])
                if void := await self._rows(partial(why_void, order)):
                    return void
        raise AssertionError("unreachable")

    async def _turn_once(self, order: SteeringOrder, held: Conversation, sent: asyncio.Event) -> Outcome:
        preset = order.preset
        wanted: Pose | None
        if preset is not None:
            wanted = await self._to_preset(order, held)
        else:
            wanted = aim.pose_for(order.camera, Point(order.lat, order.lon))
            held.line.head.counts(wanted)  # beyond its ends: said in degrees, without asking it
            await held.aim(wanted)
        sent.set()
        accepted = time.monotonic()
        took_ms = max(0, round((timezone.now() - order.ordered_at).total_seconds() * 1000))
        try:
            await self._arrived(held, wanted)
        except NotSupported:
            return Outcome(Reason("turned_blind"), "turned", took_ms)
        travel_ms = round((time.monotonic() - accepted) * 1000)
        return Outcome(
            Reason("turned", {"seconds": round((took_ms + travel_ms) / 1000, 1)}),
            "turned",
            took_ms,
            travel_ms,
        )

    async def _to_preset(self, order: SteeringOrder, held: Conversation) -> Pose | None:
        preset = order.preset
        assert preset is not None
        pose = Pose(preset.pan_deg, preset.tilt_deg, preset.zoom)
        if not preset.token:
            held.line.head.counts(pose)
            await held.aim(pose)
            return pose
        try:
            await held.go_to(preset.token)
        except Refused:  # the device has lost it: the record knows the direction
            await held.aim(pose)
            return pose
        return None

    async def _arrived(self, held: Conversation, wanted: Pose | None) -> None:
        """Until it is there; Interrupted when it came to rest elsewhere."""
        until, still, last = time.monotonic() + ARRIVAL_S, 0, None
        while time.monotonic() < until:
            where = await held.where()
            if wanted is not None and aim.is_near(where.pose, wanted) and not where.moving:
                held.rests(where.pose)
                return
            # Some do not say whether they move: then two equal places are rest.
            still = (
                still + 1
                if not where.moving and last is not None and aim.is_near(where.pose, last.pose)
                else 0
            )
            if still >= 3 and wanted is None:
                held.rests(where.pose)
                return
            if still >= 8:
                raise Interrupted
            last = where
            await asyncio.sleep(STEP_S)
        raise Interrupted


def lines_of(shards: Collection[int], of: int, camera_id: int | None = None) -> dict[int, Line]:
    """Whom a node speaks to: the devices of its shards whose credentials open, or one of them."""
    lines = {}
    for number in shards:
        devices = Device.objects.turning().of_shard(number, of)
        for device in devices if camera_id is None else devices.filter(camera=camera_id):
            try:
                lines[device.pk] = line_of(device)
            except CannotDecrypt:
                logger.error(
                    "%s: no key opens the credentials of its head (FOOTAGE_KEYS)", device.camera.code
                )
    return lines


def line_of(device: Device) -> Line:
    return Line(
        camera_id=device.pk,
        code=device.camera.code,
        driver=device.driver,
        address=device.address,
        head=device.head,
        lens=aim.lens_of(device.camera),
        profile=device.profile,
    )


def _or_close(job: Callable[[], T]) -> T:
    try:
        return job()
    except AWAY:
        connection.close()
        raise
