"""Domes in a process of their own: `python -m nice_supervision.demo.domes --dome dome-1 --user u`.

Served until told to stop; the password of the user is in DOME_PASSWORD.
A dome may hang askew: `--dome name:north_at:per_pan_deg:level_at:per_tilt_deg`.
With port 0 a free one is taken; both are told on the first line, as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import zlib

from nice_supervision.demo.domes.device import Dome
from nice_supervision.demo.domes.head import Counts, Mounting
from nice_supervision.demo.domes.server import Domes


def dome_of(told: str, user: str, password: str) -> Dome:
    name, *mounting = told.split(":")
    hung = Mounting(*(float(part) for part in mounting))
    return Dome.made(name, user=user, password=password, mounting=hung, seed=zlib.crc32(name.encode()))


async def serve(domes: Domes) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await domes.start()
    sys.stdout.write(json.dumps({"http": domes.http_port, "rtsp": domes.rtsp_port}) + "\n")
    sys.stdout.flush()
    await stop.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description="Domes that do not exist.")
    parser.add_argument("--dome", action="append", required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--http", type=int, default=0)
    parser.add_argument("--rtsp", type=int, default=0)
    parser.add_argument("--user", default="")
    parser.add_argument("--speed", type=float, default=1.0, help="times as fast as a dome of the trade")
    parser.add_argument(
        "--testing", action="store_true", help="open the doors through which tests spoil a dome"
    )
    told = parser.parse_args()
    password = os.environ.get("DOME_PASSWORD", "")
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    domes = [dome_of(one, told.user, password) for one in told.dome]
    for dome in domes:
        dome.head.fastest = Counts(*(rate * told.speed for rate in dome.head.fastest))
    asyncio.run(
        serve(Domes(domes, host=told.host, http_port=told.http, rtsp_port=told.rtsp, testing=told.testing))
    )


if __name__ == "__main__":
    main()
