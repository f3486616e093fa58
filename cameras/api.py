"""The REST door of the estate, for signed-in people of the room."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response, patch_cache_control
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.rights import Right, require
from cameras import messages, optics
from cameras.geojson import MEDIA_TYPE, estate_version, feature_collection
from cameras.models import Camera

if TYPE_CHECKING:
    from accounts.models import User


class MaySeeTheEstate(BasePermission):
    """The room, and who manages the estate. The refusal names the right that is missing."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        user: Any = request.user
        if not user.may(Right.MANAGE_ESTATE):
            require(user, Right.SEE_ROOM)
        return True


class _EstateView(APIView):
    permission_classes = [IsAuthenticated, MaySeeTheEstate]

    @property
    def user(self) -> User:
        user: Any = self.request.user
        return user  # type: ignore[no-any-return]


class _AsGeoJSON(JSONRenderer):
    """So that who accepts GeoJSON only is answered too."""

    media_type = MEDIA_TYPE


class CamerasView(_EstateView):
    renderer_classes = [_AsGeoJSON, JSONRenderer]

    @extend_schema(
        operation_id="list_cameras",
        summary="The estate as GeoJSON",
        description="All cameras in one answer; with If-None-Match and nothing changed, 304.",
        parameters=[
            OpenApiParameter("bbox", str, description="west,south,east,north in degrees (RFC 7946 §5)."),
        ],
        responses={
            (200, MEDIA_TYPE): OpenApiTypes.OBJECT,
            304: OpenApiResponse(description="Nothing has changed since the answer with this ETag."),
        },
    )
    def get(self, request: Request) -> HttpResponseBase:
        asked = messages.ListQuestion(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        box = asked.validated_data.get("bbox")
        etag = hashlib.sha256(f"{estate_version()} {box}".encode()).hexdigest()[:32]
        etag = f'"{etag}"'
        if unchanged := get_conditional_response(request._request, etag=etag):
            return unchanged
        cameras = Camera.objects.visible_to(self.user)
        answer = HttpResponse(feature_collection(cameras.inside(box) if box else cameras), MEDIA_TYPE)
        answer.headers["ETag"] = etag
        patch_cache_control(answer, private=True, no_cache=True)
        return answer


class CameraView(_EstateView):
    @extend_schema(
        operation_id="read_camera", summary="The record of one camera", responses=messages.CameraAnswer
    )
    def get(self, request: Request, code: str) -> Response:
        cameras = Camera.objects.visible_to(self.user).select_related("sector")
        return Response(messages.CameraAnswer(get_object_or_404(cameras, code=code)).data)


class ThatSeeView(_EstateView):
    @extend_schema(
        operation_id="cameras_that_see",
        summary="Which cameras can see a place, best first, and why the others near it cannot",
        parameters=[messages.SeeQuestion],
        responses=messages.SeeAnswer,
    )
    def get(self, request: Request) -> Response:
        asked = messages.SeeQuestion(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        found = Camera.objects.visible_to(self.user).considered_for(
            asked.point, at_most=asked.validated_data["at_most"]
        )
        return Response(
            {
                "edition": optics.EDITION,
                "sights": [messages.sight_answer(s) for s in found.sights[: asked.validated_data["at_most"]]],
                "left_out": [messages.left_out_answer(out) for out in found.left_out],
            }
        )
