"""Zones: their record, drawing them over a still of the camera, and trying them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.desk import Spoken, acting
from accounts.people import signed_in
from accounts.rights import Right, require
from accounts.session import workstation_of
from detection.codes import Crossing, PlaceClass, ZoneKind
from detection.drawing import save_zone
from detection.models import DetectorModel, EventType, Profile, Trial, Zone
from detection.tasks import start_trial
from detection.trials import ask_trial
from doors.problems import Refused, response
from footage import showing
from legal.looks import open_look
from legal.models import Consultation

SQUARE = [[0.2, 0.4], [0.8, 0.4], [0.8, 0.9], [0.2, 0.9]]
ACROSS = [[0.2, 0.7], [0.8, 0.7]]
TRIALS_SHOWN = 5


class ProfileInline(admin.TabularInline[Profile, Zone]):
    """What is watched for there; set on its own page."""

    model = Profile
    fields = ("event_type", "detector", "enabled_at", "suspended_why")
    readonly_fields = ("event_type", "detector", "enabled_at", "suspended_why")
    show_change_link = True
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Zone | None = None) -> bool:
        return False


class TryForm(forms.Form):
    event_type = forms.ModelChoiceField(label=gettext_lazy("watch for"), queryset=EventType.objects.all())
    detector = forms.ModelChoiceField(label=gettext_lazy("detector"), queryset=DetectorModel.objects.all())
    clip = forms.FileField(label=gettext_lazy("staged clip"), required=False)
    staged = forms.BooleanField(
        label=gettext_lazy("It was staged: everybody in it agreed to be filmed for this."), required=False
    )


@admin.register(Zone)
class ZoneAdmin(Spoken[Zone]):
    list_display = ["camera", "name", "kind", "place_class", "watched_for", "has_scale"]
    list_filter = ["place_class", "kind"]
    list_select_related = ["camera"]
    search_fields = ["=camera__code", "camera__name", "name"]
    autocomplete_fields = ["camera", "preset"]
    fields = ["camera", "preset", "name", "kind", "place_class"]
    inlines = [ProfileInline]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("profiles__event_type")

    @admin.display(description=gettext_lazy("watched for"))
    def watched_for(self, zone: Zone) -> str:
        return ", ".join(str(one.event_type) for one in zone.profiles.all()) or "—"

    @admin.display(description=gettext_lazy("ground scale"), boolean=True)
    def has_scale(self, zone: Zone) -> bool:
        return bool(zone.ground)

    def get_readonly_fields(self, request: HttpRequest, obj: Zone | None = None) -> list[str]:
        return ["camera", "kind"] if obj else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        known = super().get_changeform_initial_data(request)
        return {"place_class": PlaceClass.PUBLIC_ROAD, **known}

    def save_model(self, request: HttpRequest, obj: Zone, form: Any, change: bool) -> None:
        if not change:
            obj.points = ACROSS if obj.kind == ZoneKind.LINE else SQUARE
        save_zone(actor=acting(request, Right.SET_DETECTION), zone=obj)

    def response_add(
        self, request: HttpRequest, obj: Zone, post_url_continue: str | None = None
    ) -> HttpResponse:
        return redirect("admin:detection_zone_draw", obj.pk)

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Any, name: str) -> URLPattern:
            guarded: Callable[..., HttpResponse] = self.admin_site.admin_view(view)
            return path(route, guarded, name=f"detection_zone_{name}")

        own = [
            page("<int:pk>/draw/", self.draw_view, "draw"),
            page("<int:pk>/look/", self.look_view, "look"),
            page("<int:pk>/try/", self.try_view, "try"),
        ]
        return [*own, *super().get_urls()]

    def draw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        zone = self._zone(request, pk)
        if request.method == "POST" and self._drawn(request, zone):
            messages.success(request, _("The zone is drawn."))
            return redirect("admin:detection_zone_change", pk)
        source = showing.source_of(zone.camera)
        return self._page(
            request,
            "draw",
            _("Draw %(zone)s") % {"zone": zone},
            zone=zone,
            drawn={"kind": zone.kind, "points": zone.points, "ground": zone.ground},
            crossings=Crossing.choices,
            look_url=reverse("admin:detection_zone_look", args=[pk]),
            still_url=f"{reverse('api-camera-still', args=[zone.camera.code])}?quality=main",
            has_source=source is not None and source.enabled,
        )

    def _drawn(self, request: HttpRequest, zone: Zone) -> bool:
        try:
            zone.points = orjson.loads(request.POST.get("points") or "[]")
            zone.ground = orjson.loads(request.POST.get("ground") or "[]")
            if zone.kind == ZoneKind.LINE:
                zone.crossing = request.POST.get("crossing", zone.crossing)
            save_zone(actor=acting(request, Right.SET_DETECTION), zone=zone)
        except orjson.JSONDecodeError:
            messages.error(request, _("This drawing does not hold together."))
            return False
        except Refused as refused:
            messages.error(request, " ".join(filter(None, (str(refused.title), str(refused.detail)))))
            return False
        return True

    def look_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The consultation is written here, before the picture is asked for with this token."""
        zone = self._zone(request, pk)
        if request.method != "POST":
            return HttpResponse(status=405)
        seat = workstation_of(request.session)
        actor = signed_in(request)
        try:
            require(actor, Right.SET_DETECTION)
            camera = showing.shown(zone.camera.code)
            look = open_look(
                actor=actor,
                camera=showing.looked([camera])[0],
                kind=Consultation.Kind.STILL,
                reason=Consultation.Reason.MAINTENANCE,
                text=_("A zone of this camera is drawn."),
                session_key=request.session.session_key or "",
                workstation=seat.code if seat else "",
            )
        except Refused as refused:
            return response(refused)
        return JsonResponse({"token": look.token, "consultation": look.consultation_id}, status=201)

    def try_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        zone = self._zone(request, pk)
        form = TryForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid() and self._asked(request, zone, form.cleaned_data):
            return redirect("admin:detection_zone_try", pk)
        trials = list(Trial.objects.filter(zone=zone).select_related("event_type", "detector")[:TRIALS_SHOWN])
        going = any(one.state in (Trial.State.WAITING, Trial.State.RUNNING) for one in trials)
        title = _("Try %(zone)s") % {"zone": zone}
        return self._page(request, "try", title, zone=zone, form=form, trials=trials, going=going)

    def _asked(self, request: HttpRequest, zone: Zone, given: dict[str, Any]) -> bool:
        clip = given["clip"] if "staged_clip" in request.POST else None
        if "staged_clip" in request.POST and clip is None:
            messages.error(request, _("Choose the clip first."))
            return False
        known = Profile.objects.filter(zone=zone, event_type=given["event_type"]).first()
        try:
            trial = ask_trial(
                actor=signed_in(request),
                zone=zone,
                event_type=given["event_type"],
                detector=given["detector"],
                thresholds=known.parameters if known else None,
                clip=clip,
                staged=given["staged"],
            )
        except Refused as refused:
            said = (refused.title, refused.detail, refused.what_to_do)
            messages.error(request, " ".join(str(one) for one in said if one))
            return False
        start_trial(trial.pk)
        return True

    def _zone(self, request: HttpRequest, pk: int) -> Zone:
        if not self.has_change_permission(request):
            raise PermissionDenied
        return get_object_or_404(
            Zone.objects.select_related("camera__sector", "camera__source", "preset"), pk=pk
        )

    def _page(self, request: HttpRequest, name: str, title: str, **context: Any) -> TemplateResponse:
        about = self.admin_site.each_context(request) | {"opts": self.opts, "title": title}
        return TemplateResponse(request, f"admin/detection/zone/{name}.html", about | context)
