from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from doors.documents import Block, Document, Fields, Heading, Note, Table
from legal.models import Breach, Controller
from legal.papers.giving import language, letterhead, moment


def paper(breach: Breach) -> Document:
    """What the CNIL's form of notification asks (GDPR art. 33(3)), and what was done, step by step (L-63)."""
    us = Controller.current()
    return Document(
        title=_("Personal data breach"),
        number=breach.number,
        blocks=[letterhead(us), *_what_happened(breach), *_what_was_done(breach)],
        made_at=timezone.now(),
        language=language(),
        exercise=breach.exercise or us.exercise,
        data=_fields(breach),
    )


def _what_happened(breach: Breach) -> list[Block]:
    natures = [str(Breach.Nature(one).label) for one in breach.natures]
    return [
        Heading(_("1. The breach")),
        Fields(
            [
                (_("The centre knew at"), moment(breach.aware_at)),
                (_("To be notified by"), moment(breach.due_at)),
                (_("Began at"), moment(breach.began_at)),
                (_("Ended at"), moment(breach.ended_at)),
                (_("Nature"), "; ".join(natures)),
                (_("What happened"), breach.what),
            ]
        ),
        Heading(_("2. People and data")),
        Fields(
            [
                (_("Categories of people concerned"), breach.people or "—"),
                (_("About how many people"), _number(breach.people_about)),
                (_("Categories of data"), breach.data or "—"),
                (_("About how many records"), _number(breach.records_about)),
            ]
        ),
        Heading(_("3. Consequences and measures")),
        Fields(
            [
                (_("Likely consequences"), breach.consequences or "—"),
                (_("Risk"), str(breach.get_risk_display())),
                (_("Measures taken or proposed"), breach.measures or "—"),
                (_("People told at"), moment(breach.people_told_at)),
                (_("Why they were not told"), breach.why_not_told or "—"),
            ]
        ),
    ]


def _what_was_done(breach: Breach) -> list[Block]:
    return [
        Heading(_("4. Notification")),
        Fields(
            [
                (_("Notified to the CNIL at"), moment(breach.notified_at)),
                (_("Reference of the CNIL"), breach.cnil_reference or "—"),
                (_("Reasons for the delay"), breach.why_late or "—"),
                (_("State"), str(breach.get_state_display())),
            ]
        ),
        Heading(_("What was done")),
        Table(
            [_("At"), _("State"), _("What")],
            [
                [moment(step.at), str(step.get_state_display()), step.words]
                for step in breach.steps.order_by("at", "pk")
            ],
            (3, 3, 8),
        ),
        Note(_("To be entered on the CNIL's form of notification; kept in the register (GDPR art. 33(5)).")),
    ]


def _number(value: int | None) -> str:
    return _("not known yet") if value is None else str(value)


def _fields(breach: Breach) -> dict[str, object]:
    names = (
        *("number", "state", "aware_at", "due_at", "began_at", "ended_at", "natures", "what", "people"),
        *("people_about", "data", "records_about", "consequences", "measures", "risk", "notified_at"),
        *("cnil_reference", "why_late", "people_told_at", "why_not_told", "closed_at"),
    )
    return {name: getattr(breach, name) for name in names}
