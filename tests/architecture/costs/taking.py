"""Counts the rows that a page takes from the database."""

from collections.abc import Iterator
from typing import Any


class Taking:
    """A cursor of the driver that counts the rows taken from it."""

    taken = 0

    def __init__(self, cursor: Any) -> None:
        self._cursor = cursor

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def __iter__(self) -> Iterator[Any]:
        for row in self._cursor:
            Taking.taken += 1
            yield row

    def fetchone(self) -> Any:
        row = self._cursor.fetchone()
        Taking.taken += row is not None
        return row

    def fetchmany(self, *size: int) -> Any:
        return self._count(self._cursor.fetchmany(*size))

    def fetchall(self) -> Any:
        return self._count(self._cursor.fetchall())

    def _count(self, rows: Any) -> Any:
        Taking.taken += len(rows)
        return rows
