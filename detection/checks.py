"""What an installation must not have: a library that recognises people (L-22)."""

from __future__ import annotations

from importlib import metadata
from typing import Any

from django.core.checks import CheckMessage, Error, register

from detection.biometrics import found_in


@register()
def nothing_recognises_people(**kwargs: Any) -> list[CheckMessage]:
    installed = [str(one.metadata["Name"]) for one in metadata.distributions() if one.metadata["Name"]]
    return [
        Error(
            f"{name} recognises people by their body: no such library may be installed (law L-22).",
            hint="Remove it from the environment of the centre.",
            id="detection.E001",
        )
        for name in found_in(installed)
    ]
