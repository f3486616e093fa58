"""The button page when the database behind its door goes away (the REST side: tests/survival)."""

from __future__ import annotations

import pytest
from django.db import connection

from alerts.models import Alert
from tests.alerts import cast
from tests.browser import Pages
from tests.servers import Centre

pytestmark = [
    pytest.mark.browser,
    pytest.mark.survival,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]


def test_the_button_page_waits_for_postgresql_and_sends_exactly_one(
    pages: Pages, live_centre: Centre
) -> None:
    pages.expect_trouble("503")
    page = pages.open(f"/button/#key={cast.key_for(cast.button())}", viewport={"width": 390, "height": 844})
    page.locator("#press").focus()
    live_centre.stop_postgres()
    page.keyboard.down("Space")
    page.wait_for_timeout(1_300)
    page.keyboard.up("Space")
    page.wait_for_selector("#status[data-state=waiting]", timeout=60_000)
    live_centre.start_postgres()
    connection.close()
    connection.close_pool()
    page.wait_for_selector("#status[data-state=received]", timeout=60_000)
    assert Alert.objects.get().presses == 1
