"""The drawn streets of the demonstration: what is in each, and its pictures one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from footage.scenes import FRAMES, HEIGHT, WIDTH, actors, looks, street
from footage.scenes.actors import Actor, Bag, Crosser
from footage.scenes.canvas import Canvas, Pixels
from footage.scenes.street import Layout
from footage.scenes.view import View


@dataclass(frozen=True)
class Scene:
    name: str
    seed: int
    look: str = "day"  # "day", "night", "thermal" or "fisheye"
    square: bool = False
    people: int = 10
    cars: int = 4
    bag: bool = False
    mast_m: float = 6.5
    tilt_deg: float = 17.0
    hfov_deg: float = 62.0
    pan_deg: float = 0.0

    @property
    def layout(self) -> Layout:
        # From a round picture one sees behind the mast, too.
        return Layout(square=self.square, near_m=-6.5 if self.look == "fisheye" else 2.2)

    @property
    def view(self) -> View:
        if self.look == "fisheye":
            flat = looks.Fisheye.FLAT
            return View(flat, flat, self.mast_m, 52, looks.Fisheye.FIELD_DEG)
        return View(WIDTH, HEIGHT, self.mast_m, self.tilt_deg, self.hfov_deg, self.pan_deg)

    @property
    def length(self) -> int:
        """Pictures in its loop: a bag is left for longer than any rule waits."""
        return FRAMES * 3 if self.bag else FRAMES

    def frames(self, count: int | None = None, *, first: int = 0) -> Iterator[Pixels]:
        """The loop, from any start the same: what moves is back where it was at the end."""
        random = Random(self.seed)  # noqa: S311  a drawing, not a secret
        view = self.view
        still = self._look(street.background(view, self.layout, random), view)
        cast = self._cast(random)
        bend = looks.Fisheye(WIDTH, HEIGHT) if self.look == "fisheye" else None
        for number in range(first, first + (self.length if count is None else count)):
            share = number / FRAMES
            canvas = Canvas(still.pixels.copy())
            for actor in sorted(cast, key=lambda one: -one.depth(share)):
                actor.draw(canvas, view, share)
            yield self._finished(bend(canvas.pixels) if bend else canvas.pixels)

    def _cast(self, random: Random) -> list[Actor]:
        cast = actors.crowd(random, self.people, square=self.square)
        if not self.square:
            cast += actors.traffic(random, self.cars, lit=self.look == "night")
            cast += [Crosser(z=18 + n, phase=n / 3, coat=random.choice(actors.CLOTHES)) for n in range(2)]
        if self.bag:
            cast.append(Bag(x=5.6 if not self.square else 1.5, z=14.0, coat=random.choice(actors.CLOTHES)))
        return [looks.seen(actor, self.look) for actor in cast]

    def _finished(self, pixels: Pixels) -> Pixels:
        if self.look == "thermal":  # no colours, whatever was drawn
            pixels[...] = pixels.max(axis=2)[..., None]
        return pixels

    def _look(self, canvas: Canvas, view: View) -> Canvas:
        if self.look == "night":
            return looks.night(canvas, view, street.lamps(self.layout))
        return looks.heat_of(canvas) if self.look == "thermal" else canvas


SCENES = {
    scene.name: scene
    for scene in (
        Scene("avenue", 1),
        Scene("avenue_night", 1, look="night", people=6, cars=4),
        Scene("square", 2, square=True, people=18, mast_m=8, tilt_deg=20),
        Scene("square_bag", 3, square=True, people=10, bag=True, mast_m=7, tilt_deg=19),
        Scene("school_street", 4, people=14, cars=2, bag=True, mast_m=5.5, tilt_deg=15, hfov_deg=56),
        Scene("old_town_night", 5, look="night", square=True, people=8, mast_m=6),
        Scene("crossing_360", 6, look="fisheye", people=14, cars=4, mast_m=9),
        Scene("promenade_thermal", 7, look="thermal", people=12, cars=3, mast_m=8, tilt_deg=14, hfov_deg=40),
    )
}
