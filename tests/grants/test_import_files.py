"""Reading lists: every way in which people and programs write them, and what is refused."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from accounts.exports import XLSX_TYPE, harmless
from accounts.money import format_cents, format_plain
from accounts.states import OrganisationKind
from grants.imports import BadTable, Flaw, Line, Table, cells, read, separated
from grants.imports.cells import BadCell, Moment, Reader
from grants.imports.checking import Checked, check
from grants.imports.columns import COLUMNS, guess
from grants.imports.table import MAX_ROWS, Cell, arrange, letter
from grants.imports.template import template
from grants.imports.words import COMPLAINTS
from grants.states import ImportKind
from tests.grants.lists import AWARDS, CASES, award_row, case_row, csv_of, xlsx

TODAY = date(2026, 6, 1)


def table(tmp_path: Path, content: bytes, content_type: str = "text/csv") -> Table:
    path = tmp_path / "liste"
    path.write_bytes(content)
    return read(path, content_type)


def workbook(tmp_path: Path, fill: Callable[[Any], None]) -> Table:
    book = Workbook()
    assert book.active is not None
    fill(book.active)
    out = io.BytesIO()
    book.save(out)
    return table(tmp_path, out.getvalue(), XLSX_TYPE)


def texts(found: Table) -> list[tuple[Cell, ...]]:
    return [line.cells for line in found.lines]


# --- Texts --------------------------------------------------------------------------------------------------

ROWS = [["Brücke e. V.", "1.234,56", "Zeile 1\nZeile 2"], ['Chor "Süd"', "12,00", "a;b,c\td"]]


@pytest.mark.parametrize("sign", [";", ",", "\t"])
@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_a_csv_file_reads_the_same_in_every_dress(tmp_path: Path, sign: str, code: str) -> None:
    found = table(tmp_path, csv_of(ROWS, ["Antragsteller", "Betrag", "Text"], sign=sign, code=code))

    assert found.headings == ("Antragsteller", "Betrag", "Text")
    assert texts(found) == [("Brücke e. V.", "1.234,56", "Zeile 1\nZeile 2"), ('Chor "Süd"', "12,00", "a;b,c d")]
    assert [line.number for line in found.lines] == [2, 3]


def test_a_line_that_names_the_separator_is_no_row(tmp_path: Path) -> None:
    found = table(tmp_path, b"sep=|\r\nA|B\r\n1|2\r\n")
    assert (found.headings, texts(found)) == (("A", "B"), [("1", "2")])


def test_titles_and_empty_rows_are_left_out_and_numbers_stay(tmp_path: Path) -> None:
    found = table(tmp_path, b"Liste 2025;;\n;;\nA;B;C\n1;2;3\n;;\n4;;\n")

    assert found.headings == ("A", "B", "C")
    assert [(line.number, line.cells) for line in found.lines] == [(4, ("1", "2", "3")), (6, ("4",))]
    assert found.lines[1].cell(2) is None


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        (b"nur eine Zeile\n", "no_headings", 0),
        (b"", "no_headings", 0),
        (b"A;B\n", "no_rows", 0),
        (b'A;B\n1;"offen\n', "quotes", 2),
        (b"A;B\n\x81;\x8d\n", "encoding", 0),
        (b";".join([b"A"] * 101) + b"\n1;2\n", "columns", 0),
        (b"A;B\n" + b"1;2\n" * (MAX_ROWS + 1), "rows", 0),
    ],
)
def test_what_is_no_list_is_told(tmp_path: Path, content: bytes, code: str, row: int) -> None:
    with pytest.raises(BadTable) as refusal:
        table(tmp_path, content)
    assert (refusal.value.code, refusal.value.row) == (code, row)


def test_as_many_rows_as_are_taken_are_taken(tmp_path: Path) -> None:
    assert len(table(tmp_path, b"A;B\n" + b"1;2\n" * MAX_ROWS).lines) == MAX_ROWS


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8), min_size=2, max_size=5))
def test_any_words_come_back_as_they_were(words: list[str]) -> None:
    content = csv_of([words], [f"Spalte {place}" for place in range(len(words))])
    (_headings, line) = separated.rows_of(content)
    assert list(line.cells) == words


@given(st.text(max_size=12))
def test_what_our_exports_made_harmless_is_read_without_its_apostrophe(text: str) -> None:
    rows = [Line(1, ("A", "B")), Line(2, ("x", harmless(text)))]
    (plain,) = arrange([rows[0], Line(2, ("x", text))]).lines
    (line,) = arrange(rows).lines
    assert line == plain


# --- Workbooks ----------------------------------------------------------------------------------------------


def test_a_workbook_keeps_its_kinds_of_values(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["A", "B", "C", "D", "E"])
        sheet.append(["Text", 12.5, 3.0, datetime(2026, 2, 24, 14, 30), True])  # noqa: DTZ001 - a workbook knows no zone

    moment = datetime(2026, 2, 24, 14, 30)  # noqa: DTZ001 - likewise
    assert texts(workbook(tmp_path, fill)) == [("Text", 12.5, 3, moment, True)]


def test_formulas_count_by_their_last_value_and_not_without_one(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["A", "B"])
        sheet.append(["Summe", "=1+1"])

    assert texts(workbook(tmp_path, fill)) == [("Summe", Flaw("formula"))]


def test_the_value_of_a_formula_is_taken(tmp_path: Path) -> None:
    counted = xlsx([["Summe", 7]], ["A", "B"])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(counted)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"<v>7</v>", b"<f>3+4</f><v>7</v>"))
    assert texts(table(tmp_path, out.getvalue(), XLSX_TYPE)) == [("Summe", 7)]


def test_joined_cells_are_named_below_the_headings_and_harmless_above(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        for row in (["Liste", None, None], ["A", "B", "C"], ["1", "2", "3"], ["4", None, "6"]):
            sheet.append(row)
        sheet.merge_cells("A1:C1")
        sheet.merge_cells("B3:B4")

    found = workbook(tmp_path, fill)
    assert found.headings == ("A", "B", "C")
    assert texts(found) == [("1", "2", "3"), ("4", Flaw("joined"), "6")]


def test_an_error_of_the_spreadsheet_is_a_flaw(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["A", "B"])
        sheet.append(["x", None])
        sheet["B2"].value, sheet["B2"].data_type = "#N/A", "e"

    assert texts(workbook(tmp_path, fill)) == [("x", Flaw("error_value"))]


def test_the_first_sheet_that_is_seen_is_read(tmp_path: Path) -> None:
    book = Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.sheet_state = "hidden"
    hidden.append(["geheim", "x"])
    seen = book.create_sheet("Anträge")
    seen.append(["A", "B"])
    seen.append([1, 2])
    seen.merge_cells("A3:B3")
    out = io.BytesIO()
    book.save(out)

    found = table(tmp_path, out.getvalue(), XLSX_TYPE)
    assert (found.sheet, texts(found)) == ("Anträge", [(1, 2)])


def test_a_workbook_that_unfolds_too_far_is_refused(tmp_path: Path) -> None:
    out = io.BytesIO(xlsx([[1, 2]], ["A", "B"]))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", bytes(61 * 1024 * 1024))
    with pytest.raises(BadTable, match="size"):
        table(tmp_path, out.getvalue(), XLSX_TYPE)


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"])
@pytest.mark.parametrize("content", [b"<broken", b"<x/>", b'<!DOCTYPE x [<!ENTITY e "e">]><x>&e;</x>'])
def test_a_broken_workbook_is_told(tmp_path: Path, part: str, content: bytes) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx([[1, 2]], ["A", "B"]))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, content if name == part else old.read(name))
    with pytest.raises(BadTable) as refusal:
        table(tmp_path, out.getvalue(), XLSX_TYPE)
    assert refusal.value.code in ("broken", "no_headings")


# --- Cells --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "cents"),
    [
        ("1.234,56", 123456), ("1234.56 €", 123456), ("1234,5", 123450), ("EUR 12", 1200), ("1 234,56 €", 123456),
        (1234.56, 123456), (800, 80000), (0.1 + 0.2, 30), (0, 0),
    ],
)  # fmt: skip
def test_amounts(cell: Cell, cents: int) -> None:
    assert cells.cents(cell) == cents


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1,234.56", "amount"), ("viel", "amount"), ("-5", "amount_negative"), (-5, "amount_negative"),
        ("1,234", "amount_decimals"), (1.234, "amount_decimals"), (True, "amount"), (float("inf"), "amount"),
        (date(2026, 1, 1), "amount"), (1e13, "amount_size"), ("9" * 20, "amount_size"),
    ],
)  # fmt: skip
def test_what_is_no_amount(cell: Cell, code: str) -> None:
    with pytest.raises(BadCell) as refusal:
        cells.cents(cell)
    assert refusal.value.code == code


@given(st.integers(0, 10**11))
def test_every_amount_reads_as_typed_and_as_a_number(amount: int) -> None:
    assert cells.cents(format_plain(amount)) == amount
    assert cells.cents(format_cents(amount)) == amount
    assert cells.cents(amount / 100) == amount


@pytest.mark.parametrize("cell", ["24.12.2025", "24.12.25", "2025-12-24", 46015, 46015.0, "46015", date(2025, 12, 24)])
def test_days(cell: Cell) -> None:
    assert cells.day(cell) == date(2025, 12, 24)


@pytest.mark.parametrize("cell", ["31.02.2025", "12/24/2025", "bald", 2025, -1, 1e9, True, "99999", float("nan")])
def test_what_is_no_day(cell: Cell) -> None:
    with pytest.raises(BadCell, match="day"):
        cells.day(cell)


@given(st.dates(date(1955, 1, 1), date(2118, 12, 31)))
def test_every_day_reads_as_typed_and_as_a_number(day: date) -> None:
    assert cells.day(f"{day:%d.%m.%Y}") == cells.day(day.isoformat()) == day
    assert cells.day((day - date(1899, 12, 30)).days) == day


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("24.02.2026", Moment(date(2026, 2, 24), None)),
        ("24.02.2026 14:30", Moment(date(2026, 2, 24), time(14, 30))),
        ("24.02.2026, 14:30:05 Uhr", Moment(date(2026, 2, 24), time(14, 30, 5))),
        (46077.5, Moment(date(2026, 2, 24), time(12))),
        (46077, Moment(date(2026, 2, 24), None)),
        (datetime(2026, 2, 24, 8), Moment(date(2026, 2, 24), time(8))),  # noqa: DTZ001 - a workbook knows no zone
        (datetime(2026, 2, 24), Moment(date(2026, 2, 24), None)),  # noqa: DTZ001 - likewise
    ],
)
def test_moments(cell: Cell, moment: Moment) -> None:
    assert cells.moment(cell) == moment


@given(st.text(max_size=30) | st.floats() | st.integers() | st.booleans() | st.datetimes() | st.dates())
def test_no_cell_breaks_a_reader(cell: Any) -> None:
    for reader in (cells.cents, cells.day, cells.moment, cells.yes, cells.number, cells.year, cells.kind, cells.email):
        assert _code(reader, cell) in ("", *COMPLAINTS)


def _code(reader: Reader, cell: Any) -> str:
    try:
        reader(cell)
    except BadCell as refusal:
        return refusal.code
    return ""


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("Verein", OrganisationKind.ASSOCIATION), ("e. V.", OrganisationKind.ASSOCIATION),
        ("e.V.", OrganisationKind.ASSOCIATION),
        ("association", OrganisationKind.ASSOCIATION), ("Privatperson", OrganisationKind.PERSON),
        ("Kita", OrganisationKind.DAYCARE), ("GmbH", None),
    ],
)  # fmt: skip
def test_kinds_of_applicants(cell: str, kind: str | None) -> None:
    if kind is None:
        with pytest.raises(BadCell, match="kind"):
            cells.kind(cell)
    else:
        assert cells.kind(cell) == kind


def test_a_postcode_gets_its_zero_back() -> None:
    assert (cells.postcode(1067), cells.postcode("30159"), cells.postcode(30159)) == ("01067", "30159", "30159")


def test_a_number_is_shown_as_in_germany() -> None:
    assert (cells.shown(1000.5), cells.shown(3), cells.shown(True)) == ("1000,5", "3", "WAHR")


def test_letters_of_columns() -> None:
    assert [letter(place) for place in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


# --- Columns and rows ---------------------------------------------------------------------------------------


def test_usual_headings_are_known() -> None:
    names = (
        "number",
        "received",
        "organisation",
        "kind",
        "city",
        "title",
        "municipality",
        "cost_cents",
        "requested_cents",
    )
    assert guess(ImportKind.APPLICATIONS, CASES) == {name: place for place, name in enumerate(names)}
    others = ("number", "budget_year", "organisation", "private", "city", "title", "municipality", "amount_cents")
    assert guess(ImportKind.AWARDS, AWARDS) == {name: place for place, name in enumerate(others)}


@pytest.mark.parametrize("kind", list(ImportKind))
def test_the_template_is_read_by_itself(tmp_path: Path, kind: ImportKind) -> None:
    found = table(tmp_path, template(kind), XLSX_TYPE)
    mapping = guess(kind, found.headings)

    assert list(mapping) == [column.name for column in COLUMNS[kind]]
    assert list(mapping.values()) == list(range(len(COLUMNS[kind])))
    checked = check(kind, found, mapping, today=TODAY, tell=lambda _done: None)
    assert (len(checked.entries), checked.problems) == (1, [])


def test_the_template_explains_every_column_in_german() -> None:
    book = load_workbook(io.BytesIO(template(ImportKind.APPLICATIONS)))
    assert book.sheetnames == ["Liste", "Erläuterung"]
    rows = list(book["Erläuterung"].values)
    assert len(rows) > len(COLUMNS[ImportKind.APPLICATIONS])
    assert rows[4][:2] == ("Antragsteller", "ja")


def checked(rows: list[list[Any]], kind: ImportKind = ImportKind.APPLICATIONS) -> Checked:
    headings = CASES if kind == ImportKind.APPLICATIONS else AWARDS
    lines = tuple(Line(number, tuple(row)) for number, row in enumerate(rows, start=2))
    found = Table(tuple(headings), lines)
    return check(kind, found, guess(kind, headings), today=TODAY, tell=lambda _done: None)


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"received": None}, "received", "missing"),
        ({"received": TODAY + timedelta(days=1)}, "received", "future"),
        ({"organisation": "x" * 161}, "organisation", "too_long"),
        ({"title": Flaw("formula")}, "title", "formula"),
        ({"kind": "GmbH"}, "kind", "kind"),
        ({"requested": 0}, "requested_cents", "amount_zero"),
        ({"requested": 5000}, "requested_cents", "above_cost"),
    ],
)
def test_each_error_is_named_at_its_cell(changes: dict[str, Any], column: str, code: str) -> None:
    found = checked([case_row(1), case_row(2, **changes)])

    assert [(problem.row, problem.column, problem.code) for problem in found.problems] == [(3, column, code)]
    assert [entry.row for entry in found.entries] == [2]


def test_every_error_of_a_row_is_told_at_once() -> None:
    found = checked([case_row(1, received="bald", kind="?", requested="viel", title=None)])
    assert {problem.column for problem in found.problems} == {"received", "kind", "requested_cents", "title"}


def test_rows_that_stand_twice_are_named() -> None:
    same = case_row(0, number=None)
    found = checked([case_row(7), case_row(7, title="Anders"), same, same])

    assert [(p.row, p.column, p.code) for p in found.problems] == [
        (3, "number", "number_twice"),
        (5, "organisation", "twice"),
    ]


def test_former_awards_count_their_numbers_by_year() -> None:
    found = checked([award_row(1), award_row(1, year=2024), award_row(1, year=2027)], ImportKind.AWARDS)

    assert [entry.key for entry in found.entries] == ["n:2023:1", "n:2024:1"]
    assert [(p.row, p.column, p.code) for p in found.problems] == [(4, "budget_year", "future")]
