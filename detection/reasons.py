"""Why a signal was answered so: a closed list, so that no answer ever names anybody (L-22, L-23)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from detection.models.signal import Signal

State = Signal.State


class Reason(models.TextChoices):
    SEEN = "seen", _("seen on the picture")
    SEEN_THERE = "seen_there", _("seen by somebody on the spot")
    NOTHING = "nothing", _("nothing there")
    LIGHT = "light", _("light, shadow or rain")
    OTHER_THING = "other_thing", _("something else: animal, vehicle, street furniture")
    OWNER_NEAR = "owner_near", _("its owner is near")
    ALLOWED = "allowed", _("allowed to be there")
    HIDDEN = "hidden", _("hidden or too far")
    DARK = "dark", _("too dark or blurred")
    NO_PICTURE = "no_picture", _("no picture of that moment")


REASONS: dict[str, tuple[Reason, ...]] = {
    State.CONFIRMED: (Reason.SEEN, Reason.SEEN_THERE),
    State.REJECTED: (Reason.NOTHING, Reason.LIGHT, Reason.OTHER_THING, Reason.OWNER_NEAR, Reason.ALLOWED),
    State.CANNOT_TELL: (Reason.HIDDEN, Reason.DARK, Reason.NO_PICTURE),
}
