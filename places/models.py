from __future__ import annotations

import math
import re
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from places import areas
from places.geometry import Point, box_around, distance_m
from places.wording import normalised, spellings

LATITUDE = [MinValueValidator(-90), MaxValueValidator(90)]
LONGITUDE = [MinValueValidator(-180), MaxValueValidator(180)]
ON_EARTH = Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180)
_HOUSE_NUMBER = re.compile(r"[1-9][0-9]{0,3}")  # five digits are a postcode
# The config is named, so that PostgreSQL can index it: no stemming, no stop words, names as written.
SEARCHED = SearchVector("search_text", config="simple")


class SectorQuerySet(models.QuerySet["Sector"]):
    def containing(self, point: Point) -> SectorQuerySet:
        """The sectors the point lies in, in their order. A city has some dozens: all are looked at."""
        drawn = self.exclude(area=None).values_list("pk", "area")
        return self.filter(pk__in=[pk for pk, area in drawn if area and areas.contains(area, point)])


class Sector(models.Model):
    """A part of the city: what one operator watches, one habilitation covers, one patrol walks."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    area = models.JSONField(
        _("area"),
        null=True,
        blank=True,
        help_text=_("GeoJSON polygon, longitude first. Draw it on the map."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = SectorQuerySet.as_manager()

    class Meta:
        ordering = ["order", "code"]
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    def clean(self) -> None:
        if self.area is not None and (problem := areas.problem_with(self.area)):
            raise ValidationError({"area": problem})

    def contains(self, point: Point) -> bool:
        return self.area is not None and areas.contains(self.area, point)

    @property
    def area_km2(self) -> float | None:
        return areas.area_m2(self.area) / 1e6 if self.area else None


class AddressQuerySet(models.QuerySet["Address"]):
    def search(self, text: str, *, at_most: int = 10) -> list[Address]:
        """Addresses with a word that starts as each word typed, accents and capitals apart.

        With no house number typed each street answers once, with its first number.
        """
        typed = normalised(text).split()
        if not typed:
            return []
        # The words hold only a-z and 0-9, so the raw query can hold nothing else.
        each = [" | ".join(f"{spelling}:*" for spelling in spellings(word)) for word in typed]
        query = SearchQuery(" & ".join(f"({word})" for word in each), search_type="raw", config="simple")
        found = self.annotate(searched=SEARCHED).filter(searched=query)
        if _HOUSE_NUMBER.fullmatch(typed[0]):
            exact = found.filter(house_number=int(typed[0]))
            return list(exact.order_by("street", "repetition", "city")[:at_most])
        by_street = found.order_by("city", "street", F("house_number").asc(nulls_first=True), "repetition")
        return list(by_street.distinct("city", "street")[:at_most])

    def nearest(self, point: Point, within_m: float) -> Address | None:
        """The closest address, None when there is none within this distance."""
        box = box_around(point, within_m)
        inside = self.filter(lat__range=(box.south, box.north), lon__range=(box.west, box.east))
        d_lat, d_lon = F("lat") - point.lat, (F("lon") - point.lon) * math.cos(math.radians(point.lat))
        closest = inside.order_by(d_lat * d_lat + d_lon * d_lon).first()
        if closest is None or distance_m(point, closest.point) > within_m:
            return None
        return closest


class Address(models.Model):
    """One numbered door of the city, from the national address base (Base Adresse Nationale)."""

    ban_id = models.CharField(_("BAN identifier"), max_length=60, unique=True)
    house_number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    repetition = models.CharField(_("repetition"), max_length=20, blank=True)
    street = models.CharField(_("street"), max_length=160)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    city = models.CharField(_("city"), max_length=80)
    lat = models.FloatField(_("latitude"), validators=LATITUDE)
    lon = models.FloatField(_("longitude"), validators=LONGITUDE)
    search_text = models.CharField(max_length=300, editable=False)

    objects = AddressQuerySet.as_manager()

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        indexes = [
            models.Index(fields=["lat", "lon"], name="places_address_where"),
            GinIndex(SEARCHED, name="places_address_search"),
        ]
        constraints = [models.CheckConstraint(condition=ON_EARTH, name="places_address_on_earth")]

    def __str__(self) -> str:
        return f"{self.label}, {self.postcode} {self.city}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.search_text = self.as_searched()
        super().save(*args, **kwargs)

    @property
    def point(self) -> Point:
        return Point(self.lat, self.lon)

    @property
    def label(self) -> str:
        """Number and street as written on an envelope: "12 bis Rue Gioffredo"."""
        number = "" if self.house_number is None else str(self.house_number)
        return " ".join(part for part in (number, self.repetition, self.street) if part)

    def as_searched(self) -> str:
        return normalised(f"{self.label} {self.postcode} {self.city}")[:300]
