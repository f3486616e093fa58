"""What the centre does with an incident. One incident is worked by one person at a time."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import alerts.actions
from accounts.rights import Right, require
from alerts.models import Alert
from doors.problems import Conflict, NotAllowed, Refused
from doors.rows import prepared
from events.log import publish
from incidents import facts, rows
from incidents.models import (
    Incident,
    IncidentCause,
    IncidentLink,
    IncidentNote,
    IncidentStep,
    JoinRule,
    Nature,
    Procedure,
)
from places.geometry import Point

if TYPE_CHECKING:
    from accounts.models import User

OPENING_LOCK = 7_302  # pg_advisory key: one cause at a time decides between opening and joining
DEFAULT_RULE = JoinRule(minutes=15, radius_m=50)


# Whether this cause has its incident, and what joins: read after the turn came, never with it.
_BEFORE = """
SELECT known.incident_id, rule.minutes, rule.radius_m
FROM (SELECT %s::varchar AS cause, %s::varchar AS nature) asked
    LEFT JOIN incidents_incidentcause known USING (cause) LEFT JOIN incidents_joinrule rule USING (nature)
"""


@transaction.atomic(savepoint=False)
def open_or_join(
    *,
    cause: str,
    nature: Nature,
    priority: int,
    title: str,
    place_label: str,
    point: Point,
    at: dt.datetime,
    address: str = "",
    site_code: str = "",
    site_kind: str = "",
    signal: str = "",
    exercise: bool = False,
    actor: User | None = None,
) -> Incident:
    """Open an incident for this cause, or join it to the open one at the same place and minutes.

    `cause` is unique ("alert:12"): repeating the call returns the same incident and writes nothing. The joining
    rule is a row (`JoinRule`). Raises NotAllowed when a person without the right to take incidents asks.
    """
    require(actor, Right.TAKE_INCIDENT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [OPENING_LOCK])
    [(known, minutes, radius_m)] = prepared(_BEFORE, [cause, str(nature)])
    if known is not None:
        return Incident.objects.get(pk=known)
    rule = DEFAULT_RULE if minutes is None else JoinRule(minutes=minutes, radius_m=radius_m)
    there = rows.to_join(
        site_code=site_code,
        point=point,
        since=at - dt.timedelta(minutes=rule.minutes),
        radius_m=rule.radius_m,
        exercise=exercise,
    )
    if there is not None:
        return _join(
            there, cause=cause, at=at, priority=priority, site_code=site_code, rule=rule, actor=actor
        )
    incident = Incident(
        nature=nature,
        signal=signal,
        priority=priority,
        title=title[:160],
        place_label=place_label,
        address=address,
        site_code=site_code,
        site_kind=site_kind,
        lat=point.lat,
        lon=point.lon,
        exercise=exercise,
        opened_at=at,
        last_cause_at=at,
    )
    rows.write(incident, IncidentCause(cause=cause, at=at))
    _copy_procedure(incident)
    publish(_opened(incident, cause), actor=actor)
    return incident


def _opened(incident: Incident, cause: str) -> facts.IncidentOpened:
    return facts.IncidentOpened(
        incident_id=incident.pk,
        number=incident.number,
        priority=incident.priority,
        nature=incident.nature,
        title=incident.title,
        place_label=incident.place_label,
        address=incident.address,
        site_code=incident.site_code,
        site_kind=incident.site_kind,
        lat=incident.lat,
        lon=incident.lon,
        opened_at=incident.opened_at.isoformat(),
        exercise=incident.exercise,
        signal=incident.signal,
        cause=cause,
        alert_ids=_alert_ids([cause]),
    )


def _join(
    incident: Incident,
    *,
    cause: str,
    at: dt.datetime,
    priority: int,
    site_code: str,
    rule: JoinRule,
    actor: User | None,
) -> Incident:
    same_site = bool(site_code) and site_code == incident.site_code
    why = (
        f"same site, within {rule.minutes} min"
        if same_site
        else f"within {rule.radius_m} m and {rule.minutes} min"
    )
    incident.priority = min(incident.priority, priority)
    incident.last_cause_at = max(incident.last_cause_at, at)
    incident.save(update_fields=["priority", "last_cause_at"])
    IncidentCause.objects.create(incident=incident, cause=cause, at=at, why=why)
    if incident.taken_by_id is not None:
        # Whoever works the incident has the new alert before their eyes: it is not left ringing.
        alerts.actions.acknowledge(alert_ids=_alert_ids([cause]), actor=incident.taken_by)
    publish(
        facts.IncidentJoined(
            incident_id=incident.pk,
            number=incident.number,
            cause=cause,
            why=why,
            alerts=incident.causes.count(),
            priority=incident.priority,
        ),
        actor=actor,
    )
    return incident


@transaction.atomic
def take(*, incident: Incident, actor: User, workstation: str = "", take_over: bool = False) -> Incident:
    """Make the actor the one who works this incident, and acknowledge its alerts.

    Two at once: one wins, the other gets a Conflict that names who has it. With take_over the holder is
    replaced, and told.
    """
    require(actor, Right.TAKE_INCIDENT)
    now = timezone.now()
    # The holder is read after the lock: joined in the same query it would be the one of before the wait.
    held = Incident.objects.select_for_update(no_key=True).get(pk=incident.pk)
    _must_be_open(held)
    if held.taken_by_id == actor.pk:
        return held
    if held.taken_by_id is not None and not take_over:
        raise Conflict(
            _("%(who)s took it at %(time)s.")
            % {"who": held.holder, "time": timezone.localtime(held.taken_at).strftime("%H:%M:%S")},
            what_to_do=_("Leave it to them, help from your own screens, or take it over if they ask you to."),
            code="already-taken",
            taken_by=held.holder,
        )
    before = held.taken_by_id
    _hold(held, actor, workstation, now)
    alerts.actions.acknowledge(alert_ids=_alerts_of(held), actor=actor)
    publish(_taken(held, before), actor=actor)
    return held


@transaction.atomic
def assign(*, incident: Incident, to: User, actor: User) -> Incident:
    """The shift lead gives an incident to somebody, whoever holds it."""
    require(actor, Right.LEAD_ROOM)
    if not to.is_active or not to.may(Right.TAKE_INCIDENT):
        raise Refused(
            _("%(who)s works on no incident.") % {"who": to.label},
            what_to_do=_("Choose somebody of the room."),
            status=400,
            code="not-an-operator",
        )
    held = Incident.objects.select_for_update(no_key=True).get(pk=incident.pk)
    _must_be_open(held)
    before = held.taken_by_id
    _hold(held, to, "", timezone.now())
    alerts.actions.acknowledge(alert_ids=_alerts_of(held), actor=actor)
    publish(_taken(held, before), actor=actor)
    return held


def _hold(incident: Incident, person: User, workstation: str, now: dt.datetime) -> None:
    incident.taken_by, incident.taken_from, incident.taken_at = person, workstation, now
    incident.first_taken_at = incident.first_taken_at or now
    incident.save(update_fields=["taken_by", "taken_from", "taken_at", "first_taken_at"])


def _taken(incident: Incident, before: int | None) -> facts.IncidentTaken:
    assert incident.taken_by_id is not None and incident.taken_at is not None
    return facts.IncidentTaken(
        incident_id=incident.pk,
        number=incident.number,
        # A fact never names a person: the workstation, else nothing; screens know colleagues by their id.
        by=incident.taken_from,
        user_id=incident.taken_by_id,
        taken_at=incident.taken_at.isoformat(),
        from_user_id=before,
    )


@transaction.atomic
def release(*, incident: Incident, actor: User) -> Incident:
    """Give an incident back to the queue."""
    held = _mine(incident, actor)
    held.taken_by, held.taken_from, held.taken_at = None, "", None
    held.save(update_fields=["taken_by", "taken_from", "taken_at"])
    publish(facts.IncidentReleased(incident_id=held.pk, number=held.number), actor=actor)
    return held


@transaction.atomic
def remove_doubt(*, incident: Incident, founded: bool, actor: User) -> Incident:
    """Say whether what was announced is real (levée de doute)."""
    held = _mine(incident, actor)
    held.doubt = Incident.Doubt.FOUNDED if founded else Incident.Doubt.UNFOUNDED
    held.doubt_removed_at = held.doubt_removed_at or timezone.now()
    held.save(update_fields=["doubt", "doubt_removed_at"])
    state = Alert.State.CONFIRMED if founded else Alert.State.UNFOUNDED
    alerts.actions.set_state(alert_ids=_alerts_of(held), state=state, actor=actor)
    publish(
        facts.DoubtRemoved(
            incident_id=held.pk, number=held.number, founded=founded, at=held.doubt_removed_at.isoformat()
        ),
        actor=actor,
    )
    return held


@transaction.atomic
def set_state(*, incident: Incident, state: Incident.State, actor: User) -> Incident:
    """Move an open incident to another open state (crew sent, on the scene, under control …)."""
    if state == Incident.State.CLOSED:
        raise Refused(
            _("An incident closes with an outcome."),
            what_to_do=_("Use “Close” and choose an outcome."),
            status=400,
        )
    held = _mine(incident, actor)
    if held.state == state:
        return held
    now = timezone.now()
    held.state = state
    if state == Incident.State.ON_SCENE:
        held.on_scene_at = held.on_scene_at or now
    held.save(update_fields=["state", "on_scene_at"])
    publish(
        facts.IncidentStateChanged(
            incident_id=held.pk, number=held.number, state=state.value, at=now.isoformat()
        ),
        actor=actor,
    )
    return held


@transaction.atomic
def set_priority(*, incident: Incident, priority: int, actor: User) -> Incident:
    """The shift lead raises or lowers the priority, 1 (highest) to 3."""
    require(actor, Right.LEAD_ROOM)
    if priority not in (1, 2, 3):
        raise Refused(_("A priority is 1, 2 or 3."), what_to_do=_("Choose one of the three."), status=400)
    held = Incident.objects.select_for_update(no_key=True).get(pk=incident.pk)
    _must_be_open(held)
    held.priority = priority
    held.save(update_fields=["priority"])
    publish(
        facts.IncidentPriorityChanged(incident_id=held.pk, number=held.number, priority=priority), actor=actor
    )
    return held


@transaction.atomic
def add_note(
    *,
    incident: Incident,
    text: str,
    actor: User,
    author_label: str = "",
    at: dt.datetime | None = None,
    corrects: IncidentNote | None = None,
) -> IncidentNote:
    """Write in the incident's log. `at` is when it happened, when that is not now (law W-02)."""
    require(actor, Right.TAKE_INCIDENT)
    now = timezone.now()
    text = text.strip()
    if not text or len(text) > 2000:
        raise Refused(
            _("A note has 1 to 2,000 characters."),
            what_to_do=_("Write what happened, then save."),
            status=400,
        )
    if at is not None and at > now + dt.timedelta(seconds=5):
        raise Refused(
            _("A note cannot tell what has not happened yet."),
            what_to_do=_("Correct the time of the event."),
            status=400,
        )
    if corrects is not None and corrects.incident_id != incident.pk:
        raise Refused(
            _("The note to correct belongs to another incident."),
            what_to_do=_("Open that incident."),
            status=400,
        )
    note = IncidentNote.objects.create(
        incident=incident,
        at=at or now,
        entered_at=now,
        author=actor,
        author_label=author_label or actor.label,
        text=text,
        corrects=corrects,
    )
    publish(
        facts.IncidentNoted(incident_id=incident.pk, number=incident.number, note_id=note.pk), actor=actor
    )
    return note


