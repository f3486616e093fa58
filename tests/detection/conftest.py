from __future__ import annotations

import pytest

from detection import catalogue


@pytest.fixture
def types(db: None) -> None:
    """The types of events the law names, as `manage.py prepare` writes them."""
    catalogue.sync()
