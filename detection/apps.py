from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DetectionConfig(AppConfig):
    name = "detection"
    verbose_name = _("Software that watches")

    def ready(self) -> None:
        # Registers itself on import, and cannot be imported before the apps are loaded.
        import_module("detection.checks")
        # Every process knows what the workers announce: screens hear of it from the web's.
        import_module("detection.watching.facts")
