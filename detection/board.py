"""What is watched where, by which authorisation, how right it is, and what keeps it from running: one line each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from detection import gate, precision
from detection.models import AnalyticsAuthorisation, Profile, WatchState
from detection.precision import Measured

# Of the limit; above the last it is too dense.
BANDS: tuple[tuple[float, Promise], ...] = (
    (0.25, gettext_lazy("free")),
    (0.6, gettext_lazy("busy")),
    (1.0, gettext_lazy("dense")),
)
TOO_DENSE = gettext_lazy("too dense")


def band(share: float) -> str:
    """How full a place is that may hold so much."""
    return str(next((name for below, name in BANDS if share < below), TOO_DENSE))


@dataclass(frozen=True)
class Row:
    profile: Profile
    verdict: gate.Verdict
    measured: Measured
    authorisation: AnalyticsAuthorisation | None
    state: WatchState | None

    @property
    def crowd(self) -> str:
        """How many people are there now, where they are counted: "busy: 9 of 20"."""
        known = self.state.crowds.get(str(self.profile.pk)) if self.state is not None else None
        if not known:
            return ""
        people, limit = known
        given = {"band": band(people / limit), "people": f"{people:.0f}", "limit": f"{limit:.0f}"}
        return _("%(band)s: %(people)s of %(limit)s") % given

    @property
    def below(self) -> bool:
        share = self.measured.precision
        return share is not None and share < self.profile.event_type.floor


def rows(user: User, at: dt.datetime) -> list[Row]:
    """Of those the person may see, by camera."""
    mine = Profile.objects.visible_to(user).order_by("zone__camera__code", "zone__name", "event_type")
    found = gate.judged(mine, at)
    measured = precision.measured([one.profile for one in found])
    wanted = {pk for one in found if (pk := one.verdict.authorisation) is not None}
    acts = AnalyticsAuthorisation.objects.in_bulk(list(wanted))
    states = WatchState.objects.in_bulk([one.profile.zone.camera_id for one in found])
    return [
        Row(
            profile=one.profile,
            verdict=one.verdict,
            measured=measured[one.profile.pk],
            authorisation=acts.get(one.verdict.authorisation or 0),
            state=states.get(one.profile.zone.camera_id) if one.verdict.ok else None,
        )
        for one in found
    ]
