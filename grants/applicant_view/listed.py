"""A case as one row of a list: how it stands, and what comes next."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from grants.applicant_view.items import TimelineItem
from grants.applicant_view.way import next_day
from grants.applicant_view.wording import tone, words
from grants.models import Application


@dataclass(frozen=True)
class Listed:
    """A row of the applicant's list."""

    application: Application
    words: str
    tone: str
    next: TimelineItem | None


def listed(applications: Iterable[Application], *, announced: Collection[str], today: date) -> list[Listed]:
    """Return applications as rows.

    Args:
        applications: with their rounds.
        announced: the keys of those whose letter was announced.
        today: the Berlin day.
    """
    return [_row(application, application.case_key in announced, today) for application in applications]


def _row(application: Application, announced: bool, today: date) -> Listed:
    return Listed(
        application,
        words(application, announced=announced),
        tone(application, announced=announced),
        next_day(application, announced=announced, today=today),
    )