@transaction.atomic
def tick_step(*, step: IncidentStep, done: bool, actor: User, by: str = "") -> IncidentStep:
    """Tick or untick a step of the procedure."""
    held = _mine(step.incident, actor)
    step.done_at = timezone.now() if done else None
    step.done_by = (by or actor.label) if done else ""
    step.save(update_fields=["done_at", "done_by"])
    publish(
        facts.StepTicked(
            incident_id=held.pk, number=held.number, step_id=step.pk, order=step.order, done=done
        ),
        actor=actor,
    )
    return step


@transaction.atomic
def link(*, incident: Incident, other: Incident, actor: User) -> IncidentLink:
    """Say that two incidents belong together. Doing it again changes nothing."""
    require(actor, Right.TAKE_INCIDENT)
    if incident.pk == other.pk:
        raise Refused(
            _("An incident cannot be linked to itself."), what_to_do=_("Choose another number."), status=400
        )
    first, second = sorted([incident, other], key=lambda i: i.pk)
    try:
        with transaction.atomic():
            made = IncidentLink.objects.create(incident=first, other=second)
    except IntegrityError:
        return IncidentLink.objects.get(incident=first, other=second)
    publish(
        facts.IncidentLinked(
            incident_id=incident.pk, number=incident.number, other_id=other.pk, other_number=other.number
        ),
        actor=actor,
    )
    return made


