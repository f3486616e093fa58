"""An incident's history, read from the log and from the notes people wrote."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from alerts.models import Signal
from cameras import reasons
from detection.codes import EventCode
from detection.reasons import Reason
from events.models import Event
from incidents.models import Incident, IncidentNote


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the history. `entered_at` is set, and shown, only when it was written late (law W-02)."""

    at: dt.datetime
    kind: str
    text: str
    who: str = ""
    entered_at: dt.datetime | None = None
    note_id: int | None = None
    corrects: str = ""

    @property
    def late(self) -> bool:
        return self.entered_at is not None


def of(incident: Incident, *, user: User) -> list[Entry]:
    """Everything that happened to an incident, oldest first."""
    events = Event.objects.visible_to(user).about(*incident.subjects()).select_related("actor")
    told = [_from_event(event) for event in events]
    notes = incident.notes.select_related("corrects")
    return sorted([*filter(None, told), *map(_from_note, notes)], key=lambda entry: entry.at)


def _from_note(note: IncidentNote) -> Entry:
    return Entry(
        at=note.at,
        kind="note",
        text=note.text,
        who=note.author_label,
        entered_at=note.entered_at if note.is_late else None,
        note_id=note.pk,
        corrects=note.corrects.text[:80] if note.corrects else "",
    )


def _from_event(event: Event) -> Entry | None:
    tell = _TEXTS.get(event.kind)
    if tell is None:
        return None
    text = tell(event.data)
    who = event.actor.label if event.actor else ""
    return Entry(at=event.at, kind=event.kind, text=text, who=who) if text else None


def _received(d: dict[str, Any]) -> str:
    where = {
        "press": _("place given by the device"),
        "device": _("place of the device used"),
        "site": _("place of the site used"),
    }
    if d.get("signal", Signal.CALL) != Signal.CALL:
        return _told(d)
    return _("Button pressed, %(where)s") % {"where": where.get(d["position_used"], d["position_used"])}


def _told(d: dict[str, Any]) -> str:
    """What an alarm panel said, and where in the building."""
    return " · ".join(filter(None, [str(Signal(d["signal"]).label), d["detail"]]))


def _signalled(d: dict[str, Any]) -> str:
    return _("Signalled by software on %(code)s: %(what)s") % {
        "code": d["camera_code"],
        "what": EventCode(d["event_type"]).label,
    }


def _confirmed(d: dict[str, Any]) -> str:
    return _("Signal confirmed: %(why)s") % {"why": Reason(d["reason"]).label}


def _steered(d: dict[str, Any]) -> str:
    codes = ", ".join(order["code"] for order in d["orders"])
    out = ", ".join(f"{left['code']} ({reasons.text(left['reason'])})" for left in d["left_out"])
    chosen = _("Cameras chosen: %(codes)s") % {"codes": codes} if codes else _("No camera sees the place")
    left_out = _("left out: %(codes)s") % {"codes": out}
    return f"{chosen} · {left_out}" if out else chosen


def _turned(d: dict[str, Any]) -> str:
    words = {"code": d["code"], "why": reasons.text(d["reason"]), "preset": d["preset"]}
    if d["preset"]:
        return _("%(code)s shows preset “%(preset)s”: %(why)s") % words
    return _("%(code)s shows the place: %(why)s") % words


def _hands(d: dict[str, Any]) -> str:
    """Cameras that went from hand to hand; those taken from nobody are told with the choice."""
    said = [
        _("%(code)s goes to %(by)s: %(why)s")
        % {"code": lock["code"], "by": lock["by"], "why": reasons.text(lock["reason"])}
        for lock in d["locks"]
        if lock["from_holder"] != lock["holder"] and lock["reason"]["code"] != "free"
    ]
    return " · ".join(said)


def _state(d: dict[str, Any]) -> str:
    return str(Incident.State(d["state"]).label)


def _ticked(d: dict[str, Any]) -> str:
    text = _("Step %(order)d done") if d["done"] else _("Step %(order)d not done after all")
    return text % {"order": d["order"]}


def _joined(d: dict[str, Any]) -> str:
    return _("Another alert joined (%(why)s)") % {"why": d["why"]}


_TEXTS: dict[str, Callable[[dict[str, Any]], str]] = {
    "alerts.received": _received,
    "alerts.pressed_again": lambda d: (
        ngettext("Pressed again", "Pressed again: %(n)d presses", d["presses"]) % {"n": d["presses"]}
    ),
    "alerts.restored": lambda d: (
        _("%(signal)s: back to normal, says the panel") % {"signal": Signal(d["signal"]).label}
    ),
    "alerts.cancelled": lambda d: _("The site says it was a mistake: to be checked all the same"),
    "alerts.message_sent": lambda d: (
        _("Message to the site") if d["from_centre"] else _("Message from the site")
    ),
    "detection.signalled": _signalled,
    "detection.confirmed": _confirmed,
    "incidents.opened": lambda d: _("Incident opened"),
    "incidents.joined": _joined,
    "incidents.taken": lambda d: _("Taken by %(who)s") % {"who": d["by"]} if d["by"] else _("Taken"),
    "incidents.released": lambda d: _("Given back to the queue"),
    "incidents.doubt_removed": lambda d: (
        _("Doubt removed: founded") if d["founded"] else _("Doubt removed: unfounded")
    ),
    "incidents.state_changed": _state,
    "incidents.priority_changed": lambda d: _("Priority %(priority)d") % d,
    "incidents.linked": lambda d: _("Linked with %(other_number)s") % d,
    "incidents.step_ticked": _ticked,
    "incidents.closed": lambda d: (
        _("Closed: %(outcome)s") % {"outcome": Incident.Outcome(d["outcome"]).label}
    ),
    "cameras.steering_ordered": _steered,
    "cameras.lock_taken": _hands,
    "cameras.lock_released": lambda d: (
        _("%(code)s is free again: %(why)s") % {"code": d["code"], "why": reasons.text(d["reason"])}
    ),
    "cameras.alarm_waits": lambda d: _("Waits for a camera: every one that sees the place is held"),
    "cameras.turned": _turned,
    "cameras.strayed": lambda d: (
        _("%(code)s no longer shows the place: %(why)s")
        % {"code": d["code"], "why": reasons.text(d["reason"])}
    ),
    "cameras.turns_late": lambda d: (
        _("%(code)s does not show the place yet: %(why)s")
        % {"code": d["code"], "why": reasons.text(d["reason"])}
    ),
    "cameras.could_not_turn": lambda d: (
        _("%(code)s does not show the place: %(why)s") % {"code": d["code"], "why": reasons.text(d["reason"])}
    ),
}
