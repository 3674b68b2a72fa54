"""Letters: what they state, that they are accessible and always the same, and that no text breaks them."""

import hashlib
import io
import json
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pikepdf
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import pdfa

from notifications import pdf
from notifications.pdf.bidi import visual
from notifications.pdf.blocks import AnswerLines, Document, EmptyTable, TickLine
from notifications.pdf.data import AwardLetterData, LetterData
from notifications.pdf.fonts import BOLD, CUT_MARK, LONGEST_TEXT, MISSING_GLYPH, REGULAR, clean, width_of, wrap
from notifications.pdf.texts import Texts, versions
from notifications.states import DocumentKind
from tests.notifications import letters

SAMPLES: list[tuple[str, LetterData]] = [
    (DocumentKind.AWARD, letters.award()),
    (DocumentKind.REJECTION, letters.rejection()),
    (DocumentKind.RECEIPT, letters.receipt()),
]
every_kind = pytest.mark.parametrize(("kind", "data"), SAMPLES, ids=["award", "rejection", "receipt"])


def draw(kind: str, data: LetterData) -> bytes:
    return pdf.render(kind, data.to_json())


def text_of(drawn: bytes) -> str:
    """The text of all pages with single spaces, as a search would see it."""
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(drawn)).pages]
    return " ".join(" ".join(pages).split())


def pages_of(drawn: bytes) -> int:
    return len(pypdf.PdfReader(io.BytesIO(drawn)).pages)


def tags_of(node: pikepdf.Object) -> list[str]:
    """The structure types below a node in reading order."""
    kids = node.K if isinstance(node.K, pikepdf.Array) else [node.K]
    found: list[str] = []
    for kid in kids:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            found += [str(kid.S).lstrip("/"), *tags_of(kid)]
    return found


# --- data ---------------------------------------------------------------------------------------


@every_kind
def test_data_survives_json_there_and_back(kind: str, data: LetterData) -> None:
    assert pdf.load_data(kind, json.loads(json.dumps(data.to_json()))) == data
    assert json.loads(data.to_text()) == data.to_json()


@every_kind
def test_data_with_an_unknown_or_missing_field_is_refused(kind: str, data: LetterData) -> None:
    stored: Any = data.to_json()
    with pytest.raises(pdf.BadLetterData, match="unknown \\['colour'\\]"):
        pdf.load_data(kind, {**stored, "colour": "red"})
    for name in stored:
        with pytest.raises(pdf.BadLetterData, match=name):
            pdf.load_data(kind, {key: value for key, value in stored.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("amount_cents", "300050"),
        ("amount_cents", 3000.5),
        ("amount_cents", True),
        ("waiver", 1),
        ("letter_date", "15.12.2026"),
        ("letter_date", 20261215),
        ("funding_type", "GIFT"),
        ("funding_type", ["FIXED"]),
        ("cost_lines", {}),
        ("cost_lines", ["Honorar"]),
        ("recipient", None),
        ("project_title", None),
        ("special_conditions", [1]),
    ],
)
def test_data_of_the_wrong_type_is_refused(name: str, value: object) -> None:
    stored: Any = letters.award().to_json()
    with pytest.raises(pdf.BadLetterData, match=name):
        pdf.load_data(DocumentKind.AWARD, {**stored, name: value})


def test_nested_data_is_checked_too() -> None:
    stored: Any = letters.award().to_json()
    del stored["cost_lines"][1]["detail"]
    with pytest.raises(pdf.BadLetterData, match=r"cost_lines\[1\].*detail"):
        pdf.load_data(DocumentKind.AWARD, stored)


@pytest.mark.parametrize("value", [None, [], "text", 5])
def test_data_that_is_no_object_is_refused(value: object) -> None:
    with pytest.raises(pdf.BadLetterData, match="not an object"):
        pdf.load_data(DocumentKind.AWARD, value)


