"""A new alert: its number, its row and its first message in one statement.

Somebody calls for help: three questions asked one after the other would each be waited for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from alerts.models import Alert, AlertPress, NumberSeries
from doors.rows import into, next_of_year, number_of_year, prepared, values

if TYPE_CHECKING:
    from collections.abc import Sequence

_ALERT, _PRESS = into(Alert, first="number"), into(AlertPress, first="alert_id")
_WRITE = f"""
WITH series AS (
    {next_of_year(NumberSeries)}
), alert AS (
    INSERT INTO {_ALERT.table} VALUES ({number_of_year("A", 6, "series")}, {_ALERT.places}) RETURNING id, number
), press AS (
    INSERT INTO {_PRESS.table} VALUES ((SELECT id FROM alert), {_PRESS.places}) RETURNING id
)
SELECT alert.id, alert.number, press.id FROM alert, press
"""  # noqa: S608  (names of our own tables and columns)


def write(alert: Alert, press: AlertPress) -> None:
    """Both, saved. Numbers have no gaps: a rolled-back alert gives its number back."""
    year = timezone.localtime(press.received_at).year
    told: Sequence[object] = [year, *values(alert, _ALERT), *values(press, _PRESS)]
    [(alert.pk, alert.number, press.pk)] = prepared(_WRITE, told)
    alert._state.adding = press._state.adding = False
    press.alert = alert
