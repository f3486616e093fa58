"""/healthz: is the centre able to do its work right now, and if not, what should somebody do?

Answers within three seconds whatever is down: it uses its own connections with short limits, never the pool.
Read by machines and technicians, hence in English only.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
import redis
from django.conf import settings
from django.db import connections
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from events import models, tail

LOG = """
SELECT extract(epoch FROM now() - (SELECT at FROM events_pulse WHERE name = 'sweep'))::float,
       extract(epoch FROM now() - (SELECT min(e.at) FROM events_delivery d
                                   JOIN events_event e ON e.id = d.event_id
                                   WHERE d.done_at IS NULL AND d.tries < %(tries)s))::float,
       (SELECT count(*) FROM events_delivery WHERE done_at IS NULL),
       (SELECT count(*) FROM events_delivery WHERE done_at IS NULL AND tries >= %(tries)s),
       (SELECT coalesce(max(id), 0) FROM events_event),
       extract(epoch FROM now() - (SELECT at FROM events_pulse WHERE name = 'retention'))::float,
       (SELECT coalesce(sum(items), 0) FROM retention_lateness)::bigint,
       (SELECT count(*) FROM footage_source s JOIN cameras_camera c ON c.id = s.camera_id
        WHERE s.enabled AND c.state IN ('live', 'lost')),
       (SELECT coalesce(json_object_agg(substr(name, 9), extract(epoch FROM now() - at)), '{}')
        FROM events_pulse WHERE name LIKE 'cameras %%'),
       (SELECT coalesce(json_object_agg(state, cameras), '{}') FROM (
            SELECT state, count(*) AS cameras FROM detection_watchstate WHERE due GROUP BY state) AS told),
       (SELECT json_build_array(count(*) FILTER (WHERE shed), coalesce(max(age_s), 0), coalesce(sum(fps), 0),
                                coalesce(extract(epoch FROM now() - min(changed_at)), 0))
        FROM detection_watchstate WHERE due),
       (SELECT coalesce(sum(skipped_s), 0) FROM detection_watchstate),
       (SELECT count(*) FROM detection_profile WHERE enabled_at IS NOT NULL AND suspended_at IS NULL),
       (SELECT coalesce(json_object_agg(substr(name, 8), extract(epoch FROM now() - at)), '{}')
        FROM events_pulse WHERE name LIKE 'detect %%'),
       (SELECT count(*) FROM alerts_panel p JOIN alerts_alertdevice d ON d.id = p.device_id
        WHERE d.state = 'in_service' AND p.reporting_time_s IS NOT NULL),
       extract(epoch FROM now() - (SELECT at FROM events_pulse WHERE name = 'receivers'))::float
"""
RECEIVERS_S = 20.0
CAMERAS_S = WATCHING_S = 20.0
WATCH_AGE_S = 10.0
OLDEST_DELIVERY_S = 30.0
TAIL_READ_S = 5.0
TAIL_BEHIND = 1000
PURGE_AGE_S = 3000.0


@dataclass(frozen=True)
class Check:
    ok: bool
    value: float | int | str | None
    limit: str
    # Empty when there is nothing to do.
    what_to_do: str = ""


@dataclass(frozen=True)
class LogState:
    """What the database says of the log; ages in seconds, None when there is nothing to measure."""

    sweep_age: float | None
    oldest_owed_age: float | None
    owed: int
    given_up: int
    last_id: int
    purge_age: float | None
    overdue: int
    cameras_due: int
    # Seconds since each `run_cameras` last said it was alive, by its shard ("2/3").
    cameras_age: dict[str, float]
    # Of those software is to watch: how many in which state; (looked at less often, seconds behind at most, pictures
    # a second, seconds since the quietest was heard of); seconds of pictures ever passed over.
    watched: dict[str, int]
    watching: tuple[int, float, float, float]
    watch_skipped_s: float
    # Switched on by somebody; whether they may run at this moment is the gate's to say.
    profiles_on: int
    # Seconds since each `run_detection` last said it was alive, by its shard.
    detect_age: dict[str, float]
    # Alarm panels that must be heard of; seconds since their receiver last said it was alive.
    panels: int
    receivers_age: float | None


@dataclass(frozen=True)
class Measured:
    database_ms: float | None
    database_error: str
    log: LogState | None
    redis_ms: float | None
    redis_error: str
    queued: int


def measure() -> Measured:
    began = time.monotonic()
    log, database_error = None, ""
    try:
        log = read_log()
    except psycopg.Error as error:
        database_error = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    database_ms = (time.monotonic() - began) * 1000 if log else None
    began = time.monotonic()
    queued, redis_error, redis_ms = 0, "", None
    try:
        queued = queue_length()
        redis_ms = (time.monotonic() - began) * 1000
    except redis.RedisError as error:
        redis_error = str(error)
    return Measured(database_ms, database_error, log, redis_ms, redis_error, queued)


def read_log() -> LogState:
    database = connections["default"].settings_dict
    with psycopg.connect(
        host=database["HOST"],
        port=database["PORT"] or None,
        dbname=database["NAME"],
        user=database["USER"],
        password=database["PASSWORD"],
        connect_timeout=2,
        autocommit=True,
        options="-c statement_timeout=900",
        application_name="healthz",
    ) as connection:
        row = connection.execute(LOG, {"tries": models.TRIES}).fetchone()
    if row is None:
        raise psycopg.DataError("the log could not be read")
    return LogState(*row)


def queue_length() -> int:
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.5, retry=Retry(NoBackoff(), 0)
    ) as client:
        client.ping()
        return int(client.llen("celery"))


def checks(measured: Measured) -> dict[str, Callable[[], Check]]:
    return {
        "database": lambda: _database(measured),
        "redis": lambda: _redis(measured),
        "worker": lambda: _worker(measured),
        "beat": lambda: _beat(measured),
        "deliveries": lambda: _deliveries(measured),
        "given_up": lambda: _given_up(measured),
        "tail": lambda: _tail(measured),
        "retention": lambda: _retention(measured),
        "cameras": lambda: _cameras(measured),
        "watching": lambda: _watching(measured),
        "receivers": lambda: _receivers(measured),
    }


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all is well, else 503. `?only=database,redis` looks at these alone, `?only=` at none."""
    wanted = request.GET.get("only")
    names = None if wanted is None else {name for name in wanted.split(",") if name}
    measured = measure() if names is None or names else Measured(None, "", None, None, "", 0)
    found = {name: look() for name, look in checks(measured).items() if names is None or name in names}
    ok = all(check.ok for check in found.values())
    body: dict[str, Any] = {
        "status": "ok" if ok else "failing",
        "checks": {name: asdict(check) for name, check in found.items()},
    }
    return JsonResponse(body, status=200 if ok else 503)


