"""An extraction at a terminal, for a requisition: the same acts, the same two persons."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import User
from doors.problems import Refused
from footage.extraction import actions, building
from footage.models import Extraction


class Command(BaseCommand):
    help = (
        "Ask for an extraction (--as, --camera, --from, --to, --reason, --ground, --reference), "
        "or validate one that somebody else asked for and build it here (--as, --validate NUMBER)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as", dest="user", required=True, help="user name of who does it")
        parser.add_argument("--validate", type=int, metavar="NUMBER", help="the extraction to validate")
        parser.add_argument("--camera", action="append", default=[], help="code; again for another")
        parser.add_argument(
            "--from", dest="since", help="2026-11-22T12:00:00+01:00; the centre's time without zone"
        )
        parser.add_argument("--to", dest="until")
        parser.add_argument("--reason", choices=Extraction.Reason.values)
        parser.add_argument("--ground", choices=Extraction.Ground.values)
        parser.add_argument("--reference", default="", help="number of the case")
        parser.add_argument("--words", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is nobody called {options['user']}.")
        try:
            row = self._validate(user, options) if options["validate"] else self._ask(user, options)
        except Refused as refused:
            raise CommandError(
                " ".join(filter(None, [refused.title, refused.detail, refused.what_to_do]))
            ) from refused
        self.stdout.write(f"{row.number} {row.state} {row.path if row.is_sealed else ''}".strip())

    def _ask(self, user: User, options: dict[str, Any]) -> Extraction:
        row = actions.ask_extraction(
            actor=user,
            codes=options["camera"],
            reason=options["reason"] or "",
            ground=options["ground"] or "",
            reference=options["reference"],
            words=options["words"],
            since=_moment(options["since"]),
            until=_moment(options["until"]),
        )
        self.stdout.write(f"Another person validates it: manage.py extract --as … --validate {row.pk}")
        return row

    def _validate(self, user: User, options: dict[str, Any]) -> Extraction:
        row = Extraction.objects.visible_to(user).filter(pk=options["validate"]).first()
        if row is None:
            raise CommandError("There is no such extraction for you.")
        actions.validate_extraction(actor=user, extraction=row, start=False)
        building.build(row.pk)
        row.refresh_from_db()
        if not row.is_sealed:
            raise CommandError(f"{row.number} could not be built: {row.error}")
        return row


def _moment(said: str | None) -> dt.datetime:
    moment = parse_datetime(said or "")
    if moment is None:
        raise CommandError("Give --from and --to as 2026-11-22T12:00:00+01:00.")
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
