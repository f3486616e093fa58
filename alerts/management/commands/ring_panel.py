"""An alarm panel at the keyboard: it speaks DC-09 to whoever listens, and says what it was answered."""

from __future__ import annotations

import secrets
import socket
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from alerts.panels import frames

ANSWER_S = 10.0


class Command(BaseCommand):
    help = (
        "Be an alarm panel: send one frame, such as --account 1A2B --code BA --zone 3, and show the answer."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", required=True, help="the number of the panel")
        parser.add_argument(
            "--code", default="BA", help="SIA code: BA intrusion, PA panic, FA fire, RP test …"
        )
        parser.add_argument("--zone", type=int, default=1)
        parser.add_argument("--area", type=int, default=1)
        parser.add_argument("--key", default="", help="AES key in hexadecimal; empty: in clear")
        parser.add_argument("--udp", action="store_true")
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=settings.SIA_PORT)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key = bytes.fromhex(options["key"]) or None
        except ValueError:
            raise CommandError("The key is hexadecimal: 32, 48 or 64 digits.") from None
        account = options["account"].upper()
        frame = frames.build(
            "SIA-DCS",
            f"#{account}|Nri{options['area']}/{options['code'].upper()}{options['zone']:02d}",
            account=account,
            sequence=1 + secrets.randbelow(9999),
            now=timezone.now(),
            key=key,
        )
        self.stdout.write(f"> {frame.decode().strip()}")
        try:
            answer = _sent(frame, options["host"], options["port"], udp=options["udp"])
        except OSError as error:
            raise CommandError(
                f"Nobody answers on port {options['port']} ({error}). Does `manage.py run_receivers` run?"
            ) from error
        if not answer:
            raise CommandError("The line was closed without an answer.")
        self.stdout.write(f"< {answer.decode('ascii', 'backslashreplace').strip()}")
        if b'ACK"' not in answer:
            raise CommandError("The frame was not taken: see the frames of panels in the administration.")


def _sent(frame: bytes, host: str, port: int, *, udp: bool) -> bytes:
    if udp:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.settimeout(ANSWER_S)
            line.sendto(frame, (host, port))
            return line.recvfrom(2048)[0]
    with socket.create_connection((host, port), timeout=ANSWER_S) as line:
        line.sendall(frame)
        return line.recv(2048)
