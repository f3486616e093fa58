"""The city itself: sectors, addresses, cameras, sites with their buttons, units, procedures.

What is there already is left as it is, so that loading twice changes nothing and undoes nobody's work.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable

from django.core.management import call_command

from alerts.actions import register_device, register_site
from alerts.models import AlertDevice, Panel, PanelZone, Site
from cameras.actions import save_preset
from cameras.imports import apply_import, preview_import
from cameras.models import Camera, CameraImport, Preset
from incidents.models import Nature, Procedure
from nice_supervision.demo.files import DATA, Row, document, table
from patrols.actions import register_unit
from patrols.models import Unit
from places.models import Sector


class WrongData(Exception):
    """A file of data/ that the estate refuses."""


def load_sectors() -> int:
    made = 0
    for feature in document("sectors.geojson")["features"]:
        about = feature["properties"]
        defaults = {"name": about["name"], "order": about["order"], "area": feature["geometry"]}
        made += Sector.objects.get_or_create(code=about["code"], defaults=defaults)[1]
    return made


def load_addresses() -> None:
    """As a city reads its own, from a file in the format of the national address base."""
    call_command("import_addresses", DATA / "addresses.csv", stdout=io.StringIO())


def load_cameras(rows: list[Row]) -> int:
    """Through the import of the estate pages, those that are not there yet."""
    known = set(Camera.objects.values_list("code", flat=True))
    fresh = [row for row in rows if row["code"] not in known]
    if not fresh:
        return 0
    sheet = io.StringIO()
    writer = csv.DictWriter(sheet, list(fresh[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(fresh)
    taken = preview_import(content=sheet.getvalue().encode(), filename="demonstration.csv", actor=None)
    if taken.state != CameraImport.State.READY:
        raise WrongData(json.dumps(taken.problems[:10], ensure_ascii=False, default=str))
    apply_import(taken=taken, actor=None)
    return len(fresh)


def load_presets() -> int:
    made = 0
    cameras = Camera.objects.in_bulk(field_name="code")
    for row in table("presets.csv"):
        camera, number = cameras[row["camera"]], int(row["number"])
        if Preset.objects.filter(camera=camera, number=number).exists():
            continue
        save_preset(
            camera=camera,
            number=number,
            actor=None,
            name=row["name"],
            pan_deg=float(row["pan_deg"]),
            tilt_deg=float(row["tilt_deg"]),
            zoom=float(row["zoom"]),
            site_codes=row["sites"].split(),
        )
        made += 1
    return made


def load_sites(rows: Iterable[Row]) -> int:
    known = set(Site.objects.values_list("code", flat=True))
    contacts: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in table("contacts.csv"):
        contacts[row["site"]].append((row["role"], row["phone"]))
    fresh = [row for row in rows if row["code"] not in known]
    for row in fresh:
        register_site(
            actor=None,
            contacts=contacts[row["code"]],
            code=row["code"],
            kind=row["kind"],
            name=row["name"],
            address=row["address"],
            lat=float(row["lat"]),
            lon=float(row["lon"]),
            phone=row["phone"],
            people=row["people"],
            access_notes=row["access_notes"],
            sector_code=row["sector_code"],
            exercise=True,
        )
    return len(fresh)


def load_buttons(rows: Iterable[Row]) -> int:
    known = set(AlertDevice.objects.values_list("code", flat=True))
    sites = Site.objects.in_bulk(field_name="code")
    fresh = [row for row in rows if row["code"] not in known]
    for row in fresh:
        register_device(
            actor=None, site=sites[row["site"]], code=row["code"], label=row["label"], exercise=True
        )
    return len(fresh)


def load_panels(rows: Iterable[Row]) -> int:
    """Alarm panels of exercise, in clear: `manage.py ring_panel --account …` speaks as they do."""
    known = set(AlertDevice.objects.values_list("code", flat=True))
    sites = Site.objects.in_bulk(field_name="code")
    fresh = [row for row in rows if row["code"] not in known and row["site"] in sites]
    for row in fresh:
        device = register_device(
            actor=None,
            site=sites[row["site"]],
            code=row["code"],
            label=row["label"],
            kind=AlertDevice.Kind.PANEL,
            exercise=True,
        )
        # Nobody polls for it: it is heard when somebody plays it, and never called lost.
        panel = Panel.objects.create(device=device, account=row["account"], reporting_time_s=None)
        for zone in row["zones"].split(";"):
            number, _colon, label = zone.partition(":")
            PanelZone.objects.create(panel=panel, number=int(number), label=label)
    return len(fresh)


def load_units(rows: Iterable[Row]) -> int:
    known = set(Unit.objects.values_list("call_sign", flat=True))
    fresh = [row for row in rows if row["call_sign"] not in known]
    for row in fresh:
        register_unit(
            actor=None,
            call_sign=row["call_sign"],
            kind=row["kind"],
            crew_size=int(row["crew_size"]),
            exercise=True,
        )
    return len(fresh)


def load_procedures() -> int:
    made = 0
    for sheet in document("procedures.json"):
        made += Procedure.objects.get_or_create(
            nature=sheet.get("nature", Nature.ALERT_BUTTON),
            site_kind=sheet["site_kind"],
            defaults={"title": sheet["title"], "steps": sheet["steps"]},
        )[1]
    return made
