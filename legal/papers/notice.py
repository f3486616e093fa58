from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from doors.documents import Block, Document, Fields, Heading, Recipient, Signatures, Table, Text
from legal.models import Controller, PrefectNotice
from legal.papers.giving import day, language, letterhead
from legal.purposes import CctvPurpose

Kind = PrefectNotice.Kind


def paper(notice: PrefectNotice) -> Document:
    """The letter that tells the prefect (L-02): entry into service, change with the cameras by number, end."""
    us, act = Controller.current(), notice.authorisation
    unsaid = _("(to be filled in)")
    blocks: list[Block] = [
        letterhead(us),
        Recipient([_("To the prefect"), us.prefecture or unsaid]),
        Text(_opening(notice)),
        Fields(
            [
                (_("Order of the prefect"), f"{act.number}, {day(act.signed_on)}"),
                (_("From"), day(notice.effective_on)),
                (_("Cameras under this order"), str(len(notice.estate))),
                (_("New"), str(len(notice.changes.get("added", [])))),
                (_("Moved"), str(len(notice.changes.get("moved", [])))),
                (_("Taken down"), str(len(notice.changes.get("removed", [])))),
            ]
        ),
    ]
    if notice.words:
        blocks.append(Text(notice.words))
    for title, codes in (
        (_("New cameras"), notice.changes.get("added", [])),
        (_("Moved cameras"), notice.changes.get("moved", [])),
    ):
        if codes:
            blocks += [Heading(title), _cameras([(code, notice.estate[code]) for code in codes])]
    if removed := notice.changes.get("removed", []):
        blocks += [Heading(_("Cameras taken down")), Text(", ".join(removed))]
    blocks.append(Signatures([us.represented_by or unsaid]))
    return Document(
        title=_("Notice to the prefect: %(kind)s") % {"kind": str(notice.get_kind_display()).lower()},
        number=act.number,
        blocks=blocks,
        made_at=notice.made_at,
        language=language(),
        exercise=notice.exercise or us.exercise,
        data={"kind": notice.kind, "estate": notice.estate, "changes": notice.changes},
    )


def _opening(notice: PrefectNotice) -> str:
    return {
        Kind.ENTRY: _(
            "I inform you of the entry into service of the system of video protection named below."
        ),
        Kind.CHANGE: _("I inform you of the changes below to the system of video protection."),
        Kind.CEASE: _("I inform you that the system of video protection named below ends."),
    }[Kind(notice.kind)]


def _cameras(rows: list[tuple[str, dict[str, Any]]]) -> Table:
    return Table(
        [_("Camera"), _("Name"), _("Latitude"), _("Longitude"), _("Purpose")],
        [
            [code, one["name"], f"{one['lat']:.6f}", f"{one['lon']:.6f}", _purpose(one["purpose"])]
            for code, one in rows
        ],
        (2, 5, 3, 3, 6),
    )


def _purpose(number: int) -> str:
    return str(CctvPurpose(number).label)
