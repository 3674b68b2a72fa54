"""Lists as files for a spreadsheet. No text of a person ever becomes a formula there."""

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.utils.functional import Promise

from accounts.clock import BERLIN
from accounts.money import format_plain

Kind = Literal["text", "cents", "day", "instant"]
# Programs take a cell that begins with one of these for a formula, or skip the white space before one.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Column:
    """A column of the file; ``kind`` says how its values are written: integer cents, days, instants or text."""

    title: str | Promise
    kind: Kind = "text"


def harmless(text: str) -> str:
    """Return a text that a spreadsheet shows and never runs: an apostrophe stands before what could be a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _csv_cell(value: Any, kind: Kind) -> str:
    if value is None:
        return ""
    if kind == "cents":
        return format_plain(value).replace(".", "")
    if kind == "day":
        return f"{value:%d.%m.%Y}"
    if kind == "instant":
        return f"{value.astimezone(BERLIN):%d.%m.%Y %H:%M:%S}"
    return harmless(str(value))


class _Echo:
    """What the csv module writes into; it hands each line on."""

    def write(self, line: str) -> str:
        return line


def csv_lines(columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield the file line by line, for a German spreadsheet: byte order mark, semicolons, comma before cents."""
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    yield "\ufeff" + writer.writerow([harmless(str(column.title)) for column in columns])
    for row in rows:
        yield writer.writerow([_csv_cell(value, column.kind) for value, column in zip(row, columns, strict=True)])


def csv_response(name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """Answer with a CSV file that is written while it is sent; ``name`` without ending."""
    lines = csv_lines(columns, rows)
    response = StreamingHttpResponse((line.encode() for line in lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def xlsx_response(name: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> FileResponse:
    """Answer with a workbook of one sheet, built row by row in a file that goes when it was sent."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    book = xlsxwriter.Workbook(
        file,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False},
    )
    _fill(book, columns, rows)
    book.close()
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX_TYPE)


def _fill(book: Any, columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    formats = {
        "text": None,
        "cents": book.add_format({"num_format": "#,##0.00 €"}),
        "day": book.add_format({"num_format": "dd.mm.yyyy"}),
        "instant": book.add_format({"num_format": "dd.mm.yyyy hh:mm:ss"}),
    }
    for place, column in enumerate(columns):
        sheet.write_string(0, place, str(column.title), bold)
        sheet.set_column(place, place, 18)
    for line, row in enumerate(rows, start=1):
        for place, (value, column) in enumerate(zip(row, columns, strict=True)):
            _write(sheet, line, place, value, column.kind, formats[column.kind])
    sheet.freeze_panes(1, 0)


def _write(sheet: Any, line: int, place: int, value: Any, kind: Kind, shape: Any) -> None:
    if value is None:
        return
    if kind == "cents":
        sheet.write_number(line, place, value / 100, shape)
    elif kind == "day" and isinstance(value, date):
        sheet.write_datetime(line, place, value, shape)
    elif kind == "instant" and isinstance(value, datetime):
        # The file knows no time zone: it holds the wall clock in Hannover.
        sheet.write_datetime(line, place, value.astimezone(BERLIN).replace(tzinfo=None), shape)
    else:
        sheet.write_string(line, place, harmless(str(value)), shape)
