"""The scanned papers: beside the evidence store, out of every web root, under names of ours, read through one door.

Past its time a paper is given to nobody, even before it is destroyed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import os
import re
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _

from doors.problems import Refused
from evidence.models import HoldExtension, Requisition
from retention import disk
from retention.keepers import Doomed, Late, OfOneDay, hash_of
from retention.rules import days_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

logger = logging.getLogger(__name__)
LARGEST = 20_000_000
PART = 1 << 20
# A PDF ends so, in its last kilobyte (ISO 32000-1, 7.5.5 and its note on readers): what was cut off is no paper.
END, WITHIN = b"%%EOF", 1024
RULE, EXTENSION_RULE = "evidence.Requisition:paper", "evidence.HoldExtension:paper"
Papered = Requisition | HoldExtension
# A file no row names was written by a gesture that failed: left alone for a day, lest it is under way.
LEFT = dt.timedelta(days=1)
_NAME = re.compile(r"[0-9a-f]{32}\.pdf")


def root() -> Path:
    return Path(settings.FOOTAGE_ROOT).resolve().parent / "papers"


def keep(scan: UploadedFile[bytes]) -> tuple[str, str]:
    """(name, SHA-256) of the paper, on the platter. Nothing of the name it came with is used.

    Raises Refused for what is no whole PDF, or too large.
    """
    size = scan.size or 0
    if size > LARGEST:
        raise too_large()
    scan.seek(0)
    if scan.read(5) != b"%PDF-":
        raise _bad(_("The paper must be a PDF."), _("Scan it as a PDF."))
    scan.seek(max(0, size - WITHIN))
    if END not in scan.read(WITHIN):
        raise _bad(_("The end of the paper is missing: it was cut off on its way."), _("Send it again."))
    scan.seek(0)
    base = root()
    base.mkdir(mode=0o750, parents=True, exist_ok=True)
    name, digest = f"{uuid.uuid4().hex}.pdf", hashlib.sha256()
    with disk.folder(base) as folder:
        fd = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o440, dir_fd=folder)
        try:
            with os.fdopen(fd, "wb") as out:
                for part in scan.chunks(PART):
                    digest.update(part)
                    out.write(part)
                out.flush()
                os.fsync(out.fileno())
            os.fsync(folder)
        except OSError as error:
            os.unlink(name, dir_fd=folder)
            raise _no_room(error) from error
    return name, digest.hexdigest()


def _no_room(error: OSError) -> Refused:
    logger.error("a scan could not be kept", extra={"error": str(error)})
    return Refused(
        _("The scan could not be kept: the disk has no room for it, or refuses it."),
        what_to_do=_(
            "Enter the paper without it: its minutes are frozen all the same. Attach the scan later."
        ),
        status=507,
        code="no-room",
    )


def sha256_of(scan: UploadedFile[bytes]) -> str:
    digest = hashlib.sha256()
    scan.seek(0)
    for part in scan.chunks(PART):
        digest.update(part)
    return digest.hexdigest()


def is_past(row: Papered) -> bool:
    """Whether the paper and the facts it tells may no longer be given out, be they there or not."""
    hold, rule = (row, RULE) if isinstance(row, Requisition) else (row.requisition, EXTENSION_RULE)
    closed = hold.closed_at
    return closed is not None and closed < timezone.now() - dt.timedelta(days=days_of(rule))


def read(row: Papered) -> bytes | None:
    """The paper as it came; None when it is gone, or past its time. Raises Refused when it is not the one that came."""
    if not _NAME.fullmatch(row.paper) or is_past(row):
        return None
    try:
        with disk.folder(root()) as folder:
            fd = os.open(row.paper, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder)
            with os.fdopen(fd, "rb") as file:
                data = file.read(LARGEST + 1)
    except OSError:
        return None
    if hashlib.sha256(data).hexdigest() != row.paper_sha256:
        raise Refused(
            _("The paper on the disk is not the one that was received: its hash is another."),
            what_to_do=_("Tell the data protection officer; ask the authority for the paper again."),
            status=409,
            code="paper-changed",
        )
    return data


def too_large() -> Refused:
    return Refused(
        _("The paper is larger than 20 MB."),
        what_to_do=_("Scan it smaller."),
        status=413,
        code="paper-too-large",
    )


def _bad(title: str, what_to_do: str) -> Refused:
    return Refused(title, what_to_do=what_to_do, status=400, code="paper")


class PaperKeeper:
    """The paper and what it tells of the facts go together; the row stays in the register (law L-06)."""

    rule = RULE

    def doom(self, *, now: dt.datetime, at_most: int) -> Doomed | None:
        days = days_of(self.rule)
        found = self.due(now, days).select_for_update(skip_locked=True, of=("self",), no_key=True)
        row = found.order_by("pk").first()
        if row is None:
            return None
        self.erase(row)
        size = sum(size for name, size in disk.walk(root()) if name == row.paper)
        return Doomed(
            items=1,
            files=1 if size else 0,
            bytes=size,
            oldest=min(row.received_at, self.closed_at(row)),
            newest=self.closed_at(row),
            names_sha256=hash_of([row.paper or f"{self.rule}:{row.pk}"]),
            days=days,
            scope=row.paper or f"row {row.pk}",
        )

    def due(self, now: dt.datetime, days: int) -> QuerySet[Any]:
        closed = Requisition.objects.filter(closed_at__lt=now - dt.timedelta(days=days))
        return closed.exclude(paper="", facts="")

    def erase(self, row: Any) -> None:
        Requisition.objects.filter(pk=row.pk).update(paper="", facts="")

    def closed_at(self, row: Any) -> dt.datetime:
        closed: dt.datetime = row.closed_at
        return closed

    def destroy(self, scope: str) -> int:
        if _NAME.fullmatch(scope):
            disk.remove(root(), scope)
        return 0

    def doom_orphans(self, *, now: dt.datetime) -> Doomed | None:
        for name, size in _strays(now):
            written = dt.datetime.fromtimestamp((root() / name).lstat().st_mtime, dt.UTC)
            return Doomed(
                items=0,
                files=1,
                bytes=size,
                oldest=written,
                newest=written,
                names_sha256=hash_of([name]),
                days=LEFT.days,
                scope=name,
            )
        return None

    def late(self, *, before: dt.timedelta, now: dt.datetime) -> Late:
        rows = self.due(now - before, days_of(self.rule)).order_by("pk")
        first = rows.first()
        strays = len(_strays(now - before - LEFT)) if self.rule == RULE else 0
        return Late(rows.count(), self.closed_at(first) if first else None, strays)

    def kept(self, since: dt.date, until: dt.date, subject: str) -> list[OfOneDay]:
        return []

    def handed_over(self, since: dt.date, until: dt.date, subject: str) -> list[tuple[str, dt.date, str]]:
        return []


class ExtensionPaperKeeper(PaperKeeper):
    """The papers that made a hold longer go with its own; files nobody names are looked for once, above."""

    rule = EXTENSION_RULE

    def due(self, now: dt.datetime, days: int) -> QuerySet[Any]:
        before = now - dt.timedelta(days=days)
        rows = HoldExtension.objects.filter(requisition__closed_at__lt=before).exclude(paper="")
        return rows.select_related("requisition")

    def erase(self, row: Any) -> None:
        HoldExtension.objects.filter(pk=row.pk).update(paper="")

    def closed_at(self, row: Any) -> dt.datetime:
        closed: dt.datetime = row.requisition.closed_at
        return closed

    def doom_orphans(self, *, now: dt.datetime) -> Doomed | None:
        return None


def _strays(now: dt.datetime) -> list[tuple[str, int]]:
    """Files no row names."""
    base = root()
    if not base.is_dir():
        return []
    known = {
        name
        for rows in (Requisition.objects, HoldExtension.objects)
        for name in rows.exclude(paper="").values_list("paper", flat=True)
    }
    old = (now - LEFT).timestamp()
    return [
        (name, size)
        for name, size in disk.walk(base)
        if _NAME.fullmatch(name) and name not in known and (base / name).lstat().st_mtime < old
    ]
