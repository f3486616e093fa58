from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from alerts import actions
from alerts.models import Alert


@shared_task
def escalate() -> None:
    """Tell the whole room of alerts nobody took in time."""
    late = list(Alert.objects.unanswered(timezone.now()).values_list("pk", flat=True))
    if late:
        actions.escalate(alert_ids=late)
