"""What a letter or sheet is made of, before it becomes a PDF or its HTML twin: both are drawn from these blocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from accounts.money import format_cents
from notifications.dates import fmt_day
from notifications.pdf.data import Address, PlanLine, Sender
from notifications.pdf.texts import Texts


@dataclass(frozen=True)
class Heading:
    """A heading below the letter's subject line (which is the only level 1)."""

    text: str
    level: Literal[2, 3] = 2


@dataclass(frozen=True)
class Para:
    """A paragraph. ``strong`` sets it in bold (the amount), ``small`` as a remark."""

    text: str
    strong: bool = False
    small: bool = False


@dataclass(frozen=True)
class Items:
    """A list, numbered where the items are referred to."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Facts:
    """Labels with their values."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """A table with a caption, a head row, a head cell in each row, and a right-aligned last column.

    ``total`` is its bold last row.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    total: tuple[str, ...] = ()

    @property
    def labelled_rows(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """Each cell with the head of its column, for narrow screens where the head row is out of sight."""
        return tuple(tuple(zip(self.head, row, strict=True)) for row in self.rows)

    @property
    def labelled_total(self) -> tuple[tuple[str, str], ...]:
        """The cells of the last row with their heads."""
        return tuple(zip(self.head, self.total, strict=True)) if self.total else ()


@dataclass(frozen=True)
class Signature:
    """Name of the person who answers for the letter (§ 37 (3) VwVfG)."""

    greeting: str
    closing: str
    name: str
    function: str

    def lines(self) -> tuple[str, ...]:
        """The lines that are not empty."""
        return tuple(line for line in (self.greeting, self.closing, self.name, self.function) if line)


@dataclass(frozen=True)
class FormLine:
    """A line to fill in by hand; the label stands below it."""

    label: str


@dataclass(frozen=True)
class AnswerLines:
    """A question with ruled lines below it, to be answered by hand."""

    label: str
    hint: str = ""
    lines: int = 1


@dataclass(frozen=True)
class TickLine:
    """A box to tick by hand, with its words beside it."""

    label: str
    hint: str = ""


@dataclass(frozen=True)
class EmptyTable:
    """A table with a head and empty rows to fill in by hand; ``widths`` are parts of 1."""

    caption: str
    head: tuple[str, ...]
    widths: tuple[float, ...]
    rows: int


@dataclass(frozen=True)
class NewPage:
    """What follows starts a page of its own: an annex, a form."""


Block = Heading | Para | Items | Facts | Table | Signature | FormLine | AnswerLines | TickLine | EmptyTable | NewPage


@dataclass(frozen=True)
class Document:
    """A whole letter, ready to be drawn; without a recipient it is a sheet: no address window, no fold marks.

    ``page_words`` are the words of the page number, with ``{number}`` and ``{total}``.
    """

    title: str
    created_date: date
    sender: Sender
    recipient: Address | None
    info: tuple[tuple[str, str], ...]
    subject: str
    blocks: tuple[Block, ...]
    language: str = "de-DE"
    page_words: str = "Seite {number} von {total}"


def paragraphs(texts: Sequence[str]) -> list[Block]:
    """Each text as a plain paragraph."""
    return [Para(text) for text in texts]


def info_block(sender: Sender, case_number: str, day: date) -> tuple[tuple[str, str], ...]:
    """The information block at the right of the address (DIN 5008)."""
    rows = (
        ("Aktenzeichen", case_number),
        ("Auskunft erteilt", sender.officer),
        ("Telefon", sender.phone),
        ("E-Mail", sender.mail),
        ("Datum", fmt_day(day)),
    )
    return tuple((label, value) for label, value in rows if value)


def plan_table(texts: Texts, caption: str, lines: tuple[PlanLine, ...]) -> Table:
    """A cost or financing plan with its sum; positions that are not eligible say so."""
    return Table(
        caption=caption,
        head=(texts["plan_label"], texts["plan_detail"], texts["plan_amount"]),
        rows=tuple((line.label, _detail(line, texts), format_cents(line.amount_cents)) for line in lines),
        widths=(0.36, 0.42, 0.22),
        total=(texts["plan_sum"], "", format_cents(sum(line.amount_cents for line in lines))),
    )


def _detail(line: PlanLine, texts: Texts) -> str:
    parts = (line.detail, "" if line.eligible else texts["plan_not_eligible"])
    return ", ".join(part for part in parts if part)