@transaction.atomic
def close(*, incident: Incident, outcome: Incident.Outcome, actor: User) -> Incident:
    """Close with an outcome. Its alerts close with it."""
    require(actor, Right.CLOSE_INCIDENT)
    held = _mine(incident, actor)
    now = timezone.now()
    held.state, held.outcome, held.closed_at = Incident.State.CLOSED, outcome, now
    if outcome == Incident.Outcome.UNFOUNDED and held.doubt == Incident.Doubt.STANDING:
        held.doubt, held.doubt_removed_at = Incident.Doubt.UNFOUNDED, now
    held.save(update_fields=["state", "outcome", "closed_at", "doubt", "doubt_removed_at"])
    alerts.actions.close(alert_ids=_alerts_of(held), state=_found_to_be(held), actor=actor)
    publish(
        facts.IncidentClosed(
            incident_id=held.pk, number=held.number, outcome=outcome.value, closed_at=now.isoformat()
        ),
        actor=actor,
    )
    return held


def _found_to_be(incident: Incident) -> Alert.State:
    """What a closed incident says of its alerts."""
    match incident.outcome:
        case Incident.Outcome.TEST:
            return Alert.State.TEST
        case Incident.Outcome.TECHNICAL:
            return Alert.State.TECHNICAL
        case Incident.Outcome.UNFOUNDED | Incident.Outcome.NOTHING_FOUND:
            return Alert.State.UNFOUNDED
    return Alert.State.CONFIRMED


