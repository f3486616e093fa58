"""Something was put down, and whoever put it down is away.

A still thing that was not there before is looked at from its birth: the owner is the person nearest to it then
(or whoever moved there, where no trained model told people). It is attended while the owner, or who goes on as the
owner after being hidden, is within `away_m`. It is abandoned when nobody has attended it for `alone_s`.
What is no bag: what was taken away, what is as large as a person or a car, what nobody put there, what still moves a
little (who sleeps on a bench breathes), and what belongs to somebody who stands there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from detection.sight.ground import PERSON_M
from detection.sight.things import Thing
from detection.sight.tracks import Track
from detection.sight.types import PERSON, Moment, RuleSetting, Signal
from detection.sight.view import View, inside, key_of

AWAY_M, ALONE_S, STILL_S = 2.0, 30.0, 10.0
# Who put it there was so near at its birth, no longer ago than that.
OWNER_M = 1.6
BEFORE_S, AFTER_S = 4.0, 2.5
OWNER_PICTURES = 3
EDGE = 0.012
# Smallest and largest extent of what people carry.
LEAST_M, MOST_M = 0.18, 1.25
OF_OWNER = 0.62  # of the owner's height at most: otherwise it is the owner
RESTLESS = 0.22
HIDDEN_S = 60.0
STANDS_S = 3.0
# A thing nobody left is part of the place after so long.
ABSORB_S = 300.0


@dataclass
class _Case:
    """What is known of one still thing."""

    thing: Thing
    owner: Track | None = None
    owner_height: float = 0.0
    attended_at: dt.datetime | None = None
    said: bool = False
    left_m: float = 0.0


@dataclass
class AbandonedObject:
    setting: RuleSetting
    _cases: dict[int, _Case] = field(default_factory=dict)

    def see(self, view: View) -> list[Signal]:
        if not self.setting.watches(view.at):
            self._cases.clear()
            return []
        standing = {thing.number for thing in view.things}
        self._cases = {number: case for number, case in self._cases.items() if number in standing}
        signals = []
        for thing in list(view.things):
            if not inside(thing.box.foot, self.setting.zone):
                continue
            case = self._cases.setdefault(thing.number, _Case(thing))
            if case.owner is None:
                self._find_owner(case, view)
            self._attend(case, view)
            if not case.said and self._abandoned(case, view):
                case.said = True
                signals.append(self._signal(case, view))
        return signals

    def _find_owner(self, case: _Case, view: View) -> None:
        """Traced back: the person nearest at its birth; who moves there where no person is known."""
        born = case.thing.born
        since, until = born - dt.timedelta(seconds=BEFORE_S), born + dt.timedelta(seconds=AFTER_S)
        best: tuple[tuple[bool, float], Track] | None = None
        for track in (*view.past, *view.tracks):
            if track.group == "vehicle" or track.pictures < OWNER_PICTURES or not track.lived(since, until):
                continue
            height = track.height()
            if case.thing.box.height > OF_OWNER * height and not _large_enough(track, case.thing, view):
                continue
            near = min(
                (view.metres(step.box, case.thing.box, height) for step in track.within(since, until)),
                default=None,
            )
            if near is not None and near <= OWNER_M:
                rank = (track.group != PERSON, near)
                if best is None or rank < best[0]:
                    best = rank, track
        if best is not None:
            case.owner, case.owner_height = best[1], best[1].height()
            case.attended_at = max(born, min(best[1].last.at, view.at))

    def _attend(self, case: _Case, view: View) -> None:
        """When somebody who may be its owner was last near."""
        if case.owner is None:
            return
        away_m = self.setting.parameters.get("away_m", AWAY_M)
        for step in case.owner.since(case.attended_at or case.thing.born):
            if self._near(case, step.box, view, away_m) and not _is_the_thing(case, step.box):
                case.attended_at = step.at
        here = [track for track in view.here(1.0) if track is not case.owner]
        gone_s = (view.at - case.owner.last.at).total_seconds()
        if (
            gone_s > 1.0
        ):  # hidden, or lost by the tracker: who appears right where the owner was goes on as the owner
            follower = self._follower(case, here, view, away_m)
            if follower is not None:
                case.owner = follower
        for track in here:
            if track.group == "vehicle" or not _covers(track, case.thing) or _is_the_thing(case, track.box):
                continue
            if _stands(track, view):
                case.attended_at = view.at

    def _near(self, case: _Case, box: object, view: View, away_m: float) -> bool:
        return view.metres(box, case.thing.box, case.owner_height) <= away_m  # type: ignore[arg-type]

    def _follower(self, case: _Case, here: Iterable[Track], view: View, away_m: float) -> Track | None:
        owner = case.owner
        assert owner is not None
        for track in here:
            born_after_s = (track.first.at - owner.last.at).total_seconds()
            if not -0.5 <= born_after_s <= 3.0 or track.group == "vehicle":
                continue
            if _is_the_thing(case, track.box) or track.height() < OF_OWNER * case.owner_height:
                continue
            near_last = view.metres(track.first.box, owner.last.box, case.owner_height) <= 1.5
            if near_last and self._near(case, track.first.box, view, away_m):
                return track
        return None

    def _abandoned(self, case: _Case, view: View) -> bool:
        thing = case.thing
        alone_s = self.setting.parameters.get("alone_s", ALONE_S)
        still_s = self.setting.parameters.get("still_s", STILL_S)
        age_s = (view.at - thing.born).total_seconds()
        if age_s > ABSORB_S and case.owner is None and view.forget is not None:
            view.forget(thing)
        if case.owner is None or case.attended_at is None or age_s < still_s:
            return False
        if (view.at - case.attended_at).total_seconds() < alone_s:
            return False
        if (view.at - thing.seen_at).total_seconds() > HIDDEN_S or not thing.put_there:
            return False
        return thing.restless <= RESTLESS and self._is_of_a_size(case, view)

    def _is_of_a_size(self, case: _Case, view: View) -> bool:
        return LEAST_M <= self._size_m(case, view) <= MOST_M

    def _size_m(self, case: _Case, view: View) -> float:
        box = case.thing.box
        if view.scale is not None:
            high, wide = view.scale.height_m(box), view.scale.width_m(box)
        else:
            metre = case.owner_height / PERSON_M
            high, wide = box.height / metre, box.width * view.aspect / metre
        return max(high, wide)

    def _signal(self, case: _Case, view: View) -> Signal:
        assert case.attended_at is not None
        alone = (view.at - case.attended_at).total_seconds()
        return Signal(
            key=key_of(self.setting, case.thing.born, *(round(value, 2) for value in case.thing.box.centre)),
            rule="abandoned_object",
            at=case.attended_at,
            raised_at=view.at,
            boxes=(Moment(case.thing.born, (case.thing.box,)), Moment(view.at, (case.thing.box,))),
            score=round(min(0.95, 0.5 + 0.15 * case.thing.outline), 2),
            measured={"seconds": round(alone, 1), "size_m": round(self._size_m(case, view), 2)},
            setting=self.setting.key,
        )


def _stands(track: Track, view: View) -> bool:
    """Has been about there for some seconds: who passes in front of a thing does not look after it."""
    recent = track.since(view.at - dt.timedelta(seconds=STANDS_S))
    long_enough = (recent[-1].at - recent[0].at).total_seconds() >= 0.8 * STANDS_S if recent else False
    return long_enough and view.metres(recent[0].box, track.box, track.height()) < 1.0


def _covers(track: Track, thing: Thing) -> bool:
    """Whether somebody stands before or over it: nobody can say it is alone."""
    return track.box.shared(thing.box) > 0.5 * thing.box.area


def _is_the_thing(case: _Case, box: object) -> bool:
    """What is followed is the thing itself: about its size, at its place."""
    thing = case.thing.box
    return thing.iou(box) > 0.3 and getattr(box, "height", 1.0) < 0.75 * max(case.owner_height, 1e-6)  # type: ignore[arg-type]


def _large_enough(track: Track, thing: Thing, view: View) -> bool:
    """A track may be small because its owner is cut off by the edge of the picture: then metres decide."""
    if view.scale is None or track.group != PERSON:
        return False
    cut = any(
        box.y1 > 1 - EDGE or box.y0 < EDGE or box.x0 < EDGE or box.x1 > 1 - EDGE for _, box in track.steps
    )
    return cut and view.scale.height_m(thing.box) < OF_OWNER * PERSON_M
