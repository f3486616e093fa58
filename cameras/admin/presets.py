"""Presets: typed, taken from the present view of the camera, or imported from what its head keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.desk import Spoken, acting
from accounts.people import signed_in
from accounts.rights import Right
from accounts.session import workstation_of
from cameras.actions import save_preset
from cameras.admin.device import TURNS
from cameras.drivers.base import DevicePreset
from cameras.models import Camera, Device, Preset
from cameras.steering import presets
from cameras.steering.locks import Hand
from doors.problems import Refused

ASK = "head"


class ViewForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("name"), max_length=presets.NAME_LENGTH)
    number = forms.IntegerField(label=gettext_lazy("number"), min_value=0, max_value=32_767)


@admin.register(Preset)
class PresetAdmin(Spoken[Preset]):
    list_display = ["camera", "number", "name", "site_codes", "mask_checked_on"]
    list_select_related = ["camera"]
    search_fields = ["name", "camera__code", "site_codes"]
    raw_id_fields = ["camera"]

    def get_readonly_fields(self, request: HttpRequest, obj: Preset | None = None) -> list[str]:
        """A preset stays the camera's and keeps its number; another one is another preset."""
        return ["camera", "number"] if obj else []

    def save_model(self, request: HttpRequest, obj: Preset, form: Any, change: bool) -> None:
        given = {name: value for name, value in form.cleaned_data.items() if name not in ("camera", "number")}
        actor = acting(request, Right.MANAGE_ESTATE)
        saved = save_preset(camera=obj.camera, number=obj.number, actor=actor, **given)
        obj.__dict__.update(saved.__dict__)

    def get_urls(self) -> list[URLPattern]:
        guarded: Callable[..., HttpResponse] = self.admin_site.admin_view(self.of_view)
        return [path("of/<int:camera>/", guarded, name="cameras_preset_of"), *super().get_urls()]

    def of_view(self, request: HttpRequest, camera: int) -> HttpResponse:
        """Those of one camera: take the view it has now, or bring in those its head keeps."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        row = get_object_or_404(Camera, pk=camera)
        kept = list(row.presets.select_related("camera"))
        free = presets.next_free([preset.number for preset in kept])
        form = ViewForm(request.POST if "take" in request.POST else None, initial={"number": free})
        if request.method == "POST" and _changed(request, row, form):
            return redirect("admin:cameras_preset_of", row.pk)
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": _("Presets of %(camera)s") % {"camera": row},
            "camera": row,
            "has_head": Device.objects.filter(pk=row.pk).exists(),
            "form": form,
            "turns": list(TURNS),
            "kept": [(preset, presets.unchecked(preset)) for preset in kept],
            "asked": ASK in request.GET,
            "told": _told(request, row) if ASK in request.GET else None,
            "tokens": {preset.token: preset.number for preset in kept if preset.token},
            "look_url": f"{reverse('admin:cameras_privacymask_look', args=[row.pk])}?aims",
            "still_url": f"{reverse('api-camera-still', args=[row.code])}?quality=main",
            "has_source": True,
        }
        return TemplateResponse(request, "admin/cameras/preset/of.html", context)


def _changed(request: HttpRequest, camera: Camera, form: ViewForm) -> bool:
    actor = acting(request, Right.MANAGE_ESTATE)
    try:
        if "import" in request.POST:
            told = presets.kept_by_head(camera=camera, actor=actor)
            tokens = request.POST.getlist("token")
            _say_imported(
                request, presets.import_presets(camera=camera, told=told, tokens=tokens, actor=actor)
            )
        elif form.is_valid():
            pose = presets.present_view(camera=camera, hand=_hand(request), actor=actor)
            preset = presets.keep_view(camera=camera, pose=pose, actor=actor, **form.cleaned_data)
            messages.success(request, _("Kept: %(preset)s.") % {"preset": preset})
            _warn(request, [preset])
        else:
            return False
    except Refused as refused:
        _say(request, refused)
        return "import" in request.POST  # what was typed stays in its fields
    return True


def _told(request: HttpRequest, camera: Camera) -> list[DevicePreset] | None:
    """None when it did not answer: that is said instead."""
    try:
        return presets.kept_by_head(camera=camera, actor=acting(request, Right.MANAGE_ESTATE))
    except Refused as refused:
        _say(request, refused)
        return None


def _say_imported(request: HttpRequest, done: presets.Imported) -> None:
    if done.kept:
        count = len(done.kept)
        said = ngettext("%(count)s preset brought in.", "%(count)s presets brought in.", count)
        messages.success(request, said % {"count": count})
        _warn(request, done.kept)
    for name, why in done.left_out:
        messages.warning(request, _("%(name)s was left out: %(why)s.") % {"name": name, "why": why})


def _warn(request: HttpRequest, kept: list[Preset]) -> None:
    if any(map(presets.unchecked, kept)):
        messages.warning(request, presets.UNCHECKED)


def _say(request: HttpRequest, refused: Refused) -> None:
    messages.error(
        request, " ".join(map(str, filter(None, (refused.title, refused.detail, refused.what_to_do))))
    )


def _hand(request: HttpRequest) -> Hand:
    seat = workstation_of(request.session)
    return Hand.of(signed_in(request), seat.code if seat else "", seat.label if seat else "")
