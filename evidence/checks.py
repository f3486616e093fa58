"""What must hold before papers are received: a place of their own, that no web server serves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from evidence import papers


@register()
def papers_are_out_of_every_web_root(**kwargs: Any) -> list[CheckMessage]:
    served = [Path(place).resolve() for place in (settings.STATIC_ROOT, *settings.STATICFILES_DIRS) if place]
    if not any(papers.root().is_relative_to(place) for place in served):
        return []
    return [
        Error(
            "The scanned papers of requisitions would lie where files are served to everybody.",
            hint="Set FOOTAGE_ROOT to a folder outside STATIC_ROOT: papers are kept beside it.",
            id="evidence.E001",
        )
    ]
