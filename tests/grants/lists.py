"""Lists as offices keep them, as files."""

import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook

from accounts.models import Fund, User
from grants import filestore
from grants.actions import imports as actions
from grants.limits import LISTS
from grants.models import Import, Round
from grants.states import ImportKind
from grants.tasks import work_import
from tests.grants.factories import upload

Rows = Sequence[Sequence[Any]]

CASES = ("Lfd. Nr.", "Eingang", "Antragsteller", "Art", "Ort", "Projekttitel", "Kommune", "Gesamtkosten", "Beantragt")
AWARDS = ("Nr.", "Jahr", "Zuwendungsempfänger", "Privatperson", "Ort", "Projekt", "Kommune", "Bewilligte Summe")
RECEIVED = date(2026, 2, 24)


def case_row(number: int, /, **changes: Any) -> list[Any]:
    """A row of an application as a spreadsheet would hold it."""
    known: dict[str, Any] = {
        "number": number, "received": RECEIVED, "organisation": f"Verein Nummer {number} e. V.", "kind": "Verein",
        "city": "Garbsen", "title": f"Sprachcafé {number}", "municipality": "Garbsen", "cost": 1000 + number / 100,
        "requested": 800,
    }  # fmt: skip
    return list((known | changes).values())


def award_row(number: int, /, **changes: Any) -> list[Any]:
    """A row of a former award."""
    known: dict[str, Any] = {
        "number": number, "year": 2023, "organisation": f"Verein Nummer {number} e. V.", "private": "nein",
        "city": "Garbsen", "title": f"Chor {number}", "municipality": "Garbsen", "amount": 1234.56,
    }  # fmt: skip
    return list((known | changes).values())


def xlsx(rows: Rows, headings: Sequence[str] = CASES) -> bytes:
    """A workbook of one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Liste")
    for row in (headings, *rows):
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv_of(rows: Rows, headings: Sequence[str] = CASES, *, sign: str = ";", code: str = "utf-8") -> bytes:
    """The same as text."""
    out = io.StringIO()
    csv.writer(out, delimiter=sign).writerows([headings, *rows])
    return out.getvalue().encode(code)


def brought(
    content: bytes, *, by: User, round_: Round | None = None, fund: Fund | None = None, name: str = "liste.xlsx"
) -> Import:
    """A list that was uploaded and read."""
    stored = filestore.store(upload(name, content), LISTS)
    kind = ImportKind.APPLICATIONS if round_ else ImportKind.AWARDS
    place = fund or (round_.fund if round_ else None)
    assert place is not None
    return worked(actions.start_import(kind=kind, fund=place, round_=round_, by=by, stored=stored))


def worked(batch: Import) -> Import:
    """The list after its worker was there."""
    work_import(str(batch.pk))
    batch.refresh_from_db()
    return batch


def checked(batch: Import, *, by: User) -> Import:
    """A list whose columns are as they were guessed, with every row checked."""
    actions.assign_columns(batch=batch, by=by, seen_version=batch.version, mapping=batch.mapping)
    return worked(batch)


def ordered(batch: Import, *, by: User, with_changed: bool = False) -> Import:
    """A list that shall be written."""
    fresh = Import.objects.get(pk=batch.pk)
    return actions.order_import(batch=fresh, by=by, seen_version=fresh.version, with_changed=with_changed)


def found(batch: Import) -> list[tuple[int, str, str]]:
    """Return what is wrong: row, column, code."""
    return list(batch.problems.order_by("pk").values_list("row", "column", "code"))
