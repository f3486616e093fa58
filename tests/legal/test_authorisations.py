"""The prefect's order covers cameras, purposes and days; its end is told in time (L-01, L-04)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction

from legal.models import PrefecturalAuthorisation
from legal.models.authorisation import Filmed

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 22)
Orders = PrefecturalAuthorisation.objects


def order(number: str = "2026-117", **fields: Any) -> PrefecturalAuthorisation:
    given = {
        "signed_on": dt.date(2024, 1, 10),
        "expires_on": dt.date(2029, 1, 9),
        "purposes": [5, 8],
        "max_retention_days": 10,
        "sector_codes": ["NORTH"],
        "camera_codes": ["C010"],
    } | fields
    return Orders.create(number=number, **given)


@pytest.mark.parametrize(
    ("camera", "covered"),
    [
        (Filmed("C885", "NORTH", 5), True),
        (Filmed("C010", "", 8), True),
        (Filmed("C885", "NORTH", 4), False),
        (Filmed("C999", "SOUTH", 5), False),
        (Filmed("C999", "", 5), False),
    ],
)
def test_it_covers_its_cameras_for_its_purposes(camera: Filmed, covered: bool) -> None:
    order()
    assert bool(Orders.covering(camera, DAY)) is covered
    assert (camera.code in Orders.authorised([camera], DAY)) is covered


def test_it_covers_its_days_the_last_included() -> None:
    order()
    for day, covered in (
        ("2024-01-09", False),
        ("2024-01-10", True),
        ("2029-01-09", True),
        ("2029-01-10", False),
    ):
        assert bool(Orders.covering(Filmed("C885", "NORTH", 5), dt.date.fromisoformat(day))) is covered


def test_one_for_the_city_covers_all() -> None:
    order(all_cameras=True, sector_codes=[], camera_codes=[])
    assert Orders.covering(Filmed("C1", "", 5), DAY)


@pytest.mark.parametrize(
    ("ends", "warning"),
    [("2026-12-01", 1), ("2027-01-31", 3), ("2027-05-21", 6), ("2027-05-22", None), ("2026-11-21", None)],
)
def test_its_end_is_told_six_three_and_one_month_before(ends: str, warning: int | None) -> None:
    one = order(expires_on=dt.date.fromisoformat(ends))
    assert one.warning(DAY) == warning
    assert list(Orders.expiring(DAY)) == ([one] if warning else [])


def test_a_month_before_the_end_of_february_exists() -> None:
    assert order(expires_on=dt.date(2027, 2, 27)).warning(dt.date(2027, 1, 31)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"max_retention_days": 32},
        {"max_retention_days": 0},
        {"purposes": []},
        {"purposes": [12]},
        {"sector_codes": [], "camera_codes": []},
        {"expires_on": dt.date(2024, 1, 10)},
    ],
)
def test_form_and_database_refuse_what_the_law_does(fields: dict[str, Any]) -> None:
    """L-04: never over one month; and an order that names nothing allows nothing."""
    with pytest.raises(IntegrityError), transaction.atomic():
        order(**fields)
    good = order()
    for name, value in fields.items():
        setattr(good, name, value)
    with pytest.raises(ValidationError):
        good.full_clean()


def test_it_is_valid_for_five_years_at_most() -> None:
    good = order(expires_on=dt.date(2029, 1, 11))
    with pytest.raises(ValidationError, match="five years"):
        good.full_clean()


def test_its_document_is_a_pdf_by_what_is_in_it() -> None:
    good = order()
    good.document = ContentFile(b"<script>", "order.pdf")  # type: ignore[assignment]
    with pytest.raises(ValidationError, match="PDF"):
        good.full_clean()
