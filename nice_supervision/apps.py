from __future__ import annotations

from django.apps import AppConfig


class NiceSupervisionConfig(AppConfig):
    name = "nice_supervision"
