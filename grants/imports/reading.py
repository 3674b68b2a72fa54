"""Reads a stored file as a list, whichever way it was written."""

from pathlib import Path

from grants.filetypes import XLSX
from grants.imports import separated, workbooks
from grants.imports.table import Table, arrange


def read(path: Path, content_type: str) -> Table:
    """Return the list in a file.

    Args:
        path: where the file lies; its kind was looked at when it came.
        content_type: of a workbook or of a CSV file.

    Raises:
        BadTable: it holds none.
    """
    if content_type != XLSX.content_type:
        return arrange(separated.rows_of(path.read_bytes()))
    with workbooks.rows_of(path) as (sheet, rows):
        return arrange(rows, sheet)
