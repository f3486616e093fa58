"""From a REST press to the order in four cameras, and to the picture that has arrived.

Each press is of a school of its own with four domes around it: real ONVIF devices (drawn ones, one process), a real
`run_cameras` with its conversations warm. Measured on the wall clock all share, stage by stage: press → answered 201 →
incident opened → orders written → claimed → AbsoluteMove received by the last of the four; what the head then travels
is told apart. Then cold: presses just after `run_cameras` and just after the devices have restarted.

The floor, in the same run: a bare ONVIF call (signed SOAP over a warm connection, nothing else) to four devices at
once. It holds no press, no incident and no row. So a second one is told beside it, which no centre that writes things
down goes below: three bare commits (the alert, the incident, the orders) and then that call.

    make bench NAME=steer [ARGS="--presses 12"]
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import datetime as dt
import hashlib
import math
import os
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from typing import Any

import aiohttp
import httpx
import psycopg

from benches import report
from benches.stage import ROOT, Stage, on_stage

USER = "centre"
MOVE = """<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header><Security
xmlns="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><UsernameToken><Username>
{user}</Username><Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
>{digest}</Password><Nonce>{nonce}</Nonce><Created
xmlns="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd">{at}</Created></UsernameToken>
</Security></s:Header><s:Body><AbsoluteMove xmlns="http://www.onvif.org/ver20/ptz/wsdl"><ProfileToken>main</ProfileToken>
<Position><PanTilt x="{x}" y="-0.1" xmlns="http://www.onvif.org/ver10/schema"/></Position></AbsoluteMove></s:Body>
</s:Envelope>"""


@dataclass
class Turn:
    """One press: seconds on the wall clock."""

    pressed: float
    answered: float
    opened: float
    ordered: float
    claimed: float
    received: list[float]
    arrived: list[float]
    travelled: list[float]

    @property
    def whole(self) -> bool:
        return len(self.received) == 4

    @property
    def ms(self) -> float:
        return (max(self.received, default=math.nan) - self.pressed) * 1000


def prepare(domes: Any, sites: int) -> None:
    """Four exercise domes around each school, each with its device."""
    from alerts.models import AlertDevice, Site
    from benches.cast import spot
    from cameras.models import Camera
    from places.geometry import destination
    from tests.cameras.domes import device

    Site.objects.update(exercise=True)
    AlertDevice.objects.update(exercise=True)
    for n in range(sites):
        for k in range(4):
            place = destination(spot(n), k * 90 + 20, 28)
            camera = Camera.objects.create(
                code=f"S{n}-{k}",
                name=f"Dome {n}-{k}",
                kind=Camera.Kind.DOME,
                lat=place.lat,
                lon=place.lon,
                hfov_deg=62,
                hfov_tele_deg=3.2,
                range_m=40,
                state=Camera.State.LIVE,
                exercise=True,
            )
            device(camera, domes, f"d{n}-{k}")


def run_cameras(stage: Stage) -> subprocess.Popen[bytes]:
    env = stage.centre.env | {"FOOTAGE_ROOT": str(stage.centre.var / "footage")}
    command = [sys.executable, str(ROOT / "manage.py"), "run_cameras"]
    return subprocess.Popen(command, env=env, cwd=ROOT, stderr=subprocess.DEVNULL)


def warm(devices: int, seconds: float = 120) -> None:
    """Until every conversation has been opened."""
    from cameras.models import Device

    end = time.monotonic() + seconds
    while Device.objects.filter(probed_at__isnull=False).count() < devices:
        if time.monotonic() > end:
            raise RuntimeError("the conversations are not open")
        time.sleep(0.3)


def press(stage: Stage, domes: Any, n: int, patience_s: float = 40) -> Turn:
    """One press, followed until its four orders have ended."""
    from cameras.models import SteeringOrder
    from events.models import Event

    headers = {"Authorization": f"Device {stage.keys[n]}", "Idempotency-Key": uuid.uuid4().hex}
    with httpx.Client(base_url=stage.centre.url, timeout=30) as client:
        before = time.time()
        answer = client.post("/api/v1/alerts/", json={"kind": "press"}, headers=headers)
        assert answer.status_code == 201, answer.text
        answered = time.time()
    mine = SteeringOrder.objects.filter(camera__code__startswith=f"S{n}-")
    end = time.monotonic() + patience_s
    while mine.filter(state__in=["done", "failed"]).count() < 4 and time.monotonic() < end:
        time.sleep(0.05)
    received = []
    for k in range(4):
        told = [one for one in domes.state(f"d{n}-{k}")["told"] if one["operation"] == "AbsoluteMove"]
        received += [one["at"] for one in told if one["at"] > before][:1]
    turned = Event.objects.filter(kind="cameras.turned", data__code__startswith=f"S{n}-")
    rows = list(turned.values_list("data", flat=True))
    opened = Event.objects.filter(kind="incidents.opened").latest("pk")
    rows_of = list(mine)
    return Turn(
        pressed=before,
        answered=answered,
        opened=opened.at.timestamp(),
        ordered=min((order.ordered_at.timestamp() for order in rows_of), default=before),
        claimed=max((order.sent_at.timestamp() for order in rows_of if order.sent_at), default=before),
        received=received,
        arrived=[dt.datetime.fromisoformat(row["at"]).timestamp() for row in rows],
        travelled=[row["travel_ms"] for row in rows],
    )


async def bare(domes: Any, names: list[str], password: str, rounds: int) -> list[float]:
    """Ms from before the call until the last of four devices has it, each by the barest signed SOAP there is."""
    found = []
    async with aiohttp.ClientSession() as session:
        for number in range(rounds + 3):
            before = time.time()
            await asyncio.gather(*(_move(session, domes, name, password, number) for name in names))
            if number < 3:  # connections
                continue
            found.append((max(_last(domes, name) for name in names) - before) * 1000)
            await asyncio.sleep(0.05)
    return found


async def _move(session: aiohttp.ClientSession, domes: Any, name: str, password: str, number: int) -> None:
    nonce, at = os.urandom(16), dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = base64.b64encode(hashlib.sha1(nonce + at.encode() + password.encode()).digest()).decode()
    body = (
        MOVE.format(
            user=USER, digest=digest, nonce=base64.b64encode(nonce).decode(), at=at, x=(number % 10) / 20
        )
        .replace("\n{user}", USER)
        .replace(f"\n{USER}<", f"{USER}<")
    )
    url = domes.url(name).replace("device_service", "ptz_service")
    async with session.post(url, data=body.encode()) as answer:
        said = await answer.read()
        assert answer.status == 200, said


def _last(domes: Any, name: str) -> float:
    return max(one["at"] for one in domes.state(name)["told"] if one["operation"] == "AbsoluteMove")


def commits(rounds: int) -> list[float]:
    """Ms of three bare transactions one after the other: one row each, written and committed."""
    from django.conf import settings

    found = []
    database = settings.DATABASES["default"]
    with psycopg.connect(
        host=database["HOST"], port=database["PORT"] or None, dbname=database["NAME"], user=database["USER"],
        password=database["PASSWORD"],
    ) as connection:  # fmt: skip
        connection.execute("CREATE TABLE bench_floor (id bigserial PRIMARY KEY, what text)")
        connection.commit()
        for _round in range(rounds):
            start = time.perf_counter()
            for _transaction in range(3):
                connection.execute("INSERT INTO bench_floor (what) VALUES (%s)", ["x" * 300])
                connection.commit()
            found.append((time.perf_counter() - start) * 1000)
            time.sleep(0.05)
    return found


def tell(turns: list[Turn], floor: list[float], written: list[float], cold: Turn, restarted: Turn) -> None:
    whole = [turn for turn in turns if turn.whole]
    if len(whole) < len(turns):
        print(f"{len(turns) - len(whole)} of {len(turns)} presses did not reach four devices")
    rows = {
        "press → received by 4": [turn.ms for turn in whole],
        "  press → answered": [(turn.answered - turn.pressed) * 1000 for turn in whole],
        "  press → incident opened": [(turn.opened - turn.pressed) * 1000 for turn in whole],
        "  opened → orders written": [(turn.ordered - turn.opened) * 1000 for turn in whole],
        "  orders written → claimed": [(turn.claimed - turn.ordered) * 1000 for turn in whole],
        "  claimed → received": [(max(turn.received) - turn.claimed) * 1000 for turn in whole],
        "  orders written → received": [(max(turn.received) - turn.ordered) * 1000 for turn in whole],
        "press → arrived, and told": [(max(turn.arrived) - turn.pressed) * 1000 for turn in whole],
        "  of that, travel": [max(turn.travelled) for turn in whole],
        "floor: bare ONVIF call to 4": floor,
        "three bare commits": written,
    }
    report.table(
        ["ms", "p50", "p95", "max"],
        [[name, *(report.spread(values)[k] for k in ("p50", "p95", "max"))] for name, values in rows.items()],
    )
    report.table(
        ["ms, one press", "received by 4"],
        [["cold: run_cameras just started", cold.ms], ["devices just restarted", restarted.ms]],
    )
    report.line(
        "steer",
        value=report.percentile(rows["press → received by 4"], 95),
        floor=report.percentile(floor, 95),
        unit="ms p95",
        floor_with_commits=round(report.percentile(floor, 95) + report.percentile(written, 95), 2),
        ratio_with_commits=round(
            report.percentile(rows["press → received by 4"], 95)
            / (report.percentile(floor, 95) + report.percentile(written, 95)),
            3,
        ),
        p50_ms=round(report.percentile(rows["press → received by 4"], 50), 1),
        of_the_order_alone=round(report.percentile(rows["  orders written → received"], 95), 2),
        cold_ms=round(cold.ms, 1),
        after_restart_ms=round(restarted.ms, 1),
        presses=len(turns),
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--presses", type=int, default=12)
    presses = parser.parse_args().presses
    sites = presses + 3
    with on_stage(people=0, buttons=sites) as stage:
        from tests.cameras.domes import PASSWORD, Domes

        domes = Domes(*(f"d{n}-{k}" for n in range(sites) for k in range(4)))
        node: subprocess.Popen[bytes] | None = None
        try:
            prepare(domes, sites)
            cold_started = run_cameras(stage)
            node = cold_started
            time.sleep(0.5)
            cold = press(stage, domes, presses + 1)
            warm(sites * 4)
            press(stage, domes, presses + 2)  # code paths of the web process
            turns = [press(stage, domes, n) for n in range(presses)]
            written = commits(presses * 4)
            floor = asyncio.run(bare(domes, [f"d0-{k}" for k in range(4)], PASSWORD, presses * 4))
            for k in range(4):
                domes.spoil(f"d{presses}-{k}", reboot_s=0.5)
            time.sleep(0.6)
            restarted = press(stage, domes, presses)
        finally:
            if node is not None:
                node.terminate()
                node.wait(20)
            domes.stop()
    tell(turns, floor, written, cold, restarted)


if __name__ == "__main__":
    main()
