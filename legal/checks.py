from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connection

from legal.role import APPEND_ONLY


@checks.register(checks.Tags.database)
def log_has_its_own_role(databases: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """In a centre in service the application cannot change the log even by SQL (L-64)."""
    if not databases or not settings.HTTPS:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(has_table_privilege(c.oid, 'UPDATE, TRUNCATE'))"
            " FROM pg_class c WHERE c.relname = ANY(%s) AND c.relkind = 'r'",
            [list(APPEND_ONLY)],
        )
        (may_change,) = cursor.fetchone() or (None,)
    if not may_change:
        return []
    return [
        checks.Warning(
            "The application signs in to PostgreSQL as a role that may change the log of consultations.",
            hint="Make a role for it with `manage.py legal_role`: docs/how-to/consultations.md.",
            id="legal.W001",
        )
    ]
