"""Whose recordings a person may see (L-07, L-08, L-10). Showing a picture also takes a look, with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from accounts.rights import Right
from cameras.models import Camera

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


def recorded_for(user: User) -> QuerySet[Camera]:
    """Unlike live pictures: an evidence officer sees recordings and nothing live."""
    return _covered(user, Right.SEE_RECORDING)


def marked_by(user: User) -> QuerySet[Camera]:
    """Where a person may mark a moment: what they see recorded or, for an operator, live."""
    return recorded_for(user) if user.may(Right.SEE_RECORDING) else _covered(user, Right.SEE_IMAGE)


def _covered(user: User, right: Right) -> QuerySet[Camera]:
    scopes = user.live_habilitations() if user.may(right) else []
    if not scopes:
        return Camera.objects.none()
    own = Camera.objects.exclude(owner_account=user).select_related("sector")
    if any(scope.all_cameras for scope in scopes):
        return own
    sectors = {code for scope in scopes for code in scope.sector_codes}
    codes = {code for scope in scopes for code in scope.camera_codes}
    return own.filter(Q(sector__code__in=sectors) | Q(code__in=codes))
