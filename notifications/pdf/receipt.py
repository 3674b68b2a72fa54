"""The receipt: when an application came in, what comes next, and a copy of what was sent."""

from notifications.dates import berlin_day, fmt_instant
from notifications.pdf.blocks import (
    Block,
    Document,
    Facts,
    Heading,
    NewPage,
    Para,
    Signature,
    info_block,
    plan_table,
)
from notifications.pdf.data import ReceiptData, Row, Section
from notifications.pdf.texts import Texts

KIND = "receipt"


def compose(data: ReceiptData) -> Document:
    """The whole receipt with the copy of the application."""
    texts = Texts(KIND, data.template_version, _values(data))
    day = berlin_day(data.received_at)
    return Document(
        title=f"{texts['title']} {data.case_number}",
        created_date=day,
        sender=data.sender,
        recipient=data.recipient,
        info=info_block(data.sender, data.case_number, day),
        subject=texts["subject"],
        blocks=(*_letter(data, texts), *_copy(data, texts)),
    )


def _values(data: ReceiptData) -> dict[str, str]:
    return {
        "fund": data.fund,
        "round_name": data.round_name,
        "project_title": data.project_title,
        "version": str(data.version),
        "received": fmt_instant(data.received_at, seconds=True),
        "case_number": data.case_number,
    }


def _letter(data: ReceiptData, texts: Texts) -> list[Block]:
    dates: list[Block] = []
    if data.next_dates:
        dates = [Heading(texts["heading_dates"]), _facts(data.next_dates, texts)]
    return [
        Para(texts["reference"]),
        Para(texts["salutation"]),
        Para(texts["received"]),
        Para(texts["on_time" if data.on_time else "late"]),
        Para(texts["no_claim"]),
        *dates,
        Signature(texts["greeting"], "", data.sender.authority, data.sender.department),
    ]


def _copy(data: ReceiptData, texts: Texts) -> list[Block]:
    blocks: list[Block] = [NewPage(), Heading(texts["heading_copy"]), Para(texts["copy"])]
    for section in data.sections:
        blocks += _section(section, texts)
    if data.attachments:
        blocks += [Heading(texts["heading_attachments"], level=3), _facts(data.attachments, texts)]
    return blocks


def _section(section: Section, texts: Texts) -> list[Block]:
    rows: list[Block] = [_facts(section.rows, texts)] if section.rows else []
    tables = [plan_table(texts, table.title, table.lines) for table in section.tables]
    return [Heading(section.title, level=3), *rows, *tables]


def _facts(rows: tuple[Row, ...], texts: Texts) -> Facts:
    return Facts(tuple((row.label, row.value.strip() or texts["no_answer"]) for row in rows))