def test_an_unknown_kind_or_version_is_refused() -> None:
    with pytest.raises(pdf.BadLetterData, match="L99"):
        pdf.render("L99", letters.award().to_json())
    with pytest.raises(pdf.UnknownTemplate, match=r"award/\.\./\.\./x"):
        pdf.build_award(replace(letters.award(), template_version="../../x"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"amount_cents": 0}, "amount_cents"),
        ({"amount_cents": 350_001}, "amount_cents"),
        ({"eligible_cents": 430_050}, "eligible_cents"),
        ({"financing_lines": letters.FINANCING[:-1]}, "does not balance"),
        ({"instalments": ()}, "instalments"),
        ({"period_to": letters.award().letter_date}, "period_to"),
        ({"partial_reasons": ()}, "partial_reasons"),
        ({"remedy": " "}, "remedy"),
    ],
)
def test_an_award_that_contradicts_itself_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(pdf.BadLetterData, match=message):
        replace(letters.award(), **change)


def test_a_rejection_needs_reasons_and_a_late_one_both_instants() -> None:
    with pytest.raises(pdf.BadLetterData, match="reasons"):
        replace(letters.rejection(), reasons=())
    with pytest.raises(pdf.BadLetterData, match="received_at"):
        replace(letters.rejection(), kind="late", received_at=None)


# --- placeholders -------------------------------------------------------------------------------


@every_kind
def test_whole_data_passes_the_check(kind: str, data: LetterData) -> None:
    pdf.check(kind, data.to_json())


def test_the_check_finds_an_open_placeholder_before_anything_is_drawn() -> None:
    with pytest.raises(pdf.OpenPlaceholder, match="remedy"):
        pdf.check(DocumentKind.AWARD, replace(letters.award(), remedy="[[Gericht]]").to_json())


@pytest.mark.parametrize("text", ["Bis {datum} vorlegen", "Siehe [[Anlage]].", "TODO: Grund", "XXX", "{}"])
@pytest.mark.parametrize("name", ["special_conditions", "partial_reasons", "remedy", "decided_by", "legal_basis"])
def test_a_placeholder_of_the_office_stops_an_award(name: str, text: str) -> None:
    value: Any = (text,) if name in ("special_conditions", "partial_reasons") else text
    with pytest.raises(pdf.OpenPlaceholder) as refused:
        pdf.build_award(replace(letters.award(), **{name: value}))
    assert refused.value.field == name


def test_a_placeholder_of_the_office_stops_a_rejection() -> None:
    with pytest.raises(pdf.OpenPlaceholder, match="reasons"):
        pdf.build_rejection(replace(letters.rejection(), reasons=("Weil [[Grund]]",)))


def test_words_of_applicants_are_no_placeholders() -> None:
    data = replace(letters.award(), project_title="Kunst {frei} TODO [[offen]]", purpose="Projekt „Kunst {frei}“")
    assert "Kunst {frei} TODO [[offen]]" in text_of(pdf.build_award(data))
    assert "{kein} TODO" in text_of(pdf.build_receipt(letters.receipt()))


@pytest.mark.parametrize("kind", ["award", "rejection", "receipt"])
def test_a_missing_value_in_the_wording_is_an_open_placeholder(kind: str) -> None:
    assert versions(kind) == ("2026-1",)
    with pytest.raises(pdf.OpenPlaceholder, match="fund"):
        Texts(kind, "2026-1", {}).paragraphs("subject" if kind != "receipt" else "reference")


# --- what the letters state ---------------------------------------------------------------------


