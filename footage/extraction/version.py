"""Which version of the software wrote a package: the first heading of the changelog."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.conf import settings


@cache
def version() -> str:
    found = re.search(
        r"^## (\S+?),?(?:\s|$)", Path(settings.BASE_DIR, "CHANGELOG.md").read_text(), re.MULTILINE
    )
    return found[1] if found else "unknown"
