"""One web process, 300 consoles, 100 facts a second for 30 s: what a delivered frame costs in CPU.

The floor, in the same run: the very frames one console received, broadcast at the very moments they came to as
many sockets by a bare daphne. Both are CPU of the serving process (user + system) per frame delivered.

    make bench NAME=fan-out [ARGS="--consoles 300 --rate 100 --seconds 30"]
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time

import redis

from benches import report
from benches.bare import CHANNEL
from benches.screens import BareScreen, Counter, close_all, open_all
from benches.stage import ROOT, Stage, bare_broadcast, cpu_seconds, on_stage


async def ours(stage: Stage, consoles: int, rate: float, seconds: float) -> tuple[float, list[Counter]]:
    """CPU seconds of the web process, and the consoles."""
    cookies = stage.cookies
    screens = [Counter(stage.ws, cookies[n % len(cookies)], stage.centre.url) for n in range(consoles)]
    tasks = await open_all(screens)
    screens[0].kept = []
    await asyncio.sleep(2)
    before = cpu_seconds(stage.centre.pid("web"))
    publisher = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benches.fan_out", "--publish", f"{rate}:{seconds}", cwd=ROOT
    )
    await publisher.wait()
    await asyncio.sleep(2)
    used = cpu_seconds(stage.centre.pid("web")) - before
    for screen, task in zip(screens, tasks, strict=True):
        screen.dropped = screen.dropped or task.done()
    await close_all(tasks)
    return used, screens


async def bare(stage: Stage, frames: list[tuple[float, str]], consoles: int) -> tuple[float, int]:
    """CPU seconds of the bare daphne for the same frames at the same moments, and how many it delivered."""
    with bare_broadcast(stage.centre.redis_url) as (url, pid):
        screens = [BareScreen(url, stage.centre.url) for _ in range(consoles)]
        tasks = await open_all(screens)
        publisher = redis.Redis.from_url(stage.centre.redis_url)
        await asyncio.sleep(2)
        before = cpu_seconds(pid)
        start, first = time.perf_counter(), frames[0][0]
        for moment, text in frames:
            await asyncio.sleep(max(0.0, start + moment - first - time.perf_counter()))
            publisher.publish(CHANNEL, text)
        await asyncio.sleep(2)
        used = cpu_seconds(pid) - before
        await close_all(tasks)
    return used, sum(screen.frames for screen in screens)


async def measure(stage: Stage, consoles: int, rate: float, seconds: float) -> None:
    used, screens = await ours(stage, consoles, rate, seconds)
    delivered = sum(screen.frames for screen in screens)
    frames = screens[0].kept or []
    floor_used, floor_delivered = await bare(stage, frames, consoles)
    facts = sum(text.count('"kind"') for _, text in frames)
    dropped = sum(screen.dropped for screen in screens)
    each, floor = used / delivered * 1e6, floor_used / floor_delivered * 1e6
    report.table(
        ["", "frames delivered", "cpu s", "µs per frame"],
        [["centre", delivered, used, each], ["bare broadcast", floor_delivered, floor_used, floor]],
    )
    print(f"facts on each console {facts} of {int(rate * seconds)}, sockets dropped {dropped}")
    report.line(
        "fan-out",
        value=each,
        floor=floor,
        unit="µs CPU per frame",
        consoles=consoles,
        facts=facts,
        frames=delivered,
        dropped=dropped,
    )


def publish(rate: float, seconds: float) -> None:
    """Publish facts at this pace, in a process of its own."""
    import django

    django.setup()
    from django.db import transaction

    from alerts.facts import AlertPressedAgain
    from events.log import publish as tell

    start = time.perf_counter()
    for n in range(int(rate * seconds)):
        time.sleep(max(0.0, start + n / rate - time.perf_counter()))
        fact = AlertPressedAgain(
            alert_id=n, number=f"A-2026-{n:06d}", presses=2, at="2026-01-01T00:00:00+00:00", site_code="ECO-0001",
            received_at="2026-01-01T00:00:00+00:00", lat=43.7, lon=7.26,
        )  # fmt: skip
        with transaction.atomic():
            tell(fact)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--consoles", type=int, default=300)
    parser.add_argument("--rate", type=float, default=100)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--publish", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.publish:
        publish(*map(float, options.publish.split(":")))
        return
    with on_stage(people=30, buttons=1) as stage:
        asyncio.run(measure(stage, options.consoles, options.rate, options.seconds))


if __name__ == "__main__":
    main()
