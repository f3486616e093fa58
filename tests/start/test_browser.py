"""The browser of the tests: it sees the live centre, with its CSP on, and hears what goes wrong."""

from __future__ import annotations

import pytest

from tests.browser import Pages, assert_accessible

pytestmark = pytest.mark.browser


def test_it_sees_the_centre_and_hears_troubles(pages: Pages) -> None:
    page = pages.open("/healthz?only=database")
    assert '"status": "ok"' in page.content()
    page.goto("/no-such-page")
    assert any("answer 404" in trouble for trouble in pages.troubles)
    pages.expect_trouble("404", "favicon")


def test_it_knows_an_inaccessible_page(pages: Pages) -> None:
    page = pages.open("/healthz?only=")
    page.set_content("<html lang=en><title>x</title><body><main><img src='data:,'></main></body></html>")
    with pytest.raises(AssertionError, match="image-alt"):
        assert_accessible(page)
    pages.expect_trouble("favicon", "data:")
