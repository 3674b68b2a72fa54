"""A note for the file: a sheet without a recipient, drawn from frozen words."""

from collections.abc import Iterator

from notifications.dates import berlin_day
from notifications.pdf.blocks import Block, Document, Facts, Heading, Para
from notifications.pdf.data import NoteData

KIND = "note"
_EMPTY = "–"


def compose(data: NoteData) -> Document:
    """The whole note."""
    return Document(
        title=f"{data.title} {data.case_number}",
        created_date=berlin_day(data.made_at),
        sender=data.sender,
        recipient=None,
        info=(),
        subject=data.title,
        blocks=tuple(_blocks(data)),
    )


def _blocks(data: NoteData) -> Iterator[Block]:
    for part in data.parts:
        if part.title:
            yield Heading(part.title)
        if part.rows:
            yield Facts(tuple((row.label, row.value.strip() or _EMPTY) for row in part.rows))
        for text in part.paragraphs:
            yield Para(text)
