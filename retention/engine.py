"""One engine for all there is to destroy. Safe to run at any time, again and again; two never run at once.

A rule that fails does not stop the others: what failed is told in the run, and in the room.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import time
from collections.abc import Iterator

from django.db import connection, transaction
from django.utils import timezone

from events.models import Pulse
from retention import alarms, clock, lateness, partitions, rows
from retention.keepers import Keeper
from retention.models import Destruction, Run
from retention.register import enter, this_process
from retention.rules import Rule, limits, rules, sync

logger = logging.getLogger(__name__)
ENGINE_LOCK = 7_306  # pg_advisory key: one engine at a time, held by its session
FILES_AT_ONCE = 1_000
# A light pass leaves the rest to the next one rather than to hold up the queue.
LIGHT_S = 600.0


@contextlib.contextmanager
def _alone() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ENGINE_LOCK])
        (mine,) = cursor.fetchone() or (False,)
    try:
        yield bool(mine)
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ENGINE_LOCK])


def purge(kind: str = Run.Kind.LIGHT, *, clock_is_right: bool = False) -> Run | None:
    """Destroy all that has expired. None when another engine is at it."""
    with _alone() as mine:
        if not mine:
            logger.info("another engine is at it")
            return None
        try:
            reading = clock.read(trusted=clock_is_right)
        except clock.ClockLeapt as leapt:
            logger.error("nothing is destroyed: %s", leapt)
            run = Run.objects.create(kind=kind, node=this_process(), clock=timezone.now())
            return _end(run, {"clock": str(leapt)})
        run = Run.objects.create(
            kind=kind, node=this_process(), clock=reading.now, boot=reading.boot, uptime_s=reading.uptime_s
        )
        failures = _all(run)
        _end(run, failures)
        lateness.check(now=reading.now)
        alarms.judge(run)
        return run


def _all(run: Run) -> dict[str, str]:
    failures: dict[str, str] = {}
    began = time.monotonic()
    with _told(failures, "partitions"):
        sync()
        partitions.make_ahead(run.clock.date())
    kept = limits()
    for rule in rules().values():
        if run.kind == Run.Kind.LIGHT and time.monotonic() - began > LIGHT_S:
            logger.warning("the light pass took its time: the next one goes on from %s", rule.what)
            break
        with _told(failures, rule.what):
            keeper = rule.kept_by()
            if keeper is None:
                rows.destroy(rule, run, now=run.clock, days=kept[rule.what])
            else:
                _files(rule, keeper, run)
            before = run.clock - dt.timedelta(days=kept[rule.what])
            partitions.drop_empty(rule.model._meta.db_table, before)
    return failures


@contextlib.contextmanager
def _told(failures: dict[str, str], what: str) -> Iterator[None]:
    try:
        yield
    except partitions.BusyError as error:
        # No failure yet: the files are gone, and the second look tells when the rows are an hour too old.
        logger.warning("%s waits for the next pass: %s", what, error)
    except Exception as error:
        # Whatever it is, the other rules are carried out and the room is told.
        logger.exception("%s could not be destroyed", what)
        failures[what] = (str(error).strip() or type(error).__name__)[:300]


def _files(rule: Rule, keeper: Keeper, run: Run) -> None:
    finish(rule, keeper)
    while _doom(rule, keeper, run) is not None:
        finish(rule, keeper)
    if _doom_orphans(rule, keeper, run):
        finish(rule, keeper)


@transaction.atomic
def _doom(rule: Rule, keeper: Keeper, run: Run) -> Destruction | None:
    rows.gentle()
    doomed = keeper.doom(now=run.clock, at_most=FILES_AT_ONCE)
    if doomed is None:
        return None
    run.rows += doomed.items
    run.files += doomed.files
    run.bytes += doomed.bytes
    return enter(run, rule, doomed)


@transaction.atomic
def _doom_orphans(rule: Rule, keeper: Keeper, run: Run) -> Destruction | None:
    doomed = keeper.doom_orphans(now=run.clock)
    if doomed is None:
        return None
    run.files += doomed.files
    run.bytes += doomed.bytes
    return enter(run, rule, doomed, cause=Destruction.Cause.ORPHAN)


def finish(rule: Rule, keeper: Keeper) -> None:
    """Destroy what is registered and still there, whoever registered it, and say when it is gone."""
    open_ones = list(Destruction.objects.filter(what=rule.what).unfinished().values_list("pk", "scope"))
    for scope in dict.fromkeys(scope for _, scope in open_ones):
        if keeper.destroy(scope) == 0:
            # These were registered before the look that found nothing left of them.
            gone = [pk for pk, of in open_ones if of == scope]
            Destruction.objects.filter(pk__in=gone, finished_at=None).update(finished_at=timezone.now())


def _end(run: Run, failures: dict[str, str]) -> Run:
    run.failures, run.ended_at = failures, timezone.now()
    run.save(update_fields=["failures", "ended_at", "rows", "files", "bytes"])
    if run.rows or run.files or failures:
        logger.info(
            "purge: %s rows, %s files, %s bytes, %s failures",
            *(run.rows, run.files, run.bytes, len(failures)),
            extra={"run": run.pk, "kind": run.kind},
        )
    Pulse.beat(alarms.PULSE)
    if "clock" in failures:
        alarms.judge(run)
    return run


def took(run: Run) -> dt.timedelta:
    return (run.ended_at or timezone.now()) - run.began_at
