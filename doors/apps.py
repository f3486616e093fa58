from __future__ import annotations

from django.apps import AppConfig


class DoorsConfig(AppConfig):
    name = "doors"
