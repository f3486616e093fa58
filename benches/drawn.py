"""How right each rule is on drawn scenes with a truth, coded, through the pipeline of production; no trained model.

For the types for which no real footage is at hand these are the figures their own rows tell (`detection/catalogue.py`):
where they differ, this ends with an error. Floor: none of the pictures signals anything, so recall 0.

    make bench NAME=drawn [ARGS="--types person_down,fire_start --weather day"]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from multiprocessing import Pool
from pathlib import Path

from benches import report
from tests.detection.sight import staged


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--types", default=",".join(staged.SCENES), help="with commas between them")
    asked.add_argument("--weather", default=",".join(staged.WEATHER))
    asked.add_argument("--processes", type=int, default=2)
    given = asked.parse_args()
    kinds, weather = given.types.split(","), tuple(given.weather.split(","))
    with Pool(given.processes) as pool:
        jobs = [(kind, weather, number) for kind in kinds for number in _numbers(kind, weather)]
        lines = pool.map(one, jobs, chunksize=1)
    rows, told, failures = [], {}, [failure for line in lines for failure in line[3]]
    for kind in kinds:
        mine = [line for job, line in zip(jobs, lines, strict=True) if job[0] == kind]
        events, found, false = (sum(line[n] for line in mine) for n in range(3))
        told[kind] = (found, events, false)
        rows.append([kind, len(mine), events, found, false, found / max(1, events), _share(found, false)])
    for failure in failures:
        print("FAILED ", failure)
    report.table(["type", "scenes", "events", "found", "false", "recall", "precision"], rows)
    found, events, false = (sum(figures[n] for figures in told.values()) for n in range(3))
    report.line(
        "drawn",
        value=found / max(1, events),
        floor=0.0,
        unit="recall",
        precision=round(_share(found, false), 3),
        scenes=len(jobs),
        types={
            kind: dict(zip(("found", "events", "false"), figures, strict=True))
            for kind, figures in told.items()
        },
    )
    if weather == tuple(staged.WEATHER):
        _compare(told)


def one(job: tuple[str, tuple[str, ...], int]) -> tuple[int, int, int, list[str]]:
    from detection.sight.detectors.loading import load
    from detection.sight.evaluation import evaluate, figures, read_truth

    kind, weather, number = job
    scene, name = staged.scenes(kind, weather)[number]
    with tempfile.TemporaryDirectory() as folder:
        [clip] = read_truth(staged.truth_of(scene, name, Path(folder)))
        result = evaluate(clip, load("opencv"))
    counted = figures([result])
    return counted.events, counted.found, counted.false, result.failures


def _numbers(kind: str, weather: tuple[str, ...]) -> Iterator[int]:
    yield from range(len(staged.scenes(kind, weather)))


def _share(found: int, false: int) -> float:
    return found / (found + false) if found + false else 1.0


def _compare(told: dict[str, tuple[int, int, int]]) -> None:
    from detection.drawn_figures import DRAWN

    other = {kind: figures for kind, figures in told.items() if kind in DRAWN and DRAWN[kind] != figures}
    if other:
        sys.exit(f"detection/drawn_figures.py says otherwise: (found, events, false) is now {other}")


if __name__ == "__main__":
    main()
