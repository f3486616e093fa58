"""What the centre does with the sources of its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rights import Right, require
from cameras.credentials import Credentials
from cameras.masks.actions import check_mask, end_checks
from cameras.models import Camera, MaskCheck, PrivacyMask
from doors.problems import Refused, hold_together
from events.log import publish
from footage import facts, scenes
from footage.models import Source

if TYPE_CHECKING:
    from accounts.models import User

SHOWN = 16
# By kind of camera, in this order.
STREETS = {
    Camera.Kind.PANORAMIC: ("crossing_360",),
    Camera.Kind.THERMAL: ("promenade_thermal",),
}
OTHERS = tuple(name for name in scenes.NAMES if not any(name in of_kind for of_kind in STREETS.values()))


@transaction.atomic
def set_source(
    *,
    camera: Camera,
    kind: str,
    url: str,
    actor: User | None,
    sub_url: str = "",
    user: str | None = None,
    password: str | None = None,
    audio_allowed: bool = False,
    enabled: bool = True,
) -> Source:
    """Say where a camera's pictures come from. `run_cameras` follows within seconds.

    Without user and password the ones there are stay, unless the address leads to another host: a password is
    never carried to a host it was not given for. Those written in the address are taken out of it.
    """
    require(actor, Right.MANAGE_ESTATE)
    before = Source.objects.select_for_update(no_key=True).filter(camera=camera).first()
    url, found = _without_credentials(url)
    sub_url, found_in_sub = _without_credentials(sub_url)
    given = Credentials(user, password or "") if user else found or found_in_sub
    source = before or Source(camera=camera)
    elsewhere = before is not None and (before.kind, before.url, before.sub_url) != (kind, url, sub_url)
    sealed: bytes | memoryview | None = given.sealed() if given else None
    if given is None and user is None and before is not None and _host(before.url) == _host(url):
        sealed = before.sealed_credentials
    source.kind, source.url, source.sub_url = kind, url, sub_url
    source.sealed_credentials = sealed
    source.audio_allowed, source.enabled, source.changed_at = audio_allowed, enabled, timezone.now()
    _check(source)
    source.save()
    if elsewhere:
        end_checks(cameras=[camera], why=MaskCheck.Ended.SOURCE, actor=actor)
    if kind == Source.Kind.SCENE:
        _nothing_to_mask(camera)
    publish(
        facts.SourceChanged(camera_id=camera.pk, code=camera.code, source=source.kind, enabled=enabled),
        actor=actor,
    )
    return source


def _nothing_to_mask(camera: Camera) -> None:
    """A drawn street films no dwelling; where somebody drew a mask all the same, that one is to be checked."""
    drawn = PrivacyMask.objects.filter(camera=camera).exclude(digest="").exists()
    if drawn or MaskCheck.objects.open().filter(camera=camera, preset=None).exists():
        return
    check_mask(
        camera=camera,
        preset=None,
        result=MaskCheck.Result.NOTHING,
        seen=None,
        actor=None,
        note=str(_("Drawn street: nobody lives there.")),
    )


def show_scenes(*, at_most: int = SHOWN, first: Sequence[str] = ()) -> int:
    """Drawn streets for cameras of the exercise city that have no source: a bare install shows pictures.

    `first` are codes that come before others. Never for a real camera: nobody is to take a drawing for the street.
    """
    free = Camera.objects.filter(exercise=True, source=None, state__in=[Camera.State.LIVE, Camera.State.LOST])
    room = max(0, at_most - Source.objects.filter(kind=Source.Kind.SCENE).count())
    rank = {code: place for place, code in enumerate(first)}
    cameras = _mixed(sorted(free, key=lambda one: (rank.get(one.code, len(rank)), one.code)), room)
    for number, camera in enumerate(cameras):
        streets = STREETS.get(Camera.Kind(camera.kind), OTHERS)
        scene = streets[number % len(streets)]
        set_source(camera=camera, kind=Source.Kind.SCENE, url=scene, sub_url=scene, actor=None)
    return len(cameras)


def _mixed(cameras: list[Camera], count: int) -> list[Camera]:
    """Of each kind some: the rare ones first, two of each, then the others."""
    rare = [camera for kind in STREETS for camera in [one for one in cameras if one.kind == kind][:2]]
    others = [camera for camera in cameras if camera.kind not in STREETS]
    return [*rare, *others][:count]


def _without_credentials(url: str) -> tuple[str, Credentials | None]:
    parts = urlsplit(url)
    if not parts.scheme or "@" not in parts.netloc:
        return url, None
    who, __, host = parts.netloc.rpartition("@")
    user, __, password = who.partition(":")
    return urlunsplit(parts._replace(netloc=host)), Credentials(unquote(user), unquote(password))


def _host(url: str) -> tuple[str | None, int | None]:
    parts = urlsplit(url)
    return parts.hostname, parts.port


def _check(source: Source) -> None:
    if source.kind == Source.Kind.SCENE and not source.camera.exercise:
        raise Refused(
            _("A drawn street is for cameras of the exercise city only."),
            what_to_do=_("Give the address of the camera's own stream."),
            status=400,
            code="not-exercise",
        )
    hold_together(source)
