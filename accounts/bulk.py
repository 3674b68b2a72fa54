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
    fields = type(rows[0])._meta.concrete_fields
    names = tuple(field.attname for field in fields if rows[0].pk is not None or not field.primary_key)
    return write_values(type(rows[0]), names, ([row.__dict__[name] for name in names] for row in rows))


def write_values(model: type[models.Model], names: tuple[str, ...], values: Iterable[list[Any]]) -> int:
    """Insert rows by the values of their columns, for the tables that take the most; return how many.

    Args:
        model: whose table.
        names: attributes, of foreign keys with `_id`; those without a value in the database have to be among them.
        values: one list for each row, in the order of the names.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("rows are written inside a transaction")
    columns = _columns(model, connection.vendor, names)
    put = _copy if connection.vendor == "postgresql" else _insert
    return put(columns, _shaped(columns, values))


@cache
def _columns(model: type[models.Model], _vendor: str, names: tuple[str, ...]) -> _Columns:
    known = {field.attname: field for field in model._meta.concrete_fields}
    fields = [known[name] for name in names]
    shaped = tuple((place, _shape(field)) for place, field in enumerate(fields) if not _is_plain(field))
    return _Columns(model._meta.db_table, tuple(str(field.column) for field in fields), shaped)


def _is_plain(field: models.Field[Any, Any]) -> bool:
    return isinstance(field, _PLAIN) and not isinstance(field, SecretCharField)


def _shape(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    def shape(value: Any) -> Any:
        return None if value is None else field.get_db_prep_save(value, connection)

    return shape


def _shaped(columns: _Columns, values: Iterable[list[Any]]) -> Iterator[list[Any]]:
    for row in values:
        for place, shape in columns.shaped:
            row[place] = shape(row[place])
        yield row


def _quoted(columns: _Columns) -> tuple[str, str]:
    quote = connection.ops.quote_name
    return quote(columns.table), ", ".join(quote(name) for name in columns.names)


def _copy(columns: _Columns, values: Iterable[list[Any]]) -> int:
    table, names = _quoted(columns)
    statement = f"COPY {table} ({names}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            for row in values:
                copy.write_row(row)
        return int(cursor.rowcount)


def _insert(columns: _Columns, values: Iterable[list[Any]]) -> int:
    table, names = _quoted(columns)
    places = ", ".join(["%s"] * len(columns.names))
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", list(values))  # noqa: S608  # nosec B608
        return int(cursor.rowcount)