def _database(measured: Measured) -> Check:
    if measured.database_ms is None:
        return Check(
            False,
            measured.database_error,
            "answers within 2 s",
            "PostgreSQL does not answer: look at its process and its log (embedded: var/log/postgres.log). "
            "Presses are refused with 503 and sent again by the buttons until it is back.",
        )
    return Check(True, round(measured.database_ms, 1), "ms; answers within 2 s")


def _redis(measured: Measured) -> Check:
    if measured.redis_ms is None:
        return Check(
            False,
            measured.redis_error,
            "answers within 0.5 s",
            "Redis does not answer: look at its process and its log (embedded: var/log/redis.log). "
            "Alerts still arrive and screens poll every second; background work waits.",
        )
    return Check(True, round(measured.redis_ms, 1), "ms; answers within 0.5 s")


def sweep_limit() -> float:
    return 3 * float(settings.SWEEP_SECONDS) + 10


def _worker(measured: Measured) -> Check:
    """Beat sends a sweep, the worker runs it: an old sweep with work waiting is a worker that is away."""
    return _sweep(
        measured,
        measured.queued > 0,
        "Background work waits and nobody takes it: start the worker (celery --app nice_supervision worker).",
    )


def _beat(measured: Measured) -> Check:
    """An old sweep with an empty queue is a clock that sends nothing."""
    return _sweep(
        measured,
        measured.queued == 0,
        "The clock sends nothing: start beat (celery --app nice_supervision beat), exactly one of it.",
    )


def _sweep(measured: Measured, blamed: bool, what_to_do: str) -> Check:
    limit = f"s since the last sweep, at most {sweep_limit():.0f}"
    if measured.log is None or measured.redis_ms is None:
        return Check(True, "unknown", limit, "Not judged while PostgreSQL or Redis is away.")
    age = measured.log.sweep_age
    late = age is None or age > sweep_limit()
    value = "never" if age is None else round(age, 1)
    return Check(False, value, limit, what_to_do) if late and blamed else Check(True, value, limit)


def _deliveries(measured: Measured) -> Check:
    limit = f"s, age of the oldest reaction owed, at most {OLDEST_DELIVERY_S:.0f}"
    if measured.log is None:
        return Check(True, "unknown", limit, "Not judged while PostgreSQL is away.")
    age = measured.log.oldest_owed_age or 0.0
    if age > OLDEST_DELIVERY_S:
        todo = "Facts wait for their reactions: is the worker alive? See the deliveries page for the errors."
        return Check(False, round(age, 1), limit, todo)
    return Check(True, round(age, 1), limit)


def _given_up(measured: Measured) -> Check:
    limit = f"reactions that failed {models.TRIES} times, none"
    if measured.log is None:
        return Check(True, "unknown", limit, "Not judged while PostgreSQL is away.")
    count = measured.log.given_up
    todo = "A supervisor must look at the deliveries page: these are not tried again by themselves."
    return Check(count == 0, count, limit, todo if count else "")


def _tail(measured: Measured) -> Check:
    """The reader of this web process; it runs once a first screen has connected."""
    limit = f"events behind, at most {TAIL_BEHIND}, read within {TAIL_READ_S:.0f} s"
    state = tail.state()
    if not state["running"] or measured.log is None:
        return Check(True, "no screen connected" if measured.log else "unknown", limit)
    behind = max(0, measured.log.last_id - state["last"])
    age = state["read_age_seconds"]
    if behind > TAIL_BEHIND or age is None or age > TAIL_READ_S:
        return Check(False, behind, limit, "The screens of this web process lag: restart it if this lasts.")
    return Check(True, behind, limit)


