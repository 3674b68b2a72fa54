"""The workbook to begin with: headings, one row as an example, and a sheet that explains each column, in German."""

import io
from datetime import date, datetime
from typing import Any, Final

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.states import OrganisationKind
from grants.imports import cells
from grants.imports.cells import Moment
from grants.imports.columns import COLUMNS, Column
from grants.states import ImportKind

_WIDTH: Final = 24
_MONEY: Final = "#,##0.00 €"
_DAY: Final = "dd.mm.yyyy"


def template(kind: ImportKind) -> bytes:
    """Return the workbook for a kind of list; the words are those of the file, German."""
    out = io.BytesIO()
    with translation.override("de"), xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        # The same bytes each time.
        book.set_properties({"created": datetime(2026, 1, 1)})  # noqa: DTZ001 - the format knows no zone
        formats = {
            "bold": book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            "money": book.add_format({"num_format": _MONEY}),
            "day": book.add_format({"num_format": _DAY}),
        }
        _list(book.add_worksheet(_("List")), COLUMNS[kind], formats)
        _explain(book.add_worksheet(_("Explanation")), kind, formats)
    return out.getvalue()


def _list(sheet: Any, columns: tuple[Column, ...], formats: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, _WIDTH)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, str(column.label), formats["bold"])
        _example(sheet, place, column, formats)


def _example(sheet: Any, place: int, column: Column, formats: dict[str, Any]) -> None:
    """Write the example as a spreadsheet would hold it: amounts and days as numbers."""
    value: Any = column.reads(column.example) if column.example else ""
    if column.reads is cells.cents:
        sheet.set_column(place, place, _WIDTH, formats["money"])
        sheet.write_number(1, place, value / 100, formats["money"])
    elif isinstance(value, date | Moment):
        day = value.day if isinstance(value, Moment) else value
        sheet.set_column(place, place, _WIDTH, formats["day"])
        sheet.write_datetime(1, place, day, formats["day"])
    elif isinstance(value, int) and not isinstance(value, bool):
        sheet.write_number(1, place, value)
    else:
        sheet.write_string(1, place, column.example)


def _explain(sheet: Any, kind: ImportKind, formats: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 1, 14)
    sheet.set_column(2, 3, 48)
    for place, title in enumerate((_("Column"), _("Needed"), _("What belongs there"), _("Example"))):
        sheet.write_string(0, place, title, formats["bold"])
    columns = COLUMNS[kind]
    for line, column in enumerate(columns, start=1):
        texts = (column.label, _("yes") if column.required else _("no"), column.help, column.example)
        for place, text in enumerate(texts):
            sheet.write_string(line, place, str(text), formats["wrap"])
    if kind == ImportKind.APPLICATIONS:
        sheet.write_string(len(columns) + 2, 0, _("Kinds of applicants"), formats["bold"])
        for line, choice in enumerate(OrganisationKind, start=len(columns) + 3):
            sheet.write_string(line, 0, str(choice.label))
