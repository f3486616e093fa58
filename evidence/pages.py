"""What the pages of requisitions and of access requests share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.rights import Right
from accounts.session import workstation_of
from cameras.models import Camera
from doors.documents import FORMATS, Document
from doors.problems import Refused
from events.models import Event
from evidence.forms import LineForm
from evidence.letters import made

SAID = {
    "evidence.requisition_received": _("received; its minutes frozen"),
    "evidence.requisition_paper_attached": _("scan attached"),
    "evidence.requisition_extraction_asked": _("extraction asked for"),
    "evidence.requisition_checked": _("checked"),
    "evidence.requisition_validated": _("extraction validated"),
    "evidence.requisition_refused": _("refused"),
    "evidence.requisition_handed_over": _("handed over"),
    "evidence.hold_released": _("released"),
    "evidence.requisition_nothing_found": _("closed: nothing found"),
    "evidence.access_asked": _("received; its minutes frozen"),
    "evidence.access_identity_checked": _("identity checked"),
    "evidence.access_prepared": _("blurred copy asked for"),
    "evidence.access_granted": _("granted"),
    "evidence.access_refused": _("refused"),
    "evidence.access_extended": _("two months more"),
    "evidence.access_answered": _("answered"),
}
Made = Mapping[str, tuple[Any, Callable[[Any], Document]]]


def context(user: User, tab: str) -> dict[str, Any]:
    return {
        "tab": tab,
        "may_receive": user.may(Right.RECEIVE_REQUISITION),
        "may_receive_access": user.may(Right.RECEIVE_REQUISITION) or user.may(Right.KEEP_REGISTERS),
        "may_check": user.may(Right.CHECK_REQUISITION),
        "may_validate": user.may(Right.VALIDATE_EXTRACTION),
        "may_ask": user.may(Right.ASK_EXTRACTION),
        "sees_access": user.may(Right.RECEIVE_REQUISITION)
        or user.may(Right.VALIDATE_EXTRACTION)
        or user.may(Right.KEEP_REGISTERS),
        "now": timezone.now(),
    }


def seat(request: HttpRequest) -> str:
    here = workstation_of(request.session)
    return here.code if here else ""


def printed(found: Made, row: Any, name: str, form: str, language: str) -> HttpResponse:
    """A paper of the centre's own, in one of the three forms."""
    if name not in found or form not in FORMATS:
        raise Http404
    document = made(found[name][1], row, language)
    answer = HttpResponse(FORMATS[form].render(document), content_type=FORMATS[form].content_type)
    answer.headers["Content-Disposition"] = f'inline; filename="{row.number}-{name}.{form}"'
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def named(lines: Sequence[LineForm]) -> list[tuple[LineForm, list[Camera]]]:
    """Each line with the cameras its codes name, so that who types sees whether they are the right ones."""
    codes = {code for line in lines if line.is_bound for code in _codes(line)}
    known = {camera.code: camera for camera in Camera.objects.filter(code__in=codes)} if codes else {}
    return [(line, [known[code] for code in _codes(line) if code in known]) for line in lines]


def _codes(line: LineForm) -> list[str]:
    said = str(line["codes"].value() or "")
    return [code.strip().upper() for code in said.replace(",", " ").split()]


def history(about: str) -> list[tuple[Event, str]]:
    """What happened to it, from the log, in words."""
    events = Event.objects.about(about).select_related("actor").order_by("pk")
    return [(event, str(SAID[event.kind])) for event in events if event.kind in SAID]


def say(form: Any, refused: Refused) -> int:
    form.add_error(None, " ".join(filter(None, (refused.title, refused.detail, refused.what_to_do))))
    return refused.status
