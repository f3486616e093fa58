"""Switching on and off: always through the gate, always with a line in the register of use (L-20, L-23, L-25)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rights import Right, require
from detection import facts, gate
from detection.models import AnalyticsAuthorisation, DetectorModel, Profile, Stop, UseRecord, Zone
from detection.version import SOFTWARE
from doors.problems import Conflict, NotAllowed, Refused
from events.log import publish

if TYPE_CHECKING:
    from accounts.models import User

Kind = UseRecord.Kind
# What ends the ground it runs by: it is switched off, and only a person switches it on again.
ENDS = frozenset({"place_class", "not_authorised", "software", "perimeter", "camera_not_authorised"})
STOPPERS = (Right.JUDGE_SIGNAL, Right.SET_DETECTION, Right.LEAD_ROOM, Right.SEE_AUDIT)


@transaction.atomic
def enable_profile(*, actor: User | None, profile: Profile, why: str) -> Profile:
    """Switch it on. Refused unless an authorisation covers its camera, type and this instant, or it is a drill."""
    require(actor, Right.SET_DETECTION)
    held = _locked(profile)
    if held.is_on:
        return held
    if Stop.objects.filter(lifted_at=None).exists():
        raise Conflict(
            _("Everything was stopped."),
            what_to_do=_("Allow it again first, and say why."),
            code="detection-stopped",
        )
    now = timezone.now()
    verdict = gate.may_be_enabled(held, now)
    if not verdict.ok:
        raise NotAllowed(
            _("This may not be switched on."),
            detail=verdict.words,
            what_to_do=_(
                "Ask for the authorisation to be recorded: its text, its order, its cameras, its hours."
            ),
            code=f"gate-{verdict.why}",
        )
    if held.suspended_at is not None:
        held.stint += 1
    held.enabled_at, held.enabled_by = now, actor
    held.suspended_at, held.suspended_why = None, ""
    held.save(update_fields=["enabled_at", "enabled_by", "suspended_at", "suspended_why", "stint"])
    number = _number(verdict.authorisation)
    record(Kind.ON, held, actor=actor, why=why, authorisation=number, exercise=verdict.exercise)
    publish(facts.WatchingBegan(**_about(held), authorisation=number), actor=actor)
    return held


@transaction.atomic
def disable_profile(*, actor: User | None, profile: Profile, why: str) -> Profile:
    require(actor, Right.SET_DETECTION)
    held = _locked(profile)
    if held.enabled_at is None:
        return held
    _off(held, Kind.OFF, "off", actor=actor, why=why)
    return held


@transaction.atomic
def suspend(*, profile: Profile) -> None:
    """Too many of its signals were wrong: it stops, until a person switches it on again (L-26)."""
    now = timezone.now()
    why = _("precision below %(floor)s %%") % {"floor": round(100 * profile.event_type.floor)}
    # Race: two answers at once. The first suspends it.
    changed = Profile.objects.filter(pk=profile.pk, suspended_at=None, enabled_at__isnull=False).update(
        suspended_at=now, suspended_why=why
    )
    if changed:
        profile.suspended_at, profile.suspended_why = now, why
        record(Kind.SUSPENDED, profile, actor=None, why=why, exercise=profile.zone.camera.exercise)
        publish(facts.WatchingEnded(**_about(profile), why="suspended"))


@transaction.atomic
def end_uncovered(*, at: dt.datetime | None = None) -> int:
    """Switch off what no authorisation covers any more. The gate has stopped it at that very instant already."""
    now = at or timezone.now()
    ended = 0
    for found in gate.judged(Profile.objects.filter(enabled_at__isnull=False), now):
        if found.verdict.why not in ENDS:
            continue
        held = _locked(found.profile)
        if held.enabled_at is not None:
            _off(held, Kind.UNCOVERED, "uncovered", actor=None, why=found.verdict.words)
            ended += 1
    return ended


@transaction.atomic
def stop_all(*, actor: User | None, why: str) -> Stop:
    """The one button: from this commit on the gate lets nothing run, on any camera, for anybody (L-23)."""
    if actor is not None and not any(actor.may(right) for right in STOPPERS):
        require(actor, Right.SET_DETECTION)
    if standing := Stop.objects.select_for_update(no_key=True).filter(lifted_at=None).first():
        return standing
    running = Profile.objects.enabled().count()
    stop = Stop.objects.create(by=actor, why=_sentence(why))
    record(Kind.ALL_STOPPED, None, actor=actor, why=stop.why)
    publish(facts.AllStopped(stop_id=stop.pk, at=stop.at.isoformat(), profiles=running), actor=actor)
    return stop


@transaction.atomic
def allow_again(*, actor: User | None, why: str) -> Stop | None:
    """What is switched on and authorised goes on from here."""
    require(actor, Right.SET_DETECTION)
    stop = Stop.objects.select_for_update(no_key=True).filter(lifted_at=None).first()
    if stop is None:
        return None
    stop.lifted_at, stop.lifted_by, stop.lifted_why = timezone.now(), actor, _sentence(why)
    stop.save(update_fields=["lifted_at", "lifted_by", "lifted_why"])
    record(Kind.RESUMED, None, actor=actor, why=stop.lifted_why)
    publish(facts.AllowedAgain(stop_id=stop.pk, at=stop.lifted_at.isoformat()), actor=actor)
    return stop


@transaction.atomic
def withdraw_authorisation(*, actor: User | None, authorisation: AnalyticsAuthorisation, why: str) -> int:
    """From now on it covers nothing; what ran by it stops. How many profiles that ended."""
    require(actor, Right.MANAGE_HABILITATIONS)
    now = timezone.now()
    changed = AnalyticsAuthorisation.objects.filter(pk=authorisation.pk, withdrawn_at=None).update(
        withdrawn_at=now, withdrawn_why=_sentence(why)
    )
    if not changed:
        return 0
    ended = end_uncovered(at=now)
    publish(
        facts.AuthorisationWithdrawn(
            authorisation_id=authorisation.pk, number=authorisation.number, ended=ended
        ),
        actor=actor,
    )
    return ended


def record(
    kind: Kind,
    profile: Profile | None,
    *,
    actor: User | None,
    why: str,
    authorisation: str = "",
    exercise: bool = False,
) -> UseRecord:
    """A line of the register of use."""
    said: dict[str, Any] = {"actor": actor, "why": why, "authorisation": authorisation, "exercise": exercise}
    if profile is None:
        return record_of(kind, None, "", None, **said)
    return record_of(kind, profile.zone, profile.event_type_id, profile.detector, profile=profile.pk, **said)


def record_of(
    kind: Kind,
    zone: Zone | None,
    code: str,
    detector: DetectorModel | None,
    *,
    actor: User | None,
    why: str,
    authorisation: str = "",
    exercise: bool = False,
    profile: int | None = None,
) -> UseRecord:
    """The same, of what has no profile."""
    return UseRecord.objects.create(
        kind=kind,
        camera_code=zone.camera.code if zone else "",
        zone=zone.name if zone else "",
        event_type=code,
        profile_ref=profile,
        by=actor,
        why=why.strip()[:200],
        authorisation=authorisation,
        exercise=exercise,
        software=SOFTWARE,
        model=detector.name if detector else "",
        model_sha256=detector.sha256 if detector else "",
    )


def _off(held: Profile, kind: Kind, told: str, *, actor: User | None, why: str) -> None:
    if held.suspended_at is not None:
        held.stint += 1  # whoever switches it on again has been told: it is measured anew
    held.enabled_at, held.enabled_by = None, None
    held.suspended_at, held.suspended_why = None, ""
    held.save(update_fields=["enabled_at", "enabled_by", "suspended_at", "suspended_why", "stint"])
    record(kind, held, actor=actor, why=why, exercise=held.zone.camera.exercise)
    publish(facts.WatchingEnded(**_about(held), why=told), actor=actor)


def _locked(profile: Profile) -> Profile:
    rows = Profile.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("zone__camera", "event_type", "detector").get(pk=profile.pk)


def _about(profile: Profile) -> dict[str, Any]:
    return {
        "profile_id": profile.pk,
        "camera_id": profile.zone.camera_id,
        "camera_code": profile.zone.camera.code,
        "event_type": profile.event_type_id,
        "exercise": profile.zone.camera.exercise,
    }


def _number(authorisation: int | None) -> str:
    if authorisation is None:
        return ""
    return AnalyticsAuthorisation.objects.get(pk=authorisation).number


def _sentence(why: str) -> str:
    words = why.strip()[:200]
    if not words:
        raise Refused(
            _("Say why, in a sentence."),
            what_to_do=_("It is read in the register of use."),
            status=400,
            code="why",
        )
    return words
