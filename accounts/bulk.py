"""Many rows at once, for imports and first data: numbers drawn ahead, rows handed over the engine's fastest way.

No `save()` runs and no signal is sent: what those would fill in has to be there. The database's own rules hold as
for any other row: triggers, checks, foreign keys.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import connection, models

from accounts.encryption import SecretCharField

# Values of these fields go to the database as they are.
_PLAIN = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.ForeignKey)


class _Columns(NamedTuple):
    table: str
    names: tuple[str, ...]
    attributes: tuple[str, ...]
    #: Places of the values that the engine wants in another shape, with what gives it to them.
    shaped: tuple[tuple[int, Callable[[Any], Any]], ...]


def numbers(model: type[models.Model], count: int) -> Iterator[int]:
    """Draw primary keys for so many new rows inside the open transaction, in rising order.

    On SQLite the transaction is the only writer, so the rows have to be written before anybody else draws.
    """
    table, key = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sequence, [table, key, count])
            return iter([number for (number,) in cursor.fetchall()])
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        first = (row[0] if row else 0) + 1
        return iter(range(first, first + count))


def write(rows: Sequence[models.Model]) -> int:
    """Insert rows of one model inside the open transaction; return how many.

    Rows without a primary key get theirs from the database, and do not learn it.
    """
    if not rows:
        return 0
    if not connection.in_atomic_block:
        raise RuntimeError("rows are written inside a transaction")
    columns = _columns(type(rows[0]), connection.vendor, rows[0].pk is not None)
    (_copy if connection.vendor == "postgresql" else _insert)(columns, _values(columns, rows))
    return len(rows)


@cache
def _columns(model: type[models.Model], _vendor: str, with_key: bool) -> _Columns:
    fields = [field for field in model._meta.concrete_fields if with_key or not field.primary_key]
    shaped = tuple((place, _shape(field)) for place, field in enumerate(fields) if not _is_plain(field))
    names = tuple(field.column for field in fields)
    return _Columns(model._meta.db_table, names, tuple(field.attname for field in fields), shaped)


def _is_plain(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, _PLAIN) and not isinstance(field, SecretCharField)


def _shape(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    def shape(value: Any) -> Any:
        return None if value is None else field.get_db_prep_save(value, connection)

    return shape


def _values(columns: _Columns, rows: Iterable[models.Model]) -> Iterator[list[Any]]:
    for row in rows:
        known = row.__dict__
        values = [known[name] for name in columns.attributes]
        for place, shape in columns.shaped:
            values[place] = shape(values[place])
        yield values


def _quoted(columns: _Columns) -> tuple[str, str]:
    quote = connection.ops.quote_name
    return quote(columns.table), ", ".join(quote(name) for name in columns.names)


def _copy(columns: _Columns, values: Iterable[list[Any]]) -> None:
    table, names = _quoted(columns)
    statement = f"COPY {table} ({names}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in values:
            copy.write_row(row)


def _insert(columns: _Columns, values: Iterable[list[Any]]) -> None:
    table, names = _quoted(columns)
    places = ", ".join(["%s"] * len(columns.names))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", values)  # noqa: S608  # nosec B608
