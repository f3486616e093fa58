"""From a REST press to the frame on every console.

5 presses a second for 60 s, 30 consoles on real WebSockets. The floor, in the same run and at the same pace: one
PostgreSQL commit, one Redis publish, one WebSocket frame to the same number of sockets through a bare daphne.

    make bench NAME=press-to-console [ARGS="--seconds 60 --rate 5 --consoles 30"]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
import uuid

import psycopg
import redis

from benches import report
from benches.bare import CHANNEL
from benches.screens import BareScreen, Screen, close_all, open_all
from benches.stage import Stage, bare_broadcast, on_stage


class Buttons:
    """Devices that press over kept-alive connections. The clock starts when the bytes leave: how long a device
    takes to write them is not the centre's."""

    def __init__(self, url: str) -> None:
        self._host, self._port = url.removeprefix("http://").split(":")
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def press(self, key: str) -> tuple[str, float, float]:
        """(number, moment the press leaves, moment of the answer)."""
        body = b'{"kind": "press"}'
        message = (
            f"POST /api/v1/alerts/ HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
            f"Authorization: Device {key}\r\nIdempotency-Key: {uuid.uuid4().hex}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode() + body
        reader, writer = (
            self._free.pop() if self._free else await asyncio.open_connection(self._host, self._port)
        )
        before = time.perf_counter()
        writer.write(message)
        head = await reader.readuntil(b"\r\n\r\n")
        after = time.perf_counter()
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        answer = json.loads(await reader.readexactly(length))
        assert head.startswith(b"HTTP/1.1 201"), answer
        self._free.append((reader, writer))
        return answer["number"], before, after

    def close(self) -> None:
        for _reader, writer in self._free:
            writer.close()


async def ours(
    stage: Stage, count: int, rate: float, settle_s: float = 2
) -> tuple[list[float], list[float], list[Screen]]:
    """Milliseconds from each press to each console and to its answer, and the consoles."""
    screens = [Screen(stage.ws, cookie, stage.centre.url) for cookie in stage.cookies]
    tasks = await open_all(screens)
    buttons = Buttons(stage.centre.url)
    async with asyncio.timeout(count / rate + 60):
        for key in stage.keys[-3:]:
            await buttons.press(key)  # warm: connections of the pool, code paths
        presses = []
        started = time.perf_counter()
        for n in range(count):
            await asyncio.sleep(max(0.0, started + n / rate - time.perf_counter()))
            presses.append(asyncio.create_task(buttons.press(stage.keys[n])))
        done = await asyncio.gather(*presses)
    buttons.close()
    await asyncio.sleep(settle_s)
    await close_all(tasks)
    latencies = [
        (screen.seen[number] - before) * 1000
        for number, before, _ in done
        for screen in screens
        if number in screen.seen
    ]
    answers = [(after - before) * 1000 for _, before, after in done]
    return latencies, answers, screens


async def bare(stage: Stage, count: int, rate: float) -> list[float]:
    with bare_broadcast(stage.centre.redis_url) as (url, _pid):
        screens = [BareScreen(url, stage.centre.url) for _ in stage.cookies]
        tasks = await open_all(screens)
        loop = asyncio.get_running_loop()
        publisher = redis.Redis.from_url(stage.centre.redis_url)
        sent: dict[str, float] = {}
        with psycopg.connect(stage.centre.database_url) as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS bench_floor (id bigserial PRIMARY KEY, data jsonb)"
            )
            connection.commit()

            def commit_and_publish(mark: str) -> None:
                sent[mark] = time.perf_counter()
                connection.execute("INSERT INTO bench_floor (data) VALUES (%s)", ['{"kind": "press"}'])
                connection.commit()
                publisher.publish(CHANNEL, mark + "x" * 400)

            await asyncio.sleep(0.5)
            started = time.perf_counter()
            for n in range(count):
                await asyncio.sleep(max(0.0, started + n / rate - time.perf_counter()))
                await loop.run_in_executor(None, commit_and_publish, f"{n:024d}")
        await asyncio.sleep(1)
        await close_all(tasks)
    return [(screen.arrivals[mark] - at) * 1000 for mark, at in sent.items() for screen in screens]


async def measure(stage: Stage, count: int, rate: float) -> None:
    floor = await bare(stage, count, rate)
    latencies, answers, screens = await ours(stage, count, rate)
    numbers = {number for screen in screens for number in screen.seen}
    lost = sum(len(numbers - screen.seen.keys()) for screen in screens)
    head = ["milliseconds", "p50", "p95", "p99", "max"]
    rows = [
        [name, *(report.spread(values)[p] for p in head[1:])]
        for name, values in (
            ("press to console", latencies),
            ("press to answer", answers),
            ("floor: commit + publish + frame", floor),
        )
    ]
    report.table(head, rows)
    ours_ms, floor_ms = report.spread(latencies), report.spread(floor)
    report.line(
        "press-to-console",
        value=ours_ms["p95"],
        floor=floor_ms["p95"],
        unit="ms",
        p50=round(ours_ms["p50"], 2),
        p99=round(ours_ms["p99"], 2),
        answer_p95=round(report.percentile(answers, 95), 2),
        consoles=len(screens),
        presses=count,
        lost=lost,
        doubled=sum(screen.doubled for screen in screens),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=5)
    parser.add_argument("--consoles", type=int, default=30)
    options = parser.parse_args()
    count = int(options.seconds * options.rate)
    with on_stage(people=options.consoles, buttons=count + 3, cameras=count) as stage:
        asyncio.run(measure(stage, count, options.rate))


if __name__ == "__main__":
    main()
