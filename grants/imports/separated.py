"""Lists as text: CSV as German and English programs write it."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Final

from grants.filetypes.texts import is_wide
from grants.imports.table import BadTable, Line

# Where two do equally well, the first one.
_SEPARATORS: Final = (";", "\t", ",")
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_HEAD: Final = 4096
_SAMPLE: Final = 64_000
_ROWS_OF_SAMPLE: Final = 30
# What spreadsheets write above the headings for one another.
_TOLD: Final = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)


def text_of(data: bytes) -> str:
    """Return what a file says: UTF-8 or UTF-16, with or without mark, else Windows-1252.

    Raises:
        BadTable: none of them.
    """
    try:
        return data.decode(_encoding(data))
    except UnicodeDecodeError as error:
        raise BadTable("encoding") from error


def _encoding(data: bytes) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    if is_wide(data):
        head = data[:_HEAD]
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def rows_of(data: bytes) -> Iterator[Line]:
    """Yield the rows of a CSV file, numbered as a spreadsheet would number them.

    Raises:
        BadTable: it is no text, or a quotation mark stands where none may.
    """
    text = text_of(data)
    told = _TOLD.match(text)
    separator = told[1] if told else _separator(text)
    reader = csv.reader(io.StringIO(text[told.end() :] if told else text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            yield Line(number, tuple(cells))
    except csv.Error as error:
        raise BadTable("quotes", number + 1) from error


def _separator(text: str) -> str:
    """Return what makes the most columns of alike width."""
    return max(_SEPARATORS, key=lambda sign: _alike(text[:_SAMPLE], sign))


def _alike(sample: str, separator: str) -> int:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
    widths: Counter[int] = Counter()
    # The sample may end, or the file may be broken, within quotation marks: the rows before it tell enough.
    with suppress(csv.Error):
        widths.update(len(row) for row in islice(reader, _ROWS_OF_SAMPLE) if row)
    return max(((width - 1) * count for width, count in widths.items()), default=0)
