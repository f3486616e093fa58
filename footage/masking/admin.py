"""The administrators' pages of masks: which cameras wait for a check, drawing over a picture, and confirming."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from accounts.desk import acting
from accounts.people import signed_in
from accounts.rights import Right
from accounts.session import workstation_of
from cameras.masks.actions import choose_masking, draw_mask, withdraw_check
from cameras.masks.standing import standings
from cameras.models import Camera, MaskCheck, Masking, MaskOrder, Preset, PrivacyMask
from doors.problems import Refused, response
from footage.masking.actions import confirm, open_drawing
from footage.masking.telling import ask_again
from footage.showing import source_of
from footage.stills import Shown

OWN = "own"  # in addresses: the view of a camera that does not turn
PAGE = 50


@admin.register(PrivacyMask)
class PrivacyMaskAdmin(admin.ModelAdmin[PrivacyMask]):
    """Every write goes through the actions; a page here is a camera, one of its views, or all that wait."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PrivacyMask | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Any, name: str) -> URLPattern:
            guarded: Callable[..., HttpResponse] = self.admin_site.admin_view(view)
            return path(route, guarded, name=f"cameras_privacymask_{name}")

        own = [
            page("of/<int:camera>/", self.of_view, "of"),
            page("of/<int:camera>/look/", self.look_view, "look"),
            page("of/<int:camera>/<str:view>/", self.draw_view, "draw"),
            page("of/<int:camera>/<str:view>/check/", self.check_view, "check"),
        ]
        return [*own, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        mask = get_object_or_404(PrivacyMask, pk=int(object_id) if object_id.isdigit() else 0)
        return redirect("admin:cameras_privacymask_draw", mask.camera_id, str(mask.preset_id or OWN))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Cameras in service, those first that nobody has checked: they are shown to nobody."""
        self._require(request)
        chosen = _in_service(request.GET.get("q", "").strip(), due=request.GET.get("due") == "1")
        cameras = Paginator(chosen, PAGE).get_page(request.GET.get("p"))
        standing = standings(list(cameras))
        rows = [(camera, standing[camera.pk], _ended(standing[camera.pk].ended)) for camera in cameras]
        context = {
            "rows": rows,
            "page": cameras,
            "q": request.GET.get("q", ""),
            "due": request.GET.get("due") == "1",
        }
        return self._page(request, "list", _("Privacy masks"), **context)

    def of_view(self, request: HttpRequest, camera: int) -> HttpResponse:
        """A camera: who masks it, and its views."""
        self._require(request)
        row = _camera(camera)
        if request.method == "POST" and (answer := self._changed(request, row)):
            return answer
        presets = list(row.presets.order_by("number")) if row.kind == Camera.Kind.DOME else []
        way = Masking.objects.filter(camera=row).first()
        context = {
            "camera": row,
            "standing": standings([row])[row.pk],
            "views": [_view_row(row, None), *(_view_row(row, preset) for preset in presets)],
            "way": way.by if way else Masking.By.INGEST,
            "ways": Masking.By.choices,
            "orders": MaskOrder.objects.filter(camera=row).order_by("-ordered_at")[:5],
            "checks": MaskCheck.objects.filter(camera=row).select_related("by", "preset")[:20],
            "source": source_of(row),
        }
        return self._page(request, "of", _("Masks of %(camera)s") % {"camera": row}, **context)

    def draw_view(self, request: HttpRequest, camera: int, view: str) -> HttpResponse:
        self._require(request)
        row = _camera(camera)
        preset = _preset(row, view)
        if request.method == "POST":
            try:
                areas = orjson.loads(request.POST.get("polygons") or "[]")
                draw_mask(
                    camera=row, preset=preset, polygons=areas, actor=acting(request, Right.MANAGE_ESTATE)
                )
            except orjson.JSONDecodeError:
                messages.error(request, _("This mask does not hold together."))
            except Refused as refused:
                _say(request, refused)
            else:
                ask_again(row.pk)
                return redirect("admin:cameras_privacymask_check", row.pk, view)
        mask = PrivacyMask.objects.filter(camera=row, preset=preset).first()
        title = _("Draw the mask of %(camera)s") % {"camera": row}
        return self._page(
            request, "draw", title, **_about(row, preset, view), polygons=mask.polygons if mask else []
        )

    def check_view(self, request: HttpRequest, camera: int, view: str) -> HttpResponse:
        """What operators will see. Whoever confirms answers for it."""
        self._require(request)
        row = _camera(camera)
        preset = _preset(row, view)
        mask = PrivacyMask.objects.filter(camera=row, preset=preset).first()
        result = MaskCheck.Result.MASKED if mask and mask.digest else MaskCheck.Result.NOTHING
        if request.method == "POST":
            try:
                confirm(
                    actor=signed_in(request),
                    camera=row,
                    preset=preset,
                    shown=Shown.read(request.POST.get("seen", ""), row.code),
                    result=result,
                    note=request.POST.get("note", ""),
                )
            except Refused as refused:
                _say(request, refused)
            else:
                messages.success(request, _("Checked: camera %(camera)s is shown.") % {"camera": row.code})
                return redirect("admin:cameras_privacymask_of", row.pk)
        way = Masking.objects.filter(camera=row).first()
        context = _about(row, preset, view) | {
            "result": result,
            "polygons": mask.polygons if mask else [],
            "by_camera": way is not None and way.by == Masking.By.CAMERA,
        }
        return self._page(
            request, "check", _("What operators will see of %(camera)s") % {"camera": row}, **context
        )

    def look_view(self, request: HttpRequest, camera: int) -> HttpResponse:
        """The consultation is written here, before the picture is asked for with this token."""
        self._require(request)
        if request.method != "POST":
            return HttpResponse(status=405)
        seat = workstation_of(request.session)
        try:
            look = open_drawing(
                actor=signed_in(request),
                camera=_camera(camera),
                session_key=request.session.session_key or "",
                workstation=seat.code if seat else "",
                aims="aims" in request.GET,
            )
        except Refused as refused:
            return response(refused)
        ask_again(camera)  # of a dome the centre masks, what is black for others is not for who draws
        return JsonResponse({"token": look.token, "consultation": look.consultation_id}, status=201)

    def _changed(self, request: HttpRequest, camera: Camera) -> HttpResponse | None:
        actor = acting(request, Right.MANAGE_ESTATE)
        try:
            if "withdraw" in request.POST:
                withdraw_check(camera=camera, actor=actor)
                messages.success(
                    request, _("Camera %(camera)s is shown no longer.") % {"camera": camera.code}
                )
            elif request.POST.get("by") in Masking.By.values:
                choose_masking(camera=camera, by=request.POST["by"], actor=actor)
        except Refused as refused:
            _say(request, refused)
            return None
        ask_again(camera.pk)
        return redirect("admin:cameras_privacymask_of", camera.pk)

    def _require(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied

    def _page(self, request: HttpRequest, name: str, title: str, **context: Any) -> TemplateResponse:
        about = self.admin_site.each_context(request) | {"opts": self.opts, "title": title}
        return TemplateResponse(request, f"admin/cameras/privacymask/{name}.html", about | context)


def _in_service(words: str, *, due: bool) -> QuerySet[Camera]:
    checked = MaskCheck.objects.open().filter(camera=OuterRef("pk"))
    cameras = Camera.objects.in_service().annotate(checked=Exists(checked)).order_by("checked", "code")
    if words:
        cameras = cameras.filter(Q(code__icontains=words) | Q(name__icontains=words))
    return cameras.filter(checked=False) if due else cameras


def _camera(pk: int) -> Camera:
    return get_object_or_404(Camera.objects.select_related("sector", "source"), pk=pk)


def _preset(camera: Camera, view: str) -> Preset | None:
    if view == OWN:
        return None
    return get_object_or_404(Preset, camera=camera, pk=int(view) if view.isdigit() else 0)


def _view_row(camera: Camera, preset: Preset | None) -> dict[str, Any]:
    mask = PrivacyMask.objects.filter(camera=camera, preset=preset).first()
    return {
        "name": preset.name if preset else "",
        "number": preset.number if preset else None,
        "view": str(preset.pk) if preset else OWN,
        "mask": mask,
        "areas": len(mask.polygons) if mask else 0,
        "check": MaskCheck.objects.open().filter(camera=camera, preset=preset).select_related("by").first(),
    }


def _about(camera: Camera, preset: Preset | None, view: str) -> dict[str, Any]:
    source = source_of(camera)
    return {
        "camera": camera,
        "preset": preset,
        "view": view,
        "look_url": reverse("admin:cameras_privacymask_look", args=[camera.pk]),
        "still_url": f"{reverse('api-camera-still', args=[camera.code])}?quality=main",
        "has_source": source is not None and source.enabled,
    }


def _ended(why: str) -> str:
    return str(MaskCheck.Ended(why).label) if why else ""


def _say(request: HttpRequest, refused: Refused) -> None:
    said = filter(None, (refused.title, refused.detail, refused.what_to_do))
    messages.error(request, " ".join(map(str, said)))
