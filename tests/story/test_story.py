"""The first story, lived: a school presses its button over REST, and a room of two operators works it to its end."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

import alerts.actions
from alerts.models import AlertDevice
from events.models import Event
from incidents.models import Incident, Nature, Procedure
from places.geometry import Point, distance_m
from tests.browser import Pages, assert_accessible
from tests.cast import SCHOOL, button, camera, habilitated, may_film, person, school
from tests.servers import Centre

pytestmark = pytest.mark.browser
ROOM = {"viewport": {"width": 1920, "height": 1080}}
WORDS = {
    "en-GB": {"mine": "taken by me", "doubt removed": "Doubt removed: founded"},
    "fr-FR": {"mine": "prise par moi", "doubt removed": "Doute levé"},
}


@pytest.fixture
def around_the_school(live_centre: Centre) -> AlertDevice:
    may_film()
    camera("C885", distance_m=40, bearing=200)
    camera("C412", distance_m=95, bearing=90)
    camera("C117", distance_m=30, bearing=300, state="lost")
    Procedure.objects.create(
        title="Alert button: school",
        nature=Nature.ALERT_BUTTON,
        site_kind="school",
        steps=["Look", "Call", "Tell"],
    )
    site = school(people="240 pupils", access_notes="North gate")
    return button(site)


@pytest.fixture
def press(live_centre: Centre, around_the_school: AlertDevice) -> Callable[[], dict[str, str]]:
    secret = alerts.actions.give_key(actor=None, device=around_the_school)

    def send() -> dict[str, str]:
        answer = httpx.post(
            f"{live_centre.url}/api/v1/alerts/",
            json={"kind": "press"},
            headers={"Authorization": f"Device {secret}", "Idempotency-Key": uuid.uuid4().hex},
        )
        assert answer.status_code == 201, answer.text
        return answer.json()  # type: ignore[no-any-return]

    return send


def operator(name: str, language: str = "en") -> object:
    user = person("operator", name)
    user.language = language
    user.save()
    habilitated(user)
    return user


# The cameras of this story have no pictures: their tiles say so, and the door of looks refuses in words.
NO_PICTURES = (r"answer 40[39]: POST \S+/api/v1/looks/", r"console: .*status of 40[39]")


@pytest.fixture(autouse=True)
def without_pictures(pages: Pages) -> None:
    pages.expect_trouble(*NO_PICTURES)


def is_live(page: Page) -> None:
    expect(page.locator(".bar")).to_have_attribute("data-link", "live", timeout=20_000)


def centre_of(page: Page) -> Point:
    lat, lon = (page.locator('[data-part="map"]').get_attribute("data-centre") or "0,0").split(",")
    return Point(float(lat), float(lon))


@pytest.mark.parametrize("language", ["en-GB", "fr-FR"])
def test_a_pressed_button_is_seen_taken_worked_and_closed(
    pages: Pages, press: Callable[[], dict[str, str]], language: str
) -> None:
    words = WORDS[language]
    one = pages.open("/console/", user=operator("one", language[:2]), locale=language, **ROOM)
    two = pages.open("/console/", user=operator("two", language[:2]), locale=language, **ROOM)
    is_live(one)
    is_live(two)

    press()
    for page in (one, two):
        card = page.locator(".queue li").filter(has_text="School ECO-012")
        expect(card).to_be_visible(timeout=30_000)
        expect(page.locator("#incident-title")).to_contain_text("School ECO-012", timeout=30_000)
        expect(page.locator('[data-part="map"]')).to_have_attribute(
            "data-centre", re.compile("."), timeout=30_000
        )
        page.wait_for_function(
            """([lat, lon]) => {
                const [a, b] = document.querySelector('[data-part=map]').dataset.centre.split(',').map(Number);
                return Math.abs(a - lat) < 0.002 && Math.abs(b - lon) < 0.003;
            }""",
            arg=[SCHOOL.lat, SCHOOL.lon],
            timeout=15_000,
        )
        assert distance_m(centre_of(page), SCHOOL) < 250
        tiles = page.locator('[data-part="tiles"]')
        expect(tiles).to_contain_text("C885")
        expect(tiles).to_contain_text("px/m")
        expect(tiles).to_contain_text("C117")

    panel = one.locator("#incident")
    one.keyboard.press("Enter")
    expect(panel).to_contain_text(words["mine"], timeout=30_000)
    expect(two.locator("#incident")).not_to_contain_text("Enter", timeout=30_000)
    assert_accessible(one)

    panel.get_by_text("Look", exact=True).click()
    expect(panel).to_contain_text("1 / 3", timeout=30_000)
    one.keyboard.press("f")
    expect(panel).to_contain_text(words["doubt removed"], timeout=30_000)
    one.keyboard.press("m")
    one.keyboard.type("Two crews at the north gate")
    one.keyboard.press("Control+Enter")
    expect(panel).to_contain_text("Two crews at the north gate", timeout=30_000)
    expect(two.locator("#incident")).to_contain_text("Two crews at the north gate", timeout=30_000)

    incident = Incident.objects.get()
    one.keyboard.press("Escape")
    one.keyboard.press("c")
    one.keyboard.press("1")
    expect(panel.locator("header .tag.ok")).to_be_visible(timeout=30_000)
    incident.refresh_from_db()
    assert incident.is_closed
    assert incident.outcome
    told = list(Event.objects.about(*incident.subjects()).values_list("kind", flat=True))
    begun = [kind for kind in told if kind != "cameras.lock_taken"]
    assert begun[:3] == ["alerts.received", "incidents.opened", "cameras.steering_ordered"]
    # What follows is what it held: given back once it is closed.
    assert [kind for kind in told if kind != "cameras.lock_released"][-1] == "incidents.closed"
    expect(two.locator(".queue .closed")).to_contain_text("School ECO-012", timeout=30_000)


def test_two_take_at_once_one_wins_and_the_other_is_told(
    pages: Pages, press: Callable[[], dict[str, str]]
) -> None:
    one = pages.open("/console/", user=operator("one"), **ROOM)
    two = pages.open("/console/", user=operator("two"), **ROOM)
    pages.expect_trouble(r"answer 409", r"console: .*409")
    is_live(one)
    is_live(two)
    press()
    for page in (one, two):
        expect(page.locator("#act-take")).to_be_visible(timeout=15_000)
    # Both gestures leave before either screen can have heard of the other.
    for page in (one, two):
        page.evaluate("document.getElementById('act-take').click()")
    for page in (one, two):
        expect(page.locator("#act-take")).to_have_count(0, timeout=30_000)
    holders = [page.locator("#incident").get_by_text("taken by me").count() for page in (one, two)]
    assert sorted(holders) == [0, 1]
    assert Event.objects.filter(kind="incidents.taken").count() == 1


def test_the_screen_says_when_the_link_is_lost_and_heals(
    pages: Pages, live_centre: Centre, press: Callable[[], dict[str, str]]
) -> None:
    pages.expect_trouble(r"WebSocket", r"request failed", r"answer 50\d", r"Failed to load resource", r"ERR_")
    pages.expect_trouble(r"Worker failed to load")  # of the map, when the web dies while it is being drawn
    page = pages.open("/console/", user=operator("one"), **ROOM)
    is_live(page)
    live_centre.kill("web")
    expect(page.locator(".bar")).to_have_attribute("data-link", re.compile("lost|polling"), timeout=20_000)
    alerts.actions.receive_press(device=AlertDevice.objects.get())
    live_centre.start("web")
    is_live(page)
    expect(page.locator(".queue li").filter(has_text="School ECO-012")).to_have_count(1, timeout=15_000)


def test_the_wall_shows_the_alert_by_itself(pages: Pages, press: Callable[[], dict[str, str]]) -> None:
    lead = person("shift_lead")
    habilitated(lead)
    wall = pages.open("/console/wall/", user=lead, **ROOM)
    press()
    expect(wall.locator("body")).to_contain_text("School ECO-012", timeout=15_000)
    expect(wall.locator("body")).to_contain_text("C885", timeout=15_000)
    assert_accessible(wall)
