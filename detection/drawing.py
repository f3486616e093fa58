"""Drawing zones and setting profiles. What is on stays on only where the gate lets it, and the register says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rights import Right, require
from detection.models import Profile, UseRecord, Zone
from detection.switching import disable_profile, end_uncovered, record
from doors.problems import Conflict, hold_together

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def save_zone(*, actor: User | None, zone: Zone) -> Zone:
    """Raises Refused when the drawing does not hold together."""
    require(actor, Right.SET_DETECTION)
    hold_together(zone)
    zone.changed_at = timezone.now()
    zone.save()
    changed = list(Profile.objects.enabled().filter(zone=zone).select_related("zone__camera", "detector"))
    for profile in changed:
        hold_together(profile)
        _say_changed(profile, actor, _("zone drawn anew"))
    if changed:
        end_uncovered()
    return zone


@transaction.atomic
def save_profile(*, actor: User | None, profile: Profile) -> Profile:
    """What is watched for, with its thresholds. Its zone, type and detector are changed only while it is off."""
    require(actor, Right.SET_DETECTION)
    before = (
        Profile.objects.select_for_update(no_key=True).filter(pk=profile.pk).first() if profile.pk else None
    )
    if before is not None and before.is_on and _other(before, profile):
        raise Conflict(
            _("While it is on, its zone, its type and its detector stay."),
            what_to_do=_("Switch it off first: the register then says what was watched with what."),
            code="profile-on",
        )
    hold_together(profile)
    profile.save()
    if before is not None and before.is_on:
        _say_changed(profile, actor, _("thresholds or hours"))
    return profile


@transaction.atomic
def remove_profile(*, actor: User | None, profile: Profile) -> None:
    """Only one that never signalled: the others are switched off and stay, as what their signals were."""
    require(actor, Right.SET_DETECTION)
    if profile.signals.exists() or profile.days.exists():
        raise Conflict(
            _("It has signalled: it stays, switched off."),
            what_to_do=_("Switch it off."),
            code="profile-used",
        )
    disable_profile(actor=actor, profile=profile, why=_("removed"))
    profile.delete()


def _other(before: Profile, profile: Profile) -> bool:
    names = ("zone_id", "event_type_id", "detector_id")
    return any(getattr(before, name) != getattr(profile, name) for name in names)


def _say_changed(profile: Profile, actor: User | None, why: str) -> None:
    record(UseRecord.Kind.CHANGED, profile, actor=actor, why=why, exercise=profile.zone.camera.exercise)
