"""The register of recordings as a paper (L-06)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.template.defaultfilters import filesizeformat
from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from doors.documents import Document, Fields, Note, Table
from retention.ledger import Line

# A day of five thousand cameras is a table for a machine; a paper holds what somebody can read.
MOST = 1_000


def register(since: dt.date, until: dt.date, camera: str, lines: Sequence[Line]) -> Document:
    shown = lines[:MOST]
    left = len(lines) - len(shown)
    rest = ngettext(
        "%(n)s more line is in the table (CSV) and in the JSON.",
        "%(n)s more lines are in the table (CSV) and in the JSON.",
        left,
    ) % {"n": left}
    return Document(
        title=_("Register of recordings"),
        blocks=[
            Fields(
                [
                    (_("From"), formats.date_format(since)),
                    (_("To"), formats.date_format(until)),
                    (_("Camera"), camera or _("all")),
                ]
            ),
            Note(_("Days are in universal time, as the recordings are filed.")),
            Table(
                [_("Day"), _("Camera"), _("First"), _("Last"), _("Kept"), _("Destroyed"), _("Handed over")],
                [_cells(line) for line in shown],
                (3, 2, 2, 2, 3, 4, 4),
            ),
            *([Note(rest)] if left else []),
        ],
        made_at=timezone.now(),
        language=get_language() or "fr",
        data={"lines": [line.as_object() for line in shown]},
    )


def _cells(line: Line) -> list[str]:
    destroyed = "—"
    if line.destroyed_at is not None:
        at = formats.date_format(timezone.localtime(line.destroyed_at), "SHORT_DATETIME_FORMAT")
        told = {"n": line.destroyed_items, "at": at, "run": line.run}
        destroyed = _("%(n)s · %(at)s · run %(run)s") % told
    kept = f"{line.kept_items} · {filesizeformat(line.kept_bytes)}" if line.kept_items else "—"
    return [
        formats.date_format(line.day, "SHORT_DATE_FORMAT"),
        line.subject,
        f"{line.first_at:%H:%M:%S}" if line.first_at else "—",
        f"{line.last_at:%H:%M:%S}" if line.last_at else "—",
        kept,
        destroyed,
        "; ".join(line.handed_over) or "—",
    ]
