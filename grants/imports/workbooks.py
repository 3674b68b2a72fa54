"""Lists as workbooks. The archive was looked at when it was uploaded; here its first visible sheet is read."""

import re
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import structlog
from defusedxml.ElementTree import fromstring
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string

from grants.imports.table import MAX_COLUMNS, BadTable, Cell, Flaw, Line

log = structlog.get_logger(__name__)

# A list of 5,000 rows unfolds to a tenth of that. Above it lies a list nobody could check, or a trap.
_MAX_UNPACKED: Final = 60 * 1024 * 1024
_MAX_JOINED: Final = 1000
_JOINED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')


class Block(NamedTuple):
    """Cells that were joined into one; the value stands in the first of them."""

    left: int
    top: int
    right: int
    bottom: int


@contextmanager
def rows_of(path: Path) -> Iterator[tuple[str, Iterator[Line]]]:
    """Open a workbook; give the name of its first visible sheet and the rows of it.

    Raises:
        BadTable: it unfolds to more than anybody keeps, or cannot be read.
    """
    try:
        with warnings.catch_warnings(), zipfile.ZipFile(path) as archive:
            # The library warns of parts of a workbook that it does not know; none of them holds a value.
            warnings.simplefilter("ignore")
            if sum(member.file_size for member in archive.infolist()) > _MAX_UNPACKED:
                raise BadTable("size")
            with _opened(path, data_only=True) as values, _opened(path, data_only=False) as formulas:
                title = next(sheet.title for sheet in values.worksheets if sheet.sheet_state == "visible")
                yield title, _rows(_cells(values, title), _cells(formulas, title), _joined(archive, title))
    except BadTable:
        raise
    except Exception as error:
        # A stranger's file: what the library stumbles over in it is listed nowhere.
        log.warning("workbook_unreadable", file=path.name, exc_info=error)
        raise BadTable("broken") from error


@contextmanager
def _opened(path: Path, *, data_only: bool) -> Iterator[Any]:
    # Open already: by the name of a file the library judges its kind.
    with (
        path.open("rb") as file,
        closing(load_workbook(file, read_only=True, data_only=data_only, keep_links=False)) as book,
    ):
        yield book


def _cells(book: Any, title: str) -> Iterator[Sequence[Any]]:
    sheet = book[title]
    # What a file says about its own size is often wrong.
    sheet.reset_dimensions()
    cells: Iterator[Sequence[Any]] = sheet.iter_rows(max_col=MAX_COLUMNS + 1)
    return cells


def _rows(
    values: Iterator[Sequence[Any]], formulas: Iterator[Sequence[Any]], blocks: Sequence[Block]
) -> Iterator[Line]:
    for number, (row, told) in enumerate(zip(values, formulas, strict=True), start=1):
        near = [block for block in blocks if block.top <= number <= block.bottom]
        cells = (_cell(cell, formula) for cell, formula in zip(row, told, strict=True))
        yield Line(number, tuple(_covered(cell, place, number, near) for place, cell in enumerate(cells, start=1)))


def _cell(cell: Any, formula: Any) -> Cell:
    """Return the value; of a formula the one that was counted when the workbook was last saved."""
    if cell.data_type == "e":
        return Flaw("error_value")
    if cell.value is None and formula.data_type == "f":
        return Flaw("formula")
    value: Cell = cell.value
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _covered(cell: Cell, column: int, row: int, near: Sequence[Block]) -> Cell:
    if cell is None and any(b.left <= column <= b.right and (column, row) != (b.left, b.top) for b in near):
        return Flaw("joined")
    return cell


def _joined(archive: zipfile.ZipFile, title: str) -> list[Block]:
    """Return the cells of a sheet that were joined; reading row by row does not tell of them."""
    found = _JOINED.findall(archive.read(_part_of(archive, title)))
    if len(found) > _MAX_JOINED:
        raise BadTable("joined")
    return [
        Block(column_index_from_string(left.decode()), int(top), column_index_from_string(right.decode()), int(bottom))
        for left, top, right, bottom in found
    ]


def _part_of(archive: zipfile.ZipFile, title: str) -> str:
    """Return the member of the archive that holds a sheet (ECMA-376 part 1, 18.2.19)."""
    sheets = fromstring(archive.read("xl/workbook.xml")).iter()
    sheet = next(one for one in sheets if one.tag.endswith("}sheet") and one.get("name") == title)
    wanted = next(value for name, value in sheet.items() if name.endswith("}id"))
    relations = fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next(one.get("Target", "") for one in relations if one.get("Id") == wanted)
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"
