"""The application form to be filled in by hand: what a round asks, as frozen words, and the sheet made of them."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from notifications.pdf.blocks import (
    AnswerLines,
    Block,
    Document,
    EmptyTable,
    Facts,
    Heading,
    Para,
    TickLine,
)
from notifications.pdf.data import Row, Sender


@dataclass(frozen=True)
class Question:
    """One thing that the form asks.

    Attributes:
        name: of the entry; several questions may belong to one.
        label, hint: its words.
        kind: lines to write on, one box to tick, one of several options, or a table.
        lines: how many lines, or rows of the table.
        options: what to choose from.
        columns, widths: heads of the table, and their parts of 1.
    """

    name: str
    label: str
    hint: str = ""
    kind: Literal["lines", "tick", "options", "table"] = "lines"
    lines: int = 1
    options: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    widths: tuple[float, ...] = ()

    @property
    def places(self) -> range:
        """As many as there are lines, for a template to go through."""
        return range(self.lines)


@dataclass(frozen=True)
class Part:
    """One page of the form, with its questions."""

    title: str
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class BlankForm:
    """The whole form of a round in one language."""

    sender: Sender
    language: str
    page_words: str
    created_date: date
    title: str
    intro: tuple[str, ...]
    facts: tuple[Row, ...]
    parts: tuple[Part, ...]


def compose(form: BlankForm) -> Document:
    """The sheet: head, what it is for, then each question with room for its answer."""
    blocks: list[Block] = [Para(text) for text in form.intro]
    blocks.append(Facts(tuple((row.label, row.value) for row in form.facts)))
    for part in form.parts:
        blocks.append(Heading(part.title))
        for question in part.questions:
            blocks += _question(question)
    return Document(
        title=form.title,
        created_date=form.created_date,
        sender=form.sender,
        recipient=None,
        info=(),
        subject=form.title,
        blocks=tuple(blocks),
        language=form.language,
        page_words=form.page_words,
    )


def _question(question: Question) -> list[Block]:
    match question.kind:
        case "tick":
            return [TickLine(question.label, question.hint)]
        case "options":
            head = [Para(question.label, strong=True), *([Para(question.hint, small=True)] if question.hint else [])]
            return [*head, *(TickLine(option) for option in question.options)]
        case "table":
            hint = [Para(question.hint, small=True)] if question.hint else []
            return [*hint, EmptyTable(question.label, question.columns, question.widths, question.lines)]
        case "lines":
            return [AnswerLines(question.label, question.hint, question.lines)]