def test_the_award_letter_states_what_the_law_and_the_fund_ask_for() -> None:
    text = text_of(pdf.build_award(letters.award()))
    for stated in (
        "Kulturbrücke Linden e. V.",
        "MIT-2026-0042",
        "15.12.2026",
        "29.09.2026 (Fassung 2)",
        "3.000,50 € (in Worten: dreitausend Euro und fünfzig Cent)",
        "nicht rückzahlbare Zuwendung",
        "Festbetragsfinanzierung",
        "Zuwendungszweck",
        "offenen Nähwerkstätten",
        "4.150,50 €",
        "01.01.2027 bis 31.12.2027",
        "1. Rate (einmalig)",
        "innerhalb von 2 Monaten",
        "einfacher Verwendungsnachweis",
        "30.06.2028",
        "ANBest-P",
        "1. Januar 2025",
        "außerhalb des Stadtgebietes",
        "Vorbehalt des Widerrufs",
        "Haushaltsmittel verfügbar",
        "499,50 €",
        "dienen nicht dem Zuwendungszweck",
        "kostenfrei",
        "innerhalb eines Monats nach Bekanntgabe Klage beim Verwaltungsgericht Hannover",
        "auf die Einlegung von Rechtsbehelfen verzichten",
        "Dr. Katharina Vogt",
        "Leiterin der Koordinierungsstelle",
        "Honorare für Kursleitung",
        "1.800,00 €",
        "Eigene Arbeitsleistung",
        "Seite 1 von 5",
        "Seite 5 von 5",
        "Unterschrift der vertretungsberechtigten Person(en)",
    ):
        assert stated in text


def full_award() -> AwardLetterData:
    return replace(letters.award(), requested_cents=300_050, partial_reasons=())


def test_a_full_award_has_no_refusal() -> None:
    text = text_of(pdf.build_award(full_award()))
    assert "teilweise" not in text
    assert "lehnen wir den Antrag ab" not in text
    assert "Eine höhere Zuwendung" not in text


@pytest.mark.parametrize(
    ("funding_type", "name", "rule"),
    [
        ("FIXED", "Festbetragsfinanzierung", "nicht bindend"),
        ("SHARE", "Anteilfinanzierung", "Anteil von rund 72,29 Prozent"),
        ("SHORTFALL", "Fehlbedarfsfinanzierung", "um bis zu 20 Prozent überschreiten"),
        ("FULL", "Vollfinanzierung", "um den vollen Betrag"),
    ],
)
def test_each_way_of_funding_has_its_own_rule(funding_type: Any, name: str, rule: str) -> None:
    text = text_of(pdf.build_award(replace(letters.award(), funding_type=funding_type)))
    assert name in text
    assert rule in text


def test_municipalities_get_their_own_provisions_as_an_annex_where_the_text_is_given() -> None:
    data = replace(letters.award(), ancillary="ANBest-Gk", ancillary_text=("1. Erste Regel.", "2. Zweite Regel."))
    text = text_of(pdf.build_award(data))
    assert "ANBest-Gk" in text
    assert "ANBest-P" not in text
    assert "Zweite Regel." in text
    assert "gesondertes Blatt" not in text


def test_without_the_offer_of_a_waiver_neither_hint_nor_form_is_there() -> None:
    drawn = pdf.build_award(replace(letters.award(), waiver=False))
    assert pages_of(drawn) == 4
    assert "Verzicht" not in text_of(drawn)
    assert "Abschnitt 11" not in text_of(drawn)


@pytest.mark.parametrize(
    ("kind", "stated"),
    [
        ("formal", "formalen Voraussetzungen"),
        ("late", "endete am 30.09.2026, 23:59:59 Uhr; eingegangen ist der Antrag am 01.10.2026, 00:00:07 Uhr"),
        ("merit", "fachlich bewertet"),
        ("budget", "reichten jedoch nicht aus"),
    ],
)
def test_each_kind_of_rejection_has_its_reasons(kind: Any, stated: str) -> None:
    text = text_of(pdf.build_rejection(replace(letters.rejection(), kind=kind)))
    assert stated in text
    assert "über den Veranstaltungstag hinaus" in text
    assert "12.500,00 € (zwölftausendfünfhundert Euro) lehnen wir ab" in text
    assert "Verwaltungsgericht Hannover" in text
    assert "kostenfrei" in text


def test_the_receipt_states_when_it_came_in_and_what_was_sent() -> None:
    text = text_of(pdf.build_receipt(letters.receipt()))
    for stated in (
        "29.09.2026, 19:04:31 Uhr",
        "MIT-2026-0042",
        "Fassung 2",
        "Satzung.pdf",
        "keine Angabe",
        "4.300,50 €",
    ):
        assert stated in text
    late = text_of(pdf.build_receipt(replace(letters.receipt(), on_time=False)))
    assert "nach dem Ende der Antragsfrist eingegangen" in late


