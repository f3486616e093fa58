"""The readable sheet of a package: what it holds, in words, for who opens it without a program."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

SHEET = "sheet.txt"


def sheet(about: dict[str, Any], cameras: list[dict[str, Any]]) -> str:
    lines = [
        _("Extraction of recorded images"),
        "=" * 60,
        "",
        _line(_("Number"), about["number"]),
        _line(_("Centre"), about["centre"]),
        _line(_("Case"), about["reference"]),
        _line(_("Legal ground"), about["ground_words"]),
        _line(_("Asked by"), about["asked_by"]),
        _line(_("Asked at"), about["asked_at"]),
        _line(_("Validated by a second person at"), about["validated_at"] or ""),
        _line(_("From (UTC)"), about["from"]),
        _line(_("To (UTC)"), about["to"]),
        _line(_("Made at"), about["made_at"]),
        _line(_("Made by"), "{name} {version}".format(**about["software"])),
        _line(_("SHA-256 of the key"), about["key_sha256"]),
        "",
    ]
    for camera in cameras:
        lines += _camera(camera)
    lines += [
        _("To verify: sh verify.sh in this folder (needs sha256sum and openssl, nothing of the centre)."),
        _(
            "Folders “segments” hold the recording as it was stored, byte for byte. The film beside them holds"
        ),
        _("the same pictures, with times that begin at zero, for any player."),
        "",
    ]
    return "\n".join(lines)


def copy_sheet(about: dict[str, Any], cameras: list[dict[str, Any]]) -> str:
    """What was done to a blurred copy, and where its original is."""
    lines = [
        _("BLURRED COPY of recorded images: this is not the original"),
        "=" * 60,
        "",
        _line(_("Number"), about["number"]),
        _line(_("Copy of"), about["copy_of"]["number"]),
        _line(_("SHA-256 of its manifest"), about["copy_of"]["manifest_sha256"]),
        _line(_("Centre"), about["centre"]),
        _line(_("Case"), about["reference"]),
        _line(_("From (UTC)"), about["from"]),
        _line(_("To (UTC)"), about["to"]),
        _line(_("Made at"), about["made_at"]),
        _line(_("Made by"), "{name} {version}".format(**about["software"])),
        _line(_("How"), about["method"]),
        _line(_("SHA-256 of the key"), about["key_sha256"]),
        "",
        _(
            "The whole picture was made unrecognisable and coded again, without sound. No program looked for faces."
        ),
        _("Only the areas below, drawn by a person of the centre, were left as the camera sent them."),
        "",
    ]
    for camera in cameras:
        lines += _camera(camera)
        for area in camera["sharp"]:
            left, top, wide, high = (f"{100 * part:.1f} %" for part in area["box"])
            lines.append(
                _line(_("Left sharp"), f"{area['at']} · {left}, {top} · {wide} × {high} · {area['track']}")
            )
        if not camera["sharp"]:
            lines.append(_line(_("Left sharp"), _("nothing")))
    return "\n".join([*lines, "", _("To verify: sh verify.sh in this folder."), ""])


def _camera(camera: dict[str, Any]) -> list[str]:
    clock = camera["clock"]
    lines = [
        " · ".join((camera["code"], camera["name"])),
        "-" * 60,
        _line(_("Place"), "{lat:.6f}, {lon:.6f}".format(**camera["place"])),
        _line(_("Clock of the camera"), _clock(clock)),
    ]
    if camera["exercise"]:
        lines.append(_line(_("Exercise"), _("drawn pictures, nobody is filmed")))
    for hole in camera["missing"]:
        lines.append(_line(_("Not recorded"), " → ".join((hole["from"], hole["to"]))))
    if not camera["files"]:
        lines.append(_("Nothing of these minutes is recorded."))
    for file in camera["files"]:
        lines += [
            "",
            "  " + file["name"],
            f"  {file['starts_at']} → {file['ends_at']} · {file['bytes']} " + _("bytes"),
            "  SHA-256 " + file["sha256"],
        ]
    return [*lines, ""]


def _clock(clock: dict[str, Any]) -> str:
    if clock["camera_ahead_ms"] is None:
        return _("not measured; times are those of the centre")
    told = _("%(ms)s ms ahead of the centre") % {"ms": clock["camera_ahead_ms"]}
    return told + (" · " + _("MORE THAN ONE SECOND") if clock["flagged"] else "")


def _line(name: str, value: str) -> str:
    return f"{name:<34} {value}"
