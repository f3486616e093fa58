from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    default = True
    name = "accounts"
    verbose_name = _("Accounts and roles")

    def ready(self) -> None:
        # Both register themselves on import, and neither can be imported before the apps are loaded.
        import_module("accounts.checks")
        import_module("accounts.schema")


class CentreAdminConfig(admin_apps.AdminConfig):
    """Django's admin behind the centre's own sign-in."""

    default = False

    default_site = "accounts.desk.Desk"
