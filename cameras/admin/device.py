"""The heads of the cameras: where they answer, and the landmarks their aim is learnt from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.desk import Spoken, acting
from accounts.rights import Right
from cameras.models import Camera, Device, Sighting
from cameras.reasons import WORDS
from cameras.steering import head_line, locks
from cameras.steering.abilities import RIGHT_MS, in_words
from cameras.steering.heads import NEEDED, calibrate, misses_deg, set_device, sight
from doors.problems import Refused, response
from places.geometry import Point

# A landmark missed by more is worth clicking again: the aim is promised to a degree.
WORST_DEG = 1.0
# What the buttons do: the part of the picture that comes to the middle, and how wide it then is.
TURNS = {
    "left": (-0.4, 0.0, 1.0),
    "right": (0.4, 0.0, 1.0),
    "up": (0.0, -0.4, 1.0),
    "down": (0.0, 0.4, 1.0),
    "in": (0.0, 0.0, 0.5),
    "out": (0.0, 0.0, 2.0),
}


class DeviceForm(forms.ModelForm[Device]):
    """User and password go in and never come out again: the page does not know them."""

    user = forms.CharField(label=gettext_lazy("User name"), required=False, max_length=100)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Left empty with the user name, those there are stay."),
    )

    class Meta:
        model = Device
        fields = ["camera", "url", "profile", "enabled"]


class LandmarkForm(forms.ModelForm[Sighting]):
    class Meta:
        model = Sighting
        fields = ["label", "lat", "lon", "height_m", "x", "y", "pan_counts", "tilt_counts", "zoom"]
        widgets = {name: forms.HiddenInput() for name in ("pan_counts", "tilt_counts", "zoom")}


class TroubleFilter(admin.SimpleListFilter):
    """By what is wrong, in words."""

    title = gettext_lazy("state")
    parameter_name = "trouble"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        there = (
            Device.objects.exclude(trouble="")
            .order_by("trouble")
            .values_list("trouble", flat=True)
            .distinct()
        )
        return [("none", _("answers")), *((code, _trouble(code)) for code in there)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Device]) -> QuerySet[Device]:
        chosen = self.value()
        if chosen is None:
            return queryset
        return queryset.filter(trouble="" if chosen == "none" else chosen)


@admin.register(Device)
class DeviceAdmin(Spoken[Device]):
    form = DeviceForm
    list_display = ["camera", "in_words", "is_calibrated", "enabled", "clock", "url"]
    list_filter = [TroubleFilter, "enabled"]
    list_select_related = ["camera"]
    search_fields = ["camera__code", "camera__name", "url"]
    raw_id_fields = ["camera"]
    readonly_fields = [
        "in_words",
        "trouble_since",
        "can",
        "clock_measured_at",
        "calibrated_at",
        "probed_at",
    ]

    @admin.display(boolean=True, description=gettext_lazy("calibrated"))
    def is_calibrated(self, device: Device) -> bool:
        return device.calibrated_at is not None

    @admin.display(description=gettext_lazy("state"))
    def in_words(self, device: Device) -> str:
        if device.trouble:
            return _trouble(device.trouble)
        return _("answers") if device.probed_at else _("not heard of yet")

    @admin.display(description=gettext_lazy("what it can do"))
    def can(self, device: Device) -> str:
        lines = in_words(device.abilities) if device.abilities else [_("not heard of yet")]
        return format_html_join("", "{}<br>", ((line,) for line in lines))

    @admin.display(description=gettext_lazy("clock"), ordering="clock_ahead_ms")
    def clock(self, device: Device) -> str:
        """By how much it is off, in seconds: whole ones are what it tells."""
        ahead_ms = device.clock_ahead_ms
        if ahead_ms is None:
            return "–"
        return _("right") if abs(ahead_ms) < RIGHT_MS else f"{round(ahead_ms / 1000):+d} s"

    def save_model(self, request: HttpRequest, obj: Device, form: Any, change: bool) -> None:
        told = form.cleaned_data
        set_device(
            camera=Camera.objects.get(pk=obj.camera_id),
            driver=obj.driver,
            url=obj.url,
            user=told["user"] or None,
            password=told["password"],
            profile=obj.profile,
            enabled=obj.enabled,
            actor=acting(request, Right.MANAGE_ESTATE),
        )

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Any, name: str) -> URLPattern:
            guarded: Callable[..., HttpResponse] = self.admin_site.admin_view(view)
            return path(route, guarded, name=f"cameras_device_{name}")

        own = [
            page("<int:camera>/calibrate/", self.calibrate_view, "calibrate"),
            page("<int:camera>/turn/", self.turn_view, "turn"),
        ]
        return [*own, *super().get_urls()]

    def calibrate_view(self, request: HttpRequest, camera: int) -> HttpResponse:
        """Click a landmark on the picture, click it on the map; two of them, and the head is known."""
        device = self._device(request, camera)
        form = LandmarkForm(request.POST if "landmark" in request.POST else None)
        if request.method == "POST" and (answer := self._changed(request, device, form)):
            return answer
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": _("Landmarks of %(camera)s") % {"camera": device.camera},
            "device": device,
            "camera": device.camera,
            "form": form,
            "turns": list(TURNS),
            "landmarks": _landmarks(device),
            "needed": NEEDED,
            "worst": WORST_DEG,
            "look_url": f"{reverse('admin:cameras_privacymask_look', args=[camera])}?aims",
            "still_url": f"{reverse('api-camera-still', args=[device.camera.code])}?quality=main",
            "has_source": True,
        }
        return TemplateResponse(request, "admin/cameras/device/calibrate.html", context)

    def turn_view(self, request: HttpRequest, camera: int) -> HttpResponse:
        """Turn it a little, or ask where it looks: what its motors count now."""
        device = self._device(request, camera)
        acting(request, Right.MANAGE_ESTATE)
        if request.method != "POST":
            return HttpResponse(status=405)
        turn = TURNS.get(request.POST.get("turn", ""))
        try:
            if turn is None:
                said = head_line.ask(device.camera, "where")
            else:
                locks.refuse_if_held(device.camera)
                x, y, width = turn
                said = head_line.ask(device.camera, "centre", x=x, y=y, width=width)
        except Refused as refused:
            return response(refused)
        head = device.head
        return JsonResponse(
            {
                "pan_counts": head.pan.counts(said["pan_deg"]),
                "tilt_counts": head.tilt.counts(said["tilt_deg"]),
                "zoom": said["zoom"],
                "moving": said["moving"],
                "at": timezone.now().isoformat(),
            }
        )

    def _changed(self, request: HttpRequest, device: Device, form: LandmarkForm) -> HttpResponse | None:
        actor = acting(request, Right.MANAGE_ESTATE)
        try:
            if "forget" in request.POST:
                device.camera.sightings.filter(pk=int(request.POST["forget"])).delete()
            elif form.is_valid():
                told = form.cleaned_data
                point = Point(told.pop("lat"), told.pop("lon"))
                sight(camera=device.camera, point=point, actor=actor, **told)
            else:
                return None
            if device.camera.sightings.count() >= NEEDED:
                calibrate(camera=device.camera, actor=actor)
                messages.success(request, _("Calibrated: it aims by these landmarks from now on."))
        except Refused as refused:
            said = filter(None, (refused.title, refused.detail, refused.what_to_do))
            messages.error(request, " ".join(map(str, said)))
        return redirect("admin:cameras_device_calibrate", device.pk)

    def _device(self, request: HttpRequest, camera: int) -> Device:
        if not self.has_change_permission(request):
            raise PermissionDenied
        return get_object_or_404(Device.objects.select_related("camera"), pk=camera)


def _trouble(code: str) -> str:
    return str(WORDS.get(code, code)) % {"said": "…"}


def _landmarks(device: Device) -> list[tuple[Sighting, float]]:
    rows = list(device.camera.sightings.all())
    return [
        (row, round(miss, 2)) for row, miss in zip(rows, misses_deg(device.camera, device.head), strict=True)
    ]
