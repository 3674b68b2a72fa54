"""What an applicant changed since the last version was sent: looked at once more before it is handed in."""

from dataclasses import dataclass
from typing import Any

from grants import receipts
from notifications.pdf.data import PlanLine, PlanTable, Section


@dataclass(frozen=True)
class ChangedRow:
    """A label with what stands there now; `was` is what was sent before, None where it is the same."""

    label: str
    value: str
    was: str | None


@dataclass(frozen=True)
class ChangedPart:
    """A part of the application in which something is new.

    Attributes:
        title: its heading.
        rows: all its rows.
        tables: the plans that changed, whole.
        new, gone: the lines of these plans that are new or differ, and those that stand there no more.
    """

    title: str
    rows: tuple[ChangedRow, ...]
    tables: tuple[PlanTable, ...]
    new: tuple[PlanLine, ...]
    gone: tuple[PlanLine, ...]


@dataclass(frozen=True)
class Changes:
    """The parts that changed, those that did not, and the names of the files added since."""

    changed: tuple[ChangedPart, ...]
    same: tuple[Section, ...]
    files: tuple[str, ...]


def since(before: dict[str, Any], after: dict[str, Any]) -> Changes:
    """Compare two snapshots of an application, in the active language."""
    old = {part.title: part for part in receipts.sections(before)}
    parts = receipts.sections(after)
    new = [part for part in parts if _differs(part, old[part.title])]
    known = {file["id"] for file in before["attachments"]}
    files = tuple(str(file["name"]) for file in after["attachments"] if file["id"] not in known)
    return Changes(
        tuple(_changed(part, old[part.title]) for part in new), tuple(part for part in parts if part not in new), files
    )


def _differs(now: Section, before: Section) -> bool:
    """Tell whether somebody changed something; an entry that the form did not have yet, and that is empty, is none."""
    return _told(now) != _told(before) or now.tables != before.tables


def _told(part: Section) -> dict[str, str]:
    return {row.label: row.value for row in part.rows if row.value}


def _changed(now: Section, before: Section) -> ChangedPart:
    was = {row.label: row.value for row in before.rows}
    rows = (ChangedRow(row.label, row.value, _other(was.get(row.label, ""), row.value)) for row in now.rows)
    tables = tuple(table for table in now.tables if table not in before.tables)
    return ChangedPart(now.title, tuple(rows), tables, _only_in(now, before), _only_in(before, now))


def _only_in(one: Section, other: Section) -> tuple[PlanLine, ...]:
    known = {line for table in other.tables for line in table.lines}
    return tuple(line for table in one.tables for line in table.lines if line not in known)


def _other(was: str, value: str) -> str | None:
    return None if was == value else was
