"""Copies of one record of the world, each marked so that a page shows which."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import models

from tests.world import Side

Filling = Callable[[Side, int], Any]
M = TypeVar("M", bound=models.Model)


def mark(number: int) -> str:
    return f"Zeile {number}"


def code(number: int) -> str:
    return f"zeile-{number}"


def copies(record: M, number: int, /, **changes: Any) -> list[M]:
    """Write copies of a record past every door; a change that is a function gets the number of its copy."""
    model = type(record)
    kept = {
        field.attname: getattr(record, field.attname)
        for field in model._meta.concrete_fields
        if not field.primary_key and {field.name, field.attname}.isdisjoint(changes)
    }
    return model._base_manager.bulk_create(
        model(**kept, **{name: change(n) if callable(change) else change for name, change in changes.items()})
        for n in range(number)
    )


def of(name: str, /, **changes: Any) -> Filling:
    """Copies of the side's record of this name."""
    return lambda side, number: copies(getattr(side, name), number, **changes)


def pk_of(records: Sequence[models.Model]) -> Callable[[int], int]:
    """The number of the record that was copied as the n-th, for what hangs on it."""
    return lambda n: int(records[n].pk)
