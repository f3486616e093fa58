"""How each kind of cause becomes an incident: its title, its place, its priority."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from alerts.models import Alert, Signal
from detection.codes import EventCode
from detection.facts import SignalConfirmed
from incidents import actions
from incidents.models import Incident, Nature
from places.geometry import Point

PURGE = {
    "failed": gettext_lazy("Destruction failed: call the person on technical duty"),
    "late": gettext_lazy("Data are there past their limit: call the person on technical duty"),
    "clock": gettext_lazy("The clock leapt, nothing is destroyed: call the person on technical duty"),
    "silent": gettext_lazy("Nothing has been destroyed for an hour: call the person on technical duty"),
}


def from_purge(*, cause: str, why: str, at: dt.datetime) -> Incident:
    """Open an incident at the centre itself, because something could not be destroyed in its time."""
    with translation.override(settings.LANGUAGE_CODE):
        title, place = str(PURGE[why]), _("Supervision centre")
    return actions.open_or_join(
        cause=cause,
        nature=Nature.CENTRE,
        priority=1,
        title=title,
        place_label=place,
        point=Point(*settings.CENTRE_POSITION),
        at=at,
    )


def from_alert(alert_id: int, *, cause: str, at: dt.datetime) -> Incident:
    """Open or join an incident for an alert, at the place the alert used."""
    alert = Alert.objects.select_related("site").get(pk=alert_id)
    site, told = alert.site, alert.signal != Signal.CALL
    with translation.override(settings.LANGUAGE_CODE):  # a title is written once, in the city's language
        title = (
            _("%(place)s — %(signal)s") % {"place": site.name, "signal": _lower(alert.get_signal_display())}
            if told
            else _("%(place)s — alert button") % {"place": site.name}
        )
    return actions.open_or_join(
        cause=cause,
        nature=Nature.ALARM_PANEL if told else Nature.ALERT_BUTTON,
        signal=alert.signal if told else "",
        priority=alert.priority,
        title=title,
        place_label=site.name,
        address=site.address,
        site_code=site.code,
        site_kind=site.kind,
        point=Point(alert.lat, alert.lon),
        exercise=alert.exercise,
        at=at,
    )


def from_signal(fact: SignalConfirmed) -> Incident:
    """Open or join an incident where the camera is whose signal somebody confirmed."""
    with translation.override(settings.LANGUAGE_CODE):
        title = _("%(place)s — %(event)s") % {
            "place": fact.camera_name,
            "event": EventCode(fact.event_type).label,
        }
    return actions.open_or_join(
        cause=f"signal:{fact.signal_id}",
        nature=Nature.SIGNAL,
        priority=fact.priority,
        title=title,
        place_label=fact.camera_name,
        point=Point(fact.lat, fact.lon),
        exercise=fact.exercise,
        at=dt.datetime.fromisoformat(fact.judged_at),
    )


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]
