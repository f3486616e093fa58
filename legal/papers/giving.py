"""A paper of the law as a file: PDF, OpenDocument or JSON."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from doors.documents import FORMATS, Block, Document, Fields
from legal.models import Controller

Maker = Callable[[], Document]


def given(request: HttpRequest, make: Maker, name: str) -> HttpResponse | None:
    """The paper in the format the address asks for; None when it asks for the page. Raises Http404 for another."""
    asked = request.GET.get("format", "")
    if not asked:
        return None
    if asked not in FORMATS:
        raise Http404
    document, form = make(), FORMATS[asked]
    answer = HttpResponse(form.render(document), content_type=form.content_type)
    day = timezone.localtime(document.made_at)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{day:%Y%m%d}.{asked}"'
    return answer


def language() -> str:
    return get_language() or "fr"


def letterhead(us: Controller) -> Block:
    """Who answers: what nobody filled in says so rather than be left out."""
    unsaid = _("(to be filled in)")
    return Fields(
        [
            (_("Controller"), us.name or unsaid),
            (_("Represented by"), us.represented_by or unsaid),
            (_("Postal address"), us.address or unsaid),
            (_("Data protection officer"), us.dpo_contact or unsaid),
        ]
    )


def day(value: object) -> str:
    return formats.date_format(value, "DATE_FORMAT") if value else "—"  # type: ignore[arg-type]


def moment(value: object) -> str:
    if value is None:
        return "—"
    return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT")  # type: ignore[arg-type]


def days(number: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", number) % {"n": number}
