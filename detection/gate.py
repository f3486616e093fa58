"""The gate: whether software may watch, here, for this, now (law L-20 to L-29). Asked again at every fragment.

By default nothing may. A profile runs only while somebody has switched it on, nobody has stopped everything, and
either an authorisation in force covers its camera, its type, its class of place and the very model, or nothing but
drawn or staged pictures come from its camera. What covers is decided in one place, PostgreSQL's own function
`detection_covering`, which the trigger asks too before it lets a profile be switched on.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import DateTimeField, Exists, F, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cameras.lawful import why_not
from cameras.masks.standing import where_they_look
from cameras.models import Camera
from detection import hours
from detection.models import AnalyticsAuthorisation, Profile, ProfileQuerySet, Stop, Zone
from detection.models.profile import Covering, IsExercise
from detection.version import SOFTWARE

WORDS: dict[str, Promise] = {
    "stopped": _("Everything was stopped, and nobody has allowed it again."),
    "off": _("It is switched off."),
    "suspended": _("It has suspended itself: too many of its signals were rejected."),
    "place_class": _("This type may not be authorised for such a place."),
    "not_authorised": _("No authorisation in force covers this camera, this type and this moment."),
    "software": _("The authorisation names another software or another model."),
    "perimeter": _("The camera stands outside of the perimeter of the authorisation."),
    "camera_not_authorised": _("No prefect's order in force covers the camera itself."),
    "masks": _("Nobody has checked the masks of this camera."),
    "not_in_service": _("The camera is not in service."),
    "off_hours": _("Outside of its hours."),
    "turned_away": _("The camera does not look at the preset of this zone."),
}
# Nothing is wrong with the switch: it stays on and waits.
WAITS = frozenset({"stopped", "masks", "not_in_service", "off_hours", "turned_away"})


@dataclass(frozen=True)
class Verdict:
    """`why` is a key of WORDS when it is not ok; `authorisation` is what it runs by, none in an exercise."""

    ok: bool
    why: str = ""
    authorisation: int | None = None
    exercise: bool = False

    @property
    def words(self) -> str:
        return str(WORDS[self.why]) if self.why else ""


class Judged(NamedTuple):
    profile: Profile
    verdict: Verdict


def may_run(profile: Profile, at: dt.datetime) -> Verdict:
    """Whether this profile may run at that instant. Everything is read afresh."""
    found = judged(Profile.objects.filter(pk=profile.pk), at)
    return found[0].verdict if found else Verdict(False, "off")


def may_be_enabled(profile: Profile, at: dt.datetime) -> Verdict:
    """Whether the law lets it be switched on: hours, turns and a stop only make it wait."""
    [found] = judged(Profile.objects.filter(pk=profile.pk), at, as_if_on=True)
    verdict = found.verdict
    return Verdict(True, "", verdict.authorisation, verdict.exercise) if verdict.why in WAITS else verdict


def running(at: dt.datetime) -> list[Profile]:
    """The profiles that may run at that instant."""
    return [one.profile for one in judged(Profile.objects.enabled(), at) if one.verdict.ok]


def covers(zone: Zone, code: str, sha256: str, start: dt.datetime, end: dt.datetime) -> bool:
    """Whether one authorisation covers all of that time, or nothing but drawn or staged pictures come from there."""
    moments = {name: Value(at, DateTimeField()) for name, at in (("first", start), ("last", end))}
    asked = (F("camera_id"), Value(code), F("place_class"), Value(sha256), Value(SOFTWARE))
    row = (
        Zone.objects.filter(pk=zone.pk)
        .annotate(staged=IsExercise(F("camera_id")))
        .annotate(**{name: Covering(*asked, at) for name, at in moments.items()})
        .values("staged", "first", "last")
        .get()
    )
    return bool(row["staged"]) or (row["first"] is not None and row["first"] == row["last"])


def judged(profiles: ProfileQuerySet, at: dt.datetime, *, as_if_on: bool = False) -> list[Judged]:
    """One question for all of them; three more when real cameras are among them, two when some turn."""
    standing = Stop.objects.filter(lifted_at=None)
    rows = list(profiles.with_ground(at).annotate(stopped=Exists(standing)))
    real = {row.zone.camera_id: row.zone.camera for row in rows if not row.zone.camera.exercise}
    barred = why_not(list(real.values()))
    turning = [row.zone.camera for row in rows if row.zone.preset_id is not None]
    looking = where_they_look(turning) if turning else {}
    found = []
    for row in rows:
        camera = row.zone.camera
        bar = barred.get(camera.pk)
        away = row.zone.preset_id is not None and looking[camera.pk] != (True, row.zone.preset_id)
        why = _why(row, at, bar.code if bar else "", away=away, as_if_on=as_if_on)
        exercise = bool(getattr(row, "staged"))  # noqa: B009
        covered: int | None = getattr(row, "covered_by")  # noqa: B009
        found.append(Judged(row, Verdict(not why, why, None if exercise else covered, exercise)))
    return found


def _why(row: Profile, at: dt.datetime, barred: str, *, away: bool, as_if_on: bool) -> str:
    """The first thing that bars it, what people decided before what merely happens to be so."""
    state: dict[str, object] = row.__dict__  # `staged`, `covered_by`, `stopped`: annotations
    if not as_if_on and row.enabled_at is None:
        return "off"
    if not as_if_on and row.suspended_at is not None:
        return "suspended"
    if not state["staged"]:
        if row.zone.place_class not in row.event_type.place_classes:
            return "place_class"
        if state["covered_by"] is None:
            return _why_not_covered(row, at)
        if barred:
            return "masks" if barred == "masks" else "camera_not_authorised"
    if state["stopped"]:
        return "stopped"
    if row.zone.camera.state != Camera.State.LIVE:
        return "not_in_service"
    if away:
        return "turned_away"
    return "" if hours.within(row.schedule, at) else "off_hours"


def _why_not_covered(row: Profile, at: dt.datetime) -> str:
    """What the nearest authorisation lacks, for whoever has to have it changed."""
    camera = row.zone.camera
    acts = AnalyticsAuthorisation.objects.in_force(at).filter(
        camera_codes__contains=[camera.code],
        event_types__contains=[row.event_type_id],
        place_classes__contains=[row.zone.place_class],
    )
    nearest = list(acts)
    if not nearest:
        return "not_authorised"
    if not any(act.perimeter_holds(camera.point) for act in nearest):
        return "perimeter"
    sha256 = row.detector.sha256
    fits = [act for act in nearest if act.software_version == SOFTWARE]
    if not fits or (sha256 and not any(sha256 in act.model_hashes for act in fits)):
        return "software"
    return "not_authorised"
