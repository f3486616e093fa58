"""Drawing a mask over the real picture, by mouse and by keys; seeing it in the picture; answering for it (L-03)."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import RoleRule, User
from accounts.roles import Role
from cameras.masks.standing import standings
from cameras.models import Camera, MaskCheck, PrivacyMask
from footage.models import Segment, Source
from legal.models import Consultation
from tests.browser import Pages, assert_accessible
from tests.cast import camera, habilitated, person
from tests.footage.streams import Clips, Node, until
from tests.servers import Centre

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("NICE_TEST_SHOTS", "")
BLACK = """([x, y]) => {
    const canvas = document.querySelector('[data-mask-stage] canvas');
    const [r, g, b] = canvas.getContext('2d').getImageData(x * canvas.width, y * canvas.height, 1, 1).data;
    return Math.max(r, g, b) < 24;
}"""


def shot(page: Page, name: str) -> None:
    """A picture to look at, when NICE_TEST_SHOTS names a folder for it."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.fixture
def eye(clips: Clips) -> Camera:
    _ = clips.mp4
    made = camera("X001", exercise=True, kind="fixed", masks_checked=False)
    Source.objects.create(camera=made, kind="file", url="street.mp4")
    return made


@pytest.fixture
def keeper() -> User:
    user = person(Role.SUPERVISOR)
    RoleRule.objects.update(totp_required=False)
    habilitated(user)
    user.language = "en"
    user.save()
    return user


def polygons(page: Page) -> list[list[list[float]]]:
    return json.loads(page.input_value("[name=polygons]"))  # type: ignore[no-any-return]


def opened(page: Page) -> None:
    page.click("[data-open]")
    expect(page.locator("[data-mask-stage][data-open=yes]")).to_be_attached(timeout=30_000)


def test_a_mask_is_drawn_over_the_picture_and_seen_in_it(
    eye: Camera, keeper: User, node: Callable[..., Node], pages: Pages, live_centre: Centre
) -> None:
    running = node(REDIS_URL=live_centre.redis_url)
    until(Segment.objects.exists, 30, said=running.said())
    page = pages.open(
        f"/admin/cameras/camera/{eye.pk}/change/", user=keeper, viewport={"width": 1280, "height": 1000}
    )
    page.click(".object-tools >> text=Privacy masks")
    expect(page.locator(".mask-due").first).to_have_text("No: nobody has checked")
    assert_accessible(page, scope="#content")
    page.click("text=Draw")
    assert not Consultation.objects.exists(), "opening the page is no look"
    opened(page)
    assert Consultation.objects.get().kind == "still"

    box = page.locator("[data-mask-stage] svg").bounding_box()
    assert box

    def at(x: float, y: float) -> tuple[float, float]:
        return box["x"] + box["width"] * x, box["y"] + box["height"] * y

    page.mouse.move(*at(0.2, 0.2))
    page.mouse.down()
    page.mouse.move(*at(0.4, 0.5), steps=5)
    page.mouse.up()
    [area] = polygons(page)
    assert area == [
        pytest.approx(corner, abs=0.01) for corner in ([0.2, 0.2], [0.4, 0.2], [0.4, 0.5], [0.2, 0.5])
    ]
    page.mouse.move(*at(0.4, 0.35))  # the middle of a side
    page.mouse.down()
    page.mouse.move(*at(0.5, 0.35), steps=4)
    page.mouse.up()
    assert len(polygons(page)[0]) == 5
    shot(page, "mask-draw")

    # Without a mouse: another area, every corner of it reached and moved, one made, one removed.
    page.focus("[data-add]")
    page.keyboard.press("Enter")
    expect(page.locator("circle[data-key='1-0']")).to_be_focused()
    for corner in range(4):
        expect(page.locator(f"circle[data-key='1-{corner}']")).to_be_focused()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowDown")
        if corner < 3:
            page.keyboard.press("Tab")
    assert polygons(page)[1][3] == pytest.approx([0.43, 0.581], abs=1e-4)
    page.keyboard.press("Enter")
    assert len(polygons(page)[1]) == 5
    page.keyboard.press("Delete")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert len(polygons(page)[1]) == 4
    assert_accessible(page, scope="#content")
    page.click("text=Save and check")

    expect(page).to_have_url(f"{live_centre.url}/admin/cameras/privacymask/of/{eye.pk}/own/check/")
    drawn = PrivacyMask.objects.get()
    assert len(drawn.polygons) == 2
    confirm = page.locator("input[value='What is to be masked is masked']")
    expect(confirm).to_be_disabled()
    until(lambda: Segment.objects.filter(mask=drawn.digest).exists(), 30, said=running.said())
    opened(page)
    assert page.evaluate(BLACK, [0.3, 0.35])
    assert not page.evaluate(BLACK, [0.3, 0.7])
    assert not standings([eye])[eye.pk].shown
    shot(page, "mask-check")
    assert_accessible(page, scope="#content")
    confirm.click()
    expect(page.locator(".messagelist .success")).to_contain_text("X001 is shown", timeout=20_000)
    check = MaskCheck.objects.get()
    assert (check.result, check.by, check.digest) == ("masked", keeper, drawn.digest)
    first = Segment.objects.filter(mask=drawn.digest).order_by("started_at").first()
    assert first is not None
    assert abs((check.holds_from - first.started_at).total_seconds()) < 5
    assert Consultation.objects.filter(pk=check.consultation or 0, user=keeper).exists()
    assert standings([eye])[eye.pk].shown
    shot(page, "mask-of")
    page.goto("/admin/cameras/privacymask/")
    expect(page.locator(".mask-good")).to_have_text("Yes: checked")
    shot(page, "mask-list")
