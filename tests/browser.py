"""A real browser on the live centre; what goes wrong on a page without anybody looking fails the test."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, sync_playwright

from tests.servers import Centre

if TYPE_CHECKING:  # read before Django is set up
    from django.contrib.auth.models import AbstractBaseUser

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    # A map without a graphics card: WebGL drawn by the processor.
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
]


def program() -> str | None:
    return os.environ.get("NICE_TEST_BROWSER") or next(filter(None, map(shutil.which, PROGRAMS)), None)


@contextlib.contextmanager
def chromium(arguments: Sequence[str] = ARGUMENTS) -> Iterator[Browser]:
    path = program()
    if path is None:
        pytest.skip("NO BROWSER: install chromium (apt install chromium) to run the browser tests")
    # Playwright's synchronous interface keeps an event loop running in this thread, and Django would
    # refuse every query of the test because of it.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=path, args=[*arguments])
            try:
                yield browser
            finally:
                browser.close()
    finally:
        if before is None:
            del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
        else:
            os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


class Kept:
    """One browser for all tests that follow one another; `close` it before one that has an event loop of its own."""

    def __init__(self) -> None:
        self._open = contextlib.ExitStack()
        self._browser: Browser | None = None

    def open(self) -> Browser:
        if self._browser is None or not self._browser.is_connected():
            self.close()
            self._browser = self._open.enter_context(chromium())
        return self._browser

    def close(self) -> None:
        self._browser = None
        self._open.close()


class Pages:
    """Opens pages: `pages.open("/console/", user=operator)`; `expect_trouble` names what a test provokes."""

    def __init__(self, browser: Browser, centre: Centre) -> None:
        self._browser, self.centre = browser, centre
        self._contexts: list[BrowserContext] = []
        self._expected: list[re.Pattern[str]] = []
        self.troubles: list[str] = []

    def open(self, path: str, *, user: AbstractBaseUser | None = None, **options: Any) -> Page:
        """A fresh browser profile each time; options are Playwright's for a context (locale, viewport …)."""
        options = {"locale": "en-GB", "timezone_id": "Europe/Paris", "base_url": self.centre.url} | options
        context = self._browser.new_context(**options)
        self._contexts.append(context)
        if user is not None:
            self.sign_in(context, user)
        page = context.new_page()
        self._watch(page)
        page.goto(path)
        return page

    def sign_in(self, context: BrowserContext, user: AbstractBaseUser) -> None:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        cookie = client.cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": self.centre.url}])

    def expect_trouble(self, *patterns: str) -> None:
        self._expected += [re.compile(pattern) for pattern in patterns]

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        unexpected = [t for t in self.troubles if not any(e.search(t) for e in self._expected)]
        assert not unexpected, "The pages had troubles nobody expected:\n" + "\n".join(unexpected)

    def _watch(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.troubles.append(f"error on the page: {error}"))
        page.on("console", lambda m: m.type == "error" and self.troubles.append(f"console: {m.text}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _failed(self, request: Request) -> None:
        # Leaving a page aborts what it was still fetching.
        if request.failure and "ERR_ABORTED" not in request.failure:
            self.troubles.append(f"request failed: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.troubles.append(f"answer {response.status}: {response.request.method} {response.url}")


def assert_accessible(page: Page, *, scope: str = "body", without: tuple[str, ...] = ()) -> None:
    """axe finds nothing against WCAG 2.2 A and AA. Evaluated by the debugger, so that the CSP stays on."""
    page.evaluate((ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text())
    found = page.evaluate(
        """([scope, without]) => axe.run(scope, {
            runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
            rules: Object.fromEntries(without.map((rule) => [rule, {enabled: false}])),
        })""",
        [scope, list(without)],
    )
    lines = [
        f"{violation['id']} ({violation['impact']}): {violation['help']}\n    "
        + "\n    ".join(node["html"][:160] for node in violation["nodes"][:5])
        for violation in found["violations"]
    ]
    assert not lines, "axe found:\n" + "\n".join(lines)
