"""Plain SQL asked of a database, row by row."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

Ask = Callable[[str], Iterator[tuple[Any, ...]]]


def ask(question: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of the configured database; inside a transaction piece by piece, however many they are."""
    cursor = connection.chunked_cursor() if connection.in_atomic_block else connection.cursor()
    with cursor:
        cursor.execute(question)
        yield from cursor
