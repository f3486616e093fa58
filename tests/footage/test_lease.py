"""Shards of cameras: each has one holder, a dead one is replaced, its own node gets it back."""

from __future__ import annotations

import datetime as dt
import os

import pytest
from django.utils import timezone

from events.models import Event
from footage import lease
from footage.lease import Lessee
from footage.models import ShardLease

pytestmark = pytest.mark.django_db


def expire(number: int) -> None:
    ShardLease.objects.filter(number=number).update(until=timezone.now() - dt.timedelta(seconds=1))


@pytest.fixture
def two() -> tuple[Lessee, Lessee]:
    a, b = Lessee(1, 2, "a/1"), Lessee(2, 2, "b/1")
    a.renew(), b.renew()
    return a, b


def test_each_holds_its_own(two: tuple[Lessee, Lessee]) -> None:
    assert [node.renew() for node in two] == [{1}, {2}]


def test_a_silent_one_is_replaced_and_gets_its_own_back(two: tuple[Lessee, Lessee]) -> None:
    a, b = two
    expire(1)
    assert b.renew() == {1, 2}
    assert Event.objects.filter(kind="footage.shard_taken").count() == 1
    assert a.renew() == set(), "asks for it"
    assert b.renew() == {2}, "gives it up"
    assert a.renew() == {1}


def test_a_graceful_end_needs_no_waiting(two: tuple[Lessee, Lessee]) -> None:
    two[0].release()
    assert two[1].renew() == {1, 2}


def test_a_restarted_process_of_this_machine_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    host = lease.this_node().rpartition("/")[0]
    dead = os.fork()
    if dead == 0:
        os._exit(0)
    os.waitpid(dead, 0)
    assert Lessee(1, 1, f"{host}/{dead}").renew() == {1}
    assert Lessee(1, 1, lease.this_node()).renew() == {1}


def test_a_second_process_for_a_shard_stands_by() -> None:
    first, second = Lessee(1, 1, "a/1"), Lessee(1, 1, "b/1")
    assert first.renew() == {1}
    assert second.renew() == set()
    assert first.renew() == {1}
