from __future__ import annotations

from django.apps import AppConfig


class FootageConfig(AppConfig):
    name = "footage"
