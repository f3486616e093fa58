"""Where the time of a steered press goes: when each step was committed, heard, claimed and sent, on the wall clock.

What is committed is known by the nudges on Redis, which leave right after; what `run_cameras` does is noted by
itself, run as `python -m benches.legs FILE`: the same command, with a look at the clock around two calls.
"""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import redis


class Nudges:
    """When this machine heard that an event was committed, and when that orders were."""

    def __init__(self) -> None:
        self.events: dict[int, float] = {}
        self.calls: list[float] = []

    def committed(self, event_id: int) -> float:
        return self.events.get(event_id, float("nan"))

    def called(self, after: float) -> float:
        return next((at for at in self.calls if at > after), float("nan"))

    @contextlib.contextmanager
    def heard(self, url: str) -> Iterator[Nudges]:
        from cameras.steering.orders import channel as orders
        from events.nudge import channel as events

        client = redis.Redis.from_url(url)
        pubsub: Any = client.pubsub(ignore_subscribe_messages=True)
        pubsub.subscribe(events(), orders())
        over = threading.Event()

        def listen() -> None:
            while not over.is_set():
                message = pubsub.get_message(timeout=0.2)
                now = time.time()
                if message is None:
                    continue
                if message["channel"] == orders().encode():
                    self.calls.append(now)
                else:
                    self.events.setdefault(int(message["data"]), now)

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            over.set()
            thread.join(2)
            pubsub.close()
            client.close()


def noted(path: Path) -> list[dict[str, Any]]:
    """What the probed `run_cameras` has written so far."""
    if not path.exists():
        return []
    return [orjson.loads(line) for line in path.read_bytes().splitlines() if line.endswith(b"}")]


def main() -> None:
    """`run_cameras` with its claims and its moves noted."""
    import django
    from django.core.management import execute_from_command_line

    django.setup()
    from cameras.drivers.ptz import Ptz
    from cameras.steering import results

    path, claim, absolute = Path(sys.argv[1]), results.claim, Ptz.absolute

    def note(**told: Any) -> None:
        with path.open("ab") as out:
            out.write(orjson.dumps(told) + b"\n")

    def noting(*told: Any) -> Any:
        found = claim(*told)
        if found:
            note(what="claim", at=time.time())
        return found

    async def sending(head: Any, *told: Any) -> None:
        at = time.time()
        await absolute(head, *told)
        note(what="sent", at=at, answered=time.time())

    results.claim, Ptz.absolute = noting, sending  # type: ignore[method-assign]
    execute_from_command_line(["manage.py", "run_cameras"])


if __name__ == "__main__":
    main()
