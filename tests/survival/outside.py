"""The two people outside: somebody at a button, somebody at a console. Both only know the network."""

from __future__ import annotations

import contextlib
import json
import threading
import time
import uuid
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from nice_supervision.start.processes import wait_until
from tests.servers import Centre


@dataclass
class Answer:
    status: int
    body: dict[str, Any]
    retry_after: str | None
    took_s: float


class Button:
    """Sends one press, and as the button page does, sends it again with the same key until it is received."""

    def __init__(self, centre: Centre, secret: str) -> None:
        self.centre, self.secret = centre, secret
        self.answers: list[Answer] = []

    def send(self, key: str, timeout: float = 20) -> Answer:
        began = time.monotonic()
        answer = httpx.post(
            f"{self.centre.url}/api/v1/alerts/",
            json={"kind": "press"},
            headers={"Authorization": f"Device {self.secret}", "Idempotency-Key": key},
            timeout=timeout,
        )
        body = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        found = Answer(answer.status_code, body, answer.headers.get("Retry-After"), time.monotonic() - began)
        self.answers.append(found)
        return found

    def press(self, patience_s: float = 60) -> Answer:
        key, deadline = str(uuid.uuid4()), time.monotonic() + patience_s
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                answer = self.send(key)
                if answer.status in (200, 201):
                    return answer
                time.sleep(float(answer.retry_after or 1))
                continue
            time.sleep(0.5)
        raise AssertionError(f"Never received within {patience_s} s: {self.answers[-3:]}")


@dataclass
class Console:
    """Follows the log over a real WebSocket, and comes back with its last id whenever it is cut off."""

    centre: Centre
    cookie: str
    last: int | None = None
    # (fact, when it came)
    facts: list[tuple[dict[str, Any], float]] = field(default_factory=list)
    connections: int = 0
    _leaving: threading.Event = field(default_factory=threading.Event)
    _here: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._leaving.clear()
        self._here.clear()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()
        assert self._here.wait(15), "the console never got its hello"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leaving.set()
        if self._thread is not None:
            self._thread.join(10)

    def got(self, kind: str) -> list[dict[str, Any]]:
        return [fact for fact, _at in self.facts if fact["kind"] == kind]

    def came_at(self, kind: str, number: str) -> float | None:
        return next((at for f, at in self.facts if f["kind"] == kind and f["data"]["number"] == number), None)

    def shows(self, number: str, within_s: float) -> bool:
        return wait_until(lambda: self.came_at("alerts.received", number) is not None, within_s, every=0.02)

    def _live(self) -> None:
        while not self._leaving.is_set():
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                self._follow()
            self._leaving.wait(0.3)

    def _follow(self) -> None:
        after = "" if self.last is None else f"?after={self.last}"
        with connect(
            f"{self.centre.ws_url}/ws/console/{after}",
            additional_headers={"Cookie": self.cookie},
            origin=self.centre.url,  # type: ignore[arg-type]
            open_timeout=10,
        ) as socket:
            while not self._leaving.is_set():
                with contextlib.suppress(TimeoutError):
                    self._take(json.loads(socket.recv(timeout=0.2)))
                    if self.last is not None:
                        socket.send(json.dumps({"type": "seen", "id": self.last}))

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "hello":
            self.connections += 1
            if self.last is None:
                self.last = message["last"]
            self._here.set()
        elif message["type"] == "facts":
            now = time.monotonic()
            self.facts += [(fact, now) for fact in message["facts"]]
            self.last = message["last"]
