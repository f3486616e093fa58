"""The receiver on real sockets: TCP and UDP, cut lines, floods, and a database that goes away (P-02)."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from alerts.models import Alert, PanelFrame
from alerts.panels import actions, frames, server
from tests.alerts import cast

pytestmark = pytest.mark.django_db(transaction=True)


def said(data: str, sequence: int) -> bytes:
    return frames.build("SIA-DCS", f"#1A2B|{data}", account="1A2B", sequence=sequence, now=timezone.now())


def over_tcp(port: int, *parts: bytes, answers: int) -> list[bytes]:
    """What comes back, frame by frame, until `answers` of them or the line is closed."""
    got = b""
    with (
        socket.create_connection(("127.0.0.1", port), timeout=20) as line,
        contextlib.suppress(ConnectionError),  # closed while we speak
    ):
        for part in parts:
            line.sendall(part)
        while got.count(b"\r") < answers:
            data = line.recv(4096)
            if not data:
                break
            got += data
    return got.split(b"\r")[:-1]


def with_receiver(talk: Callable[[int], Any]) -> Any:
    async def run() -> Any:
        receiver = server.Receiver("127.0.0.1", 0)
        await receiver.listen()
        try:
            return await asyncio.to_thread(talk, receiver.port)
        finally:
            await receiver.close()

    return asyncio.run(run())


def test_two_frames_in_one_packet_and_one_in_three_are_all_answered() -> None:
    cast.panel()
    first, second, third = said("Nri1/BA01", 1), said("Nri1/BA02", 2), said("NRP", 3)
    answers = with_receiver(
        lambda port: over_tcp(port, first + second + third[:9], third[9:30], third[30:], answers=3)
    )
    assert [frames.parse(a.strip()).sequence for a in answers] == ["0001", "0002", "0003"]
    assert Alert.objects.get().presses == 2


def test_datagrams_are_answered_where_they_came_from() -> None:
    cast.panel()

    def talk(port: int) -> bytes:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.settimeout(20)
            line.sendto(b"\nrubbish\r", ("127.0.0.1", port))
            line.sendto(said("Nri1/PA01", 9), ("127.0.0.1", port))
            return line.recvfrom(2048)[0]

    assert frames.parse(with_receiver(talk).strip()).protocol == "ACK"
    assert Alert.objects.get().signal == "panic"


def test_damage_on_the_line_gets_no_answer_and_the_next_frame_does() -> None:
    cast.panel()
    good = said("NRP", 2)
    answers = with_receiver(lambda port: over_tcp(port, good.replace(b"NRP", b"NRX"), good, answers=1))
    assert [frames.parse(a.strip()).sequence for a in answers] == ["0002"]
    assert PanelFrame.objects.count() == 1


def test_a_line_that_never_ends_is_closed() -> None:
    assert with_receiver(lambda port: over_tcp(port, b"\n" + b"A" * 3000, answers=1)) == []


def test_a_flood_is_closed_and_others_are_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "BURST", 5.0)
    monkeypatch.setattr(server, "FRAMES_PER_S", 0.0)
    cast.panel()
    answers = with_receiver(
        lambda port: over_tcp(port, *[said("NRP", number) for number in range(1, 12)], answers=11)
    )
    assert len(answers) < 11
    flood = server.Flood()
    assert [flood.allows("192.0.2.1") for _ in range(6)].count(True) == 5
    assert flood.allows("192.0.2.2")


def test_without_the_database_nothing_is_answered_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cast.panel()
    real, away = actions.receive_frame, [True]

    def receive(**given: Any) -> bytes | None:
        if away.pop() if away else False:
            raise OperationalError("the database system is shutting down")
        return real(**given)

    monkeypatch.setattr(actions, "receive_frame", receive)
    alarm = said("Nri1/BA03", 5)
    answers = with_receiver(lambda port: over_tcp(port, alarm, alarm, answers=1))
    assert [frames.parse(a.strip()).protocol for a in answers] == ["ACK"]
    assert Alert.objects.get().presses == 1
