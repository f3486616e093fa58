"""From the bytes of a file to rows of values, with every problem named by row and column."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypedDict

import orjson
from django.utils.translation import gettext as _

from cameras.exchange.columns import COLUMNS, KEEP, WrongCell, unescaped
from doors.problems import Refused

MAX_BYTES = 10 * 1024 * 1024
MAX_ROWS = 20_000
MAX_PROBLEMS = 500
CSV, GEOJSON = "csv", "geojson"


class Problem(TypedDict):
    """One thing to correct in the file. Row 1 of a CSV file is its header; features count from 1."""

    row: int
    column: str
    value: str
    wrong: str
    write: str


@dataclass
class Row:
    number: int
    values: dict[str, Any]


@dataclass
class Sheet:
    """What a file says. With problems in it nothing of it is used."""

    format: str
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def blame(self, row: int, column: str, value: object, wrong: str, write: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            seen = str(value)[:80].replace("\x00", "␀")  # PostgreSQL keeps no such character
            self.problems.append(
                Problem(row=row, column=column, value=seen, wrong=str(wrong), write=str(write))
            )


def read(content: bytes, *, filename: str) -> Sheet:
    """The rows of a CSV or GeoJSON file. Raises Refused for what is no such file at all."""
    if len(content) > MAX_BYTES:
        raise Refused(
            _("The file is larger than %(most)s MB.") % {"most": MAX_BYTES // 1024 // 1024},
            what_to_do=_("Send the estate in several files."),
            status=413,
            code="too-large",
        )
    is_json = filename.lower().endswith((".geojson", ".json")) or content.lstrip()[:1] == b"{"
    sheet = _read_geojson(content) if is_json else _read_csv(content)
    seen: dict[str, int] = {}
    for row in sheet.rows:
        code = row.values["code"]
        if code in seen:
            sheet.blame(
                row.number,
                "code",
                code,
                _("Row %(row)s has the same code.") % {"row": seen[code]},
                _("Keep one row per camera."),
            )
        seen.setdefault(code, row.number)
    if not sheet.rows and not sheet.problems:
        sheet.blame(1, "", "", _("There is no camera in the file."), _("Write one camera per row."))
    return sheet


def _read_csv(content: bytes) -> Sheet:
    sheet = Sheet(CSV)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        sheet.blame(
            row, "", "", _("The file is not in UTF-8."), _("Save it as “CSV UTF-8” in the spreadsheet.")
        )
        return sheet
    first = text.partition("\n")[0]
    lines = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=";" if first.count(";") >= first.count(",") else ",",
        strict=True,
    )
    try:
        header = [name.strip() for name in next(lines, [])]
        if _check_header(sheet, header):
            for cells in _limited(lines):
                if any(cell.strip() for cell in cells):
                    _read_cells(sheet, lines.line_num, header, cells)
    except csv.Error as error:
        sheet.blame(
            lines.line_num,
            "",
            "",
            _("The row cannot be read (%(why)s).") % {"why": error},
            _("Check its quotation marks."),
        )
    return sheet


def _limited(lines: Iterator[list[str]]) -> Iterator[list[str]]:
    for number, cells in enumerate(lines, 1):
        if number > MAX_ROWS:
            raise _too_many()
        yield cells


def _too_many() -> Refused:
    return Refused(
        _("The file has more than %(most)s rows.") % {"most": MAX_ROWS},
        what_to_do=_("Send the estate in several files."),
        status=413,
        code="too-many-rows",
    )


def _check_header(sheet: Sheet, header: Sequence[str]) -> bool:
    write = _("Use these columns: %(columns)s.") % {"columns": ", ".join(COLUMNS)}
    for name in header:
        if name not in COLUMNS:
            sheet.blame(1, name, name, _("There is no such column."), write)
        elif header.count(name) > 1:
            sheet.blame(1, name, name, _("This column is there twice."), _("Keep one of them."))
    for name in ("code", "lat", "lon"):
        if name not in header:
            sheet.blame(1, name, "", _("This column is missing."), write)
    return not sheet.problems


def _read_cells(sheet: Sheet, number: int, header: Sequence[str], cells: Sequence[str]) -> None:
    if len(cells) != len(header):
        wrong = _("The row has %(cells)s cells, the header has %(columns)s.")
        sheet.blame(
            number,
            "",
            ";".join(cells),
            wrong % {"cells": len(cells), "columns": len(header)},
            _("Give each row as many cells as the header; quote text that holds the separator."),
        )
        return
    _read_row(sheet, number, {name: unescaped(cell) for name, cell in zip(header, cells, strict=True)})


def _read_row(sheet: Sheet, number: int, cells: dict[str, Any]) -> None:
    row = Row(number, {})
    sound = True
    for name, cell in cells.items():
        column = COLUMNS[name]
        try:
            value = column.read(cell)
        except WrongCell as error:
            sheet.blame(number, name, cell, str(error), column.hint())
            sound = False
            continue
        if column.required and _is_nothing(value):
            sheet.blame(number, name, cell, _("This cell is empty."), column.hint())
            sound = False
        elif value is not KEEP:
            row.values[name] = value
    if sound:
        sheet.rows.append(row)


def _is_nothing(value: object) -> bool:
    return value is KEEP or value == ""


def _read_geojson(content: bytes) -> Sheet:
    sheet = Sheet(GEOJSON)
    try:
        given = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        sheet.blame(
            error.lineno,
            "",
            "",
            _("The file is not JSON (%(why)s).") % {"why": error.msg},
            _("Export it again as GeoJSON."),
        )
        return sheet
    features = given.get("features") if isinstance(given, dict) else None
    if not isinstance(features, list) or given.get("type") != "FeatureCollection":
        sheet.blame(
            1, "", "", _("This is not a FeatureCollection."), _("Export the cameras as GeoJSON points.")
        )
        return sheet
    if len(features) > MAX_ROWS:
        raise _too_many()
    for number, feature in enumerate(features, 1):
        _read_feature(sheet, number, feature)
    return sheet


def _read_feature(sheet: Sheet, number: int, feature: Any) -> None:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    position = _position_of(feature)
    if not isinstance(properties, dict) or position is None:
        sheet.blame(
            number,
            "geometry",
            "",
            _("This is not a point with properties."),
            _("Write a Feature whose geometry is a Point, longitude first."),
        )
        return
    unknown = [name for name in properties if name not in COLUMNS or name in ("lat", "lon")]
    for name in unknown:
        sheet.blame(
            number,
            name,
            name,
            _("There is no such property."),
            _("Use these: %(columns)s.") % {"columns": ", ".join(PROPERTIES)},
        )
    if not unknown:
        lon, lat = position
        _read_row(sheet, number, {"code": None, **properties, "lat": lat, "lon": lon})


def _position_of(feature: Any) -> tuple[Any, Any] | None:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict) or geometry.get("type") != "Point":
        return None
    position = geometry.get("coordinates")
    if not isinstance(position, list) or len(position) not in (2, 3):
        return None
    return position[0], position[1]


PROPERTIES: list[str] = [name for name in COLUMNS if name not in ("lat", "lon")]
