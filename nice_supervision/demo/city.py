"""The demonstration city as a whole: load it, and refuse to mix it with a real one."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from alerts.models import Site
from cameras.models import Camera
from doors.problems import Conflict
from footage.actions import show_scenes
from nice_supervision.demo import estate, first, keys, larger, law, masks, papers, people, tours, watching
from nice_supervision.demo.files import table

Tell = Callable[[str], None]
# How many steps are behind, of how many.
Passed = Callable[[int, int], None]


def refuse_a_real_city() -> None:
    """Exercise and reality are never mixed (law L-29): one real camera or site is enough to refuse."""
    real = Camera.objects.filter(exercise=False).count() + Site.objects.filter(exercise=False).count()
    if real:
        raise Conflict(
            _("This centre has real cameras or sites (%(count)s): the demonstration city stays out.")
            % {"count": real},
            what_to_do=_("Use another database for the demonstration."),
            code="real-city",
        )


@transaction.atomic
def load(*, cameras: int, sites: int, units: int, tell: Tell, passed: Passed) -> None:
    """All of it or nothing. Numbers above those of the files are filled up with made-up ones."""
    refuse_a_real_city()
    steps: list[tuple[str, Callable[[], object]]] = [
        ("", estate.load_sectors),
        ("", estate.load_addresses),
        ("accounts: %s", people.load),
        ("", law.load),
        ("cameras: %s", lambda: _cameras(cameras)),
        ("", estate.load_presets),
        ("sites: %s", lambda: _sites(sites)),
        ("alarm panels: %s", lambda: estate.load_panels(table("panels.csv"))),
        ("units: %s", lambda: _units(units)),
        ("procedures: %s", estate.load_procedures),
        ("keys of buttons: %s", keys.load),
        ("pictures: %s cameras show a drawn street", lambda: show_scenes(first=first.seen())),
        ("video tours: %s", tours.load),
        ("requisitions and access requests: %s", papers.load),
        ("masks: upper floors are masked on %s", lambda: masks.load() or "no camera"),
        ("software that watches: %s profiles over drawn streets", watching.load),
    ]
    for done, (line, step) in enumerate(steps, start=1):
        made = step()
        if line:
            tell(line % made)
        passed(done, len(steps))


def _cameras(wanted: int) -> int:
    rows = table("cameras.csv")
    more = max(0, wanted - len(rows))
    made = estate.load_cameras(rows)
    return made + (estate.load_cameras(list(larger.cameras(more))) if more else 0)


def _sites(wanted: int) -> int:
    rows = table("sites.csv")
    more = list(larger.sites(max(0, wanted - len(rows))))
    made = estate.load_sites(rows + more)
    estate.load_buttons(table("buttons.csv") + larger.buttons(more))
    return made


def _units(wanted: int) -> int:
    rows = table("units.csv")
    return estate.load_units(rows + list(larger.units(max(0, wanted - len(rows)))))
