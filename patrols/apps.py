from __future__ import annotations

from django.apps import AppConfig


class PatrolsConfig(AppConfig):
    name = "patrols"
