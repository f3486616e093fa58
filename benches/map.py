"""The operators' room in a real browser: 5,000 cameras on its map and 200 crews that move.

It says how long after opening the first alert is drawn, how soon a press is drawn on a room that is open, how soon a
key changes what is selected, and how many frames a second the page has while crews move. The floor, in the same run
and on the same processor: the same page with the same alerts, its map without one camera and without one crew. So
the ratio is what the city costs, not what Chromium or a missing graphics card costs.

    make bench NAME=map [ARGS="--cameras 5000 --units 200 --seconds 10 --keys 60"]
"""

from __future__ import annotations

import argparse
import contextlib
import math
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from playwright.sync_api import Browser, Page

from benches import report
from benches.stage import Stage, on_stage
from tests.browser import chromium

if TYPE_CHECKING:
    from patrols.models import Unit

QUEUE = 20
EMPTY = '{"type": "FeatureCollection", "features": []}'
# Watches the page from inside: when a card is first drawn, how long keys take, frames, long tasks.
WATCH = """
globalThis.watch = {first: null, cards: 0, cardAt: 0, keys: [], keyAt: 0, frames: 0, long: []};
new PerformanceObserver((list) => watch.long.push(...list.getEntries().map((task) => task.duration)))
    .observe({type: 'longtask', buffered: true});
addEventListener('keydown', (event) => { watch.keyAt = event.timeStamp; }, {capture: true});
const frame = () => {
    watch.frames += 1;
    const cards = document.querySelectorAll('.queue .call').length;
    if (cards > watch.cards) {
        watch.cardAt = performance.now();
        watch.first ??= watch.cardAt;
    }
    watch.cards = cards;
    const selected = document.querySelector('.queue .call.sel')?.dataset.key;
    if (watch.keyAt && selected !== watch.selected) {
        watch.keys.push(performance.now() - watch.keyAt);
        watch.keyAt = 0;
    }
    watch.selected = selected;
    requestAnimationFrame(frame);
};
requestAnimationFrame(frame);
"""


@dataclass
class Figures:
    """One room, measured: times in seconds, keys in milliseconds, frames per second."""

    already_there: float
    map_ready: float
    pressed: float
    keys: list[float]
    frames: float
    pictures: float
    long_opening: int
    long_open: int


def press(stage: Stage, key: str) -> float:
    """The moment before the press, in seconds since 1970."""
    headers = {"Authorization": f"Device {key}", "Idempotency-Key": uuid.uuid4().hex}
    before = time.time()
    answer = httpx.post(
        f"{stage.centre.url}/api/v1/alerts/", json={"kind": "press"}, headers=headers, timeout=30
    )
    assert answer.status_code == 201, answer.text
    return before


@contextlib.contextmanager
def room(browser: Browser, stage: Stage, *, bare: bool) -> Iterator[Page]:
    name, value = stage.cookies[0].split("=", 1)
    context = browser.new_context(base_url=stage.centre.url, viewport={"width": 1920, "height": 1080})
    context.set_default_timeout(120_000)
    context.add_cookies([{"name": name, "value": value, "url": stage.centre.url}])
    context.add_init_script(WATCH)
    if bare:
        for address in ("**/cameras.json", "**/sites.json"):
            context.route(
                address, lambda route: route.fulfill(body=EMPTY, content_type="application/geo+json")
            )
    try:
        yield context.new_page()
    finally:
        context.close()


def measure(browser: Browser, stage: Stage, key: str, options: argparse.Namespace, *, bare: bool) -> Figures:
    with room(browser, stage, bare=bare) as page:
        page.goto("/console/")
        page.wait_for_function("() => watch.first !== null")
        page.evaluate(
            "room.ground.opened.then(() => room.ground.map.ready).then(() => { watch.ready = performance.now(); })"
        )
        page.wait_for_function("() => document.querySelector('.bar').dataset.link === 'live' && watch.ready")
        opening = page.evaluate("watch.long.splice(0)")
        pressed = _pressed(page, stage, key)
        keys = _keys(page, options.keys)
        frames, pictures = _frames(page, options.seconds)
        opened = page.evaluate("watch")
        return Figures(
            already_there=opened["first"] / 1000,
            map_ready=opened["ready"] / 1000,
            pressed=pressed,
            keys=keys,
            frames=frames,
            pictures=pictures,
            long_opening=sum(ms > 200 for ms in opening),
            long_open=sum(ms > 200 for ms in opened["long"]),
        )


def _pressed(page: Page, stage: Stage, key: str) -> float:
    """Seconds from a press to its card on the room that is open."""
    page.evaluate("watch.cardAt = 0")
    before = press(stage, key)
    page.wait_for_function("() => watch.cardAt > 0")
    at: float = page.evaluate("performance.timeOrigin + watch.cardAt")
    return at / 1000 - before


