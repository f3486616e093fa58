"""What people and workers do about signals. Switching on and off: detection/switching.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.rights import Right, require, require_image
from detection import facts, gate, precision, signals
from detection.codes import PRIORITY
from detection.models import Designation, Profile, Signal
from detection.reasons import REASONS, Reason
from detection.switching import (
    allow_again,
    disable_profile,
    enable_profile,
    end_uncovered,
    stop_all,
    suspend,
    withdraw_authorisation,
)
from doors.problems import Conflict, NotAllowed, Refused
from events.log import publish

if TYPE_CHECKING:
    from accounts.models import User

__all__ = [
    "allow_again",
    "disable_profile",
    "enable_profile",
    "end_uncovered",
    "judge_signal",
    "raise_signal",
    "stop_all",
    "withdraw_authorisation",
]
KEYS_AT_MOST = 60


@transaction.atomic
def raise_signal(
    *,
    profile_id: int,
    key: str,
    at: dt.datetime,
    boxes: Sequence[Any],
    score: float,
    last_at: dt.datetime | None = None,
    measured: Mapping[str, float] | None = None,
) -> Signal:
    """Software saw something at `at`. One situation is one card: what goes on is folded into the card it began.

    `key` names the sighting: telling it again returns the same signal and writes nothing. `boxes` as in
    `signals.Box`, `measured` as detection/measures.py says it. Raises NotAllowed when the gate does not let the
    profile run at that instant.
    """
    profile = (
        Profile.objects.select_for_update(of=("self",), no_key=True)
        .select_related("event_type", "zone__camera")
        .filter(pk=profile_id)
        .first()
    )
    if profile is None:
        raise Refused(_("There is no such profile."), status=404, code="no-profile")
    key = key[:80]
    if known := profile.signals.filter(keys__contains=[key]).first():
        return known
    verdict = gate.may_run(profile, at)
    if not verdict.ok:
        raise NotAllowed(
            _("Nothing may watch for this here now."), detail=verdict.words, code=f"gate-{verdict.why}"
        )
    seen = signals.tidied(boxes)
    last = max(last_at or at, at)
    going_on = signals.same_situation(profile, at, seen)
    if going_on is not None:
        return _folded(going_on, profile, key, last, seen, score, dict(measured or {}))
    signal = Signal.objects.create(
        key=key,
        keys=[key],
        profile=profile,
        camera=profile.zone.camera,
        event_type=profile.event_type_id,
        at=at,
        last_at=last,
        score=min(1.0, max(0.0, score)),
        boxes=seen,
        measured=dict(measured or {}),
        exercise=verdict.exercise,
    )
    signals.count(profile, at, "raised")
    publish(_signalled(signal, profile))
    return signal


def _folded(
    signal: Signal,
    profile: Profile,
    key: str,
    last: dt.datetime,
    seen: list[signals.Box],
    score: float,
    measured: dict[str, float],
) -> Signal:
    signal.folded += 1
    signal.last_at = max(signal.last_at, last)
    signal.score = max(signal.score, min(1.0, score))
    signal.boxes = signals.tidied([*signal.boxes, *seen])
    signal.keys = [*signal.keys, key][-KEYS_AT_MOST:]
    signal.measured = measured or signal.measured
    signal.save(update_fields=["folded", "last_at", "score", "boxes", "keys", "measured"])
    signals.count(profile, signal.at, "folded")
    if signal.state == Signal.State.PENDING:
        publish(
            facts.SeenAgain(
                **_about(signal),
                last_at=signal.last_at.isoformat(),
                folded=signal.folded,
                score=round(signal.score, 3),
            )
        )
    return signal


@transaction.atomic
def judge_signal(*, actor: User, signal: Signal, verdict: str, reason: str = "") -> Signal:
    """A person says whether it is so. Confirmed, it opens an incident; nobody is sent by that (L-23).

    Two at once: the first answer stands, the second gets a Conflict. Raises NotAllowed, or Refused when the
    reason is not one of that verdict's.
    """
    require(actor, Right.JUDGE_SIGNAL)
    camera = signal.camera
    sector = camera.sector.code if camera.sector else ""
    require_image(actor, Right.SEE_IMAGE, camera_code=camera.code, sector_code=sector)
    if not signal.exercise:
        require_trained(actor)
    why = _checked(verdict, reason)
    now = timezone.now()
    # Race: two operators answer at once. The row is changed by the first.
    answered = Signal.objects.filter(pk=signal.pk, state=Signal.State.PENDING).update(
        state=verdict, judged_at=now, judged_by=actor, reason=why
    )
    signal.refresh_from_db()
    if not answered:
        raise Conflict(
            _("This signal was answered already: %(answer)s.") % {"answer": Signal.State(signal.state).label},
            code="already-answered",
            state=signal.state,
        )
    profile = (
        Profile.objects.select_for_update(of=("self",), no_key=True)
        .select_related("event_type")
        .get(pk=signal.profile_id)
    )
    signals.count(profile, signal.at, verdict)
    publish(_judged(signal), actor=actor)
    if verdict == Signal.State.REJECTED and profile.is_on and precision.below_the_floor(profile):
        suspend(profile=profile)
    return signal


def require_trained(actor: User) -> None:
    """Real cameras: only who is designated by name and trained (L-25)."""
    if not Designation.objects.live(timezone.localdate()).filter(user=actor).exists():
        raise NotAllowed(
            _("Signals of real cameras are answered by trained and designated agents only."),
            what_to_do=_("Ask the supervisor to record the act that designates you and your training."),
            code="not-designated",
        )


def _checked(verdict: str, reason: str) -> str:
    allowed = REASONS.get(verdict)
    if allowed is None:
        raise Refused(
            _("Answer “confirmed”, “rejected” or “cannot tell”."), status=400, code="verdict-unknown"
        )
    if not reason and verdict == Signal.State.CONFIRMED:
        return Reason.SEEN
    if reason not in {one.value for one in allowed}:
        raise Refused(
            _("This answer needs its reason."),
            what_to_do=_("Choose one of: %(reasons)s.")
            % {"reasons": ", ".join(str(one.label) for one in allowed)},
            status=400,
            code="verdict-reason",
            reasons=[one.value for one in allowed],
        )
    return reason


def _about(signal: Signal) -> dict[str, Any]:
    return {
        "signal_id": signal.pk,
        "camera_id": signal.camera_id,
        "camera_code": signal.camera.code,
        "event_type": signal.event_type,
        "exercise": signal.exercise,
    }


def _signalled(signal: Signal, profile: Profile) -> facts.Signalled:
    return facts.Signalled(
        **_about(signal),
        priority=PRIORITY[signal.event_type],
        camera_name=signal.camera.name,
        zone=profile.zone.name,
        at=signal.at.isoformat(),
        raised_at=signal.raised_at.isoformat(),
        score=round(signal.score, 3),
        lat=signal.camera.lat,
        lon=signal.camera.lon,
    )


def _judged(signal: Signal) -> facts.SignalConfirmed | facts.SignalDismissed:
    if signal.state != Signal.State.CONFIRMED:
        return facts.SignalDismissed(**_about(signal), verdict=signal.state, reason=signal.reason)
    assert signal.judged_at is not None
    return facts.SignalConfirmed(
        **_about(signal),
        reason=signal.reason,
        priority=PRIORITY[signal.event_type],
        camera_name=signal.camera.name,
        at=signal.at.isoformat(),
        judged_at=signal.judged_at.isoformat(),
        lat=signal.camera.lat,
        lon=signal.camera.lon,
    )
