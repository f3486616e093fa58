"""Encrypts the credentials of all cameras again, under the newest key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cameras.credentials import CannotDecrypt, rotated
from cameras.models import Device
from footage.models import Source


class Command(BaseCommand):
    help = "Encrypt camera credentials under the first of FOOTAGE_KEYS; then the old key may go."

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
            sealed = model.objects.exclude(sealed_credentials=None).select_for_update(of=("self",))
            for kept in sealed.select_related("camera"):
                try:
                    kept.sealed_credentials = rotated(kept.sealed_credentials or b"")
                except CannotDecrypt:
                    closed.append(kept.camera.code)
                    continue
                kept.save(update_fields=["sealed_credentials"])
                done += 1
        return done, closed
