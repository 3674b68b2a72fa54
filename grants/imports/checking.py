"""Checks the rows of a list by themselves and among each other; the database is not asked."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from accounts.text import search_key
from grants.imports.cells import BadCell, shown
from grants.imports.columns import COLUMNS, Column
from grants.imports.table import Cell, Flaw, Line, Table
from grants.states import ImportKind

Values = dict[str, Any]
Tell = Callable[[int], None]
_FUNDING: Final = ("own_cents", "public_cents", "other_cents")
# Of a row without a number of its own, its content is the key.
BY_CONTENT: Final = "f:"
_TOLD_EVERY: Final = 100


@dataclass(frozen=True)
class Problem:
    """What is wrong at one cell: `code` is one of `grants.imports.words.COMPLAINTS`."""

    row: int
    column: str
    code: str
    value: str = ""


@dataclass(frozen=True)
class Entry:
    """A row that was understood.

    Attributes:
        row: its number in the spreadsheet.
        key: by which it is known again.
        digest: tells whether its content is the same.
        values: by the names of the columns; None where nothing stands.
    """

    row: int
    key: str
    digest: str
    values: Values


@dataclass
class Checked:
    """All rows that were understood, and everything that is wrong."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def check(kind: str, table: Table, mapping: Mapping[str, int], *, today: date, tell: Tell) -> Checked:
    """Read every row of a list.

    Args:
        kind: an ImportKind.
        table: the list.
        mapping: in which column each thing stands.
        today: nothing was received or granted later.
        tell: told now and then how many rows were looked at.
    """
    found, seen = Checked(), _Seen()
    for count, line in enumerate(table.lines, start=1):
        values, problems = _read(kind, mapping, line)
        if not problems:
            problems = [Problem(line.number, *told) for told in _RULES[kind](values, today)]
        if not problems:
            entry = _entry(kind, line.number, values)
            problems = seen.doubled(entry)
            found.entries.append(entry)
        found.problems += problems
        if count % _TOLD_EVERY == 0:
            tell(count)
    tell(len(table.lines))
    return found


def _read(kind: str, mapping: Mapping[str, int], line: Line) -> tuple[Values, list[Problem]]:
    values: Values = {}
    problems = []
    for column in COLUMNS[kind]:
        place = mapping.get(column.name)
        cell = None if place is None else line.cell(place)
        try:
            values[column.name] = _value(column, cell)
        except BadCell as error:
            problems.append(Problem(line.number, column.name, error.code, shown(cell)[:80]))
    return values, problems


def _value(column: Column, cell: Cell) -> Any:
    if isinstance(cell, Flaw):
        raise BadCell(cell.code)
    value = None if cell is None else column.reads(cell)
    if column.required and value in (None, ""):
        raise BadCell("missing")
    if column.limit and value is not None and len(value) > column.limit:
        raise BadCell("too_long")
    return value


Told = tuple[str, str]


def _application(values: Values, today: date) -> Iterator[Told]:
    """Yield what is wrong among the entries of one application: column and code."""
    if values["received"].day > today:
        yield "received", "future"
    if values["starts_on"] and values["ends_on"] and values["ends_on"] < values["starts_on"]:
        yield "ends_on", "order"
    if not values["requested_cents"]:
        yield "requested_cents", "amount_zero"
    elif values["cost_cents"] is not None:
        yield from _balance(values)


def _balance(values: Values) -> Iterator[Told]:
    given = [values[name] for name in _FUNDING if values[name] is not None]
    open_cents = values["cost_cents"] - values["requested_cents"] - sum(given)
    if open_cents < 0 and not any(given):
        yield "requested_cents", "above_cost"
    elif open_cents and any(given):
        yield "cost_cents", "balance"


def _award(values: Values, today: date) -> Iterator[Told]:
    """Yield what is wrong among the entries of one former award."""
    if values["budget_year"] > today.year:
        yield "budget_year", "future"
    if not values["amount_cents"]:
        yield "amount_cents", "amount_zero"


_RULES: Final = {ImportKind.APPLICATIONS.value: _application, ImportKind.AWARDS.value: _award}


def _entry(kind: str, row: int, values: Values) -> Entry:
    digest = _digest(values)
    return Entry(row, _key(kind, values) or f"{BY_CONTENT}{digest}", digest, values)


def _digest(values: Values) -> str:
    """Return the hash of what a row says; its running number tells rows apart and says nothing."""
    told = {name: value for name, value in values.items() if name != "number" and value not in (None, "")}
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _key(kind: str, values: Values) -> str:
    """Return the key that somebody gave; lists of former years begin with 1 each year."""
    number = search_key(values["number"] or "")
    if number and kind == ImportKind.AWARDS:
        return f"n:{values['budget_year']}:{number}"
    case_number = values.get("case_number")
    return f"n:{number}" if number else f"c:{case_number}" if case_number else ""


class _Seen:
    """Finds rows that stand twice."""

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._cases: set[str] = set()

    def doubled(self, entry: Entry) -> list[Problem]:
        """Return what is wrong with a row beside those before it."""
        problems = []
        if entry.key in self._keys:
            by_content = entry.key.startswith(BY_CONTENT)
            column, code = ("organisation", "twice") if by_content else (_named(entry), "number_twice")
            problems.append(Problem(entry.row, column, code, str(entry.values[column])[:80]))
        case_number = entry.values.get("case_number") or ""
        if case_number and case_number in self._cases and not problems:
            problems.append(Problem(entry.row, "case_number", "number_twice", case_number))
        self._keys.add(entry.key)
        self._cases.add(case_number)
        return problems


def _named(entry: Entry) -> str:
    return "number" if entry.values["number"] else "case_number"
