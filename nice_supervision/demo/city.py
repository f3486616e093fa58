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
def load(*, cameras: int, sites: int, units: int, tell: Tell) -> None:
    """All of it or nothing. Numbers above those of the files are filled up with made-up ones."""
    refuse_a_real_city()
    estate.load_sectors()
    estate.load_addresses()
    tell(f"accounts: {people.load()}")
    law.load()
    tell(f"cameras: {_cameras(cameras)}")
    estate.load_presets()
    tell(f"sites: {_sites(sites)}")
    tell(f"alarm panels: {estate.load_panels(table('panels.csv'))}")
    tell(f"units: {_units(units)}")
    tell(f"procedures: {estate.load_procedures()}")
    tell(f"keys of buttons: {keys.load()}")
    tell(f"pictures: {show_scenes(first=first.seen())} cameras show a drawn street")
    tell(f"video tours: {tours.load()}")
    tell(f"requisitions and access requests: {papers.load()}")
    tell(f"masks: upper floors are masked on {masks.load() or 'no camera'}")
    tell(f"software that watches: {watching.load()} profiles over drawn streets")


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
