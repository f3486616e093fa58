from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RetentionConfig(AppConfig):
    name = "retention"
    verbose_name = _("Retention")

    def ready(self) -> None:
        # Registers itself on import, and cannot be imported before the apps are loaded.
        import_module("retention.checks")
        # For models, which the rules are made of: a limit has to know what an authorisation allows.
        self.bounds: Callable[[str], tuple[int, int | None]] = import_module("retention.rules").bounds
