"""What is done to accounts, habilitations, device keys and seats."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import Q
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django_otp import devices_for_user

from accounts.announce import HabilitationWithdrawn, announce
from accounts.models import DeviceKey, Habilitation, Occupancy, User, Workstation
from accounts.rights import Right, require
from accounts.roles import Role
from doors.problems import Conflict, NotAllowed

logger = logging.getLogger(__name__)


@transaction.atomic
def create_device_key(*, actor: User | None, label: str) -> tuple[DeviceKey, str]:
    """A new key and its secret. The secret is not kept: this is the only time anybody can read it."""
    require(actor, Right.MANAGE_ESTATE)
    public, secret = DeviceKey.new_secret()
    key = DeviceKey.objects.create(
        label=label, public=public, digest=DeviceKey.digest_of(secret), created_by=actor
    )
    logger.info("device key created", extra={"key": public})
    return key, secret


@transaction.atomic
def revoke_device_key(*, actor: User | None, key: DeviceKey) -> DeviceKey:
    """From now on the device is refused. Revoking again changes nothing."""
    require(actor, Right.MANAGE_ESTATE)
    won = DeviceKey.objects.usable().filter(pk=key.pk).update(revoked_at=timezone.now(), revoked_by=actor)
    key.refresh_from_db()
    if won:
        logger.info("device key revoked", extra={"key": key.public})
    return key


@transaction.atomic
def grant_habilitation(
    *,
    actor: User | None,
    user: User,
    category: str,
    authority: str,
    act: str,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    all_cameras: bool = False,
    sector_codes: Iterable[str] = (),
    camera_codes: Iterable[str] = (),
) -> Habilitation:
    """Record the act that lets this person see images. Nobody records their own.

    Raises ValidationError when the act has no scope or ends before it begins.
    """
    require(actor, Right.MANAGE_HABILITATIONS)
    if actor is not None and actor.pk == user.pk:
        raise NotAllowed(
            _("Nobody records their own habilitation."),
            what_to_do=_("Ask another supervisor to record it."),
            code="own-habilitation",
        )
    habilitation = Habilitation(
        user=user,
        category=category,
        authority=authority,
        act=act,
        starts_on=starts_on,
        ends_on=ends_on,
        all_cameras=all_cameras,
        sector_codes=list(sector_codes),
        camera_codes=list(camera_codes),
        created_by=actor,
    )
    habilitation.full_clean()
    habilitation.save()
    logger.info("habilitation recorded", extra={"habilitation": habilitation.pk, "user": user.pk})
    return habilitation


@transaction.atomic
def withdraw_habilitation(*, actor: User | None, habilitation: Habilitation, why: str = "") -> Habilitation:
    """End it now. Withdrawing again changes nothing and announces nothing."""
    require(actor, Right.MANAGE_HABILITATIONS)
    won = _withdraw(habilitation, why)
    if won:
        _announce_withdrawn(habilitation, actor)
    return habilitation


def _withdraw(habilitation: Habilitation, why: str) -> bool:
    won = Habilitation.objects.filter(pk=habilitation.pk, withdrawn_at=None).update(
        withdrawn_at=timezone.now(), withdrawn_why=why[:200]
    )
    habilitation.refresh_from_db()
    return bool(won)


def _announce_withdrawn(habilitation: Habilitation, actor: User | None) -> None:
    logger.info("habilitation withdrawn", extra={"habilitation": habilitation.pk})
    announce(
        HabilitationWithdrawn(habilitation_id=habilitation.pk, user_id=habilitation.user_id), actor=actor
    )


@transaction.atomic
def give_roles(*, actor: User | None, user: User, roles: Iterable[str]) -> User:
    """Make these the person's roles. Nobody changes their own: two people agree on what one may do."""
    require(actor, Right.MANAGE_PEOPLE)
    wanted = [Role(role) for role in roles]
    if actor is not None and actor.pk == user.pk:
        raise NotAllowed(
            _("Nobody changes their own roles."),
            what_to_do=_("Ask another administrator."),
            code="own-roles",
        )
    groups = [Group.objects.get_or_create(name=role.value)[0] for role in wanted]
    user.groups.set([*user.groups.exclude(name__in=Role.values), *groups])
    user.__dict__.pop("standing", None)
    logger.info("roles given", extra={"user": user.pk, "roles": sorted(role.value for role in wanted)})
    return user


@transaction.atomic
def close_account(*, actor: User | None, user: User) -> User:
    """The person has left: no more sign-in, no seat, no second step, no image. The rows they wrote remain."""
    require(actor, Right.MANAGE_PEOPLE)
    user.is_active = False
    user.left_at = user.left_at or timezone.now()
    user.set_unusable_password()
    user.save(update_fields=["is_active", "left_at", "password"])
    Occupancy.objects.filter(user=user).delete()
    for device in devices_for_user(user, confirmed=None):
        device.delete()
    logger.info("account closed", extra={"user": user.pk})
    # No right over habilitations is needed for this: they end because the account does.
    held = [h for h in user.habilitations.filter(withdrawn_at=None) if _withdraw(h, _("Account closed."))]
    for habilitation in held:
        _announce_withdrawn(habilitation, actor)
    return user


@transaction.atomic
def forget_second_step(*, actor: User | None, user: User) -> User:
    """A lost telephone: remove the person's devices; they enrol again at the next sign-in."""
    require(actor, Right.MANAGE_PEOPLE)
    for device in devices_for_user(user, confirmed=None):
        device.delete()
    logger.info("second step forgotten", extra={"user": user.pk})
    return user


@transaction.atomic
def take_seat(*, actor: User, workstation: Workstation, replacing: int | None = None) -> Occupancy:
    """Sit down, leaving any other seat. `replacing` is the id of the person the actor agreed to replace.

    Raises Conflict, which says by whom and since when, while somebody else sits there and is present.
    """
    require(actor, Right.SEE_ROOM)
    # Races: two people at one seat, one person at two. Whoever comes second sees what the first did.
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    Workstation.objects.select_for_update(no_key=True).get(pk=workstation.pk)
    there = Occupancy.objects.select_related("user").filter(workstation=workstation).first()
    if there and there.user_id != actor.pk and there.is_present and there.user_id != replacing:
        raise Conflict(
            _("%(seat)s is taken by %(person)s since %(time)s.")
            % {
                "seat": workstation.label,
                "person": there.user.label,
                "time": formats.time_format(timezone.localtime(there.since), "H:i"),
            },
            what_to_do=_("Choose another seat, or confirm that you take this one over."),
            code="seat-taken",
            taken_by=there.user_id,
        )
    Occupancy.objects.filter(Q(workstation=workstation) | Q(user=actor)).delete()
    now = timezone.now()
    occupancy = Occupancy.objects.create(
        workstation=workstation, user=actor, ticket=secrets.token_urlsafe(24), since=now, seen_at=now
    )
    logger.info("seat taken", extra={"user": actor.pk, "workstation": workstation.code})
    return occupancy


def leave_seat(*, ticket: str) -> None:
    """Free the seat this session holds; nothing when somebody else has it by now."""
    Occupancy.objects.filter(ticket=ticket).delete()