def _keys(page: Page, count: int) -> list[float]:
    """Milliseconds from each arrow to the frame that shows another card selected."""
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(1000)
    page.evaluate("watch.keys.length = 0")
    for n in range(count):
        page.keyboard.press("ArrowDown" if n // 10 % 2 == 0 else "ArrowUp")
        page.wait_for_function("(n) => watch.keys.length > n", arg=n)
        page.wait_for_timeout(100)
    return list(page.evaluate("watch.keys"))


def _frames(page: Page, seconds: float) -> tuple[float, float]:
    """Frames a second, and how many of them drew the crews anew."""
    page.evaluate(
        """() => {
            const overlay = room.ground.map.overlay;
            const draw = overlay.draw.bind(overlay);
            watch.pictures = 0;
            overlay.draw = (units) => { watch.pictures += 1; draw(units); };
            watch.frames = 0;
            watch.since = performance.now();
        }"""
    )
    page.wait_for_timeout(seconds * 1000)
    frames, pictures, ms = page.evaluate("[watch.frames, watch.pictures, performance.now() - watch.since]")
    return frames * 1000 / ms, pictures * 1000 / ms


@contextlib.contextmanager
def crews(count: int) -> Iterator[None]:
    """This many units that drive in circles over the city and say once a second where they are."""
    from benches import cast
    from patrols.models import Unit

    units = Unit.objects.bulk_create([Unit(call_sign=f"U{n}") for n in range(count)])
    over = threading.Event()

    def drive() -> None:
        from django.db import connection

        began = started = time.perf_counter()
        while not over.wait(max(0.0, started + 1 - time.perf_counter())):
            started = time.perf_counter()
            _say_where(units, started - began, cast)
        connection.close()

    driver = threading.Thread(target=drive)
    driver.start()
    try:
        yield
    finally:
        over.set()
        driver.join()


def _say_where(units: list[Unit], seconds: float, cast: Any) -> None:
    from django.utils import timezone

    from patrols.actions import record_positions
    from patrols.fixes import Fix
    from places.geometry import destination

    now, batch = timezone.now(), []
    for n, unit in enumerate(units):
        turn = math.degrees(seconds * 10 / 150) + n * 37  # 10 m/s around a circle of 150 m
        point = destination(cast.spot(n * 3), turn, 150)
        batch.append(
            Fix(
                unit_id=unit.pk,
                point=point,
                speed_kmh=36,
                heading_deg=(turn + 90) % 360,
                accuracy_m=5,
                at=now,
            )
        )
    record_positions(batch=batch)


def tell(ours: Figures, floor: Figures, options: argparse.Namespace) -> None:
    rows = [
        (
            name,
            f.already_there,
            f.map_ready,
            f.pressed,
            report.percentile(f.keys, 50),
            report.percentile(f.keys, 95),
            f.frames,
            f.pictures,
            f.long_opening,
            f.long_open,
        )
        for name, f in (("the city", ours), ("floor: no camera, no crew", floor))
    ]
    report.table(
        [
            "room",
            "alert there, s",
            "map, s",
            "alert pressed, s",
            "key p50, ms",
            "key p95, ms",
            "frames/s",
            "crews drawn/s",
            "tasks > 200 ms: opening",
            "then",
        ],
        rows,
    )
    report.line(
        "map",
        value=ours.frames,
        floor=floor.frames,
        unit="frames/s",
        first_alert_s=round(ours.already_there, 3),
        first_alert_floor_s=round(floor.already_there, 3),
        pressed_alert_s=round(ours.pressed, 3),
        pressed_alert_floor_s=round(floor.pressed, 3),
        key_p95_ms=round(report.percentile(ours.keys, 95), 1),
        key_p95_floor_ms=round(report.percentile(floor.keys, 95), 1),
        crews_drawn_per_s=round(ours.pictures, 1),
        long_tasks_opening=ours.long_opening,
        long_tasks=ours.long_open,
        cameras=options.cameras,
        units=options.units,
        keys=len(ours.keys),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=5_000)
    parser.add_argument("--units", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--keys", type=int, default=60)
    options = parser.parse_args()
    with on_stage(people=1, buttons=QUEUE + 3, cameras=options.cameras) as stage, chromium() as browser:
        for key in stage.keys[:QUEUE]:
            press(stage, key)
        with room(browser, stage, bare=False) as warm:  # caches of the server, code of the browser
            warm.goto("/console/")
            warm.wait_for_function("() => watch.first !== null")
        floor = measure(browser, stage, stage.keys[QUEUE], options, bare=True)
        with crews(options.units):
            time.sleep(2)
            ours = measure(browser, stage, stage.keys[QUEUE + 1], options, bare=False)
        tell(ours, floor, options)


if __name__ == "__main__":
    main()
