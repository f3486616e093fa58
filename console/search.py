"""What the command bar finds: incidents, cameras, sites, addresses."""

from __future__ import annotations

from typing import Any, TypedDict

from django.db.models import Q

from accounts.models import User
from alerts.models import Site
from cameras.models import Camera
from incidents.models import Incident
from places.models import Address


class Found(TypedDict):
    """One line of the list. lat and lon in degrees; incident_id only for incidents."""

    kind: str
    label: str
    detail: str
    lat: float
    lon: float
    key: str


EACH = 6


def everywhere(text: str, *, user: User) -> list[Found]:
    """The best few of each kind for what was typed; nothing for fewer than two characters."""
    text = text.strip()
    if len(text) < 2:
        return []
    return [*_incidents(text, user), *_cameras(text, user), *_sites(text, user), *_addresses(text)]


def _found(kind: str, label: str, detail: str, row: Any, key: str) -> Found:
    return Found(kind=kind, label=label, detail=detail, lat=row.lat, lon=row.lon, key=key)


def _incidents(text: str, user: User) -> list[Found]:
    rows = Incident.objects.visible_to(user).filter(Q(number__icontains=text) | Q(title__icontains=text))
    return [_found("incident", i.number, i.title, i, str(i.pk)) for i in rows.order_by("-pk")[:EACH]]


def _cameras(text: str, user: User) -> list[Found]:
    rows = Camera.objects.visible_to(user).filter(Q(code__istartswith=text) | Q(name__icontains=text))
    return [_found("camera", c.code, c.name, c, c.code) for c in rows.order_by("code")[:EACH]]


def _sites(text: str, user: User) -> list[Found]:
    rows = Site.objects.visible_to(user).open().filter(Q(code__istartswith=text) | Q(name__icontains=text))
    return [_found("site", s.name, s.address, s, s.code) for s in rows.order_by("name")[:EACH]]


def _addresses(text: str) -> list[Found]:
    return [_found("address", str(a), "", a, str(a.pk)) for a in Address.objects.search(text)[:EACH]]
