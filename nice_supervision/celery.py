"""The worker's and the clock's application."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nice_supervision.settings")

app = Celery("nice_supervision")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
