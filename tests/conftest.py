"""Starts the real servers before Django is configured: nothing here runs on SQLite or in memory."""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Iterator

import django
import pytest
from asgiref.sync import SyncToAsync
from django.core.cache import cache
from django.db import connection, connections
from django.test import TransactionTestCase
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser

from tests import browser, database, servers

# Named in pyproject.toml, the settings would be read by pytest-django before this file is, so before
# the servers run. Set up here, test modules and the conftest files below may import models.
SERVERS = servers.TestServers()
if not servers.only_hands_out(sys.argv):
    SERVERS.start()
    atexit.register(SERVERS.release)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nice_supervision.settings")
# Tests read the words of the sources; those about French ask for it.
os.environ.setdefault("LANGUAGE_CODE", "en")
django.setup()
# No test asserts an absolute time: 200 ms for an example, hypothesis' own limit, is one.
hypothesis_settings.register_profile("unhurried", deadline=None)
hypothesis_settings.load_profile("unhurried")
BROWSER = browser.Kept()
CENTRES: list[servers.Centre] = []
DATABASE = {"db", "transactional_db", "django_db_setup"}


@pytest.fixture(scope="session")
def migrated(django_db_modify_db_settings_parallel_suffix: None) -> str:
    """What the migrations made in an earlier run on these servers is copied: '' when there is none yet."""
    name = database.migrated() if SERVERS.own else ""
    if name and database.is_kept(name):
        connection.settings_dict["TEST"] |= {"TEMPLATE": name, "MIGRATE": False}
        return ""
    return name


@pytest.fixture(scope="session")
def django_db_modify_db_settings(migrated: str) -> None:
    """Called by pytest-django before it creates the database."""


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest, migrated: str
) -> Iterator[None]:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        if migrated:
            database.keep(migrated)
        database.prepare_to_empty()
    TransactionTestCase._fixture_teardown = lambda _case: database.empty()
    yield
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        # Asynchronous tests speak to the database from one thread that outlives them; the others have given
        # their connections back to the pool, which still holds them.
        SyncToAsync.single_thread_executor.submit(connections.close_all).result()
        connection.close_pool()


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Rate limits and presence of one test must not reach the next."""
    cache.clear()
    yield


@pytest.fixture(scope="session")
def running_centre(django_db_setup: None) -> Iterator[servers.Centre]:
    """One set of processes for the whole run; use `live_centre`, which repairs it between tests."""
    centre = SERVERS.centre(connection.settings_dict["NAME"])
    CENTRES.append(centre)
    yield centre
    centre.stop()


@pytest.fixture
def live_centre(running_centre: servers.Centre, transactional_db: None) -> Iterator[servers.Centre]:
    """A whole centre: real daphne, worker and beat on the test database, whatever the last test killed."""
    running_centre.start()
    yield running_centre
    running_centre.start_redis()
    running_centre.start_postgres()
    # After an absence the pool waits longer and longer between two tries: a new one connects at once. And the
    # connection of this thread may have died with the server, in the middle of a test that failed.
    connections.close_all()
    connection.close_pool()


@pytest.fixture
def chromium() -> Browser:
    return BROWSER.open()


@pytest.fixture
def pages(chromium: Browser, live_centre: servers.Centre) -> Iterator[browser.Pages]:
    opened = browser.Pages(chromium, live_centre)
    yield opened
    opened.close()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    SERVERS.hand_on_nothing()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "database: asks PostgreSQL (found out here, not written at a test)")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those of a live centre come last, those with a browser last of all: each is started once."""
    for item in items:
        if item.get_closest_marker("django_db") or not DATABASE.isdisjoint(fixtures_of(item)):
            item.add_marker("database")
    items.sort(key=lambda item: sum(name in fixtures_of(item) for name in ("running_centre", "chromium")))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """What the test before left running and this one does not use: the worker and the clock of a centre would
    meddle with its rows, the event loop of a browser with its own.
    """
    if "chromium" not in fixtures_of(item):
        BROWSER.close()
    if "running_centre" not in fixtures_of(item):
        for centre in CENTRES:
            centre.stop()


def pytest_sessionfinish() -> None:
    BROWSER.close()


def fixtures_of(item: pytest.Item) -> list[str]:
    return getattr(item, "fixturenames", [])
