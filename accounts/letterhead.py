"""The authority's own data as they hold on a day: letters take those of their date."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Final

from accounts.models import Fund, LetterheadChange

#: What letters state of the authority; each change of it has a day from which it holds.
FIELDS: Final = (
    "authority", "office", "street", "postcode", "city", "phone", "email", "website", "court", "remedy_text", "closing",
)  # fmt: skip


def on(fund: Fund, day: date) -> Fund:
    """Return a copy of the fund with the data that hold on a day (one query); it is never saved.

    Args:
        fund: as it is stored: with all that held when it was last saved.
        day: the Berlin day, also one that is past or to come.
    """
    changes = list(LetterheadChange.objects.filter(fund=fund).order_by("valid_from", "pk"))
    found = copy(fund)
    for change in reversed(changes):
        if change.valid_from > day:
            _set(found, {name: before for name, (before, _after) in change.values.items()})
    for change in changes:
        if change.valid_from <= day:
            _set(found, {name: after for name, (_before, after) in change.values.items()})
    return found


def _set(fund: Fund, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        setattr(fund, name, value)


@dataclass(frozen=True)
class Line:
    """One changed entry as the page shows it."""

    label: str
    before: str
    after: str


def lines(change: LetterheadChange) -> list[Line]:
    """Return what a change changes, in the reader's words."""
    fields = {field.name: str(field.verbose_name) for field in Fund._meta.concrete_fields}
    return [Line(fields[name], before, after) for name, (before, after) in change.values.items()]


def told(changes: Iterable[LetterheadChange]) -> list[tuple[LetterheadChange, list[Line]]]:
    """Return changes, each with its lines."""
    return [(change, lines(change)) for change in changes]
