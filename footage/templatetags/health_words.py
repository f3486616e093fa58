from __future__ import annotations

from typing import Any

from django import template
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cameras.models import Camera
from events.models import Event
from footage.health.availability import last_days
from footage.health.chart import Bar, bars
from footage.models import WorkOrder

register = template.Library()


@register.filter
def share(value: float | None, digits: int = 2) -> str:
    """0.98 as “98.00 %”, the way the reader's language writes it."""
    return "—" if value is None else f"{formats.number_format(100 * value, digits)} %"


@register.filter
def hours(seconds: float) -> str:
    minutes = round(seconds / 60)
    return _("%(hours)d h %(minutes)02d min") % {"hours": minutes // 60, "minutes": minutes % 60}


@register.filter
def what_happened(event: Event) -> str:
    """A line of the history of a work order."""
    data = event.data
    if event.kind == "footage.fault_found":
        times = int(data["times"])
        if times == 1:
            return _("Opened: %(fault)s") % {"fault": WorkOrder.Kind(data["fault"]).label}
        return ngettext("Opened again", "Opened again, for the %(times)dth time", times) % {"times": times}
    if event.kind == "footage.fault_assigned":
        return _("Assigned")
    state = WorkOrder.State(data["state"]).label
    return _("Closed: %(state)s, after %(time)s") % {"state": state, "time": hours(data["stood_s"])}


@register.inclusion_tag("footage/_days.html")
def camera_days(camera: Camera | None) -> dict[str, Any]:
    """The last ten days of a camera, for its page in the administration."""
    drawn: list[Bar] = bars(last_days(camera)) if camera is not None and camera.pk else []
    return {"bars": drawn}
