"""Faults of cameras: found, missed and false, on drawn streets with real and with harmless things happening to them.

Each scene is looked at as `run_cameras` does: key frames a minute apart through a real encoder, decoded, measured,
judged and waited out. The cost of one look is set against its floor: the same ffmpeg decoding the same key frame at
the same size, and nothing of ours.

    make bench NAME=health [ARGS="--scenes avenue,square --pictures 3"]
"""

from __future__ import annotations

import argparse
import os
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nice_supervision.settings")
django.setup()

from benches import report  # noqa: E402
from footage.health.judge import Kind, judge  # noqa: E402
from footage.health.measure import measure  # noqa: E402
from footage.health.picture import decoded  # noqa: E402
from footage.health.usual import Usual  # noqa: E402
from footage.scenes import NAMES  # noqa: E402
from tests.footage import faults, sights  # noqa: E402
from tests.footage.faults import Alter, Grey  # noqa: E402
from tests.footage.streams import run_ffmpeg  # noqa: E402

FIRST = 11  # pictures nothing was learned from
MINUTES, HOURS = 40, 120
NIGHT = ("avenue_night", "old_town_night")
TURNED: dict[str, dict[str, float]] = {
    "turned by 2°": {"pan_deg": 2.0},
    "turned by 5°": {"pan_deg": 5.0},
    "turned by 30°": {"pan_deg": 30.0},
}
WRONG: dict[str, tuple[Kind, Alter]] = {
    "lens cap": (Kind.DARK, faults.cap),
    "light failed": (Kind.DARK, faults.lights_out),
    "paint on 85 %": (Kind.COVERED, faults.sprayed(0.85)),
    "paint on 60 %": (Kind.COVERED, faults.sprayed(0.6)),
    "cloth": (Kind.COVERED, faults.cloth),
    "plastic bag": (Kind.COVERED, faults.bag),
    "out of focus, 3 px": (Kind.BLURRED, faults.blurred(3)),
    "out of focus, 5 px": (Kind.BLURRED, faults.blurred(5)),
    "out of focus, 9 px": (Kind.BLURRED, faults.blurred(9)),
    "knocked askew by 8°": (Kind.MOVED, faults.turned_about(8)),
}
HARMLESS: dict[str, tuple[Alter | None, int]] = {
    "other minutes": (None, HOURS),
    "rain": (faults.rain, HOURS),
    "drops on the dome": (faults.drops, HOURS),
    "fog": (faults.fog, HOURS),
    "low sun": (faults.dazzled, HOURS),
    "dusk": (faults.dusk, HOURS),
    "shadows": (faults.shadow, HOURS),
    "wind": (faults.shaken, HOURS),
    "gain of the sensor": (lambda grey, n: faults.with_noise(grey, n + 50, 8), HOURS),
    "a parked van": (faults.lorry(0.35), HOURS),
    "a lorry for 8 minutes": (faults.lorry(0.65), 8),
}


@dataclass
class Truth:
    found: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    called: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    harmless: int = 0
    wrong: list[str] = field(default_factory=list)

    def counts(self, scene: str, name: str, wanted: Kind | None, got: list[Kind]) -> None:
        if wanted is None:
            self.harmless += 1
        elif wanted in got:
            self.found[wanted] += 1
        else:
            # A technician is sent up the mast either way; under the wrong name it still counts as missed.
            self.missed[wanted] += 1
            self.called[wanted] += bool(got)
        for kind in got:
            if kind != wanted and not (wanted and wanted not in got):
                self.false[kind] += 1
        if (wanted is None and got) or (wanted is not None and got != [wanted]):
            self.wrong.append(f"{scene}: {name}: {', '.join(got) or 'nothing'}")