def _mine(incident: Incident, actor: User) -> Incident:
    """The locked row, when the actor holds it or leads the room. Raises NotAllowed or Conflict otherwise."""
    require(actor, Right.TAKE_INCIDENT)
    held = Incident.objects.select_for_update(no_key=True).get(pk=incident.pk)
    _must_be_open(held)
    if held.taken_by_id == actor.pk or actor.may(Right.LEAD_ROOM):
        return held
    if held.taken_by_id is None:
        raise NotAllowed(
            _("Nobody has taken this incident yet."), what_to_do=_("Take it first (Enter)."), code="not-taken"
        )
    raise NotAllowed(
        _("%(who)s works on it.") % {"who": held.holder},
        what_to_do=_("Write a note for them, or take it over if they ask you to."),
        code="held-by-another",
    )


def _must_be_open(incident: Incident) -> None:
    if incident.is_closed:
        raise Conflict(
            _("%(number)s is closed.") % {"number": incident.number},
            what_to_do=_("Write a note if something must be added."),
            code="closed",
        )


def _copy_procedure(incident: Incident) -> None:
    procedure = Procedure.for_place(incident.nature, incident.site_kind)
    if procedure is None:
        return
    incident.procedure_title = procedure.title
    incident.save(update_fields=["procedure_title"])
    IncidentStep.objects.bulk_create(
        IncidentStep(incident=incident, order=order, text=text)
        for order, text in enumerate(procedure.steps, start=1)
    )


def _alerts_of(incident: Incident) -> list[int]:
    return _alert_ids(incident.causes.values_list("cause", flat=True))


def _alert_ids(causes: Any) -> list[int]:
    """The alerts among causes such as "alert:12" and "alert:12:press:3"."""
    return sorted({int(c.split(":")[1]) for c in causes if c.startswith("alert:")})