def _retention(measured: Measured) -> Check:
    """What has expired is destroyed every quarter of an hour; anything an hour past its limit is against the law."""
    limit = f"rows or files past their limit, none; last purge at most {PURGE_AGE_S / 60:.0f} min ago"
    if measured.log is None:
        return Check(True, "unknown", limit, "Not judged while PostgreSQL is away.")
    if measured.log.overdue:
        todo = "Run `manage.py purge`: it says what cannot be destroyed, and why."
        return Check(False, measured.log.overdue, limit, todo)
    age = measured.log.purge_age
    if age is not None and age > PURGE_AGE_S:
        todo = "Nothing was destroyed for too long: are the worker and beat alive? `manage.py purge` does it by hand."
        return Check(False, f"{age / 60:.0f} min", limit, todo)
    return Check(True, 0, limit)


def _cameras(measured: Measured) -> Check:
    """Each `run_cameras` beats every 5 s. Others take over a dead one's cameras, but somebody must know."""
    limit = f"s since each shard of run_cameras was heard of, at most {CAMERAS_S:.0f}"
    if measured.log is None:
        return Check(True, "unknown", limit, "Not judged while PostgreSQL is away.")
    ages = measured.log.cameras_age
    if not measured.log.cameras_due:
        return Check(True, "no camera is due", limit)
    if not ages:
        return Check(False, "never", limit, "Nothing is recorded: start `manage.py run_cameras`.")
    of, silent = silent_shards(ages, CAMERAS_S)
    if silent or min(ages.values()) > CAMERAS_S:
        named = ", ".join(sorted(silent or ages))
        todo = (
            f"Start `manage.py run_cameras --shard …` for {named}; until then the others record its cameras."
        )
        return Check(False, f"silent: {named}", limit, todo)
    return Check(True, round(max(age for shard, age in ages.items() if shard.endswith(f"/{of}")), 1), limit)


def silent_shards(ages: dict[str, float], limit_s: float) -> tuple[str, dict[str, float]]:
    """(of how many shards those heard of last are, those of them that are silent; -1 was never heard of)."""
    of = min(ages, key=ages.__getitem__).partition("/")[2]
    silent = {shard: age for shard, age in ages.items() if age > limit_s and shard.endswith(f"/{of}")}
    silent |= {f"{n}/{of}": -1.0 for n in range(1, int(of) + 1) if f"{n}/{of}" not in ages}
    return of, silent


def _watching(measured: Measured) -> Check:
    """Each worker that watches writes of its cameras every two seconds; what nobody writes of is watched by none."""
    limit = (
        f"cameras watched by software, none forgotten for {WATCHING_S:.0f} s or {WATCH_AGE_S:.0f} s behind"
    )
    if measured.log is None:
        return Check(True, "unknown", limit, "Not judged while PostgreSQL is away.")
    states, (shed, behind_s, _fps, quiet_s) = measured.log.watched, measured.log.watching
    due, ages = sum(states.values()), measured.log.detect_age
    if not measured.log.profiles_on:
        return Check(True, "nothing is to be watched", limit)
    if not ages or (silent := silent_shards(ages, WATCHING_S)[1]) or min(ages.values()) > WATCHING_S:
        named = ", ".join(sorted(silent)) if ages and silent else "all"
        todo = "Start `manage.py run_detection --shard …`; until then the others watch its cameras."
        return Check(False, f"silent: {named}", limit, todo)
    if not due:
        return Check(True, "nothing may be watched now", limit)
    if quiet_s > WATCHING_S:
        return Check(False, f"forgotten for {quiet_s:.0f} s", limit, "Start `manage.py run_detection` anew.")
    if states.get("refused"):
        todo = "What detection needs, or its model, is missing or another one: docs/operations/detection.md."
        return Check(False, f"refused: {states['refused']} of {due}", limit, todo)
    if shed or behind_s > WATCH_AGE_S:
        todo = (
            "Too many cameras for these workers: some are looked at less often. Add a shard, or watch fewer."
        )
        return Check(False, f"{behind_s:.0f} s behind, {shed} of {due} less often", limit, todo)
    return Check(True, due, limit)


def _receivers(measured: Measured) -> Check:
    """Deaf to alarm panels, the centre calls none of them lost: somebody must know that it is deaf."""
    limit = f"s since run_receivers was heard of, at most {RECEIVERS_S:.0f}"
    if measured.log is None:
        return Check(True, "unknown", limit, "Not judged while PostgreSQL is away.")
    age = measured.log.receivers_age
    if not measured.log.panels:
        return Check(True, "no panel is due", limit)
    if age is None or age > RECEIVERS_S:
        todo = "Alarm panels are not heard: start `manage.py run_receivers` (SIA_HOST, SIA_PORT)."
        return Check(False, "never" if age is None else round(age, 1), limit, todo)
    return Check(True, round(age, 1), limit)
