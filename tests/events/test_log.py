"""The log: ids in commit order, append-only, reactions owed in the same transaction."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from doors import correlation
from events import deliveries
from events.facts import Fact
from events.log import publish
from events.models import TRIES, Delivery, Event
from events.reactions import REACTIONS, on
from tests.events.facts_of_tests import Happened, Heard


def test_outside_a_transaction_nothing_is_published(transactional_db: None) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        publish(Happened(n=1))


def test_a_fact_comes_back_as_it_was(db: None) -> None:
    with correlation.under("gesture-0001"):
        event = publish(Happened(n=7))
    again = Event.objects.get(pk=event.pk)
    assert again.fact() == Happened(n=7)
    assert again.correlation == "gesture-0001"
    assert list(Event.objects.about("thing:7")) == [again]
    assert not Event.objects.about("thing:8").exists()


def test_two_facts_of_one_name_are_refused() -> None:
    with pytest.raises(TypeError, match=r"tests\.happened"):

        @dataclass(frozen=True, kw_only=True)
        class Twin(Fact, kind="tests.happened"):
            pass


@pytest.mark.parametrize(
    "statement", ["UPDATE events_event SET kind = 'x'", "DELETE FROM events_event"], ids=["update", "delete"]
)
def test_postgresql_refuses_to_change_the_log(db: None, statement: str) -> None:
    publish(Happened(n=1))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert Event.objects.filter(kind="tests.happened").count() == 1


def test_a_reader_that_follows_ids_misses_nothing(transactional_db: None) -> None:
    """The reason for the lock: without it, facts that commit out of order are skipped."""
    writers, each = 4, 60
    seen: list[int] = []
    last = Event.objects.last_id()
    finished = threading.Event()

    def write() -> None:
        for n in range(each):
            with transaction.atomic():
                publish(Happened(n=n))
                time.sleep(0.001)  # the rest of the transaction
        connections.close_all()

    def read() -> None:
        cursor = last
        while True:
            over = finished.is_set()
            for pk in Event.objects.after(cursor).values_list("id", flat=True):
                seen.append(pk)
                cursor = pk
            if over:
                break
        connections.close_all()

    reader = threading.Thread(target=read)
    threads = [threading.Thread(target=write) for _ in range(writers)]
    reader.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    finished.set()
    reader.join()
    written = list(Event.objects.after(last).values_list("id", flat=True))
    assert len(written) == 2 * writers * each, "each fact and the one its reaction published"
    assert seen == written


def test_the_publishing_process_runs_the_reactions_after_commit(transactional_db: None) -> None:
    with transaction.atomic():
        event = publish(Happened(n=1))
        assert Delivery.objects.owed().filter(event=event).count() == 1
    delivery = Delivery.objects.get(event=event)
    assert delivery.done_at is not None
    heard = Event.objects.get(kind="tests.heard")
    assert heard.fact() == Heard(of=event.pk)


def test_a_rolled_back_fact_leaves_nothing(transactional_db: None) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        publish(Happened(n=1))
        raise ZeroDivisionError
    assert not Event.objects.filter(kind="tests.happened").exists()
    assert not Delivery.objects.exists()


def test_a_reaction_carries_the_correlation_of_its_cause(transactional_db: None) -> None:
    with correlation.under("gesture-0002"), transaction.atomic():
        publish(Happened(n=1))
    assert Event.objects.get(kind="tests.heard").correlation == "gesture-0002"


def test_what_a_crash_left_is_swept_once(transactional_db: None) -> None:
    event = _published_then_crashed(n=1)
    assert deliveries.sweep() == 1
    assert deliveries.sweep() == 0
    assert Event.objects.filter(kind="tests.heard").count() == 1
    assert Delivery.objects.get(event=event).tries == 1


def test_two_sweeps_at_once_run_a_reaction_once(transactional_db: None) -> None:
    for n in range(20):
        _published_then_crashed(n=n)
    done: list[int] = []

    def sweep() -> None:
        done.append(deliveries.sweep())
        connections.close_all()

    threads = [threading.Thread(target=sweep) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 20
    assert Event.objects.filter(kind="tests.heard").count() == 20


def test_a_failing_reaction_waits_longer_each_time_then_needs_a_person(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = _published_then_crashed(n=1)
    name = Delivery.objects.get(event=event).reaction

    def fails(_event: Event) -> None:
        raise ValueError("no such camera")

    monkeypatch.setitem(REACTIONS, name, fails)
    waits = []
    for _ in range(TRIES):
        before = timezone.now()
        deliveries.sweep()
        row = Delivery.objects.get(event=event)
        assert row.next_at is not None
        waits.append(round((row.next_at - before).total_seconds()))
        Delivery.objects.update(next_at=None)
    assert waits == [1, 4, 9, 16, 25]
    assert deliveries.sweep() == 0, "given up: the sweep leaves it"
    stuck = Delivery.objects.given_up().get()
    assert "no such camera" in stuck.error
    monkeypatch.undo()
    assert deliveries.try_again(stuck)
    assert not Delivery.objects.owed().exists()


def test_one_bad_reaction_does_not_stop_the_others(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = _published_then_crashed(n=1)
    good = _published_then_crashed(n=2)
    name = Delivery.objects.get(event=bad).reaction
    real = REACTIONS[name]

    def picky(event: Event) -> None:
        if event.pk == bad.pk:
            raise ValueError("bad")
        real(event)

    monkeypatch.setitem(REACTIONS, name, picky)
    assert deliveries.sweep() == 1
    assert Delivery.objects.get(event=good).done_at is not None
    assert Delivery.objects.get(event=bad).done_at is None


def test_on_returns_the_function_itself() -> None:
    def reaction(event: Event) -> None: ...

    assert on()(reaction) is reaction


def _published_then_crashed(*, n: int) -> Event:
    """A committed fact whose process died before its reactions ran."""
    with transaction.atomic():
        event = publish(Happened(n=n))
        connection.run_on_commit.clear()
    return event


def test_a_press_can_be_followed_through_the_log_lines(
    transactional_db: None, caplog: pytest.LogCaptureFixture
) -> None:
    """One correlation id from the gesture to what followed from it."""
    caplog.set_level("INFO", "events.log")
    caplog.handler.addFilter(correlation.CorrelationFilter())
    with correlation.under("gesture-0003"), transaction.atomic():
        publish(Happened(n=1))
    told = [(r.getMessage(), r.correlation) for r in caplog.records if r.name == "events.log"]  # type: ignore[attr-defined]
    assert told == [("tests.happened", "gesture-0003"), ("tests.heard", "gesture-0003")]
