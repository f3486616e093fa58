"""No view of the inside of dwellings, nor of their entrances (L-03; CSI L251-3): nobody has seen that, so no look."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from doors.problems import NotAllowed
from legal.why import Kind, Period, Reason


@dataclass(frozen=True)
class Masked:
    """When somebody had checked that what is to be masked is masked. Unsaid is never."""

    now: bool = False
    then: tuple[Period, ...] = ()
    # Why not now, for who looks.
    why: str = ""

    def hole_in(self, period: Period) -> Period | None:
        """The first of these minutes that nobody had checked."""
        at = period.start
        for span in sorted(self.then):
            if span.start <= at < span.end:
                at = span.end
        if at >= period.end:
            return None
        later = [span.start for span in self.then if span.start > at]
        return Period(at, min([period.end, *later]))


UNSAID = Masked()
# For who is about to draw the masks, and where no picture is shown.
AT_ALL_TIMES = Masked(
    True, (Period(dt.datetime.min.replace(tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC)),)
)


def require_masked(masked: Masked, code: str, *, kind: str, reason: str, period: Period | None) -> None:
    """Raises NotAllowed. What a magistrate asks for is taken out as it was recorded: it is destroyed otherwise."""
    if kind == Kind.EXTRACTION and reason == Reason.REQUISITION:
        return
    if period is None:
        if not masked.now:
            raise NotAllowed(
                _("The masks of camera %(camera)s have not been checked: it is not shown.")
                % {"camera": code},
                detail=masked.why,
                what_to_do=_("Ask the supervisor to look at its masks, and to check them."),
                code="masks-unchecked",
            )
        return
    if hole := masked.hole_in(period):
        start, end = (timezone.localtime(moment) for moment in hole)
        raise NotAllowed(
            _("Nobody had checked the masks of camera %(camera)s then: these minutes are not shown.")
            % {"camera": code},
            detail=_("Unchecked from %(start)s to %(end)s.")
            % {"start": f"{start:%d/%m %H:%M:%S}", "end": f"{end:%d/%m %H:%M:%S}"},
            what_to_do=_("Ask for other minutes. A requisition is answered by an extraction."),
            code="masks-unchecked",
        )
