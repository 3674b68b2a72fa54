"""What changed between two sent versions, entry by entry, as a reader sees it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.money import format_cents
from grants.receipts import sections
from grants.states import AttachmentKind
from notifications.pdf.data import PlanTable, Section


@dataclass(frozen=True)
class Change:
    """One entry that differs: where it stands, what it is called, what it said and what it says."""

    section: str
    label: str
    old: str
    new: str


def changes(old: dict[str, Any], new: dict[str, Any]) -> list[Change]:
    """Return what differs between two snapshots, in the order of the form."""
    return [change for change in _compare(_entries(old), _entries(new)) if change.old != change.new]


Entries = dict[tuple[str, str], str]


def _compare(old: Entries, new: Entries) -> Iterator[Change]:
    for section, label in {**new, **old}:
        yield Change(section, label, old.get((section, label), ""), new.get((section, label), ""))


def _entries(data: dict[str, Any]) -> Entries:
    found: Entries = {}
    for part in sections(data):
        found |= _of_part(part)
    files = [f"{AttachmentKind(file['kind']).label}: {file['name']}" for file in data["attachments"]]
    found[(_("Attachments"), _("Attachments"))] = "\n".join(files)
    return found


def _of_part(part: Section) -> Entries:
    rows = {(part.title, row.label): row.value for row in part.rows}
    return rows | {(part.title, table.title): _lines(table) for table in part.tables}


def _lines(table: PlanTable) -> str:
    return "\n".join(
        " · ".join(text for text in (line.label, line.detail, format_cents(line.amount_cents)) if text)
        for line in table.lines
    )
