"""A purge that fails is an incident of priority 1 in a real room, told over when it is mended: real processes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from django.conf import settings
from django.utils import timezone

from accounts.roles import Role
from events.models import Event
from footage.models import Segment
from nice_supervision.celery import app
from tests.cast import camera, person
from tests.retention.travel import DAY, record
from tests.servers import Centre, wait_until
from tests.survival.test_survival import Console

pytestmark = pytest.mark.survival
METRIC = "nice_retention_overdue{"


@pytest.fixture
def broken_store() -> Iterator[Path]:
    """Where the recordings lay there is a file: the disk was not mounted, and somebody wrote on its mount point."""
    root = Path(settings.FOOTAGE_ROOT)
    aside = root.with_name("footage-aside")
    if root.exists():
        root.rename(aside)
    root.parent.mkdir(parents=True, exist_ok=True)
    root.write_text("no disk here")
    yield root
    if root.is_file():
        root.unlink()
    if aside.exists():
        aside.rename(root)


def test_a_purge_that_fails_is_an_incident_in_the_room(live_centre: Centre, broken_store: Path) -> None:
    operator = person(Role.OPERATOR)
    row = record(
        broken_store, camera("C1"), timezone.now() - 10 * DAY - dt.timedelta(hours=2), with_file=False
    )
    console = Console(live_centre, operator)
    with console.open() as socket:
        console.listen(socket, until="hello", seconds=20)
        _a_pass(live_centre)
        told = console.listen(socket, until="incidents.opened", seconds=40)["data"]
        assert told["priority"] == 1 and told["cause"].startswith("purge:")
        state = httpx.get(
            f"{live_centre.url}/console/state.json", headers={"Cookie": console.cookie}, timeout=20
        ).json()
        assert [one["incident_id"] for one in state["incidents"]] == [told["incident_id"]]
        assert Event.objects.get(kind="retention.purge_failed").data["what"] == ["footage.Segment"]
        assert wait_until(lambda: _overdue(live_centre) == 1, 20), "the second look says the same"
        broken_store.unlink()
        broken_store.mkdir()
        _a_pass(live_centre)
        console.listen(socket, until="retention.caught_up", seconds=40)
    assert not Segment.objects.filter(pk=row.pk).exists()
    assert _overdue(live_centre) == 0
    assert len([fact for fact in console.facts.values() if fact["kind"] == "incidents.opened"]) == 1


def _a_pass(centre: Centre) -> None:
    """As the clock asks for one, of the worker that runs."""
    with app.connection(centre.redis_url) as broker:
        app.send_task("retention.tasks.purge_lightly", connection=broker, ignore_result=True)


def _overdue(centre: Centre) -> int:
    """What the metric says: zero is the only good figure."""
    told = httpx.get(f"{centre.url}/metrics", timeout=20).text
    return sum(int(float(line.split()[-1])) for line in told.splitlines() if line.startswith(METRIC))
