"""The record of processing activities (GDPR art. 30; loi 78-17 art. 100; L-60): activities with what each keeps now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from legal.state.contributions import Processing, processings, provided


@dataclass(frozen=True)
class Activity:
    processing: Processing
    kept: list[dict[str, Any]]


def activities() -> list[Activity]:
    """Every activity with the kinds of data it keeps and their limits in force."""
    told = processings()
    placed = _placed(told)
    kept: dict[str, list[dict[str, Any]]] = {one.code: [] for one in told}
    for line in provided("kept")():
        code = placed(line["what"])
        if code:
            kept[code].append(line)
    return [Activity(one, kept[one.code]) for one in told]


def unplaced() -> list[str]:
    """What is kept and stands in no activity."""
    placed = _placed(processings())
    return [str(line["name"]) for line in provided("kept")() if not placed(line["what"])]


def _placed(told: list[Processing]) -> Any:
    """By the name of a retention rule, the code of its activity: named itself before named by its app."""
    exact = {what: one.code for one in told for what in one.keeps if not what.endswith(".*")}
    whole = {what[:-2]: one.code for one in told for what in one.keeps if what.endswith(".*")}

    def of(what: str) -> str:
        return exact.get(what) or whole.get(what.partition(".")[0], "")

    return of
