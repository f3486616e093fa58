"""`Idempotency-Key`: the same message sent twice is done once (draft-ietf-httpapi-idempotency-key-header)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from doors.models import KeptAnswer
from doors.problems import Conflict, Refused

_WELL_FORMED = re.compile(r"[\x21-\x7e]{8,200}")

Answer = tuple[int, dict[str, Any]]


def once(*, scope: str, key: str, body: bytes, do: Callable[[], Answer]) -> Answer:
    """Run `do` for the first message under this key; answer later ones with what the first was answered.

    The key is kept in the transaction that did the work, so either both exist or neither. A second message
    that arrives meanwhile waits for the first. Returns (201, body) the first time, (200, the same body) after.
    Raises `Refused` 400 for a malformed key and `Conflict` 409 when the body is another one.
    """
    if not _WELL_FORMED.fullmatch(key):
        raise Refused(
            _("The Idempotency-Key is missing or malformed."),
            what_to_do=_(
                "Send an Idempotency-Key header of 8 to 200 visible ASCII characters, new for each message."
            ),
            status=400,
            code="idempotency-key",
        )
    fingerprint = hashlib.sha256(body).hexdigest()
    with transaction.atomic():
        mine = _claim(scope, key, fingerprint)
        if mine is None:
            return _kept(scope, key, fingerprint)
        status, answer = do()
        _keep(mine, status, answer)
        return status, answer


def _claim(scope: str, key: str, fingerprint: str) -> int | None:
    # Race: two copies of one message at once. The unique key makes the second insert wait for the first commit.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO doors_keptanswer (scope, key, fingerprint, at) VALUES (%s, %s, %s, now())"
            " ON CONFLICT DO NOTHING RETURNING id",
            [scope, key, fingerprint],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _keep(row: int, status: int, answer: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE doors_keptanswer SET status = %s, body = %s WHERE id = %s",
            [status, json.dumps(answer), row],
        )


def _kept(scope: str, key: str, fingerprint: str) -> Answer:
    kept = KeptAnswer.objects.get(scope=scope, key=key)
    if kept.fingerprint != fingerprint:
        raise Conflict(
            _("This Idempotency-Key was used for another message."),
            what_to_do=_(
                "Use a new key for a new message; repeat a message with its own key and the same body."
            ),
            code="idempotency-key-reused",
        )
    return 200, kept.body or {}
