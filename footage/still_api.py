"""The REST door of stills: a look opened before, its token in a header, one JPEG back."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from footage import showing, stills
from footage.live import QUALITIES, SUB
from legal.looks import check_look
from legal.models import Consultation


class _Jpeg(BaseRenderer):
    """So that a client may ask for image/jpeg by name; the picture itself is answered as it is."""

    media_type = "image/jpeg"
    format = "jpeg"
    charset = None
    render_style = "binary"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return orjson.dumps(data, default=str)


class StillView(APIView):
    permission_classes = [IsAuthenticated]
    renderer_classes = [JSONRenderer, _Jpeg]

    @extend_schema(
        operation_id="camera_still",
        summary="One picture of a camera, as operators see it now",
        description="Open a look of kind `still` first: its consultation is written before. The answer's header"
        " `X-Still` names the picture for whoever must say later which one was seen.",
        parameters=[
            OpenApiParameter("X-Look", str, OpenApiParameter.HEADER, required=True, description="The token."),
            OpenApiParameter("quality", str, enum=QUALITIES, default=SUB),
        ],
        responses={(200, "image/jpeg"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        grant = check_look(
            request.headers.get("X-Look", ""),
            camera_code=code,
            kind=Consultation.Kind.STILL,
            session_key=request.session.session_key or "",
        )
        camera = showing.shown(code)
        asked = request.query_params.get("quality", SUB)
        still = stills.take(camera.pk, asked if asked in QUALITIES else SUB)
        named = stills.Shown(
            code, grant.consultation_id, still.taken_at, still.sha256, still.width, still.height
        )
        return HttpResponse(
            still.jpeg,
            content_type="image/jpeg",
            headers={
                "Cache-Control": "private, no-store",
                "X-Still": named.signed(),
                "X-Taken-At": still.taken_at.isoformat(timespec="milliseconds"),
            },
        )
