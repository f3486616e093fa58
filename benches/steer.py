"""From a REST press to the order in four cameras, and to the picture that has arrived.

Each press is of a school of its own with four domes around it: real ONVIF devices (drawn ones, one process), a real
`run_cameras` with its conversations warm. Measured on the wall clock all share, leg by leg: press → alert committed →
incident committed → orders committed → claimed → sent → AbsoluteMove received by the last of the four; what the head
then travels is told apart. Then cold: a press just after `run_cameras` began, and presses just after the devices of
the place have restarted.

The floor, in the same run: a bare ONVIF call (signed SOAP over a warm connection, nothing else) to four devices at
once. It holds no press, no incident and no row. So a second one is told beside it, which no centre that writes things
down goes below: three bare commits (the alert, the incident, the orders), one after the other, and then that call.

    make bench NAME=steer [ARGS="--presses 12 --restarts 4 --beside 0"]
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
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import psycopg

from benches import legs, report
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
    written: float
    opened: float
    ordered: float
    claimed: float
    sent: float
    received: list[float]
    arrived: list[float]
    travelled: list[float]

    @property
    def whole(self) -> bool:
        return len(self.received) == 4

    @property
    def ms(self) -> float:
        return (max(self.received, default=math.nan) - self.pressed) * 1000


def prepare(domes: Any, sites: int, beside: int) -> None:
    """Four exercise domes around each school, each with its device; others far away, begun beside them."""
    from alerts.models import AlertDevice, Site
    from benches.cast import spot
    from cameras.models import Camera
    from places.geometry import destination
    from tests.cameras.domes import device

    Site.objects.update(exercise=True)
    AlertDevice.objects.update(exercise=True)
    stands = {f"{n}-{k}": destination(spot(n), k * 90 + 20, 28) for n in range(sites) for k in range(4)}
    stands |= {f"b-{n}": destination(spot(0), 90, 9000 + 100 * n) for n in range(beside)}
    for name, place in stands.items():
        camera = Camera.objects.create(
            code=f"S{name}",
            name=f"Dome {name}",
            kind=Camera.Kind.DOME,
            lat=place.lat,
            lon=place.lon,
            hfov_deg=62,
            hfov_tele_deg=3.2,
            range_m=40,
            state=Camera.State.LIVE,
            exercise=True,
        )
        device(camera, domes, f"d{name}")


@dataclass
class Watch:
    """Who looks at the clock while a press goes its way."""

    stage: Stage
    domes: Any
    nudges: legs.Nudges

    @property
    def notes(self) -> Path:
        return self.stage.centre.var / "legs.jsonl"

    @property
    def log(self) -> Path:
        return self.stage.centre.var / "run_cameras.log"


def run_cameras(watch: Watch) -> subprocess.Popen[bytes]:
    centre = watch.stage.centre
    env = centre.env | {"FOOTAGE_ROOT": str(centre.var / "footage")}
    watch.notes.unlink(missing_ok=True)
    command = [sys.executable, "-m", "benches.legs", str(watch.notes)]
    with watch.log.open("wb") as log:
        return subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=log)


def warm(devices: int, seconds: float = 120) -> None:
    """Until every conversation has been opened."""
    from cameras.models import Device

    end = time.monotonic() + seconds
    while Device.objects.filter(probed_at__isnull=False).count() < devices:
        if time.monotonic() > end:
            raise RuntimeError("the conversations are not open")
        time.sleep(0.3)


def press(watch: Watch, n: int, patience_s: float = 40) -> Turn:
    """One press, followed until its four orders have ended."""
    from cameras.models import SteeringOrder
    from events.models import Event

    headers = {"Authorization": f"Device {watch.stage.keys[n]}", "Idempotency-Key": uuid.uuid4().hex}
    with httpx.Client(base_url=watch.stage.centre.url, timeout=30) as client:
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
        told = [one for one in watch.domes.state(f"d{n}-{k}")["told"] if one["operation"] == "AbsoluteMove"]
        received += [one["at"] for one in told if one["at"] > before][:1]
    if len(received) < 4:
        explain(watch, n)
    since = Event.objects.filter(at__gte=dt.datetime.fromtimestamp(before, dt.UTC)).order_by("pk")
    ids = {kind: pk for pk, kind in since.values_list("pk", "kind").reverse()}
    turned = since.filter(kind="cameras.turned", data__code__startswith=f"S{n}-")
    notes = [note for note in legs.noted(watch.notes) if note["at"] > before]
    return Turn(
        pressed=before,
        answered=answered,
        written=watch.nudges.committed(ids.get("alerts.received", 0)),
        opened=watch.nudges.committed(ids.get("incidents.opened", 0)),
        ordered=watch.nudges.called(before),
        claimed=max((note["at"] for note in notes if note["what"] == "claim"), default=math.nan),
        sent=max((note["at"] for note in notes if note["what"] == "sent"), default=math.nan),
        received=received,
        arrived=[
            dt.datetime.fromisoformat(data["at"]).timestamp()
            for data in turned.values_list("data", flat=True)
        ],
        travelled=[data["travel_ms"] for data in turned.values_list("data", flat=True)],
    )


def explain(watch: Watch, n: int) -> None:
    """A press that did not reach four devices is no figure: what is known of it."""
    from cameras.models import SteeringOrder
    from events.models import Delivery

    print(f"press {n} did not reach four devices:")
    for order in SteeringOrder.objects.filter(camera__code__startswith=f"S{n}-").select_related("camera"):
        print(f"  {order.camera.code} {order.state} {order.result} sent {order.sent_at} done {order.done_at}")
    for owed in Delivery.objects.owed():
        print(f"  owed: {owed.reaction} tries {owed.tries} {owed.error}")
    print("  run_cameras:", *watch.log.read_text().splitlines()[-20:], sep="\n    ")


def restarted(watch: Watch, n: int) -> Turn:
    """Its four devices are away for half a second; then the press."""
    for k in range(4):
        watch.domes.spoil(f"d{n}-{k}", reboot_s=0.5)
    time.sleep(0.6)
    return press(watch, n)


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


def legs_of(turns: list[Turn]) -> dict[str, list[float]]:
    """Ms, along the path; the answer to the presser is beside it."""
    steps = {
        "  press → alert committed": [(turn.pressed, turn.written) for turn in turns],
        "  alert → incident committed": [(turn.written, turn.opened) for turn in turns],
        "  incident → orders committed": [(turn.opened, turn.ordered) for turn in turns],
        "  orders committed → claimed": [(turn.ordered, turn.claimed) for turn in turns],
        "  claimed → last sent": [(turn.claimed, turn.sent) for turn in turns],
        "  last sent → last received": [(turn.sent, max(turn.received)) for turn in turns],
        "orders committed → received": [(turn.ordered, max(turn.received)) for turn in turns],
        "press → answered 201": [(turn.pressed, turn.answered) for turn in turns],
        "press → arrived, and told": [(turn.pressed, max(turn.arrived)) for turn in turns if turn.arrived],
    }
    spans = {name: [(end - start) * 1000 for start, end in pairs] for name, pairs in steps.items()}
    return {name: [span for span in found if not math.isnan(span)] for name, found in spans.items()}


def tell(
    turns: list[Turn], floor: list[float], written: list[float], cold: Turn, restarts: list[Turn]
) -> None:
    whole = [turn for turn in turns if turn.whole]
    if len(whole) < len(turns):
        print(f"{len(turns) - len(whole)} of {len(turns)} presses did not reach four devices")
    rows = {
        "press → received by 4": [turn.ms for turn in whole],
        **legs_of(whole),
        "  of that, travel": [max(turn.travelled) for turn in whole if turn.travelled],
        "floor: bare ONVIF call to 4": floor,
        "three bare commits": written,
    }
    report.table(
        ["ms", "p50", "p95", "max"],
        [[name, *(report.spread(values)[k] for k in ("p50", "p95", "max"))] for name, values in rows.items()],
    )
    again = [turn.ms for turn in restarts if turn.whole]
    report.table(
        ["ms, received by 4", "p50", "max"],
        [
            ["cold: run_cameras just started", cold.ms, cold.ms],
            ["devices just restarted", report.percentile(again, 50), max(again, default=math.nan)],
        ],
    )
    value, least = report.percentile(rows["press → received by 4"], 95), report.percentile(floor, 95)
    durable = least + report.percentile(written, 95)
    p50s = {name: report.percentile(values, 50) for name, values in rows.items()}
    report.line(
        "steer",
        value=value,
        floor=least,
        unit="ms p95",
        floor_with_commits=round(durable, 2),
        ratio_with_commits=round(value / durable, 3) if durable else 0.0,
        p50_ms=round(p50s["press → received by 4"], 1),
        p50_floor=round(p50s["floor: bare ONVIF call to 4"], 2),
        p50_commits=round(p50s["three bare commits"], 2),
        legs_p50={name.strip(): round(p50s[name], 1) for name in p50s if name.startswith("  ")},
        of_the_order_alone=round(report.percentile(rows["orders committed → received"], 95), 2),
        cold_ms=round(cold.ms, 1) if cold.whole else None,
        after_restart_ms=[round(ms, 1) for ms in again],
        presses=len(turns),
        not_whole=sum(not turn.whole for turn in [*turns, cold, *restarts]),
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--presses", type=int, default=12)
    parser.add_argument("--restarts", type=int, default=4)
    parser.add_argument(
        "--beside", type=int, default=0, help="more devices the node begins with, none of them pressed"
    )
    asked = parser.parse_args()
    presses, sites = asked.presses, asked.presses + asked.restarts + 2
    with on_stage(people=0, buttons=sites) as stage:
        from tests.cameras.domes import PASSWORD, Domes

        names = [f"d{n}-{k}" for n in range(sites) for k in range(4)]
        domes = Domes(*names, *(f"db-{n}" for n in range(asked.beside)))
        watch = Watch(stage, domes, legs.Nudges())
        node: subprocess.Popen[bytes] | None = None
        try:
            prepare(domes, sites, asked.beside)
            with watch.nudges.heard(stage.centre.env["REDIS_URL"]):
                node = run_cameras(watch)
                time.sleep(0.5)
                cold = press(watch, sites - 1)
                warm(sites * 4 + asked.beside)
                press(watch, sites - 2)  # code paths of the web process
                turns = [press(watch, n) for n in range(presses)]
                written = commits(presses * 4)
                floor = asyncio.run(bare(domes, [f"d0-{k}" for k in range(4)], PASSWORD, presses * 4))
                restarts = [restarted(watch, presses + n) for n in range(asked.restarts)]
        finally:
            if node is not None:
                node.terminate()
                node.wait(20)
            domes.stop()
    tell(turns, floor, written, cold, restarts)


if __name__ == "__main__":
    main()
