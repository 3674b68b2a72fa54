"""L02: from the frozen data to the blocks of the rejection letter."""

from accounts.money import format_cents, in_words
from notifications.dates import fmt_day, fmt_instant
from notifications.pdf.blocks import Document, Heading, Items, Para, Signature, info_block
from notifications.pdf.data import RejectionLetterData, refuse_placeholders
from notifications.pdf.texts import Texts

KIND = "rejection"


def compose(data: RejectionLetterData) -> Document:
    """The whole letter. Raises: OpenPlaceholder."""
    refuse_placeholders(data, data.OFFICE_TEXTS)
    texts = Texts(KIND, data.template_version, _values(data))
    sender = data.sender
    return Document(
        title=f"{texts['title']} {data.case_number}",
        created_date=data.letter_date,
        sender=sender,
        recipient=data.recipient,
        info=info_block(sender, data.case_number, data.letter_date),
        subject=texts["subject"],
        blocks=(
            Para(texts["reference"]),
            Para(texts["salutation"]),
            Para(texts["decision"], strong=True),
            Heading(texts["heading_reasons"]),
            Para(texts["basis"]),
            Para(texts[f"kind_{data.kind}"]),
            Items(data.reasons),
            Heading(texts["heading_costs"]),
            Para(texts["costs"]),
            Heading(texts["heading_remedy"]),
            Para(data.remedy),
            Para(texts["outlook"]),
            Signature(texts["greeting"], sender.closing, sender.signatory, sender.function),
            Para(texts["validity"], small=True),
        ),
    )


def _values(data: RejectionLetterData) -> dict[str, str]:
    values = {
        "fund": data.fund,
        "application_date": fmt_day(data.application_date),
        "application_version": str(data.application_version),
        "project_title": data.project_title,
        "requested": format_cents(data.requested_cents),
        "requested_words": in_words(data.requested_cents),
        "legal_basis": data.legal_basis,
        "decided_by": data.decided_by,
        "decided_on": fmt_day(data.decided_on),
    }
    if data.deadline_at is not None and data.received_at is not None:
        values["deadline"] = fmt_instant(data.deadline_at, seconds=True)
        values["received"] = fmt_instant(data.received_at, seconds=True)
    return values
