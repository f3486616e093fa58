"""The plan of a site: a PDF or a picture, checked by its first bytes and not by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from alerts.models import Site

MAX_BYTES = 10 * 1024 * 1024
_SIGNATURES = {
    b"%PDF-": (".pdf", "application/pdf"),
    b"\x89PNG\r\n\x1a\n": (".png", "image/png"),
    b"\xff\xd8\xff": (".jpg", "image/jpeg"),
}


def kind_of(file: File[bytes]) -> tuple[str, str] | None:
    """Extension and content type by the file's own signature; None for anything else."""
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    return next((kind for signature, kind in _SIGNATURES.items() if head.startswith(signature)), None)


def check_plan(file: File[bytes]) -> None:
    if file.size > MAX_BYTES:
        raise ValidationError(_("The plan is larger than 10 MB: export it smaller."), code="plan-too-large")
    if kind_of(file) is None:
        raise ValidationError(_("The plan must be a PDF, a PNG or a JPEG."), code="plan-kind")


def plan_path(site: Site, filename: str) -> str:
    """Named after the site and what the file really is, never after what the uploader called it."""
    kind = kind_of(site.plan.file)
    return f"plans/{site.code}{kind[0] if kind else '.bin'}"
