"""The database role of the running application: everything it needs, and of the log only reading and adding.

The owner of the tables, who migrates, could switch the triggers off. The application then is not the owner.
"""

from __future__ import annotations

from psycopg import sql

APPEND_ONLY = (
    "legal_consultation",
    "legal_consultationend",
    "legal_chainhead",
    "legal_headstamp",
    "legal_breachstep",
    "events_event",
)
# Its rows say once when they were carried out; PostgreSQL sees to it that they say nothing else.
GROWING = ("retention_destruction", "retention_destroyedday", "retention_limit")

_ROLE = """DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal}) THEN
        CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
    END IF;
END $$"""
_GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
    " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {role}",
)
# Rows may be deleted as far as triggers the role cannot switch off let them: those past three years (retention).
_TAKEN_BACK = (
    "REVOKE UPDATE, TRUNCATE, REFERENCES, TRIGGER ON {tables} FROM {role}",
    "REVOKE TRUNCATE, REFERENCES, TRIGGER ON {growing} FROM {role}",
)


def statements(role: str, owner: str) -> list[sql.Composed]:
    """Safe to repeat, and to be repeated after a migration that adds a log.

    The first needs a role that may create roles, the others the owner of the tables; a superuser is both.
    """
    names = {
        "role": sql.Identifier(role),
        "owner": sql.Identifier(owner),
        "literal": sql.Literal(role),
        "tables": sql.SQL(", ").join(map(sql.Identifier, APPEND_ONLY)),
        "growing": sql.SQL(", ").join(map(sql.Identifier, GROWING)),
    }
    return [sql.SQL(text).format(**names) for text in (_ROLE, *_GRANTS, *_TAKEN_BACK)]
