from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from alerts import actions
from alerts.models import Alert
from alerts.panels.actions import look_after_links


@shared_task
def escalate() -> None:
    """Tell the whole room of alerts nobody took in time."""
    late = list(Alert.objects.unanswered(timezone.now()).values_list("pk", flat=True))
    if late:
        actions.escalate(alert_ids=late)


@shared_task
def look_after_panels() -> None:
    """Tell of alarm panels that fell silent for longer than they may (law P-03)."""
    look_after_links()
