"""A sent version as a sheet to keep: what was sent, when and by whom, in German like the receipt."""

from collections.abc import Iterator
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.days import instant_seconds
from accounts.money import format_cents
from grants.models import Application, ApplicationVersion
from grants.receipts import sections, sender_of
from grants.states import AttachmentKind
from notifications.pdf.blocks import Block, Document, Facts, Heading, Items, Para, Table
from notifications.pdf.data import PlanTable, Section

_EMPTY = "–"
_WIDTHS = (0.4, 0.35, 0.25)


def version_sheet(case: Application, version: ApplicationVersion, *, today: date) -> Document:
    """Return the sheet of one version.

    Args:
        case: sent, with its round and fund.
        version: one of its versions, with who made it.
        today: the Berlin day.
    """
    with translation.override("de"):
        words = {"number": version.number, "reason": version.get_reason_display()}
        title = _("Version %(number)s: %(reason)s") % words
        return Document(
            title=f"{case.case_number} {title}",
            created_date=today,
            sender=sender_of(case.fund),
            recipient=None,
            info=(),
            subject=title,
            blocks=tuple(_blocks(case, version)),
        )


def _blocks(case: Application, version: ApplicationVersion) -> Iterator[Block]:
    yield Facts((
        (_("Case number"), case.case_number or _EMPTY),
        (_("Project"), version.data["fields"].get("title") or _EMPTY),
        (_("Round"), case.round.name),
        (_("Received"), instant_seconds(version.made_at)),
        (_("Sent by"), str(version.made_by)),
    ))  # fmt: skip
    for part in sections(version.data):
        yield from part_blocks(part, 2)
    files = tuple(f"{AttachmentKind(file['kind']).label}: {file['name']}" for file in version.data["attachments"])
    if files:
        yield Heading(_("Attachments"))
        yield Items(files)
    yield Para(_("Fingerprint of this version (SHA-256): %(hash)s") % {"hash": version.sha256}, small=True)


def part_blocks(part: Section, level: int = 3) -> Iterator[Block]:
    """Yield a part of an application: its entries, then its plans.

    Args:
        part: of `receipts.sections`.
        level: of its heading, 2 or 3.
    """
    yield Heading(part.title, 2 if level == 2 else 3)
    if part.rows:
        yield Facts(tuple((row.label, row.value or _EMPTY) for row in part.rows))
    for table in part.tables:
        yield _table(table)


def _table(table: PlanTable) -> Table:
    total = sum(line.amount_cents for line in table.lines)
    return Table(
        caption=table.title,
        head=(_("What"), _("Details"), _("Amount")),
        rows=tuple((line.label, line.detail, format_cents(line.amount_cents)) for line in table.lines),
        widths=_WIDTHS,
        total=(_("Sum"), "", format_cents(total)),
    )
