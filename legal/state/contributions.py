"""What each app tells the law of itself, found beside it (`<app>/compliance.py`, like `<app>/retention.py`).

Apps below and beside this one tell too, so a declaration is a plain dict; here it becomes a typed row.

    POINTS        point of points.py · name · look: a callable () -> Look as a dict:
                  state "good" | "look" | "bad" | "none", figure, words; and, if there is something to show,
                  columns, rows: a callable () -> list of rows of text, link: an address, opens_with:
                  the rights of which one opens that address (none: who reads this page opens it)
    PROCESSINGS   an activity of the record of GDPR art. 30: code, title, purposes, basis, regimes, people, data,
                  recipients, measures; keeps: names of retention rules, "app.*" for all of an app.
                  purposes, regimes and recipients may be callables: they come from live rows
    PROVIDES      what another layer asks for by name: "kept" (retention: every rule with its limit), "estate"
                  (cameras: where each camera stands)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule

from accounts.models import User
from accounts.rights import Right
from legal.regimes import Regime
from legal.state.points import POINTS, State

Words = str | Promise


@dataclass(frozen=True)
class Look:
    """What one app found of one point, now."""

    state: State
    figure: int
    words: str
    columns: Sequence[str] = ()
    rows: Callable[[], Iterable[Sequence[str]]] | None = None
    link: str = ""
    opens_with: Sequence[Right] = ()

    def link_for(self, reader: User) -> str:
        """Nobody is sent where their role does not let them in."""
        opens = not self.opens_with or any(reader.may(right) for right in self.opens_with)
        return self.link if opens else ""


@dataclass(frozen=True)
class Contribution:
    point: str
    name: Words
    look: Callable[[], Look]
    app: str


@dataclass(frozen=True)
class Processing:
    """A line of the record of processing activities (GDPR art. 30; loi 78-17 art. 100)."""

    code: str
    title: Words
    purposes: Sequence[str]
    basis: Words
    regimes: Sequence[Regime]
    people: Words
    data: Words
    recipients: Sequence[str]
    measures: Sequence[Words]
    keeps: Sequence[str]


@dataclass
class _Found:
    points: list[Contribution] = field(default_factory=list)
    processings: list[Mapping[str, Any]] = field(default_factory=list)
    provides: dict[str, Callable[..., Any]] = field(default_factory=dict)


def contributions() -> list[Contribution]:
    return _found().points


def processings() -> list[Processing]:
    """Every activity, with its live parts as they are now; the bottom layer's last."""
    return [_processing(told) for told in _found().processings]


def provided(name: str) -> Callable[..., Any]:
    """What an app provides under this name. Raises ImproperlyConfigured when none does."""
    try:
        return _found().provides[name]
    except KeyError:
        raise ImproperlyConfigured(f"no app provides {name!r}") from None


@cache
def _found() -> _Found:
    found = _Found()
    for config in reversed(list(apps.get_app_configs())):
        if config.module is None or not module_has_submodule(config.module, "compliance"):
            continue
        told = import_module(f"{config.name}.compliance")
        found.points += [_contribution(one, config.label) for one in getattr(told, "POINTS", ())]
        found.processings += getattr(told, "PROCESSINGS", ())
        _provide(found, told)
    return found


def _provide(found: _Found, told: ModuleType) -> None:
    for name, maker in getattr(told, "PROVIDES", {}).items():
        if name in found.provides:
            raise ImproperlyConfigured(f"two apps provide {name!r}")
        found.provides[name] = maker


def _contribution(told: Mapping[str, Any], app: str) -> Contribution:
    if told["point"] not in {point.code for point in POINTS}:
        raise ImproperlyConfigured(f"{app}: there is no point {told['point']}")
    look: Callable[[], Mapping[str, Any]] = told["look"]

    def typed() -> Look:
        said = dict(look())
        return Look(**(said | {"state": State(said["state"]), "words": str(said["words"])}))

    return Contribution(point=told["point"], name=told["name"], look=typed, app=app)


def _processing(told: Mapping[str, Any]) -> Processing:
    now = {name: value() if callable(value) else value for name, value in told.items()}
    now["regimes"] = [Regime(one) for one in now["regimes"]]
    now["purposes"] = [str(one) for one in now["purposes"]]
    now["recipients"] = [str(one) for one in now["recipients"]]
    return Processing(**now)
