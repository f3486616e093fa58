"""How often signals were right, as people answered them: by camera and type, beside the switch (L-26)."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum
from django.utils import timezone

from detection.models import Profile, SignalDay

LOOKED_BACK = dt.timedelta(days=90)
Z = 1.96  # 95 %


@dataclass(frozen=True)
class Measured:
    """Counts since somebody last switched the profile on after a suspension, 90 days at most."""

    raised: int = 0
    confirmed: int = 0
    rejected: int = 0
    cannot_tell: int = 0

    @property
    def judged(self) -> int:
        """What decides: who cannot tell decides nothing."""
        return self.confirmed + self.rejected

    @property
    def precision(self) -> float | None:
        return self.confirmed / self.judged if self.judged else None

    @property
    def at_least(self) -> float | None:
        """The lower end of Wilson's interval at 95 %: what the figure is surely worth."""
        return wilson_low(self.confirmed, self.judged)

    @property
    def percent(self) -> int | None:
        return None if self.precision is None else round(100 * self.precision)

    @property
    def percent_at_least(self) -> int | None:
        return None if self.at_least is None else math.floor(100 * self.at_least)


def wilson_low(right: int, of: int) -> float | None:
    if not of:
        return None
    share, z2 = right / of, Z * Z
    spread = Z * math.sqrt(share * (1 - share) / of + z2 / (4 * of * of))
    return max(0.0, (share + z2 / (2 * of) - spread) / (1 + z2 / of))


def measured(profiles: Iterable[Profile], now: dt.datetime | None = None) -> dict[int, Measured]:
    """By profile, in one question."""
    rows = list(profiles)
    since = timezone.localdate(now or timezone.now()) - LOOKED_BACK
    stints = {row.pk: row.stint for row in rows}
    sums = (
        SignalDay.objects.filter(profile__in=stints, day__gte=since)
        .values("profile_id", "stint")
        .order_by()
        .annotate(r=Sum("raised"), c=Sum("confirmed"), n=Sum("rejected"), u=Sum("cannot_tell"))
    )
    found = {
        one["profile_id"]: Measured(one["r"], one["c"], one["n"], one["u"])
        for one in sums
        if one["stint"] == stints[one["profile_id"]]
    }
    return {pk: found.get(pk, Measured()) for pk in stints}


def below_the_floor(profile: Profile) -> bool:
    """Whether enough was answered to know that it is wrong too often."""
    known = measured([profile])[profile.pk]
    kind = profile.event_type
    return known.judged >= max(1, kind.judged_least) and (known.precision or 0.0) < kind.floor
