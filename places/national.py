"""Reading the French national address base (Base Adresse Nationale), format CSV "adresses-NN.csv"."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from places.models import Address

COLUMNS = ("id", "numero", "rep", "nom_voie", "code_postal", "nom_commune", "lon", "lat")
# Rows of a hamlet as a whole carry these instead of a number.
NO_NUMBER = {"", "0", "99999"}


class NotThisFile(Exception):
    """The file is not the national one: which columns it lacks."""


@dataclass(frozen=True)
class Wrong:
    """What cannot be read, by line of the file and column."""

    line: int
    column: str
    value: str
    why: str


def read(lines: Iterable[str]) -> Iterator[Address | Wrong]:
    """An address, not saved, or what is wrong, for each line after the header."""
    rows = csv.DictReader(lines, delimiter=";")
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise NotThisFile(_("The file lacks these columns: %(columns)s.") % {"columns": ", ".join(missing)})
    seen: set[str] = set()
    for row in rows:
        made = _address(row, rows.line_num)
        if isinstance(made, Address) and made.ban_id in seen:
            yield Wrong(rows.line_num, "id", made.ban_id, _("This identifier is there twice."))
        else:
            yield made
        seen.add(row["id"])


def _address(row: Mapping[str, str | None], line: int) -> Address | Wrong:
    cell = {name: (row.get(name) or "").strip() for name in COLUMNS}
    for name in ("id", "nom_voie", "nom_commune"):
        if not cell[name]:
            return Wrong(line, name, "", _("This cell is empty."))
    if cell["numero"] not in NO_NUMBER and not (cell["numero"].isdecimal() and len(cell["numero"]) <= 6):
        return Wrong(line, "numero", cell["numero"], _("This is not a house number."))
    place: dict[str, float] = {}
    for name, most in (("lat", 90), ("lon", 180)):
        degrees = _degrees(cell[name])
        if degrees is None or abs(degrees) > most:
            return Wrong(line, name, cell[name], _("This is not a place on Earth, in degrees."))
        place[name] = degrees
    address = Address(
        ban_id=cell["id"],
        house_number=None if cell["numero"] in NO_NUMBER else int(cell["numero"]),
        repetition=cell["rep"],
        street=cell["nom_voie"],
        postcode=cell["code_postal"],
        city=cell["nom_commune"],
        **place,
    )
    too_long = _too_long(address)
    return Wrong(line, *too_long) if too_long else _ready(address)


def _too_long(address: Address) -> tuple[str, str, str] | None:
    for column, name, most in (
        ("id", "ban_id", 60),
        ("rep", "repetition", 20),
        ("nom_voie", "street", 160),
        ("code_postal", "postcode", 10),
        ("nom_commune", "city", 80),
    ):
        value = getattr(address, name)
        if len(value) > most:
            return column, value[:80], _("This is longer than %(most)s characters.") % {"most": most}
    return None


def _ready(address: Address) -> Address:
    address.search_text = address.as_searched()
    return address


def _degrees(written: str) -> float | None:
    try:
        degrees = float(written)
    except ValueError:
        return None
    return degrees if math.isfinite(degrees) else None
