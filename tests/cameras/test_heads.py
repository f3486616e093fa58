"""Writing a head down, calibrating it on landmarks, and then the picture shows the place. Through the doors."""

from __future__ import annotations

import asyncio
import io
import math
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from cameras.actions import steer_towards
from cameras.drivers.base import Address, Pose
from cameras.drivers.onvif import Onvif
from cameras.models import CameraLock, Device, SteeringOrder
from cameras.steering.heads import set_device
from footage.models import Source
from places.geometry import angle_between_deg, bearing_deg, destination
from tests.cameras.domes import ASKEW, PASSWORD, USER, Domes, carrying, device
from tests.cameras.estate import PLACE, dome
from tests.cameras.people import outsider, technician
from tests.cameras.test_carrying import until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(scope="module")
def domes() -> Iterator[Domes]:
    made = Domes(ASKEW)
    yield made
    made.stop()


@pytest.fixture
def desk() -> Client:
    person = technician()
    person.is_staff = True
    person.save()
    client = Client()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[-1])
    return client


def test_probing_says_it_in_words_and_fills_the_record(domes: Domes, monkeypatch: pytest.MonkeyPatch) -> None:
    dome("DOME-1")
    monkeypatch.setenv("CAMERA_PASSWORD", PASSWORD)
    out = io.StringIO()
    call_command("probe_camera", domes.url("askew"), "--camera", "DOME-1", "--user", USER, stdout=out)
    said = out.getvalue()
    assert "It turns to any direction it is told." in said and "768 × 432" in said
    assert PASSWORD not in said
    source, head = Source.objects.get(), Device.objects.get()
    assert source.url == f"rtsp://127.0.0.1:{domes.rtsp}/askew" and source.credentials
    assert head.credentials and head.credentials.password == PASSWORD
    assert head.abilities["model"] == "Drawn dome" and PASSWORD not in str(head.abilities)
    monkeypatch.setenv("CAMERA_PASSWORD", "not this")
    with pytest.raises(CommandError, match="its head does not accept the password"):
        call_command("probe_camera", domes.url("askew"), "--user", USER, stdout=out)


def test_a_password_goes_to_no_other_host() -> None:
    one = dome("DOME-1")
    set_device(camera=one, url=f"http://{USER}:x@10.0.0.8/onvif/device_service", actor=None)
    kept = Device.objects.get()
    assert kept.url == "http://10.0.0.8/onvif/device_service" and kept.credentials
    set_device(camera=one, url="http://10.0.0.8/onvif/other", actor=None)
    assert Device.objects.get().credentials
    set_device(camera=one, url="http://10.0.0.9/onvif/device_service", actor=None)
    assert Device.objects.get().credentials is None


def test_two_landmarks_and_the_picture_shows_the_place(domes: Domes, desk: Client) -> None:
    """The device hangs upside down, 100° off and counts otherwise: nobody told the centre."""
    one = dome("DOME-1", from_place=(200, 45), height_m=7, mounting_azimuth_deg=0)
    device(one, domes, "askew")
    url = reverse("admin:cameras_device_calibrate", args=[one.pk])
    turn = reverse("admin:cameras_device_turn", args=[one.pk])
    with carrying() as carrier:
        head = until(lambda: carrier.conversations.of(one.pk))
        for label, bearing, away in (("Corner", 30.0, 20.0), ("Kiosk", 95.0, 90.0)):
            point = destination(one.point, bearing, away)
            tilt = -math.degrees(math.atan2(7, away))
            _look(domes, bearing, tilt)
            until(lambda: not desk.post(turn).json().get("moving", True))
            told = desk.post(turn).json()
            answer = desk.post(
                url,
                {
                    "landmark": "1",
                    "label": label,
                    "lat": point.lat,
                    "lon": point.lon,
                    "height_m": 0,
                    "x": 0,
                    "y": 0,
                    **{name: told[name] for name in ("pan_counts", "tilt_counts", "zoom")},
                },
            )
            assert answer.status_code == 302, answer.content.decode()[-2000:]
        assert Device.objects.get().calibrated_at
        page = desk.get(url).content.decode()
        assert "Kiosk" in page and "Calibrated" in page
        until(lambda: carrier.conversations.of(one.pk) not in (None, head))  # it speaks by the new counts
        steer_towards(point=PLACE, cause="incident:7", exercise=True)
        until(lambda: SteeringOrder.objects.filter(state__in=["done", "failed"]).exists())
    assert SteeringOrder.objects.get().state == "done", SteeringOrder.objects.get().result
    looking, _picture = domes.shown("askew")
    assert abs(angle_between_deg(looking.bearing_deg, bearing_deg(one.point, PLACE))) < 0.5
    assert looking.tilt_deg == pytest.approx(-math.degrees(math.atan2(7 - 1.2, 45)), abs=0.5)


def _look(domes: Domes, bearing: float, tilt: float) -> None:
    """Somebody turns the head by its own page until the landmark is in the middle."""

    async def turn() -> None:
        driver = Onvif(Address(domes.url("askew"), USER, PASSWORD))
        await driver.open()
        signed = angle_between_deg(0, bearing)
        await driver.aim(Pose((0.31 + signed / -174) * 180, (0.12 + tilt / 76) * 90, 0.0))
        await driver.close()

    asyncio.run(turn())


def test_contradicting_landmarks_are_refused_in_words(desk: Client) -> None:
    one = dome("DOME-1", height_m=7)
    set_device(camera=one, url="http://10.0.0.8/onvif/device_service", actor=None)
    url = reverse("admin:cameras_device_calibrate", args=[one.pk])
    said = ""
    for label, bearing, pan in (("A", 10.0, 0.0), ("B", 90.0, 0.4), ("C", 150.0, 0.1)):
        point = destination(one.point, bearing, 40)
        form = {"landmark": "1", "label": label, "lat": point.lat, "lon": point.lon, "height_m": 0}
        form |= {"x": 0, "y": 0, "pan_counts": pan, "tilt_counts": -0.1, "zoom": 0}
        said = desk.post(url, form, follow=True).content.decode()
    assert "contradict one another" in said
    assert "None yet" not in said


def test_who_may_not_manage_the_estate_does_not_get_in(desk: Client) -> None:
    one = dome("DOME-1")
    set_device(camera=one, url="http://10.0.0.8/onvif/device_service", actor=None)
    client = Client()
    person = outsider()
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[-1])
    for name in ("calibrate", "turn"):
        assert client.get(reverse(f"admin:cameras_device_{name}", args=[one.pk])).status_code in (302, 403)
    # Nobody speaks to it: said in words, as a problem.
    answer = desk.post(reverse("admin:cameras_device_turn", args=[one.pk]), {"turn": "left"})
    assert (answer.status_code, answer.json()["code"]) == (503, "head-silent")
    CameraLock.objects.filter(pk=one.pk).delete()
