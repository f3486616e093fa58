"""The one place that says which column of a file is which field of a camera, and how its cells are written.

A cell of a CSV file is text; a property of a GeoJSON feature may also be a number, a truth value or an
object. `read` takes both, and what `text` writes is read back exactly.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from django.db import models
from django.utils.translation import gettext as _

from cameras.models import Camera
from cameras.purposes import CctvPurpose

# A spreadsheet runs what begins like this as a formula; an apostrophe in front makes it text (OWASP).
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")
_YES = {"true", "yes", "oui", "vrai", "1", "x"}
_NO = {"false", "no", "non", "faux", "0"}


class WrongCell(Exception):
    """A cell that cannot be read: what is wrong with it."""


KEEP = object()  # an empty cell that says nothing: what is there stays, a new camera takes the default


@dataclass(frozen=True)
class Column:
    """Text, which may be empty."""

    name: str
    required: bool = False

    def read(self, cell: Any) -> Any:
        if cell is None:
            return ""
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            cell = f"{cell:g}"
        if not isinstance(cell, str):
            raise WrongCell(_("This is not text."))
        if "\x00" in cell:
            raise WrongCell(_("There is a character in it that is no text."))
        return cell.strip()

    def text(self, value: Any) -> str:
        """The value as a cell of a CSV file, safe to open in a spreadsheet."""
        cell = "" if value is None else str(value)
        return f"'{cell}" if _FORMULA.match(cell) else cell

    def hint(self) -> str:
        """What to write in such a cell."""
        return _("Write text.")


@dataclass(frozen=True)
class Number(Column):
    least: float = -math.inf
    most: float = math.inf

    def read(self, cell: Any) -> Any:
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return KEEP
        number = self._number(cell)
        if not math.isfinite(number):
            raise WrongCell(_("This is not a number."))
        if not self.least <= number <= self.most:
            raise WrongCell(_("This number is out of bounds."))
        return number

    def _number(self, cell: Any) -> float:
        if isinstance(cell, bool) or not isinstance(cell, int | float | str):
            raise WrongCell(_("This is not a number."))
        try:
            return float(_with_point(cell) if isinstance(cell, str) else cell)
        except (ValueError, OverflowError) as error:
            raise WrongCell(_("This is not a number.")) from error

    def text(self, value: Any) -> str:
        return repr(float(value))

    def hint(self) -> str:
        return _("Write a number from %(least)s to %(most)s.") % {
            "least": f"{self.least:g}",
            "most": f"{self.most:g}",
        }


@dataclass(frozen=True)
class Whole(Number):
    def read(self, cell: Any) -> Any:
        number = super().read(cell)
        if number is KEEP:
            return KEEP
        if number != int(number):
            raise WrongCell(_("This is not a whole number."))
        return int(number)

    def text(self, value: Any) -> str:
        return str(value)

    def hint(self) -> str:
        return _("Write a whole number from %(least)s to %(most)s.") % {
            "least": f"{self.least:.0f}",
            "most": f"{self.most:.0f}",
        }


@dataclass(frozen=True)
class YesNo(Column):
    def read(self, cell: Any) -> Any:
        if isinstance(cell, bool):
            return cell
        said = str("" if cell is None else cell).strip().casefold()
        if not said:
            return KEEP
        if said not in _YES | _NO:
            raise WrongCell(_("This is neither yes nor no."))
        return said in _YES

    def text(self, value: Any) -> str:
        return "true" if value else "false"

    def hint(self) -> str:
        return _("Write true or false.")


@dataclass(frozen=True)
class OneOf(Column):
    """A choice: its stored value, or its name in the language of the reader."""

    choices: type[models.TextChoices] | type[models.IntegerChoices] = Camera.Kind

    @cached_property
    def _by_value(self) -> dict[str, Any]:
        return {str(value).casefold(): value for value in self.choices.values}

    def read(self, cell: Any) -> Any:
        said = str("" if cell is None else cell).strip().casefold()
        if not said:
            return KEEP
        if said in self._by_value:
            return self._by_value[said]
        for value, label in self.choices.choices:
            if said == str(label).casefold():
                return value
        raise WrongCell(_("There is no such value."))

    def text(self, value: Any) -> str:
        return str(value)

    def hint(self) -> str:
        return _("Write one of: %(values)s.") % {"values": ", ".join(map(str, self.choices.values))}


@dataclass(frozen=True)
class Drawn(Column):
    """A GeoJSON polygon; in a CSV cell, its JSON text."""

    def read(self, cell: Any) -> Any:
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return None
        if not isinstance(cell, str):
            return cell
        try:
            return orjson.loads(cell)
        except orjson.JSONDecodeError as error:
            raise WrongCell(_("This is not JSON.")) from error

    def text(self, value: Any) -> str:
        return "" if value is None else orjson.dumps(value).decode()

    def hint(self) -> str:
        return _("Write a GeoJSON polygon, longitude first, or leave it empty.")


@dataclass(frozen=True)
class SectorCode(Column):
    """The code of a sector that exists."""

    def hint(self) -> str:
        return _("Write the code of a sector of the list of sectors, or leave it empty.")


COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        Column("code", required=True),
        Column("name", required=True),
        OneOf("kind", choices=Camera.Kind),
        Column("owner"),
        Number("lat", required=True, least=-90, most=90),
        Number("lon", required=True, least=-180, most=180),
        Number("height_m", least=0, most=500),
        Number("mounting_azimuth_deg", least=0, most=359.9999),
        Number("tilt_deg", least=-90, most=90),
        Number("hfov_deg", least=0.1, most=360),
        Number("hfov_tele_deg", least=0.1, most=360),
        Whole("width_px", least=1, most=100_000),
        Whole("height_px", least=1, most=100_000),
        Number("range_m", least=1, most=10_000),
        OneOf("purpose", choices=CctvPurpose),
        Column("objective"),
        SectorCode("sector"),
        Column("authorisation_reference"),
        OneOf("state", choices=Camera.State),
        YesNo("exercise"),
        Drawn("visible_area"),
    )
}


def unescaped(cell: str) -> str:
    """A CSV cell without the apostrophe that `Column.text` put in front of a formula."""
    return cell[1:] if _ESCAPED.match(cell) else cell


def plain_row(camera: Camera, sectors: Mapping[int, str]) -> dict[str, Any]:
    """A camera as its row of a file, values as JSON. `sectors` gives the code of each sector id."""
    row = {name: getattr(camera, name) for name in COLUMNS if name != "sector"}
    row["sector"] = sectors[camera.sector_id] if camera.sector_id else ""
    return {name: row[name] for name in COLUMNS}


def _with_point(written: str) -> str:
    """Numbers as people write them in French too: 43,6971."""
    bare = written.strip().replace("\u202f", "").replace("\xa0", "")
    return bare.replace(",", ".") if bare.count(",") == 1 and "." not in bare else bare
