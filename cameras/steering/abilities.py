"""What a device can do, in plain words: for who probes it, and on the page of its head."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cameras.drivers.base import Abilities

# A clock tells whole seconds.
RIGHT_MS = 1500


def in_words(can: Mapping[str, Any], kept: int | None = None) -> list[str]:
    """Of `results.told_abilities`. `kept`: how many presets it keeps, where it was asked."""
    can = Abilities().__dict__ | dict(can)
    lines = [_("%(make)s %(model)s, firmware %(firmware)s, number %(serial)s") % can]
    for stream in can["streams"]:
        lines.append(_("Pictures “%(profile)s”: %(codec)s %(width_px)s × %(height_px)s, %(url)s") % stream)
    lines += _turning(can)
    if can["presets"]:
        lines.append(_presets(can["presets"], kept))
    lines.append(_("It can mask windows itself.") if can["masks"] else _("It cannot mask windows itself."))
    lines.append(
        _("It tells what happens to it.") if can["events"] else _("It does not tell what happens to it.")
    )
    return [*lines, clock(can["clock_ahead_ms"])]


def clock(ahead_ms: int | None) -> str:
    """Law W-13."""
    if ahead_ms is None:
        return _("It does not tell its time.")
    if abs(ahead_ms) < RIGHT_MS:
        return _("Its clock is right to the second it tells.")
    return _("Its clock is off by %(seconds)s s: give it a time server.") % {
        "seconds": round(ahead_ms / 1000)
    }


def _turning(can: Mapping[str, Any]) -> list[str]:
    if not (can["absolute"] or can["relative"] or can["continuous"]):
        return [_("It does not turn.")]
    how = (
        _("It turns to any direction it is told.")
        if can["absolute"]
        else _("It turns only by so much or by speed: the centre steers it there step by step.")
    )
    if can["degrees"]:
        return [how]
    return [
        how,
        _("It counts in its own units: calibrate it on two landmarks before relying on its aim."),
    ]


def _presets(most: int, kept: int | None) -> str:
    if kept is None:
        return ngettext("It keeps %(most)s preset at most.", "It keeps %(most)s presets at most.", most) % {
            "most": most
        }
    said = ngettext("It keeps %(n)s preset of %(most)s.", "It keeps %(n)s presets of %(most)s.", kept)
    return said % {"n": kept, "most": most}