# --- the file -----------------------------------------------------------------------------------


@every_kind
def test_the_same_data_gives_the_same_bytes(kind: str, data: LetterData) -> None:
    first = hashlib.sha256(draw(kind, data)).hexdigest()
    assert hashlib.sha256(draw(kind, data)).hexdigest() == first


@every_kind
def test_the_file_is_tagged_and_names_language_and_title(kind: str, data: LetterData) -> None:
    drawn = draw(kind, data)
    with pikepdf.open(io.BytesIO(drawn)) as file:
        root = file.Root
        assert bool(root.MarkInfo.Marked) is True
        assert str(root.Lang) == "de-DE"
        assert bool(root.ViewerPreferences.DisplayDocTitle) is True
        with file.open_metadata() as metadata:
            assert data.case_number in str(metadata["dc:title"])
            assert metadata["pdfaid:part"] == "3"
        tags = tags_of(root.StructTreeRoot)
        assert tags[0] == "Document"
        assert tags.count("H1") == 1
        assert {"H2", "P"} <= set(tags)
        assert ({"Table", "TR", "TH", "TD"} <= set(tags)) is (kind != DocumentKind.REJECTION)
        numbers = list(root.StructTreeRoot.ParentTree.Nums)
        assert [int(n) for n in numbers[::2]] == list(range(len(file.pages)))
        for page, owners in zip(file.pages, numbers[1::2], strict=True):
            marks = page.Contents.read_bytes().count(b"/MCID")
            assert len(owners) == marks > 0


@every_kind
def test_the_file_is_valid_pdf_a_with_embedded_fonts_only(kind: str, data: LetterData) -> None:
    drawn = draw(kind, data)
    assert pdfa.validate_written(io.BytesIO(drawn), "3b").passed
    resources: list[Any] = [page["/Resources"] for page in pypdf.PdfReader(io.BytesIO(drawn)).pages]
    fonts = [font.get_object() for own in resources for font in own["/Font"].values()]
    assert {font["/BaseFont"].split("+")[1] for font in fonts} == {"DejaVuSans", "DejaVuSans-Bold"}
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)


def test_lists_and_heads_of_columns_are_marked_as_such() -> None:
    with pikepdf.open(io.BytesIO(pdf.build_award(letters.award()))) as file:
        tags = tags_of(file.Root.StructTreeRoot)
    assert tags.count("L") == 3
    assert tags.count("LI") == tags.count("LBody") == tags.count("Lbl") == 7
    assert tags.count("Caption") == 3


# --- texts that try to break it -----------------------------------------------------------------

HOSTILE = (
    "<b>fett</b> &amp; <img src='x'/> <para>",
    "Größe ≥ 5 漢🦄😀 \u202egnp.exe \x00\x07 Ende",
    "جمعية السلام للثقافة (2026) e. V.",
    "עמותת שלום",
    "Nguyễn Thị Ánh Łódź Şükrü Ђорђе Αθήνα",
    "a\r\nb\rc\td",
    "%s {0} \\ (unbalanced ) EMC BT ET",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_any_name_and_text_is_drawn_and_never_becomes_markup(text: str) -> None:
    data = replace(
        letters.receipt(),
        project_title=text,
        recipient=replace(letters.RECIPIENT, name=text),
        sections=(pdf.Section(text, (pdf.Row(text, text),), (pdf.PlanTable(text, (pdf.PlanLine(text, text, 1),)),)),),
    )
    drawn = pdf.build_receipt(data)
    assert pdfa.validate_written(io.BytesIO(drawn), "3b").passed
    twin = pdf.html_twin(DocumentKind.RECEIPT, data.to_json())
    assert "<img" not in twin
    assert "<b>" not in twin


def test_markup_stands_in_the_pdf_as_it_was_typed() -> None:
    data = replace(letters.award(), project_title="<b>Ägypten</b> & <i>mehr</i>")
    assert "<b>Ägypten</b> & <i>mehr</i>" in text_of(pdf.build_award(data))


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=300))
def test_any_text_at_all_is_drawn(text: str) -> None:
    data = replace(letters.receipt(), sections=(pdf.Section("x", (pdf.Row("y", text),), ()),))
    assert pages_of(pdf.build_receipt(data)) >= 2


