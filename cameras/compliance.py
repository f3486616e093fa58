"""What this app answers to the state of compliance, and where cameras stand (legal/state/contributions.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.rights import Right
from cameras.models import Camera, MaskCheck, Masking

FILMING = (Camera.State.LIVE, Camera.State.LOST, Camera.State.MAINTENANCE)


def _unchecked() -> QuerySet[Camera]:
    """Cameras in service nobody is shown, because no open check says that no dwelling shows (masks/standing.py)."""
    # Of a dome the centre masks one checked view is enough: the others are black.
    masked_by_itself = Masking.objects.filter(camera=OuterRef("camera"), by=Masking.By.CAMERA)
    whole = Q(preset=None) | (Q(camera__kind=Camera.Kind.DOME) & ~Exists(masked_by_itself))
    checked = MaskCheck.objects.open().filter(whole, camera=OuterRef("pk"))
    drawing = Masking.objects.filter(camera=OuterRef("pk"), drawing_until__gt=timezone.now())
    return Camera.objects.filter(state__in=FILMING).filter(~Exists(checked) | Exists(drawing))


def _dwellings() -> dict[str, Any]:
    waiting = _unchecked().count()
    words = (
        ngettext(
            "%(n)s camera waits for somebody to see that no dwelling shows: until then it is shown to nobody.",
            "%(n)s cameras wait for somebody to see that no dwelling shows: until then they are shown to nobody.",
            waiting,
        )
        % {"n": waiting}
        if waiting
        else _("Of each camera in service somebody has seen that no dwelling shows.")
    )

    def rows() -> Iterator[list[str]]:
        for camera in _unchecked().order_by("code").defer("visible_area"):
            yield [camera.code, camera.name, str(camera.get_state_display())]

    return {
        "state": "look" if waiting else "good",
        "figure": waiting,
        "words": words,
        "columns": [_("Camera"), _("Name"), _("State")],
        "rows": rows,
        "link": reverse("admin:cameras_camera_changelist"),
        "opens_with": (Right.MANAGE_ESTATE,),
    }


def _estate() -> list[dict[str, Any]]:
    """Every camera that is put up, for the prefect and the assessment: where it stands and why."""
    return list(
        Camera.objects.exclude(state__in=[Camera.State.PLANNED, Camera.State.RETIRED])
        .order_by("code")
        .values(
            *("code", "name", "kind", "lat", "lon", "purpose", "state", "exercise"),
            azimuth=F("mounting_azimuth_deg"),
            sector_code=F("sector__code"),
        )
    )


POINTS = [{"point": "dwellings", "name": gettext_lazy("Masks seen by somebody"), "look": _dwellings}]
PROVIDES = {"estate": _estate}
