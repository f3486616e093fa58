"""What was measured, in a sentence a technician reads before the ladder is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import formats
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cameras.models import Camera
from footage.models import WorkOrder

Kind = WorkOrder.Kind
# Across, of the raster on which pictures are compared (measure.py, which a page does not load).
RASTER_PX = 160
WHY = {
    "silent": gettext_lazy("no pictures come"),
    "stalled": gettext_lazy("pictures stopped in the middle"),
    "unreachable": gettext_lazy("the camera cannot be reached on the network"),
    "password": gettext_lazy("the camera refuses the password"),
    "no-such-stream": gettext_lazy("the camera has no such stream"),
    "rubbish": gettext_lazy("what it sends is no picture"),
    "changed": gettext_lazy("it was set to another picture"),
    "ended": gettext_lazy("the camera ended the stream"),
    "no-program": gettext_lazy("ffmpeg could not be started"),
}


def sentence(order: WorkOrder) -> str:
    """Empty when nothing was written down."""
    return SENTENCES[order.kind](order.evidence, order.camera)


def _percent(share: Any) -> int:
    return round(100 * float(share or 0))


def _offline(told: Mapping[str, Any], camera: Camera) -> str:
    why = WHY.get(told.get("why", ""), WHY["silent"])
    since = parse_datetime(str(told.get("since", "")))
    if since is None:
        return str(why)
    at = formats.date_format(localtime(since), "d/m/Y H:i")
    return _("%(why)s since %(at)s") % {"why": why, "at": at}


def _gaps(told: Mapping[str, Any], camera: Camera) -> str:
    recorded, due = int(told.get("recorded_s", 0) // 60), round(told.get("due_s", 0) / 60)
    words = ngettext("%(n)d minute of %(due)d recorded", "%(n)d minutes of %(due)d recorded", recorded)
    return words % {"n": recorded, "due": due}


def _covered(told: Mapping[str, Any], camera: Camera) -> str:
    if told.get("said_by") == "camera":
        return _("the camera itself says that its view is covered or was turned away")
    if "kept" not in told:
        return _("the whole picture is one surface")
    return _("%(share)d %% of what usually stands there can be made out") % {"share": _percent(told["kept"])}


def _dark(told: Mapping[str, Any], camera: Camera) -> str:
    return _("the brightest parts reach %(level)d of 255") % {"level": round(told.get("brightest", 0))}


def _frozen(told: Mapping[str, Any], camera: Camera) -> str:
    return _("nothing in the picture changes any more, not even by noise")


def _moved(told: Mapping[str, Any], camera: Camera) -> str:
    far = float(told.get("turned_px", 0))
    if float(told.get("alike_there", 0)) > float(told.get("alike_here", 0)) + 0.1 and far >= 3:
        degrees = max(1, round(far * camera.hfov_deg / RASTER_PX))
        return _("it looks about %(degrees)d° beside where it looked") % {"degrees": degrees}
    return _("nothing it usually sees is in the picture")


def _blurred(told: Mapping[str, Any], camera: Camera) -> str:
    return _("%(share)d %% of its usual sharpness") % {"share": _percent(told.get("sharpness"))}


def _unstable(told: Mapping[str, Any], camera: Camera) -> str:
    count = int(told.get("losses") or told.get("interruptions") or 0)
    return _("interrupted %(count)d times in %(minutes)d minutes") % {
        "count": count,
        "minutes": told.get("minutes", 0),
    }


def _clock(told: Mapping[str, Any], camera: Camera) -> str:
    ahead = max((told.get("stream_ahead_ms", 0), told.get("device_ahead_ms", 0)), key=abs)
    seconds = formats.number_format(abs(ahead) / 1000, 1)
    text = _("%(seconds)s s ahead of the centre") if ahead > 0 else _("%(seconds)s s behind the centre")
    return text % {"seconds": seconds}


SENTENCES: dict[str, Callable[[Mapping[str, Any], Camera], str]] = {
    Kind.OFFLINE: _offline,
    Kind.GAPS: _gaps,
    Kind.COVERED: _covered,
    Kind.DARK: _dark,
    Kind.FROZEN: _frozen,
    Kind.MOVED: _moved,
    Kind.BLURRED: _blurred,
    Kind.UNSTABLE: _unstable,
    Kind.CLOCK: _clock,
}