@pytest.mark.parametrize(
    "text", ["W" * 60_000, "i" * 60_000, "wort " * 12_000, "\n" * 60_000, "ا" * 60_000, "́" * 60_000]
)
def test_a_huge_text_is_cut_visibly_and_quickly(text: str) -> None:
    data = replace(letters.receipt(), sections=(pdf.Section("x", (pdf.Row("y", text),), ()),))
    started = time.process_time()
    drawn = pdf.build_receipt(data)
    assert time.process_time() - started < 3
    assert pages_of(drawn) < 60


def test_clean_limits_composes_and_replaces() -> None:
    assert clean("a" * (LONGEST_TEXT + 1)) == "a" * LONGEST_TEXT + CUT_MARK
    assert clean("A\u0308rger") == "Ärger"
    assert clean("x漢🦄y") == f"x{MISSING_GLYPH}{MISSING_GLYPH}y"
    assert clean(" a\t\tb \u202e c\x00d\n e ") == "a b cd\n e"
    assert clean("§ 37 – ja") == "§\u00a037\u00a0– ja"


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x17F), max_size=200), st.integers(20, 300))
def test_wrap_keeps_every_character_and_the_width(text: str, width: int) -> None:
    text = clean(text)
    lines = wrap(text, REGULAR, 9.5, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width_of(line, REGULAR, 9.5) <= width for line in lines)


def test_widths_are_those_of_the_font() -> None:
    assert width_of("", BOLD, 10) == 0
    assert width_of("ab", REGULAR, 10) == pytest.approx(12.476, abs=0.001)


@pytest.mark.parametrize(
    ("line", "drawn"),
    [
        ("Verein e. V.", "Verein e. V."),
        ("עמותת שלום", "םולש תתומע"),
        ("Verein שלום (אב) 12 e. V.", "Verein (בא) םולש 12 e. V."),
        ("אב 12 גד", "דג 12 בא"),
        ("سلام", "\ufee1\ufefc\ufeb3"),
        ("باب", "\ufe8f\ufe8e\ufe91"),
    ],
)
def test_right_to_left_words_are_joined_and_turned(line: str, drawn: str) -> None:
    assert visual(line) == drawn


def test_right_to_left_text_keeps_its_reading_order_for_readers() -> None:
    drawn = pdf.build_receipt(replace(letters.receipt(), project_title="שלום"))
    with pikepdf.open(io.BytesIO(drawn)) as file:
        content = b"".join(page.Contents.read_bytes() for page in file.pages)
    assert "שלום".encode("utf-16-be").hex().upper().encode() in content


# --- length -------------------------------------------------------------------------------------


def long_award() -> AwardLetterData:
    lines = tuple(pdf.PlanLine(f"Position {n}", "Erläuterung " * (n % 7), 10_000) for n in range(1, 61))
    financing = (pdf.PlanLine("Eigenmittel", "", 250_000), pdf.PlanLine("Zuwendung", "", 350_000))
    return replace(
        full_award(),
        amount_cents=350_000,
        requested_cents=350_000,
        eligible_cents=600_000,
        cost_lines=lines,
        financing_lines=financing,
        instalments=(pdf.Instalment("Rate", "sofort", 350_000),),
        special_conditions=tuple(f"Auflage {n}: " + "Bitte beachten. " * 20 for n in range(1, 20)),
    )


