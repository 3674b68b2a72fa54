"""The desk of a round: how many cases stand where, what is due, what is missing, how far the jury is, who is away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Min, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.functional import Promise

from accounts.clock import berlin_day
from accounts.models import Deputy
from grants.models import Application, DocumentRequest, Round
from grants.office import ACTS, CaseRow, row_values, undecided
from grants.states import ApplicationState as A

#: Lines of each list on the desk; the list of applications shows the rest.
SHOWN: Final = 15
_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True)
class Stage:
    """The cases of a round in one state.

    Attributes:
        state: its code.
        label: its word.
        count: how many.
        cents: what they ask for together.
        oldest_at: when the first of them came in.
        days: how long ago that is; None where nobody has to act any more.
        href: the list of them, the oldest first.
    """

    state: str
    label: str | Promise
    count: int
    cents: int
    oldest_at: datetime
    days: int | None
    href: str


@dataclass(frozen=True)
class Figures:
    """What of a round presses: cases past their day, due within a week, long undecided, without an officer."""

    over: int
    week: int
    undecided: int
    nobody: int


@dataclass(frozen=True)
class Funnel:
    """The states of a round in the order of the life cycle, and what presses."""

    stages: list[Stage]
    figures: Figures

    @property
    def count(self) -> int:
        """How many cases there are."""
        return sum(stage.count for stage in self.stages)

    @property
    def cents(self) -> int:
        """What they ask for together."""
        return sum(stage.cents for stage in self.stages)


def list_of(round: Round, **filters: str) -> str:
    """Return the address of the round's cases in the office's list."""
    parts = "".join(f"&{name}={value}" for name, value in filters.items())
    return f"{reverse('grants:office_applications')}?round={round.pk}{parts}"


def funnel(round: Round, cases: QuerySet[Application], *, today: date) -> Funnel:
    """Return how many cases stand where and what presses (one query).

    Args:
        round: whose desk it is.
        cases: of the round, as far as the reader sees them.
        today: the Berlin day.
    """
    rows = {
        row["state"]: row
        for row in cases.order_by()
        .values("state")
        .annotate(
            n=Count("pk"),
            cents=Sum("requested_cents"),
            oldest=Min("submitted_at"),
            over=Count("pk", Q(due_date__lt=today)),
            week=Count("pk", Q(due_date__range=(today, today + _WEEK))),
            undecided=Count("pk", undecided(today)),
            nobody=Count("pk", Q(officer=None)),
        )
    }
    figures = Figures(*(sum(row[name] for row in rows.values()) for name in ("over", "week", "undecided", "nobody")))
    stages = [_stage(round, state, rows[state], today) for state in A if state in rows]
    return Funnel(stages, figures)


def _stage(round: Round, state: A, row: Any, today: date) -> Stage:
    return Stage(
        state=state.value,
        label=state.label,
        count=row["n"],
        cents=row["cents"],
        oldest_at=row["oldest"],
        days=(today - berlin_day(row["oldest"])).days if state in ACTS else None,
        href=list_of(round, state=state.value, sort="received"),
    )


def due_soon(cases: QuerySet[Application], *, today: date) -> list[CaseRow]:
    """Return the cases that are past their day or due within a week, the most urgent first (one query)."""
    found = cases.filter(due_date__lte=today + _WEEK).order_by("due_date", "pk")
    return [CaseRow(*values) for values in row_values(found)[:SHOWN]]


@dataclass(frozen=True)
class Missing:
    """What an applicant has still to hand in."""

    pk: int
    number: str
    title: str
    organisation: str
    due_date: date
    days_left: int
    reminded: bool


def missing_documents(cases: QuerySet[Application], *, today: date) -> list[Missing]:
    """Return what applicants were asked for and have not handed in, the first day first (one query)."""
    asked = DocumentRequest.objects.filter(answered_at=None, application__in=cases.filter(state=A.RETURNED).order_by())
    rows = asked.order_by("due_date", "pk").values_list(
        "application", "application__case_number", "application__title", "application__organisation__name",
        "due_date", "reminded_at",
    )[:SHOWN]  # fmt: skip
    return [
        Missing(pk, number or "", title, organisation or "", due, (due - today).days, reminded is not None)
        for pk, number, title, organisation, due, reminded in rows
    ]


@dataclass(frozen=True)
class Away:
    """Who is away, who stands in, and until when."""

    principal: str
    deputy: str
    to_date: date


def away(fund_id: int, *, today: date) -> list[Away]:
    """Return who of the fund is away today, by name (one query)."""
    rows = Deputy.objects.filter(fund=fund_id, ended_at=None, from_date__lte=today, to_date__gte=today)
    named: Iterable[Deputy] = rows.select_related("principal", "deputy").order_by("principal__search_key", "pk")
    return [Away(str(row.principal), str(row.deputy), row.to_date) for row in named]
