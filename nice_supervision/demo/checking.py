"""Is the demonstration city whole? Each answer is a sentence somebody can act on."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib.auth.hashers import check_password

from accounts.models import User
from accounts.rights import IMAGE_RIGHTS
from accounts.roles import Role
from alerts.models import AlertDevice, Site
from cameras.models import Camera, Preset
from incidents.models import Nature, Procedure
from nice_supervision.demo import kept
from nice_supervision.demo.files import table
from nice_supervision.demo.people import DOMAIN
from patrols.models import Unit
from places.geometry import angle_between_deg, bearing_deg
from places.models import Address, Sector

AIMED_WITHIN_DEG = 5.0


def problems() -> list[str]:
    return [*_not_there(), *_not_exercise(), *_sight(), *_presets(), *_buttons(), *_people(), *_procedures()]


def _not_there() -> Iterator[str]:
    for name, column, found in (
        ("cameras.csv", "code", Camera.objects.values_list("code", flat=True)),
        ("sites.csv", "code", Site.objects.values_list("code", flat=True)),
        ("buttons.csv", "code", AlertDevice.objects.values_list("code", flat=True)),
        ("units.csv", "call_sign", Unit.objects.values_list("call_sign", flat=True)),
        ("people.csv", "username", User.objects.values_list("username", flat=True)),
    ):
        if missing := sorted({row[column] for row in table(name)} - set(found)):
            yield f"{name}: not loaded: {', '.join(missing[:10])}. Run manage.py demo_city."
    if not Sector.objects.exclude(area=None).exists() or not Address.objects.exists():
        yield "There are no sectors or no addresses. Run manage.py demo_city."


def _not_exercise() -> Iterator[str]:
    for model in (Camera, Site, AlertDevice, Unit):
        if real := model._default_manager.filter(exercise=False).count():
            yield f"{real} rows of {model._meta.label} are not marked as exercise: this is no demonstration."


def _sight() -> Iterator[str]:
    sites = Site.objects.in_bulk(field_name="code")
    for row in table("sites.csv"):
        site = sites.get(row["code"])
        if site is None:
            continue
        seen = bool(Camera.objects.that_see(site.point, at_most=1, exercise=True))
        if seen != (row["seen"] == "yes"):
            yield f"{site.code} {site.name}: {'a' if seen else 'no'} camera sees it, and the file says otherwise."


def _presets() -> Iterator[str]:
    sites = Site.objects.in_bulk(field_name="code")
    for preset in Preset.objects.filter(camera__exercise=True).select_related("camera"):
        for site in (sites[code] for code in preset.site_codes if code in sites):
            bearing = bearing_deg(preset.camera.point, site.point)
            off = angle_between_deg(preset.camera.mounting_azimuth_deg + preset.pan_deg, bearing)
            if abs(off) > AIMED_WITHIN_DEG:
                yield f"Preset {preset}: looks {off:.0f}° beside {site.code}."


def _buttons() -> Iterator[str]:
    keyed = AlertDevice.objects.in_service().filter(keys__revoked_at=None)
    if mute := AlertDevice.objects.in_service().exclude(pk__in=keyed.values("pk")).count():
        yield f"{mute} buttons have no key that works. Run manage.py demo_city."
    for site in Site.objects.open().filter(devices=None)[:10]:
        yield f"{site.code} {site.name} has no button."


def _people() -> Iterator[str]:
    users = {user.username: user for user in User.objects.filter(email__endswith=f"@{DOMAIN}")}
    told = kept.logins()
    if missing := set(Role.values) - {login["role"] for login in told if login["username"] in users}:
        yield f"Nobody can sign in as: {', '.join(sorted(missing))}. Run manage.py demo_city."
    opened: dict[tuple[str, str], bool] = {}
    for login in told:
        user = users.get(login["username"])
        if user is None:
            continue
        pair = (login["password"], user.password)
        if pair not in opened:
            opened[pair] = check_password(*pair)
        if not user.is_active or not opened[pair]:
            yield f"{user.username} cannot sign in with the password of {kept.logins_path()}."
    for row in table("people.csv"):
        user = users.get(row["username"])
        if user and row["habilitation"] and not user.live_habilitation():
            yield f"{user.username} has no live habilitation. Run manage.py demo_city."
        if user and row["habilitation"] and not any(user.may(right) for right in IMAGE_RIGHTS):
            yield f"{user.username} has a habilitation and no right to see an image."


def _procedures() -> Iterator[str]:
    for kind in Site.Kind:
        sheet = Procedure.for_place(Nature.ALERT_BUTTON, kind.value)
        if sheet is None or not sheet.steps:
            yield f"There is no procedure for an alert at: {kind.label}."
    if Procedure.for_place(Nature.ALARM_PANEL, "") is None:
        yield "There is no procedure for the alarm of a building."
