"""/healthz and /metrics tell the truth, quickly, whatever is down."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from django.test import Client
from django.utils import timezone

from cameras.models import Camera
from detection.actions import enable_profile
from detection.models import WatchState
from events.models import Delivery, Event, Pulse
from footage.models import Source
from nice_supervision import health
from tests.cast import person
from tests.detection.cast import profile, street
from tests.servers import Centre


def late(seconds: float) -> dt.datetime:
    return timezone.now() - dt.timedelta(seconds=seconds)


@pytest.mark.django_db(transaction=True)
class TestHealth:
    def look(self, client: Client, **query: str) -> tuple[int, dict[str, dict[str, object]]]:
        answer = client.get("/healthz", query)
        return answer.status_code, answer.json()["checks"]

    def test_all_is_well(self, client: Client) -> None:
        Pulse.beat("sweep")
        status, checks = self.look(client)
        assert status == 200, checks
        expected = {
            "database",
            "redis",
            "worker",
            "beat",
            "deliveries",
            "given_up",
            "tail",
            "cameras",
            "watching",
        }
        assert expected <= set(checks)
        assert all(check["limit"] for check in checks.values())

    def test_a_shard_of_cameras_that_is_silent_is_named(self, client: Client) -> None:
        Pulse.beat("sweep")
        Pulse.beat("cameras 1/3", late(3))
        assert self.look(client)[1]["cameras"]["ok"], "no camera is due"
        eye = Camera.objects.create(code="C1", name="C1", lat=43.7, lon=7.27, state="live", exercise=True)
        Source.objects.create(camera=eye, url="rtsp://127.0.0.1/x")
        Pulse.beat("cameras 2/3", late(60))
        Pulse.beat("cameras 2/2", late(86400))
        status, checks = self.look(client)
        assert status == 503
        assert checks["cameras"]["value"] == "silent: 2/3, 3/3", "of the shards there are now"
        Pulse.beat("cameras 2/3")
        Pulse.beat("cameras 3/3")
        assert self.look(client)[1]["cameras"]["ok"]
        Pulse.objects.filter(name__startswith="cameras").delete()
        assert self.look(client)[1]["cameras"]["value"] == "never"

    def test_what_software_is_to_watch_and_does_not_is_told(self, client: Client) -> None:
        assert self.look(client)[1]["watching"]["value"] == "nothing is to be watched"
        row = profile(street(), "zone_intrusion")
        enable_profile(actor=person("supervisor"), profile=row, why="test")
        assert self.look(client)[1]["watching"]["value"] == "silent: all"
        Pulse.beat("detect 1/2")
        assert self.look(client)[1]["watching"]["value"] == "silent: 2/2"
        Pulse.beat("detect 2/2")
        state = WatchState.objects.create(
            camera=row.zone.camera, due=True, state="refused", fps=2, skipped_s=7
        )
        assert str(self.look(client)[1]["watching"]["value"]) == "refused: 1 of 1"
        WatchState.objects.update(state="watching", shed=True, age_s=12)
        status, checks = self.look(client)
        assert (status, checks["watching"]["value"]) == (503, "12 s behind, 1 of 1 less often")
        metrics = client.get("/metrics").content.decode()
        assert 'nice_watched_cameras{state="watching"} 1.0' in metrics and "nice_watch_shed 1.0" in metrics
        assert "nice_watch_skipped_seconds_total 7.0" in metrics
        WatchState.objects.filter(pk=state.pk).update(shed=False, age_s=0, changed_at=late(60))
        assert "forgotten" in str(self.look(client)[1]["watching"]["value"])
        WatchState.objects.update(changed_at=timezone.now())
        assert self.look(client)[1]["watching"] == {
            **self.look(client)[1]["watching"],
            "ok": True,
            "value": 1,
        }

    def test_an_old_sweep_with_an_empty_queue_is_the_clock(self, client: Client) -> None:
        Pulse.beat("sweep", late(3600))
        status, checks = self.look(client)
        assert status == 503
        assert checks["worker"]["ok"]
        assert not checks["beat"]["ok"]
        assert "start beat" in str(checks["beat"]["what_to_do"])

    def test_an_old_sweep_with_work_waiting_is_the_worker(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Pulse.beat("sweep", late(3600))
        monkeypatch.setattr(health, "queue_length", lambda: 12)
        status, checks = self.look(client)
        assert status == 503
        assert not checks["worker"]["ok"]
        assert checks["beat"]["ok"]

    def test_a_reaction_owed_for_long_is_told(self, client: Client) -> None:
        Pulse.beat("sweep")
        event = Event.objects.create(kind="test", data={}, at=late(120))
        Delivery.objects.create(event=event, reaction="nobody.ran")
        status, checks = self.look(client)
        assert status == 503
        assert float(str(checks["deliveries"]["value"])) >= 120

    def test_a_reaction_given_up_needs_a_person(self, client: Client) -> None:
        Pulse.beat("sweep")
        event = Event.objects.create(kind="test", data={}, at=late(120))
        Delivery.objects.create(event=event, reaction="nobody.ran", tries=5)
        status, checks = self.look(client)
        assert (status, checks["given_up"]["value"], checks["deliveries"]["ok"]) == (503, 1, True)

    def test_only_what_is_asked_is_judged(self, client: Client) -> None:
        status, checks = self.look(client, only="database")
        assert (status, set(checks)) == (200, {"database"})
        status, checks = self.look(client, only="")
        assert (status, checks) == (200, {})

    def test_the_metrics_name_the_log_and_the_process(self, client: Client) -> None:
        Pulse.beat("sweep")
        Event.objects.create(kind="test", data={})
        text = client.get("/metrics").content.decode()
        assert 'nice_up{server="postgresql"} 1.0' in text
        assert "nice_deliveries_owed 0.0" in text
        assert "process_cpu_seconds_total" in text
        assert "# TYPE nice_incidents gauge" in text


class TestMetricsAccess:
    def test_a_stranger_is_refused(self, client: Client) -> None:
        assert client.get("/metrics", REMOTE_ADDR="203.0.113.7").status_code == 403

    def test_a_stranger_behind_a_proxy_on_this_machine_is_refused(self, client: Client) -> None:
        assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 403

    @pytest.mark.django_db
    def test_with_a_token_only_its_holder_may(self, client: Client, settings: object) -> None:
        settings.METRICS_TOKEN = "a-long-token"  # type: ignore[attr-defined]
        assert client.get("/metrics").status_code == 403
        assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
        right = client.get(
            "/metrics", headers={"Authorization": "Bearer a-long-token"}, REMOTE_ADDR="203.0.113.7"
        )
        assert right.status_code == 200


@pytest.mark.survival
@pytest.mark.slow
def test_it_answers_within_three_seconds_with_servers_down(live_centre: Centre) -> None:
    deadline = time.monotonic() + 15
    while live_centre.health()["http"] != 200 and time.monotonic() < deadline:
        time.sleep(0.3)
    assert live_centre.health()["http"] == 200, live_centre.health()

    live_centre.stop_redis()
    began = time.monotonic()
    answer = live_centre.health()
    assert time.monotonic() - began < 3
    assert (answer["http"], answer["checks"]["redis"]["ok"]) == (503, False)

    live_centre.stop_postgres()
    began = time.monotonic()
    answer = live_centre.health()
    assert time.monotonic() - began < 3
    assert (answer["http"], answer["checks"]["database"]["ok"]) == (503, False)
    assert "PostgreSQL" in answer["checks"]["database"]["what_to_do"]
