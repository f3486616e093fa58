from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q

FOLD_SECONDS = 60  # law W-06
EARLY_SECONDS = 120  # how far a device's clock may be ahead
LATE_HOURS = 24
LAT = [MinValueValidator(-90), MaxValueValidator(90)]
LON = [MinValueValidator(-180), MaxValueValidator(180)]
ON_EARTH = Q(lat__gte=-90, lat__lte=90, lon__gte=-180, lon__lte=180)
ON_EARTH_OR_NOWHERE = ON_EARTH | Q(lat=None, lon=None)
