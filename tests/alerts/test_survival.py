"""The button page when the database behind its door goes away (the REST side: tests/survival)."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from django.db import connection
from django.utils import timezone

from alerts.models import Alert
from alerts.panels import frames
from incidents.models import Incident
from tests.alerts import cast
from tests.browser import Pages
from tests.servers import ROOT, Centre, free_port, wait_until

pytestmark = [
    pytest.mark.browser,
    pytest.mark.survival,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


def test_the_button_page_waits_for_postgresql_and_sends_exactly_one(
    pages: Pages, live_centre: Centre
) -> None:
    pages.expect_trouble("503")
    page = pages.open(f"/button/#key={cast.key_for(cast.button())}", viewport={"width": 390, "height": 844})
    page.wait_for_selector("#press", timeout=60_000)  # the key is known
    page.locator("#press").focus()
    live_centre.stop_postgres()
    page.keyboard.down("Space")
    page.wait_for_timeout(1_300)
    page.keyboard.up("Space")
    page.wait_for_selector("#status[data-state=waiting]", timeout=60_000)
    live_centre.start_postgres()
    connection.close()
    connection.close_pool()
    page.wait_for_selector("#status[data-state=received]", timeout=60_000)
    assert Alert.objects.get().presses == 1


def test_a_panel_is_answered_only_once_its_alarm_is_kept(live_centre: Centre) -> None:
    """The process itself, PostgreSQL away in the middle: no answer, then the same frame is taken once (P-02)."""
    cast.panel(keeps_time=False)  # however long the machine takes
    port = free_port()
    command = [sys.executable, str(ROOT / "manage.py"), "run_receivers", "--port", str(port)]
    receivers = subprocess.Popen(command, env=live_centre.env, cwd=ROOT)
    try:
        assert wait_until(lambda: ring(port, said(1)) == b"ACK", 60)
        live_centre.stop_postgres()
        alarm = said(2)
        assert ring(port, alarm) == b""
        live_centre.start_postgres()
        connection.close()
        connection.close_pool()
        assert wait_until(lambda: ring(port, alarm) == b"ACK", 60)
        assert ring(port, alarm) == b"ACK"
    finally:
        receivers.terminate()
        assert receivers.wait(20) in (0, -15)
    assert sum(Alert.objects.filter(signal="intrusion").values_list("presses", flat=True)) == 2
    assert wait_until(lambda: Incident.objects.filter(nature="alarm_panel").count() == 1, 30)


def said(number: int) -> bytes:
    return frames.build("SIA-DCS", "#1A2B|Nri1/BA03", account="1A2B", sequence=number, now=timezone.now())


def ring(port: int, frame: bytes) -> bytes:
    """The protocol word of the answer; nothing when none came within 15 s."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=15) as line:
            line.sendall(frame)
            answer = line.recv(2048)
    except OSError:
        return b""
    return frames.parse(answer.strip()).protocol.encode() if answer else b""
