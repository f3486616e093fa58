"""Who may see whose pictures (law L-07, L-08, L-10)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from cameras.models import Camera
from places.models import Sector
from tests.cameras.estate import camera
from tests.cameras.people import habilitation, operator, outsider, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def estate() -> None:
    north = Sector.objects.create(code="NORTH", name="North")
    camera("N1", sector=north)
    camera("S1", sector=Sector.objects.create(code="SOUTH", name="South"))
    camera("X1")


def pictures_of(user: User) -> set[str]:
    return set(Camera.objects.with_images_for(user).values_list("code", flat=True))


def test_the_room_sees_the_estate_and_nobody_else_does(estate: None) -> None:
    assert Camera.objects.visible_to(operator()).count() == 3
    assert not Camera.objects.visible_to(outsider()).exists()


def test_without_a_live_habilitation_there_is_no_picture(estate: None) -> None:
    assert pictures_of(operator()) == set()


def test_a_habilitation_opens_its_scope_only(estate: None) -> None:
    who = operator()
    habilitation(who, sector_codes=["NORTH"], camera_codes=["X1"])
    assert pictures_of(who) == {"N1", "X1"}


def test_one_for_the_city_opens_all(estate: None) -> None:
    who = operator()
    habilitation(who, all_cameras=True)
    assert pictures_of(who) == {"N1", "S1", "X1"}


@pytest.mark.parametrize("end", ["ended", "withdrawn", "future"])
def test_one_that_is_not_live_opens_nothing(estate: None, end: str) -> None:
    today = timezone.localdate()
    fields = {
        "ended": {"ends_on": today - dt.timedelta(days=1)},
        "withdrawn": {"withdrawn_at": timezone.now()},
        "future": {"starts_on": today + dt.timedelta(days=1)},
    }
    who = operator()
    habilitation(who, all_cameras=True, **fields[end])
    assert pictures_of(who) == set()


def test_a_habilitation_without_the_right_opens_nothing(estate: None) -> None:
    who = outsider()
    habilitation(who, all_cameras=True)
    assert pictures_of(who) == set()


def test_an_owner_never_sees_the_pictures_of_its_camera(estate: None) -> None:
    shop = person("shop", Role.ELECTED)
    habilitation(shop, all_cameras=True)
    camera("T1", kind="third_party", owner="Galerie", owner_account=shop)
    assert "T1" not in pictures_of(shop)
    assert not Camera.objects.visible_to(shop).exists()
