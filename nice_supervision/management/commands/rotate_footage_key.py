"""Encrypts the credentials of all cameras and the keys of all alarm panels again, under the newest key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from alerts.models import Panel
from cameras.credentials import CannotDecrypt, rotated
from cameras.models import Device
from doors import sealed
from footage.models import Source


class Command(BaseCommand):
    help = "Encrypt credentials of cameras and keys of panels under the first of FOOTAGE_KEYS; then the old key may go."

    def handle(self, *args: Any, **options: Any) -> None:
        done, closed = self._rotate()
        self.stdout.write(f"{done} credentials encrypted under the newest key")
        if closed:
            raise CommandError(
                f"No key opens those of: {', '.join(closed)}. Nothing was lost; add the old key."
            )

    @transaction.atomic
    def _rotate(self) -> tuple[int, list[str]]:
        closed, done = [], 0
        for model in (Source, Device):
            rows = model.objects.exclude(sealed_credentials=None).select_for_update(of=("self",), no_key=True)
            for kept in rows.select_related("camera"):
                try:
                    kept.sealed_credentials = rotated(kept.sealed_credentials or b"")
                except CannotDecrypt:
                    closed.append(kept.camera.code)
                    continue
                kept.save(update_fields=["sealed_credentials"])
                done += 1
        for panel in Panel.objects.exclude(sealed_key=None).select_for_update(of=("self",), no_key=True):
            try:
                panel.sealed_key = sealed.rotated(panel.sealed_key or b"", sealed.Purpose.PANELS)
            except sealed.CannotOpen:
                closed.append(panel.account)
                continue
            panel.save(update_fields=["sealed_key"])
            done += 1
        return done, closed
