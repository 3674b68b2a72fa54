"""A list as somebody keeps it: headings and rows as they stand there, nothing interpreted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from accounts.exports import harmless
from accounts.fields import normalise

MAX_ROWS: Final = 5000
MAX_COLUMNS: Final = 100
# Titles and dates of printing may stand above the headings, but not for pages.
_LOOKED_AT: Final = 30
# A row with one entry alone is a title.
_HEADINGS_AT_LEAST: Final = 2


@dataclass(frozen=True)
class Flaw:
    """A cell without a value that anybody could take: `code` is one of `grants.imports.words.COMPLAINTS`."""

    code: str


Cell = str | int | float | bool | date | datetime | time | Flaw | None


class BadTable(Exception):
    """A file that is no list; `code` is one of `grants.imports.words.FAILURES`, `row` is told where it is known."""

    def __init__(self, code: str, row: int = 0) -> None:
        super().__init__(code, row)
        self.code, self.row = code, row


@dataclass(frozen=True)
class Line:
    """A row, with the number by which the spreadsheet knows it."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, place: int) -> Cell:
        """Return what stands in a column, counted from 0; rows may be shorter than their headings."""
        return self.cells[place] if place < len(self.cells) else None

    @property
    def filled(self) -> int:
        """How many cells hold a value."""
        return sum(not isinstance(cell, Flaw | None) for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """A list that was read.

    Attributes:
        headings: one for each column; "" where none stands.
        lines: the rows below, without the empty ones.
        sheet: name of the sheet, "" for a file without any.
    """

    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    sheet: str = ""


def arrange(rows: Iterable[Line], sheet: str = "") -> Table:
    """Return rows as a list: the first row with more than one entry holds the headings.

    Raises:
        BadTable: there are no headings or no rows, or too many columns or rows.
    """
    filled = (row for row in map(tidy, rows) if row.filled)
    headings = _headings(filled)
    if len(headings.cells) > MAX_COLUMNS:
        raise BadTable("columns")
    lines = tuple(_bounded(filled))
    if not lines:
        raise BadTable("no_rows")
    return Table(tuple(_heading(cell) for cell in headings.cells), lines, sheet)


def _headings(rows: Iterator[Line]) -> Line:
    for _turn, row in zip(range(_LOOKED_AT), rows, strict=False):
        if row.filled >= _HEADINGS_AT_LEAST:
            return row
    raise BadTable("no_headings")


def _bounded(rows: Iterator[Line]) -> Iterator[Line]:
    for count, row in enumerate(rows, start=1):
        if count > MAX_ROWS:
            raise BadTable("rows")
        yield row


def _heading(cell: Cell) -> str:
    return "" if isinstance(cell, Flaw | None) else " ".join(str(cell).split())[:120]


def tidy(row: Line) -> Line:
    """Return the row without white space around texts, and without empty cells at its end."""
    cells = [_tidy(cell) for cell in row.cells]
    while cells and cells[-1] is None:
        cells.pop()
    return Line(row.number, tuple(cells))


def _tidy(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    # What our own exports put before a text that a spreadsheet would take for a formula.
    plain = cell[1:] if cell.startswith("'") and harmless(cell[1:]) == cell else cell
    return normalise(plain, lines=True) or None


def letter(place: int) -> str:
    """Return how a spreadsheet calls a column, counted from 0: A, B, …, Z, AA."""
    signs: list[str] = []
    rest = place + 1
    while rest:
        rest, sign = divmod(rest - 1, 26)
        signs.append(chr(ord("A") + sign))
    return "".join(reversed(signs))
