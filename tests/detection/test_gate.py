from __future__ import annotations

import pytest

from detection.models import EventType

pytestmark = pytest.mark.usefixtures("types")


def test_it_counts_eight() -> None:
    assert EventType.objects.count() == 8
