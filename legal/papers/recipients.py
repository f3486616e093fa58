from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from doors.documents import Block, Document, Heading, Note, Table
from legal.models import Communication, Controller, RecipientAgreement
from legal.papers.giving import day, days, language, letterhead, moment

LATEST = 500


def paper(rows: Sequence[RecipientAgreement], communications: Iterable[Communication]) -> Document:
    """Who may receive, under what act, since when and until when; and what was given."""
    us, given = Controller.current(), list(communications)
    blocks: list[Block] = [letterhead(us)]
    if not rows:
        blocks.append(Note(_("No agreement is recorded: nothing is given outside requisitions.")))
    for row in rows:
        in_force = _("in force") if row.is_in_force else _("not in force")
        blocks += [
            Heading(f"{row.agency} · {row.act} · {in_force}"),
            Table(
                [_("Order"), _("From"), _("Until"), _("Gives"), _("Cameras"), _("Kept there"), _("How")],
                [
                    [
                        *(str(row.authorisation), day(row.starts_on), day(row.last_day), what_of(row)),
                        *(where_of(row), days(row.keep_days), row.manner),
                    ]
                ],
                (3, 2, 2, 3, 3, 2, 4),
            ),
        ]
    if given:
        blocks += [
            Heading(_("What was given")),
            Table(
                [
                    _("At"),
                    _("What"),
                    _("Case"),
                    _("Cameras"),
                    _("To whom"),
                    _("To be destroyed by"),
                    _("Was"),
                ],
                [
                    [
                        *(moment(one.at), one.what, one.case, ", ".join(one.camera_codes), one.recipient),
                        *(day(one.destroy_by), day(one.destroyed_on)),
                    ]
                    for one in given
                ],
                (3, 2, 3, 3, 5, 2, 2),
            ),
        ]
    return Document(
        title=_("Recipients of images"),
        blocks=blocks,
        made_at=timezone.now(),
        language=language(),
        exercise=us.exercise,
        data={
            "agreements": [as_object(row) for row in rows],
            "communications": [_given(one) for one in given],
        },
    )


def what_of(row: RecipientAgreement) -> str:
    said = [_("live pictures")] if row.live else []
    return ", ".join([*said, _("recordings")] if row.recorded else said)


def where_of(row: RecipientAgreement) -> str:
    return _("all of the city") if row.all_cameras else ", ".join([*row.sector_codes, *row.camera_codes])


def as_object(row: RecipientAgreement) -> dict[str, object]:
    plain = (
        *("agency", "kind", "act", "contact", "starts_on", "ends_on", "ended_on", "ended_why", "live"),
        *("recorded", "keep_days", "manner", "all_cameras", "sector_codes", "camera_codes", "exercise"),
    )
    return {
        "id": row.pk,
        "order": row.authorisation.number,
        "in_force": row.is_in_force,
        "last_day": row.last_day,
        "agents": row.agents.count(),
    } | {name: getattr(row, name) for name in plain}


def _given(one: Communication) -> dict[str, object]:
    plain = (
        *("id", "agreement_id", "at", "what", "case", "camera_codes", "since", "until", "recipient"),
        *("destroy_by", "destroyed_on"),
    )
    return {name: getattr(one, name) for name in plain}
