from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    name = "evidence"
    verbose_name = _("Requisitions and access requests")

    def ready(self) -> None:
        # Registers itself on import, and cannot be imported before the apps are loaded.
        import_module("evidence.checks")
