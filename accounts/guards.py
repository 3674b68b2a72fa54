"""Rows that the database itself keeps: triggers on both engines, put up by the migrations of every app.

A migration that remakes a guarded table must put its triggers up again: SQLite loses them without a word.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from django.db import connection, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState, StateApps

DIFFERS = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}


@dataclass(frozen=True)
class Guard:
    """A trigger that refuses an update or a deletion.

    `when` is an SQL condition on OLD and NEW, empty for always; `{differs}` is the comparison that takes
    an empty value for a value. `words` are those of the refusal.
    """

    table: str
    name: str
    event: Literal["UPDATE", "DELETE"]
    words: str
    when: str = ""


@dataclass(frozen=True)
class Twin:
    """Unique values of a table: SQLite's INSERT OR REPLACE would take the older row away unasked.

    Each of `keys` is a condition on `t`, the row there is, and NEW; the primary key is always one.
    """

    table: str
    name: str
    keys: tuple[str, ...] = ()


def changed(*columns: str) -> str:
    """Return the condition that one of the columns changes."""
    return "(" + " OR ".join(f"NEW.{column} {{differs}} OLD.{column}" for column in columns) + ")"


def statements(vendor: str, guards: Sequence[Guard], twins: Sequence[Twin]) -> list[str]:
    """Return what creates the triggers on this engine."""
    made = [_guard(vendor, guard) for guard in guards]
    return made if vendor == "postgresql" else [*made, *(_twin(twin) for twin in twins)]


def _guard(vendor: str, guard: Guard) -> str:
    when = guard.when.replace("{differs}", DIFFERS[vendor])
    head = f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} FOR EACH ROW"
    condition = f" WHEN ({when})" if when else ""
    if vendor == "postgresql":
        return f"{head}{condition} EXECUTE FUNCTION accounts_refuse('{guard.words}')"
    return f"{head}{condition} BEGIN SELECT RAISE(ABORT, '{guard.words}'); END"


def _twin(twin: Twin) -> str:
    same = " OR ".join(f"({key})" for key in ("t.id = NEW.id", *twin.keys))
    there_is = f"EXISTS (SELECT 1 FROM {twin.table} t WHERE {same})"  # noqa: S608  # nosec B608 - names from migrations only
    return (
        f"CREATE TRIGGER {twin.name} BEFORE INSERT ON {twin.table} FOR EACH ROW WHEN {there_is}"
        f" BEGIN SELECT RAISE(ABORT, 'there is such a row, and it is never replaced'); END"
    )


@contextmanager
def lifted(trigger: str, table: str) -> Iterator[None]:
    """Take one trigger off and put it back, inside an open transaction; PostgreSQL allows it to the owner only.

    When the body fails nothing is put back: the transaction that ends with it undoes both.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Tables with checks still to come cannot be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
            yield
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
            return
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = %s", [trigger])
        (statement,) = cursor.fetchone()
        cursor.execute(f"DROP TRIGGER {trigger}")
        yield
        cursor.execute(statement)


def put_up(guards: Sequence[Guard], twins: Sequence[Twin] = ()) -> migrations.RunPython:
    """Return the operation of a migration that creates these triggers, and drops them backwards."""

    def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in statements(editor.connection.vendor, guards, twins):
            # No parameters at all: a percent sign stays one.
            editor.execute(statement, params=None)

    def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        postgresql = editor.connection.vendor == "postgresql"
        installed: list[Guard | Twin] = [*guards] if postgresql else [*guards, *twins]
        for trigger in installed:
            editor.execute(f"DROP TRIGGER {trigger.name}" + (f" ON {trigger.table}" if postgresql else ""))

    return migrations.RunPython(create, drop)


class _Guarded(Operation):
    """Changes a guarded table: SQLite makes the table anew, so its triggers are written down and put back."""

    model_name: str

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Make the change."""
        with _triggers_kept(schema_editor, from_state.apps.get_model(app_label, self.model_name)._meta.db_table):
            super().database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Take it back."""
        with _triggers_kept(schema_editor, from_state.apps.get_model(app_label, self.model_name)._meta.db_table):
            super().database_backwards(app_label, schema_editor, from_state, to_state)


class AddGuardedField(_Guarded, migrations.AddField):
    """Adds a column to a guarded table."""


class AddGuardedConstraint(_Guarded, migrations.AddConstraint):
    """Adds a constraint to a guarded table."""


class RemoveGuardedConstraint(_Guarded, migrations.RemoveConstraint):
    """Takes a constraint off a guarded table."""


@contextmanager
def _triggers_kept(editor: BaseDatabaseSchemaEditor, table: str) -> Iterator[None]:
    if editor.connection.vendor == "postgresql":
        yield
        return
    with editor.connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
        statements_before = [row[0] for row in cursor.fetchall()]
    yield
    for statement in statements_before:
        editor.execute(statement, params=None)
