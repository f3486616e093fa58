"""The other registers at a glance, under the nine points: what waits in each, computed now."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from legal.models import Breach, Communication, Experiment, PrefecturalAuthorisation, RecipientAgreement
from legal.recipients import unnamed
from legal.state.points import State


@dataclass(frozen=True)
class Standing:
    code: str
    name: str
    state: State
    words: str
    link: str


def standings() -> list[Standing]:
    return [make() for make in MAKERS]


def _orders() -> Standing:
    today = timezone.localdate()
    rows = PrefecturalAuthorisation.objects
    in_force, ending = rows.in_force(today).count(), rows.expiring(today).count()
    words = [ngettext("%(n)s order in force", "%(n)s orders in force", in_force) % {"n": in_force}]
    if ending:
        words.append(
            ngettext("%(n)s ends within six months", "%(n)s end within six months", ending) % {"n": ending}
        )
    state = State.LOOK if ending else State.GOOD if in_force else State.NONE
    return _standing("orders", _("Orders of the prefect"), state, words)


def _recipients() -> Standing:
    """L-09: who may receive, and whether what was given is gone there."""
    today = timezone.localdate()
    rows = RecipientAgreement.objects
    in_force, ending, bare = rows.in_force(today).count(), rows.expiring(today).count(), len(unnamed())
    late = Communication.objects.to_be_confirmed(today).count()
    words = [ngettext("%(n)s agreement in force", "%(n)s agreements in force", in_force) % {"n": in_force}]
    if ending:
        words.append(
            ngettext("%(n)s ends within six months", "%(n)s end within six months", ending) % {"n": ending}
        )
    if bare:
        words.append(
            ngettext(
                "%(n)s service named by an order has none", "%(n)s services named by an order have none", bare
            )
            % {"n": bare}
        )
    if late:
        text = ngettext(
            "%(n)s communication is past its day there and not confirmed destroyed",
            "%(n)s communications are past their day there and not confirmed destroyed",
            late,
        )
        words.append(text % {"n": late})
    state = State.LOOK if ending or bare or late else State.GOOD if in_force else State.NONE
    return _standing("recipients", _("Recipients of images"), state, words)


def _experiments() -> Standing:
    rows = list(Experiment.objects.all())
    running = sum(row.is_running for row in rows)
    lacking = sum(row.lacks_its_result for row in rows)
    words = [
        ngettext("%(n)s experiment is running", "%(n)s experiments are running", running) % {"n": running}
    ]
    if lacking:
        words.append(
            ngettext("%(n)s is over without its result", "%(n)s are over without their result", lacking)
            % {"n": lacking}
        )
    state = State.LOOK if lacking else State.GOOD if rows else State.NONE
    return _standing("experiments", _("Experiments"), state, words)


def _breaches() -> Standing:
    running = list(Breach.objects.running())
    over = sum(row.is_over for row in running)
    count = len(running)
    text = ngettext("the 72 hours of %(n)s breach run", "the 72 hours of %(n)s breaches run", count)
    words = [text % {"n": count} if count else _("no hours run")]
    if over:
        words.append(ngettext("those of %(n)s are over", "those of %(n)s are over", over) % {"n": over})
    state = State.BAD if over else State.LOOK if running else State.GOOD
    return _standing("breaches", _("Personal data breaches"), state, words)


MAKERS: tuple[Callable[[], Standing], ...] = (_orders, _recipients, _experiments, _breaches)


def _standing(code: str, name: str, state: State, words: list[str]) -> Standing:
    return Standing(code, name, state, f"{' · '.join(words)}.", reverse(f"legal:{code}"))
