"""The juror's dashboard: what is done, what is left, what comes next."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.models import User
from grants.models import Application
from grants.states import ApplicationState
from reviews.models import Juror, Review, ScoringPeriod
from reviews.queries.seats import seats_of
from reviews.queries.sheets import SCORING_ROUNDS, UNBLOCKED
from reviews.states import COUNTED
from reviews.states import ReviewState as S

PER_PAGE: Final = 60


class Line(NamedTuple):
    """A sheet in the list, as plain values: a juror of a large round has thousands."""

    pk: int
    number: str | None
    title: str
    organisation: str
    requested_cents: int
    state: str
    declared_at: datetime | None
    blocked: bool

    @property
    def recused(self) -> bool:
        """The juror takes no part in this case."""
        return self.state == S.RECUSED

    @property
    def waits(self) -> bool:
        """A match stands on the sheet until the chair has decided."""
        return self.blocked and not self.recused

    @property
    def opened(self) -> bool:
        """The documents are open to the juror, as `Review.opened`."""
        return self.declared_at is not None and not self.recused and not self.blocked

    @property
    def state_word(self) -> str:
        """The state in words."""
        return str(S(self.state).label)


@dataclass(frozen=True)
class Seat:
    """One jury in which the person sits, and how far its sheets are."""

    juror: Juror
    done: int
    total: int
    sheets: int
    due_date: date | None
    days_left: int | None
    next_sheet: int | None

    @property
    def over(self) -> bool:
        """The jury's part is done: its sheets are only looked up."""
        return self.juror.round.state not in SCORING_ROUNDS

    @property
    def leads(self) -> bool:
        """Chair or deputy."""
        return self.juror.chairs or self.juror.deputy_chair


@dataclass(frozen=True)
class Board:
    """Everything on the dashboard: all juries, and the sheets of the one that is shown, open ones first."""

    seats: list[Seat]
    shown: Seat | None
    page: Page[tuple[Any, ...]] | None
    next_sheet: int | None

    @property
    def lines(self) -> list[Line]:
        """The sheets on this page."""
        return [Line(*values) for values in self.page or ()]


_OPEN: Final = (
    Q(application__state=ApplicationState.IN_REVIEW, application__round__state__in=SCORING_ROUNDS) & UNBLOCKED
)
_BEGUN: Final = (S.IN_PROGRESS, S.ASSIGNED)
# Open ones first: begun, then new; then what is done, and last what waits for the chair. Only columns of the sheet, so
# that a page of a juror's thousands is found before anything is joined to it.
_PLACES: Final = (*_BEGUN, S.SUBMITTED, S.LOCKED, S.LAPSED, S.RECUSED)
_PLACE: Final = Case(
    *(When(UNBLOCKED, state=state, then=Value(place)) for place, state in enumerate(_PLACES)),
    default=Value(len(_PLACES)),
    output_field=IntegerField(),
)
_ORDER: Final = (_PLACE, "position", "pk")


def board_of(person: User, today: date, *, round_id: str = "", page: str | None = None) -> Board:
    """Return the dashboard of a juror (four queries for any number of sheets).

    Args:
        person: the juror.
        today: tells how many days are left.
        round_id: the jury whose sheets are shown; anything else shows the newest that is not over.
        page: of those sheets.
    """
    sheets = _sheets(person)
    seats = _seats(person, sheets, today)
    shown = next((seat for seat in seats if str(seat.juror.round_id) == round_id), None)
    shown = shown or next((seat for seat in seats if not seat.over), seats[0] if seats else None)
    # A juror with several juries begins with the sheets on the page.
    following = sorted((seat for seat in seats if seat.next_sheet), key=lambda seat: seat is not shown)
    return Board(
        seats, shown, _page(sheets, shown, page) if shown else None, following[0].next_sheet if following else None
    )


def _sheets(person: User) -> QuerySet[Review]:
    """Return the sheets of the person's seats; the few withdrawn cases are looked up, not all others joined."""
    seats = seats_of(person)
    withdrawn = Application.objects.filter(
        round__in={seat.round_id for seat in seats}, state=ApplicationState.WITHDRAWN
    ).order_by()
    return Review.objects.filter(juror__in=seats).exclude(application__in=withdrawn.values("pk")).order_by()


def _seats(person: User, sheets: QuerySet[Review], today: date) -> list[Seat]:
    jurors = list(
        Juror.objects.filter(user=person, ended_at__isnull=True)
        .select_related("round__fund")
        .annotate(next_sheet=Coalesce(*(_first(sheets, state) for state in _BEGUN)))
        .order_by("-round__opens_at", "pk")
    )
    periods = ScoringPeriod.objects.filter(round__in=[juror.round_id for juror in jurors])
    due = dict(periods.values_list("round", "due_date"))
    counted = sheets.values("juror").annotate(
        done=Count("pk", Q(state__in=COUNTED)), total=Count("pk", ~Q(state=S.RECUSED)), sheets=Count("pk")
    )
    counts = {row["juror"]: (row["done"], row["total"], row["sheets"]) for row in counted}
    return [
        _seat(juror, counts.get(juror.pk, (0, 0, 0)), due.get(juror.round_id), today, juror.next_sheet)
        for juror in jurors
    ]


def _first(sheets: QuerySet[Review], state: S) -> Subquery:
    """Return the first open sheet of a seat in one state; an index has them in this order."""
    return Subquery(sheets.filter(_OPEN, juror=OuterRef("pk"), state=state).order_by("position", "pk").values("pk")[:1])


def _seat(juror: Juror, counts: tuple[int, int, int], due: date | None, today: date, following: int | None) -> Seat:
    return Seat(juror, *counts, due, (due - today).days if due else None, following)


def _page(sheets: QuerySet[Review], seat: Seat, number: str | None) -> Page[tuple[Any, ...]]:
    mine = sheets.filter(juror=seat.juror).order_by(*_ORDER).values("pk")
    page = _Counted(mine, seat.sheets).get_page(number)
    before = PER_PAGE * (page.number - 1)
    blocked = ExpressionWrapper(~UNBLOCKED, output_field=BooleanField())
    rows = Review.objects.filter(pk__in=mine[before : before + PER_PAGE]).annotate(blocked=blocked).order_by(*_ORDER)
    page.object_list = rows.values_list(
        "pk", "application__case_number", "application__title", "application__organisation__name",
        "application__requested_cents", "state", "declared_at", "blocked",
    )  # fmt: skip
    return page


class _Counted(Paginator[tuple[Any, ...]]):
    """A paginator that was told how many rows there are."""

    def __init__(self, rows: QuerySet[Review, Any], total: int) -> None:
        super().__init__(rows, PER_PAGE)
        self.count = total  # counted with the seats
