"""What was found in a list, as people read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.money import format_cents
from accounts.states import OrganisationKind
from grants.imports.columns import COLUMNS, Column
from grants.imports.table import letter
from grants.imports.words import COMPLAINTS, FAILURES
from grants.models import Import, ImportProblem


@dataclass(frozen=True)
class Finding:
    """One error: where it stands, what is wrong, what was entered."""

    row: int
    letter: str
    heading: str
    text: str
    value: str

    @classmethod
    def of(cls, batch: Import, problem: ImportProblem) -> "Finding":
        """Put an error into words."""
        column = next(one for one in COLUMNS[batch.kind] if one.name == problem.column)
        place = problem.place
        heading = str(column.label) if place is None else batch.headings[place][0] or str(column.label)
        text = str(COMPLAINTS[problem.code]) % {"limit": column.limit}
        return cls(problem.row, "" if place is None else letter(place), heading, text, problem.value)


def findings(batch: Import) -> QuerySet[ImportProblem]:
    """Return the errors of a list in the order of its rows, then the rows that were changed."""
    return ImportProblem.objects.filter(batch=batch).order_by("pk")


def told_failure(batch: Import) -> str:
    """Return why a file is no list; "" for one that is."""
    return str(FAILURES[batch.failure]) % {"row": batch.failure_row} if batch.failure else ""


@dataclass(frozen=True)
class Sample:
    """The first rows of a list as they were understood: number, and each text with its heading."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[tuple[str, str], ...]], ...]


def sample_of(batch: Import) -> Sample | None:
    """Return the first rows, in the columns that every list has."""
    columns = [column for column in COLUMNS[batch.kind] if column.required]
    headings = tuple(str(column.label) for column in columns)
    rows = tuple((row["row"], tuple(zip(headings, _told(row, columns), strict=True))) for row in batch.sample)
    return Sample(headings, rows) if rows else None


def _told(row: dict[str, Any], columns: list[Column]) -> Iterator[str]:
    for column in columns:
        value = row[column.name]
        if column.name.endswith("_cents"):
            yield format_cents(value)
        elif column.name == "kind":
            yield str(OrganisationKind(value).label)
        elif isinstance(value, bool):
            yield _("yes") if value else _("no")
        else:
            yield str(value)
