"""An alert's state as a sentence for the person who pressed."""

from __future__ import annotations

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from alerts.models import Alert


def for_presser(alert: Alert) -> str:
    """What happened last. It never says who, nor what was found: the presser may not be alone."""
    if alert.kind == Alert.Kind.TEST:
        return _("Test received at %(time)s.") % {"time": _time(alert.received_at)}
    if alert.closed_at is not None:
        return _("Closed by the centre at %(time)s.") % {"time": _time(alert.closed_at)}
    if alert.cancelled_at is not None:
        return _("You said at %(time)s that it was a mistake. The centre checks all the same.") % {
            "time": _time(alert.cancelled_at)
        }
    if alert.acknowledged_at is not None:
        return _("Taken by an operator at %(time)s.") % {"time": _time(alert.acknowledged_at)}
    return _("Received at %(time)s. The centre is looking.") % {"time": _time(alert.received_at)}


def _time(at: object) -> str:
    return formats.date_format(timezone.localtime(at), "H:i:s")  # type: ignore[arg-type]
