"""Impact assessments (AIPD): what one is made on, taken from live rows, and whether it still is so (L-13)."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.rights import IMAGE_RIGHTS, Right, require
from accounts.roles import SHEETS
from doors.problems import Refused
from legal.models import ImpactAssessment, PrefecturalAuthorisation
from legal.models.authorisation import Filmed
from legal.purposes import CctvPurpose
from legal.record import activities
from legal.regimes import regime_of
from legal.state.contributions import provided
from places.geometry import Point

Estate = list[dict[str, Any]]
SCOPE = ("cctv", "extractions", "accountability")


def covered(authorisation: PrefecturalAuthorisation, estate: Estate) -> Estate:
    """The cameras this order reaches; drawn ones count only in a city that has no other."""
    real = [one for one in estate if not one["exercise"]] or estate
    return [one for one in real if authorisation.covers(filmed(one))]


def filmed(one: dict[str, Any]) -> Filmed:
    return Filmed(one["code"], one["sector_code"] or "", one["purpose"], Point(one["lat"], one["lon"]))


def kept_now() -> dict[str, int]:
    """Days by kind of data, of what an assessment of filming weighs."""
    told = [one for one in activities() if one.processing.code in SCOPE]
    return {line["what"]: line["days"] for one in told for line in one.kept}


def inputs_of(
    authorisation: PrefecturalAuthorisation,
    estate: Estate | None = None,
    kept: dict[str, int] | None = None,
) -> dict[str, Any]:
    """What the assessment weighs: cameras, purposes, data, limits, recipients, who may look, measures.

    Facts of configuration in English codes and figures, so that the same centre gives the same object each time.
    """
    reached = covered(authorisation, provided("estate")() if estate is None else estate)
    purposes = sorted({one["purpose"] for one in reached} or set(authorisation.purposes))
    return {
        "authorisation": authorisation.number,
        "cameras": len(reached),
        "cameras_by_kind": dict(sorted(Counter(one["kind"] for one in reached).items())),
        "purposes": purposes,
        "regimes": sorted({str(regime_of(purpose)) for purpose in purposes}),
        "authorised_days": authorisation.max_retention_days,
        "kept_days": kept_now() if kept is None else kept,
        "recipients": [line.strip() for line in authorisation.recipients.splitlines() if line.strip()],
        "roles_that_see_images": sorted(
            role for role, sheet in SHEETS.items() if sheet.rights & IMAGE_RIGHTS
        ),
    }


def sha256_of(inputs: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(inputs, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def differences(before: dict[str, Any], now: dict[str, Any]) -> list[tuple[str, str, str]]:
    """(what, as it was, as it is) of what has changed since an assessment was made."""
    return [
        (name, json.dumps(before.get(name)), json.dumps(now.get(name)))
        for name in sorted(before.keys() | now.keys())
        if before.get(name) != now.get(name)
    ]


@dataclass(frozen=True)
class Assessed:
    """An order in force and what its assessment lacks."""

    class Why(models.TextChoices):
        NOTHING = "", "—"
        MISSING = "missing", gettext_lazy("no assessment")
        OPINION = "opinion", gettext_lazy("the opinion of the data protection officer")
        CHANGED = "changed", gettext_lazy("the configuration has changed since: a new version")

    authorisation: PrefecturalAuthorisation
    latest: ImpactAssessment | None
    why: Why
    changes: list[tuple[str, str, str]]

    def cells(self) -> list[str]:
        latest = self.latest
        return [
            self.authorisation.number,
            str(latest.version) if latest else "—",
            str(latest.get_opinion_display()) if latest else "—",
            str(self.why.label),
        ]


def assessed() -> list[Assessed]:
    """Every order in force with its latest assessment. The estate and the limits are read once for all."""
    acts = list(PrefecturalAuthorisation.objects.in_force(timezone.localdate()))
    latest = ImpactAssessment.objects.filter(authorisation__in=acts).latest_by_authorisation()
    estate: Estate = provided("estate")() if latest else []
    kept = kept_now() if latest else {}
    return [_assessed(act, latest.get(act.pk), estate, kept) for act in acts]


def _assessed(
    act: PrefecturalAuthorisation, latest: ImpactAssessment | None, estate: Estate, kept: dict[str, int]
) -> Assessed:
    if latest is None:
        return Assessed(act, None, Assessed.Why.MISSING, [])
    changes = differences(latest.inputs, json.loads(json.dumps(inputs_of(act, estate, kept))))
    why = Assessed.Why.CHANGED if changes else Assessed.Why.NOTHING
    return Assessed(act, latest, why if latest.has_opinion else Assessed.Why.OPINION, changes)


@transaction.atomic
def make_assessment(
    *, actor: User | None, authorisation: PrefecturalAuthorisation, words: str = ""
) -> ImpactAssessment:
    """A new version on the configuration of now; the officer's opinion is still to come."""
    require(actor, Right.KEEP_REGISTERS)
    # Race: two people make one at once. Who comes second waits here and makes the version after.
    PrefecturalAuthorisation.objects.select_for_update(no_key=True).get(pk=authorisation.pk)
    last = authorisation.assessments.aggregate(last=models.Max("version"))["last"] or 0
    inputs = inputs_of(authorisation)
    return ImpactAssessment.objects.create(
        authorisation=authorisation,
        version=last + 1,
        made_by=actor,
        inputs=inputs,
        inputs_sha256=sha256_of(inputs),
        words=words,
    )


@transaction.atomic
def give_opinion(
    *, actor: User, assessment: ImpactAssessment, opinion: str, words: str = ""
) -> ImpactAssessment:
    """The data protection officer's own: nobody else gives it, and it is given once for a version."""
    require(actor, Right.SEE_AUDIT)
    require(actor, Right.KEEP_REGISTERS)
    row = ImpactAssessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)
    if row.has_opinion:
        raise Refused(
            _("An opinion was given on this version."),
            what_to_do=_("Make a new version of the assessment to give another."),
            status=409,
            code="opinion-given",
        )
    row.opinion, row.opinion_words, row.opinion_on = opinion, words, timezone.localdate()
    row.full_clean(exclude=["inputs", "document", "words"])
    row.save()
    return row


def purposes_in_words(numbers: list[int]) -> list[str]:
    return [str(CctvPurpose(number).label) for number in numbers]
