"""The REST door of looks: a reason in, tokens out; the consultation is written before (L-07, L-08, L-11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.rights import Right, require
from accounts.session import is_locked, workstation_of
from cameras.models import Camera
from doors.problems import Refused, problem
from events.models import Event
from footage import messages, showing
from footage.live import MAIN, SUB
from footage.models import Segment
from legal import looks, tokens
from legal.looks import Look, Opened
from legal.models import Consultation

if TYPE_CHECKING:
    from accounts.models import User

STYLES = {Camera.Kind.PANORAMIC: "panoramic", Camera.Kind.THERMAL: "thermal"}


class _LooksView(APIView):
    permission_classes = [IsAuthenticated]

    @property
    def user(self) -> User:
        user: Any = self.request.user
        return user  # type: ignore[no-any-return]

    @property
    def session_key(self) -> str:
        return self.request.session.session_key or ""


class LooksView(_LooksView):
    @extend_schema(
        operation_id="open_looks",
        summary="Look at cameras: one consultation written and one token given for each",
        description="A camera that is refused leaves the others open. When all are, 403 with the reasons.",
        request=messages.LooksMessage,
        responses={201: messages.LooksAnswer},
    )
    def post(self, request: Request) -> Response:
        asked = messages.LooksMessage(data=request.data)
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        self._not_locked(said["screen"])
        opened, cameras = self._open(said)
        refused = [_refusal(code, why) for code, why in opened.refused.items()]
        if not opened.looks:
            raise _all_refused(opened.refused, refused)
        codecs = _codecs([cameras[look.camera_code] for look in opened.looks])
        given = [_given(look, cameras[look.camera_code], codecs) for look in opened.looks]
        return Response({"looks": given, "refused": refused}, status=201)

    def _not_locked(self, screen: str) -> None:
        """Nobody sits before a locked screen; the wall has no lock, it hangs in the room (L-07)."""
        if screen == "wall":
            require(self.user, Right.SEE_WALL)
        elif is_locked(self.request.session):
            raise Refused(
                _("The screen is locked."),
                what_to_do=_("Unlock it: the pictures come back."),
                status=423,
                code="locked",
            )

    def _open(self, said: dict[str, Any]) -> tuple[Opened, dict[str, Camera]]:
        cameras = showing.cameras_of(said["cameras"])
        closed = {code: showing.why_not(cameras.get(code), code) for code in said["cameras"]}
        shown = [cameras[code] for code in said["cameras"] if closed[code] is None]
        refused = {code: why for code, why in closed.items() if why is not None}
        if not shown:
            return Opened([], refused), cameras
        reason = said["reason"]
        seat = workstation_of(self.request.session)
        opened = looks.open_looks(
            actor=self.user,
            cameras=showing.looked(shown),
            kind=Consultation.Kind(said["kind"]),
            reason=reason["kind"],
            session_key=self.session_key,
            reference=_reference(reason),
            text=reason.get("text", ""),
            workstation=seat.code if seat else "",
        )
        return Opened(opened.looks, refused | opened.refused), cameras


class RenewView(_LooksView):
    @extend_schema(
        operation_id="renew_looks",
        summary="Go on looking: fresh tokens, everything asked again",
        request=messages.TokenMessage,
        responses=messages.RenewedAllAnswer,
    )
    def post(self, request: Request) -> Response:
        held = _held(request)
        cameras = showing.cameras_of(claim.camera_code for _token, claim in held)
        known = {one.code: one for one in showing.looked(list(cameras.values()))}
        renewed, refused = [], []
        for token, claim in held:
            code = claim.camera_code
            try:
                if why := showing.why_not(cameras.get(code), code):
                    raise why
                look = looks.renew_look(token, session_key=self.session_key, camera=known[code])
            except Refused as refusal:
                refused.append(_refusal(code, refusal))
            else:
                renewed.append({"camera": code, "token": look.token, "expires_at": look.expires_at})
        return Response({"looks": renewed, "refused": refused})


class EndView(_LooksView):
    @extend_schema(
        operation_id="end_looks",
        summary="Looked enough: the end is written",
        request=messages.TokenMessage,
        responses=messages.EndedAnswer,
    )
    def post(self, request: Request) -> Response:
        ended = [looks.end_look(token, session_key=self.session_key) for token, _claim in _held(request)]
        return Response({"ended": sum(end is not None for end in ended)})


def _held(request: Request) -> list[tuple[str, tokens.Claim]]:
    asked = messages.TokenMessage(data=request.data)
    asked.is_valid(raise_exception=True)
    return [(token, tokens.read(token)) for token in asked.validated_data["tokens"]]


def _reference(reason: Mapping[str, Any]) -> str:
    """The number of the incident, from the log: incidents are above this layer."""
    if reason["kind"] != Consultation.Reason.INCIDENT:
        return str(reason.get("reference", ""))
    opened = Event.objects.about(f"incident:{reason.get('incident', 0)}").filter(kind="incidents.opened")
    number = opened.values_list("data__number", flat=True).first()
    if number is None:
        raise Refused(
            _("There is no such incident."),
            what_to_do=_("Look for a reason that exists: pictures are seen for an incident, or another one."),
            status=400,
            code="look-reason",
        )
    return str(number)


def _given(look: Look, camera: Camera, codecs: Mapping[int, str]) -> dict[str, Any]:
    source = showing.source_of(camera)
    return {
        "camera": camera.code,
        "token": look.token,
        "expires_at": look.expires_at,
        "consultation": look.consultation_id,
        "exercise": camera.exercise,
        "ws": f"/ws/live/{camera.code}/",
        "qualities": [MAIN, SUB] if source and source.sub_url else [MAIN],
        "shows": STYLES.get(Camera.Kind(camera.kind), "street"),
        "azimuth_deg": camera.mounting_azimuth_deg,
        "codecs": codecs.get(camera.pk, ""),
    }


def _codecs(cameras: list[Camera]) -> dict[int, str]:
    last = (
        Segment.objects.filter(camera__in=cameras).order_by("camera_id", "-started_at").distinct("camera_id")
    )
    return dict(last.values_list("camera_id", "codecs"))


def _refusal(code: str, refused: Refused) -> dict[str, Any]:
    said = problem(refused)
    return {"camera": code} | {
        name: said[name] for name in ("code", "title", "detail", "what_to_do") if name in said
    }


def _all_refused(whys: Mapping[str, Refused], said: list[dict[str, Any]]) -> Refused:
    first = next(iter(whys.values()))
    same = len({why.code for why in whys.values()}) == 1
    return Refused(
        first.title,
        detail=first.detail,
        what_to_do=first.what_to_do,
        status=first.status if same else 403,
        code=first.code,
        refused=said,
    )
