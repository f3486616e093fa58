"""The page that is an alert button, in a real browser, against a real centre."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from alerts import actions
from alerts.models import Alert, AlertDevice, AlertMessage, AlertPress
from tests.alerts import cast
from tests.browser import Pages, assert_accessible

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def device() -> AlertDevice:
    return cast.button()


@pytest.fixture
def phone(pages: Pages, device: AlertDevice) -> Page:
    """A telephone made into a button by the link the centre gave."""
    page = pages.open(f"/button/#key={cast.key_for(device)}", **PHONE)
    expect(page.locator("#site")).to_have_text("École Saint-Roch")
    expect(page.locator("#press")).to_be_visible()
    return page


def hold(page: Page, ms: int = 1_300) -> None:
    box = page.locator("#press").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(ms)
    page.mouse.up()


def until(true: Callable[[], bool], seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        time.sleep(0.1)


def headline(page: Page, pattern: str) -> None:
    expect(page.locator("#headline")).to_have_text(re.compile(pattern), timeout=15_000)


def test_a_key_typed_by_hand_makes_a_button(pages: Pages, device: AlertDevice) -> None:
    pages.expect_trouble("401")
    page = pages.open("/button/", **PHONE)
    page.fill("#key", "nsk_000000000000_wrong")
    page.click("#setup-go")
    expect(page.locator("#setup-said")).to_contain_text("not known")
    page.fill("#key", cast.key_for(device))
    page.click("#setup-go")
    expect(page.locator("#press")).to_be_visible()
    page.reload()
    expect(page.locator("#press")).to_be_visible()


def test_the_key_does_not_stay_in_the_address(phone: Page) -> None:
    assert "nsk_" not in phone.url


def test_holding_sends_one_alert_and_says_when_it_was_received(phone: Page) -> None:
    hold(phone)
    headline(phone, r"^Received at \d\d:\d\d:\d\d$")
    expect(phone.locator("#whatnext")).to_have_text("The centre is looking.")
    alert = Alert.objects.get()
    assert alert.presses == 1
    expect(phone.locator("#facts")).to_contain_text(alert.number)


def test_a_short_touch_sends_nothing(phone: Page) -> None:
    hold(phone, 250)
    expect(phone.locator("#press-how")).to_contain_text("nothing was sent")
    assert not Alert.objects.exists()


@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_the_keyboard_holds_as_well(phone: Page, key: str) -> None:
    phone.locator("#press").focus()
    phone.keyboard.down(key)
    phone.wait_for_timeout(1_300)
    phone.keyboard.up(key)
    headline(phone, "^Received at")
    assert Alert.objects.get().presses == 1


def test_a_screen_reader_activates_twice(phone: Page) -> None:
    phone.eval_on_selector("#press", "button => button.click()")
    expect(phone.locator("#press-how")).to_contain_text("once more")
    assert not Alert.objects.exists()
    phone.eval_on_selector("#press", "button => button.click()")
    headline(phone, "^Received at")


def test_without_a_network_it_waits_and_sends_exactly_one(pages: Pages, phone: Page) -> None:
    pages.expect_trouble("ERR_INTERNET_DISCONNECTED")
    phone.context.set_offline(True)
    hold(phone)
    headline(phone, "^Not sent yet$")
    expect(phone.locator("#dial")).to_be_visible()
    phone.wait_for_timeout(3_500)
    assert not Alert.objects.exists()
    phone.context.set_offline(False)
    headline(phone, "^Received at")
    phone.wait_for_timeout(2_000)
    assert Alert.objects.get().presses == 1
    assert AlertPress.objects.count() == 1


def test_a_press_outlives_the_page(pages: Pages, phone: Page) -> None:
    """Pressed without a network, the page closed and opened again from what the phone keeps."""
    pages.expect_trouble("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    phone.wait_for_timeout(500)
    phone.context.set_offline(True)
    hold(phone)
    headline(phone, "^Not sent yet$")
    phone.reload()
    headline(phone, "^(Not sent yet|Sending…)$")
    phone.context.set_offline(False)
    headline(phone, "^Received at")
    assert Alert.objects.get().presses == 1


def test_a_centre_in_trouble_is_tried_again_with_the_same_key(pages: Pages, phone: Page) -> None:
    pages.expect_trouble("503")
    keys: list[str] = []

    def trouble(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) < 3:
            route.fulfill(status=503, headers={"Retry-After": "1"}, body="{}")
        else:
            route.continue_()

    phone.route(re.compile(r"/api/v1/alerts/$"), trouble)
    hold(phone)
    headline(phone, "^Not sent yet$")
    headline(phone, "^Received at")
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert Alert.objects.get().presses == 1


def test_an_answer_lost_on_the_way_makes_no_second_alert(pages: Pages, phone: Page) -> None:
    pages.expect_trouble("ERR_FAILED")
    tries: list[int] = []

    def lose(route: Route) -> None:
        tries.append(1)
        if len(tries) == 1:
            route.fetch()
            route.abort()
        else:
            route.continue_()

    phone.route(re.compile(r"/api/v1/alerts/$"), lose)
    hold(phone)
    headline(phone, "^Received at")
    assert len(tries) == 2
    assert Alert.objects.get().presses == 1


def test_a_phone_whose_clock_is_wrong_is_heard(pages: Pages, device: AlertDevice) -> None:
    pages.expect_trouble("400")
    page = pages.open(f"/button/#key={cast.key_for(device)}", **PHONE)
    expect(page.locator("#press")).to_be_visible()
    # Later than the last answer of the centre, the clock is set three hours forward.
    page.evaluate("() => { const now = Date.now; Date.now = () => now() + 3 * 3600e3; }")
    hold(page)
    headline(page, "^Received at")
    assert Alert.objects.get().late_s < 10


def test_a_refusal_says_to_dial_17(pages: Pages, phone: Page) -> None:
    pages.expect_trouble("403")
    AlertDevice.objects.update(state="out_of_service")
    hold(phone)
    headline(phone, "^Not received$")
    expect(phone.locator("#whatnext")).to_contain_text("out of service")
    expect(phone.locator("#dial a").first).to_have_attribute("href", "tel:17")


def test_the_presser_sees_it_taken_written_about_and_closed(phone: Page) -> None:
    hold(phone)
    headline(phone, "^Received at")
    alert = Alert.objects.get()
    actions.acknowledge(alert_ids=[alert.pk], actor=None)
    actions.send_message(alert=alert, text="Un équipage part vers vous.")
    headline(phone, "^An operator has your alert$")
    expect(phone.locator("#lines")).to_contain_text("Un équipage part vers vous.")
    phone.click("#quick button >> nth=0")
    expect(phone.locator("#lines .ours")).to_contain_text("I cannot speak")
    until(lambda: AlertMessage.objects.filter(from_centre=False, text="I cannot speak").exists())
    actions.close(alert_ids=[alert.pk], state="confirmed", actor=None)
    headline(phone, "^Closed at")
    phone.click("#done")
    expect(phone.locator("#press")).to_be_visible()


def test_a_mistake_is_said_and_the_alert_stays_open(phone: Page) -> None:
    hold(phone)
    headline(phone, "^Received at")
    phone.click("#mistake")
    phone.click("#sure-yes")
    headline(phone, "^You said it was a mistake$")
    alert = Alert.objects.get()
    assert alert.cancelled
    assert not alert.closed


def test_a_page_opened_again_goes_on_following(phone: Page) -> None:
    hold(phone)
    headline(phone, "^Received at")
    actions.acknowledge(alert_ids=[Alert.objects.get().pk], actor=None)
    phone.reload()
    headline(phone, "^An operator has your alert$")


def test_a_test_opens_nothing(phone: Page) -> None:
    phone.click("#open-trial")
    phone.click("#trial-go")
    expect(phone.locator("#trial-headline")).to_have_text(re.compile("^Test received at"))
    assert Alert.objects.get().kind == "test"
    assert not Alert.objects.open().exists()


def test_an_allowed_position_goes_with_the_press(pages: Pages, device: AlertDevice) -> None:
    place = {"latitude": 43.7012, "longitude": 7.2683, "accuracy": 8}
    page = pages.open(
        f"/button/#key={cast.key_for(device)}", geolocation=place, permissions=["geolocation"], **PHONE
    )
    page.click("#open-settings")
    page.click("#place")
    expect(page.locator("#place")).to_have_attribute("aria-pressed", "true")
    page.click("#settings [data-home]")
    hold(page)
    headline(page, "^Received at")
    alert = Alert.objects.get()
    assert (alert.position_used, alert.lat, alert.accuracy_m) == ("press", 43.7012, 8)


def test_the_language_changes_without_a_network(phone: Page) -> None:
    phone.context.set_offline(True)
    phone.click("#open-settings")
    phone.click("#settings [data-language=fr]")
    expect(phone.locator("html")).to_have_attribute("lang", "fr")
    phone.context.set_offline(False)


def test_a_forgotten_key_is_gone(phone: Page) -> None:
    phone.click("#open-settings")
    phone.click("#forget")
    phone.click("#sure-yes")
    expect(phone.locator("#key")).to_be_visible()
    phone.reload()
    expect(phone.locator("#key")).to_be_visible()


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_everybody_can_use_it(phone: Page, scheme: str) -> None:
    phone.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    assert_accessible(phone)
    phone.click("#open-settings")
    assert_accessible(phone)
    phone.click("#settings [data-home]")
    hold(phone)
    headline(phone, "^Received at")
    assert_accessible(phone)
    for button in phone.locator("button:visible, a.btn:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 48


@pytest.mark.parametrize("size", [(360, 640), (430, 932), (740, 360)])
def test_nothing_is_cut_off(phone: Page, size: tuple[int, int]) -> None:
    phone.set_viewport_size({"width": size[0], "height": size[1]})
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = phone.locator("#press").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= size[1]
