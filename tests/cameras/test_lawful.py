"""Who may be used by law is asked with the choice itself (L-01, L-03): the same answer as for a single picture."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.utils import timezone

from cameras import lawful
from cameras.choosing import LOOKED_AT
from cameras.masks.standing import standings
from cameras.models import Camera, MaskCheck, Masking, Preset
from legal.models import PrefecturalAuthorisation
from places import areas
from tests.cameras.estate import PLACE, camera, dome
from tests.cast import may_film

pytestmark = pytest.mark.django_db
REAL = {"exercise": False, "authorisation_reference": "2024-117"}


def left_out() -> dict[str, str]:
    return {out.camera.code: out.why.code for out in lawful.aims(PLACE, "")[1]}


def seen() -> list[str]:
    return [sight.camera.code for sight, _preset in lawful.aims(PLACE, "")[0]]


def test_masks_are_judged_as_for_a_picture() -> None:
    may_film()
    now = timezone.now()
    later, before = now + dt.timedelta(hours=1), now - dt.timedelta(hours=1)
    checks = [None, "open", "of a preset", "ended", "ended and open"]
    cases = itertools.product(["dome", "fixed"], [None, *Masking.By.values], [None, later, before], checks)
    for number, (kind, by, drawing, check) in enumerate(cases):
        one = (dome if kind == "dome" else camera)(f"C{number}", from_place=(number * 3, 50), **REAL)
        one.mask_checks.all().delete()
        if by is not None:
            Masking.objects.create(camera=one, by=by, drawing_until=drawing)
        if check in ("open", "ended and open"):
            MaskCheck.objects.create(camera=one, result="nothing", holds_from=before)
        if check == "of a preset":
            made = Preset.objects.create(camera=one, number=1, name="Gate")
            MaskCheck.objects.create(camera=one, preset=made, result="nothing", holds_from=before)
        if check in ("ended", "ended and open"):
            MaskCheck.objects.create(
                camera=one, result="nothing", holds_from=before, ended_at=now, ended_why=MaskCheck.Ended.MASK
            )
    everybody = list(Camera.objects.all())
    choice = lawful.considered(None, PLACE, at_most=len(everybody))
    shown = {pk for pk, standing in standings(everybody).items() if standing.shown}
    assert {sight.camera.pk for sight in choice.sights} == shown
    assert 0 < len(shown) < len(everybody)
    assert {out.why.code for out in choice.left_out} == {"masks"}


def test_an_order_covers_by_purpose_code_sector_or_perimeter() -> None:
    dome("C1", **REAL)
    assert left_out() == {"C1": "not_authorised"}
    today = timezone.localdate()
    fields = {
        "signed_on": today,
        "expires_on": today + dt.timedelta(days=30),
        "purposes": [5],
        "max_retention_days": 10,
    }
    act = PrefecturalAuthorisation.objects.create(number="1", camera_codes=["C2"], **fields)
    assert left_out() == {"C1": "not_authorised"}
    act.camera_codes = ["C2", "C1"]
    act.save()
    assert seen() == ["C1"]
    act.purposes = [1]
    act.save()
    assert left_out() == {"C1": "not_authorised"}
    Camera.objects.update(purpose=1)
    assert seen() == ["C1"]
    act.camera_codes, act.perimeter = [], areas.circle(PLACE, 20)
    act.save()
    assert left_out() == {"C1": "not_authorised"}
    act.perimeter = areas.circle(PLACE, 200)
    act.save()
    assert seen() == ["C1"]


def test_what_may_not_be_used_takes_nobody_s_place() -> None:
    """The best that see it are barred: the one that is not is found behind all of them."""
    may_film()
    for number in range(LOOKED_AT + 3):
        dome(f"B{number:02}", from_place=(number * 10, 20), **REAL).mask_checks.all().delete()
    dome("OK", from_place=(0, 190), **REAL)
    assert seen() == ["OK"]
    assert set(left_out().values()) == {"masks"}


def test_all_is_asked_in_one_statement_whatever_the_presets() -> None:
    may_film()
    one, far = dome("C1", **REAL), dome("C2", from_place=(0, 900), **REAL)
    Preset.objects.create(camera=far, number=1, name="Gate", site_codes=["ECO-012"])
    Preset.objects.create(camera=far, number=2, name="Court", site_codes=["ECO-012"])
    Preset.objects.create(camera=one, number=3, name="Elsewhere", site_codes=["ECO-013"])
    found, _left_out = lawful.aims(PLACE, "ECO-012")
    assert [(sight.camera.code, preset and preset.name) for sight, preset in found] == [
        ("C2", "Gate"),
        ("C1", None),
    ]
    far.mask_checks.update(ended_at=timezone.now(), ended_why="mask")
    found, out = lawful.aims(PLACE, "ECO-012")
    assert [sight.camera.code for sight, _preset in found] == ["C1"]
    assert [(one.camera.code, one.why.code) for one in out] == [("C2", "masks")]