def test_a_long_letter_runs_over_pages_and_loses_nothing() -> None:
    drawn = pdf.build_award(long_award())
    text = text_of(drawn)
    assert pages_of(drawn) == 9
    assert all(f"Position {n} " in text for n in range(1, 61))
    assert all(f"Auflage {n}:" in text for n in range(1, 20))
    with pikepdf.open(io.BytesIO(drawn)) as file:
        # The head of a table is repeated for the eye on each page, but read aloud once.
        assert tags_of(file.Root.StructTreeRoot).count("TH") == 7 + (3 + 1) + (3 + 61) + (3 + 3) + 4
    assert text.count("Erläuterung Betrag") > 2


def test_a_name_longer_than_the_window_is_still_addressed_and_stated_in_full() -> None:
    name = "Verein zur Förderung des Zusammenlebens " * 20
    drawn = pdf.build_award(replace(letters.award(), recipient=replace(letters.RECIPIENT, name=name)))
    first = pypdf.PdfReader(io.BytesIO(drawn)).pages[0].extract_text()
    assert "30451 Hannover" in first
    assert " ".join(name.split()) in text_of(drawn)


# --- the twin -----------------------------------------------------------------------------------


@every_kind
def test_the_html_twin_says_the_same_words_as_the_pdf(kind: str, data: LetterData) -> None:
    twin = pdf.html_twin(kind, data.to_json())
    assert '<article class="mt-card mt-letter' in twin
    assert 'lang="de-DE"' in twin
    assert data.case_number in twin
    assert "<h1" not in twin
    for cell in ("1.800,00", "4.300,50") if kind != DocumentKind.REJECTION else ("12.500,00",):
        assert f"{cell}\u00a0€" in twin
    assert "style=" not in twin


def test_the_html_twin_keeps_headings_and_tables() -> None:
    twin = pdf.html_twin(DocumentKind.AWARD, letters.award().to_json())
    assert twin.count("<h2>") == 1
    assert twin.count("<h3>") == 13
    assert twin.count("<caption") == 3
    assert twin.count('scope="col"') == 9


# --- sheets -------------------------------------------------------------------------------------


def a_sheet(**changes: Any) -> Document:
    blocks = (
        AnswerLines("Wie heißt das Projekt?", "Ein kurzer Name.", lines=3),
        TickLine("Wir haben den Hinweis gelesen.", "Er steht im Portal."),
        EmptyTable("Kostenplan", ("Wofür", "Betrag"), (0.7, 0.3), rows=60),
    )
    known: dict[str, Any] = {
        "title": "Antragsformular", "created_date": date(2026, 11, 22), "sender": letters.award().sender,
        "recipient": None, "info": (), "subject": "Antragsformular", "blocks": blocks,
    }  # fmt: skip
    return Document(**known | changes)


def test_a_sheet_has_room_to_write_and_no_address() -> None:
    drawn = pdf.build_sheet(a_sheet(page_words="Page {number} of {total}", language="en"))
    words = text_of(drawn)

    for text in ("Wie heißt das Projekt?", "Ein kurzer Name.", "☐ Wir haben", "Kostenplan", "Wofür", "Page 1 of 3"):
        assert text in words, text
    assert letters.award().recipient.name not in words
    assert pages_of(drawn) == 3


def test_a_sheet_is_tagged_valid_and_always_the_same() -> None:
    drawn = pdf.build_sheet(a_sheet())
    with pikepdf.open(io.BytesIO(drawn)) as file:
        tags = tags_of(file.Root.StructTreeRoot)

    assert pdfa.validate_written(io.BytesIO(drawn), "3b").passed
    assert tags.count("H1") == 1
    assert tags[-5:] == ["Table", "Caption", "TR", "TH", "TH"]
    assert pdf.build_sheet(a_sheet()) == drawn


def test_the_letters_own_day_is_the_only_date_in_the_file() -> None:
    later = replace(letters.receipt(), received_at=datetime(2027, 1, 1, 0, 30, tzinfo=UTC))
    with pikepdf.open(io.BytesIO(pdf.build_receipt(later))) as file:
        assert str(file.docinfo.CreationDate) == "D:20270101000000+00'00"
        with file.open_metadata() as metadata:
            assert metadata["xmp:MetadataDate"] == "2027-01-01T00:00:00+00:00"
