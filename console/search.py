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
    """One line of the list. lat and lon in degrees; `at`, when it was opened, of incidents only."""

    kind: str
    label: str
    detail: str
    lat: float
    lon: float
    key: str
    at: str


EACH, WORDS = 6, 6


def everywhere(text: str, *, user: User) -> list[Found]:
    """The best few of each kind for what was typed; one character finds an incident of this number only."""
    text = text.strip()
    incidents = _incidents(text, user)
    if len(text) < 2:
        return incidents
    return [*incidents, *_cameras(text, user), *_sites(text, user), *_addresses(text)]


def _found(kind: str, label: str, detail: str, row: Any, key: str, at: str = "") -> Found:
    return Found(kind=kind, label=label, detail=detail, lat=row.lat, lon=row.lon, key=key, at=at)


def _incidents(text: str, user: User) -> list[Found]:
    """Past ones too. 12 is I-2026-00012 alone; else each word in number, title or address, the latest first."""
    rows = Incident.objects.visible_to(user)
    if text.isdecimal():
        one = rows.numbered(text)
        return [_incident(one)] if one else []
    if len(text) < 2:
        return []
    for word in text.split()[:WORDS]:
        rows = rows.filter(Q(number__icontains=word) | Q(title__icontains=word) | Q(address__icontains=word))
    return [_incident(row) for row in rows.order_by("-pk")[:EACH]]


def _incident(row: Incident) -> Found:
    return _found("incident", row.number, row.title, row, str(row.pk), row.opened_at.isoformat())


def _cameras(text: str, user: User) -> list[Found]:
    rows = Camera.objects.visible_to(user).filter(Q(code__istartswith=text) | Q(name__icontains=text))
    return [_found("camera", c.code, c.name, c, c.code) for c in rows.order_by("code")[:EACH]]


def _sites(text: str, user: User) -> list[Found]:
    rows = Site.objects.visible_to(user).open().filter(Q(code__istartswith=text) | Q(name__icontains=text))
    return [_found("site", s.name, s.address, s, s.code) for s in rows.order_by("name")[:EACH]]


def _addresses(text: str) -> list[Found]:
    return [_found("address", str(a), "", a, str(a.pk)) for a in Address.objects.search(text)[:EACH]]
