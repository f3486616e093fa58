"""The small cast of these tests: one school with a button in its reception, and one shop."""

from __future__ import annotations

from accounts.models import DeviceKey
from alerts.models import AlertDevice, GivenKey, Panel, PanelZone, Site

SCHOOL_AT = (43.7102, 7.2810)


def school(**fields: object) -> Site:
    given = {
        "code": "ECO-012",
        "kind": Site.Kind.SCHOOL,
        "name": "École Saint-Roch",
        "address": "12 rue Acchiardi",
        "lat": SCHOOL_AT[0],
        "lon": SCHOOL_AT[1],
        "people": "élémentaire, 240 élèves",
    } | fields
    return Site.objects.create(**given)


def button(site: Site | None = None, **fields: object) -> AlertDevice:
    given = {"code": "BTN-0012", "site": site or school(), "label": "accueil"} | fields
    return AlertDevice.objects.create(**given)


def key_for(device: AlertDevice) -> str:
    public, secret = DeviceKey.new_secret()
    key = DeviceKey.objects.create(label=device.code, public=public, digest=DeviceKey.digest_of(secret))
    GivenKey.objects.create(device=device, key=key)
    return secret


def panel(site: Site | None = None, key: bytes | None = None, **fields: object) -> Panel:
    device = button(site, code="ALA-0012", kind=AlertDevice.Kind.PANEL, label="centrale")
    one = Panel(**({"device": device, "account": "1A2B"} | fields))
    one.set_key(key)
    one.save()
    PanelZone.objects.create(panel=one, number=3, label="gymnase")
    return one
