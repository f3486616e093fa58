"""A flood: 1,000 alerts in 60 s on 30 consoles. Every alert on every console, once, in order.

The floor, in the same run: a commit, a publish and a frame to as many bare sockets, at the same pace.

    make bench NAME=burst [ARGS="--alerts 1000 --seconds 60 --consoles 30"]
"""

from __future__ import annotations

import argparse
import asyncio

from benches import report
from benches.press_to_console import bare, ours
from benches.stage import Stage, on_stage


async def measure(stage: Stage, alerts: int, seconds: float) -> None:
    rate = alerts / seconds
    floor = await bare(stage, min(alerts, 200), rate)
    latencies, answers, screens = await ours(stage, alerts, rate, settle_s=5)
    everything = {number for screen in screens for number in screen.seen}
    lost = sum(len(everything - screen.seen.keys()) for screen in screens)
    doubled = sum(screen.doubled for screen in screens)
    disordered = sum(screen.order != sorted(set(screen.order)) for screen in screens)
    dropped = sum(screen.dropped for screen in screens)
    head = ["milliseconds", "p50", "p95", "p99", "max"]
    report.table(
        head,
        [
            [name, *(report.spread(values)[p] for p in head[1:])]
            for name, values in (
                ("press to console", latencies),
                ("press to answer", answers),
                ("floor: commit + publish + frame", floor),
            )
        ],
    )
    print(f"alerts {len(everything)}, lost {lost}, doubled {doubled}, consoles out of order {disordered}")
    report.line(
        "burst",
        value=report.percentile(latencies, 95),
        floor=report.percentile(floor, 95),
        unit="ms",
        alerts=len(everything),
        consoles=len(screens),
        lost=lost,
        doubled=doubled,
        disordered=disordered,
        dropped=dropped,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--consoles", type=int, default=30)
    options = parser.parse_args()
    with on_stage(people=options.consoles, buttons=options.alerts + 3, cameras=1000) as stage:
        asyncio.run(measure(stage, options.alerts, options.seconds))


if __name__ == "__main__":
    main()