def cases(scene: str, pictures: int) -> Iterator[tuple[str, Kind | None, list[Grey], int, float]]:
    """(name, fault or None, pictures, minutes it lasts, noise of the sensor)."""
    shown = faults.minutes(scene, pictures, first=FIRST)
    for name, (kind, alter) in WRONG.items():
        yield name, kind, sights.altered(shown, alter), MINUTES, 1.5
    if scene != "crossing_360":  # a round picture is turned about its own axis only: knocked askew
        for name, changes in TURNED.items():
            yield name, Kind.MOVED, faults.minutes(scene, pictures, first=FIRST, **changes), MINUTES, 1.5
    yield "frozen", Kind.FROZEN, [shown[0]] * pictures, MINUTES, 0.0
    for name, (alter, minutes) in HARMLESS.items():
        if scene in NIGHT and name == "dusk":
            continue
        yield name, None, sights.altered(shown, alter), minutes, 1.5
    crowd = faults.minutes(scene, pictures, first=FIRST, people=60)
    yield "a crowd", None, crowd, HOURS, 1.5


def look_at(scene: str, pictures: int, truth: Truth) -> None:
    usual = sights.learned(scene)
    for name, wanted, shown, minutes, noise in cases(scene, pictures):
        told = sights.measured(shown, noise=noise)
        judged = sights.judged(told[1:], usual, told[0].small)
        truth.counts(scene, name, wanted, sights.orders(judged, minutes))


def cpu_ms(work: Callable[[bytes], object], films: list[bytes]) -> tuple[float, float]:
    """(CPU, wall) milliseconds of one, children included."""

    def spent() -> float:
        ours, theirs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        return ours.ru_utime + ours.ru_stime + theirs.ru_utime + theirs.ru_stime

    before, began = spent(), time.monotonic()
    for film in films:
        work(film)
    return (spent() - before) * 1000 / len(films), (time.monotonic() - began) * 1000 / len(films)


def costs(usual: Usual, count: int = 40) -> tuple[float, float, float]:
    """(whole look, floor) CPU ms at 1080p, and the wall time of a look."""
    film = run_ffmpeg(
        *["-f", "lavfi", "-i", "testsrc2=size=1920x1080:rate=1", "-t", "2", "-c:v", "libx264"],
        *["-preset", "ultrafast", "-crf", "27", "-pix_fmt", "yuv420p", "-f", "mp4"],
        *["-movflags", "+frag_every_frame+empty_moov+default_base_moof", "pipe:1"],
    ).stdout
    films = [film] * count

    def whole(film: bytes) -> None:
        grey = decoded(film)
        if grey is not None:
            judge(measure(grey), usual, None)

    floor_ms, _ = cpu_ms(decoded, films)
    value_ms, wall_ms = cpu_ms(whole, films)
    return value_ms, floor_ms, wall_ms


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenes", default=",".join(NAMES))
    parser.add_argument("--pictures", type=int, default=3, choices=range(2, 13), metavar="2…12")
    said = parser.parse_args()
    truth = Truth()
    scenes = said.scenes.split(",")
    for scene in scenes:
        look_at(scene, said.pictures, truth)
    print(f"{len(scenes)} drawn scenes; each case is looked at once a minute for up to {HOURS} minutes\n")
    rows = [
        (kind.value, truth.found[kind], truth.missed[kind], truth.called[kind], truth.false[kind])
        for kind in (Kind.DARK, Kind.COVERED, Kind.BLURRED, Kind.MOVED, Kind.FROZEN)
    ]
    report.table(["fault", "found", "missed", "of these called otherwise", "false"], rows)
    print(f"\nharmless cases: {truth.harmless}")
    for line in truth.wrong:
        print(f"  {line}")
    value_ms, floor_ms, wall_ms = costs(sights.learned(scenes[0]))
    print(f"\none look at a key frame of 1080p: {value_ms:.1f} ms of CPU, {wall_ms:.1f} ms in all")
    print(f"of which bare decoding:           {floor_ms:.1f} ms")
    print(f"cameras one core looks at, once in 61 s: {61_000 / value_ms:.0f}")
    report.line(
        "health",
        value=value_ms,
        floor=floor_ms,
        unit="ms CPU per key frame",
        found=sum(truth.found.values()),
        missed=sum(truth.missed.values()),
        false=sum(truth.false.values()),
        harmless=truth.harmless,
    )


if __name__ == "__main__":
    main()
