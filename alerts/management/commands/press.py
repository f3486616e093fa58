"""Press a button from the keyboard, by the same action as the REST door."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from alerts import actions
from alerts.models import Alert, AlertDevice, AlertPress, Site
from doors import correlation
from doors.problems import Refused

ACTIONS = {
    AlertPress.Kind.PRESS.value: actions.receive_press,
    AlertPress.Kind.TEST.value: actions.receive_test,
    AlertPress.Kind.CANCEL.value: actions.receive_cancel,
}


class Command(BaseCommand):
    help = "Press the alert button of a site."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--site", help="code of the site, such as ECO-012")
        parser.add_argument("--device", help="code of the button; left out: the first in service at the site")
        parser.add_argument("--kind", choices=ACTIONS, default=AlertPress.Kind.PRESS.value)
        parser.add_argument("--note", default="", help="what the presser adds")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            device = _device(options["site"], options["device"])
            with correlation.under(f"press-{timezone.now():%H%M%S%f}"):
                alert: Alert = ACTIONS[options["kind"]](device=device, note=options["note"])
        except Refused as refused:
            raise CommandError(f"{refused.title} {refused.what_to_do}") from refused
        except (OperationalError, InterfaceError) as error:
            raise CommandError(_("The database does not answer. Is the centre up (manage.py up)?")) from error
        place = f"{alert.site.name} ({device.code})"
        self.stdout.write(f"{alert.number} {alert.state} · {place} · presses: {alert.presses}")


def _device(site_code: str | None, device_code: str | None) -> AlertDevice:
    devices = AlertDevice.objects.filter(kind=AlertDevice.Kind.BUTTON).select_related("site")
    if device_code:
        devices = devices.filter(code=device_code)
    if site_code:
        if not Site.objects.filter(code=site_code).exists():
            some = ", ".join(Site.objects.values_list("code", flat=True)[:8])
            raise CommandError(
                _("No site is called %(code)s. There are: %(some)s …")
                % {"code": site_code, "some": some or "—"}
            )
        devices = devices.filter(site__code=site_code)
    if not site_code and not device_code:
        raise CommandError(_("Say which button: --site CODE or --device CODE."))
    found = devices.in_service().first() or devices.first()
    if found is None:
        raise CommandError(_("There is no such button. Give one to the site in the administration pages."))
    return found
