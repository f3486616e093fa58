"""/metrics for Prometheus. What the database knows is asked at each scrape: every process tells the same.

Access: with METRICS_TOKEN set, whoever sends it as a bearer token; without, only this machine itself.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from alerts.models import Alert
from cameras.models import Camera
from events import tail
from evidence.models import Requisition
from incidents.models import Incident
from legal.models import Breach, LogReading, PrefecturalAuthorisation
from nice_supervision import health
from retention.models import Lateness


class CentreCollector(Collector):
    def collect(self) -> Iterator[Metric]:
        measured = health.measure()
        up = GaugeMetricFamily("nice_up", "Whether a server answers", labels=["server"])
        up.add_metric(["postgresql"], float(measured.log is not None))
        up.add_metric(["redis"], float(measured.redis_ms is not None))
        yield up
        yield GaugeMetricFamily("nice_queue_length", "Background tasks waiting", value=measured.queued)
        state = tail.state()
        yield GaugeMetricFamily(
            "nice_screens", "Screens that follow this web process", value=state["screens"]
        )
        if measured.log is not None:
            yield from self._log(measured.log)
            yield from self._city()
            yield from self._retention()
            yield from self._requisitions()
            yield from self._law()
            yield from self._watching(measured.log)
            if state["running"]:
                behind = max(0, measured.log.last_id - state["last"])
                yield GaugeMetricFamily(
                    "nice_tail_behind", "Events not yet handed to the screens", value=behind
                )

    def _city(self) -> Iterator[Metric]:
        for name, told, model in (
            ("nice_alerts", "Alerts by state", Alert),
            ("nice_incidents", "Incidents by state", Incident),
            ("nice_cameras", "Cameras by state", Camera),
        ):
            family = GaugeMetricFamily(name, told, labels=["state"])
            for row in model.objects.values("state").annotate(count=Count("pk")).order_by("state"):
                family.add_metric([row["state"]], row["count"])
            yield family

    def _retention(self) -> Iterator[Metric]:
        """Zero past their limit is the only good figure; the age says whether somebody still looks."""
        late = GaugeMetricFamily("nice_retention_overdue", "Past their limit and an hour", labels=["what"])
        seen = list(Lateness.objects.order_by("what"))
        for one in seen:
            late.add_metric([one.what], one.items)
        yield late
        if seen:
            age = max(one.age for one in seen).total_seconds()
            yield GaugeMetricFamily(
                "nice_retention_check_age_seconds", "Since the last look at what is late", value=age
            )

    def _watching(self, log: health.LogState) -> Iterator[Metric]:
        watched = GaugeMetricFamily("nice_watched_cameras", "Watched by software, by state", labels=["state"])
        for state, cameras in sorted(log.watched.items()):
            watched.add_metric([state], cameras)
        yield watched
        shed, behind_s, fps, _quiet = log.watching
        for name, told, value in (
            ("nice_watch_shed", "Cameras looked at less often because a worker is behind", shed),
            ("nice_watch_age_seconds", "Age of the oldest picture that waits to be looked at", behind_s),
            ("nice_watch_pictures_per_second", "Pictures looked at by software, all cameras", fps),
        ):
            yield GaugeMetricFamily(name, told, value=value)
        yield CounterMetricFamily(
            "nice_watch_skipped_seconds", "Pictures that were never looked at", value=log.watch_skipped_s
        )

    def _law(self) -> Iterator[Metric]:
        """Days left of each prefect's order in force, and of data breaches the hours left of the 72."""
        today = timezone.localdate()
        left = GaugeMetricFamily(
            "nice_authorisation_days_left", "Days left of a prefect's order in force", labels=["number"]
        )
        for act in PrefecturalAuthorisation.objects.in_force(today):
            left.add_metric([act.number], (act.expires_on - today).days)
        yield left
        hours = GaugeMetricFamily(
            "nice_breach_hours_left", "Hours left to notify a data breach", labels=["number"]
        )
        for breach in Breach.objects.running():
            hours.add_metric([breach.number], breach.left.total_seconds() / 3600)
        yield hours
        if (reading := LogReading.objects.latest_one()) is not None:
            yield GaugeMetricFamily(
                "nice_audit_wrong", "Rows of the log that the last reading found altered", value=reading.wrong
            )
            age = (timezone.now() - reading.at).total_seconds()
            yield GaugeMetricFamily(
                "nice_audit_read_age_seconds", "Since the whole log was last read back", value=age
            )

    def _requisitions(self) -> Iterator[Metric]:
        """What waits, and how long the most urgent minute that is not copied out is still there."""
        count = GaugeMetricFamily(
            "nice_requisitions_waiting", "Requisitions to be answered", labels=["exercise"]
        )
        hours = GaugeMetricFamily(
            "nice_requisition_hours_left",
            "Hours to the ordinary day of the most urgent minute not copied out; below zero only a freeze holds it",
            labels=["exercise"],
        )
        for exercise in (False, True):
            waiting = Requisition.objects.open().filter(exercise=exercise)
            count.add_metric([str(exercise).lower()], waiting.count())
            first = waiting.unsealed().by_clock().first()
            if first is not None and first.due_at is not None:
                left = (first.due_at - timezone.now()).total_seconds() / 3600
                hours.add_metric([str(exercise).lower()], round(left, 3))
        yield count
        yield hours

    def _log(self, log: health.LogState) -> Iterator[Metric]:
        yield CounterMetricFamily("nice_events", "Id of the last event of the log", value=log.last_id)
        yield GaugeMetricFamily("nice_deliveries_owed", "Reactions not yet run", value=log.owed)
        yield GaugeMetricFamily(
            "nice_deliveries_given_up", "Reactions that need a person", value=log.given_up
        )
        oldest = log.oldest_owed_age or 0.0
        yield GaugeMetricFamily(
            "nice_delivery_oldest_seconds", "Age of the oldest reaction owed", value=oldest
        )
        if log.sweep_age is not None:
            yield GaugeMetricFamily(
                "nice_sweep_age_seconds", "Since the worker's last sweep", value=log.sweep_age
            )


CENTRE = CollectorRegistry()
CENTRE.register(CentreCollector())


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not allowed(request):
        return HttpResponse(
            "Set METRICS_TOKEN and send it as “Authorization: Bearer …”, or ask from this machine itself.\n",
            status=403,
            content_type="text/plain; charset=utf-8",
        )
    # The default registry carries the process itself and whatever the apps count.
    return HttpResponse(generate_latest(REGISTRY) + generate_latest(CENTRE), content_type=CONTENT_TYPE_LATEST)


def allowed(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        sent = request.headers.get("Authorization", "")
        return hmac.compare_digest(sent.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    # Behind a proxy on the same machine everybody would look local.
    if request.headers.get("X-Forwarded-For"):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
