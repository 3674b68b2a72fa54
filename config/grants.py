"""What the application's role may do in PostgreSQL. It owns no table, so it cannot switch a trigger off."""

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from payments.guards import GUARDED_TABLES as MONEY

ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")
# Per table the only rights; a column's right as "UPDATE (column)". Every other table: all of ``ALL``.
GUARDED: dict[str, tuple[str, ...]] = {
    **MONEY,
    "accounts_auditentry": ("SELECT", "INSERT"),
    "django_migrations": ("SELECT",),
}
# A trigger runs for whoever changes the row; nobody needs to call its function, or to hang it on a table of his own.
# A restore gives every function to everybody again. Those of extensions belong to somebody else.
_REVOKE_TRIGGERS = """
DO $$ DECLARE own regprocedure; BEGIN
  FOR own IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    AND prorettype = 'trigger'::regtype AND pg_has_role(proowner, 'USAGE')
  LOOP EXECUTE 'REVOKE EXECUTE ON FUNCTION ' || own || ' FROM PUBLIC'; END LOOP;
END $$
"""


def grant_to(connection: BaseDatabaseWrapper, role: str) -> list[str]:
    """Give ``role`` its rights in the connected database, all at once, and return the tables it got.

    Call it as the owner of the tables after each migration: new tables start without any right.
    """
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        for statement in _statements(role, tables):
            cursor.execute(statement)
    return tables


def _statements(role: str, tables: list[str]) -> Iterator[sql.Composed]:
    name = sql.Identifier(role)
    yield sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(name)
    yield sql.SQL("REVOKE CREATE ON SCHEMA public FROM PUBLIC, {}").format(name)
    yield sql.SQL(_REVOKE_TRIGGERS).format()
    yield sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}").format(name)
    for table in tables:
        rights = sql.SQL(", ").join(sql.SQL(right) for right in GUARDED.get(table, ALL))
        target = sql.Identifier(table)
        yield sql.SQL("REVOKE ALL ON {} FROM PUBLIC, {}").format(target, name)
        yield sql.SQL("GRANT {} ON {} TO {}").format(rights, target, name)
