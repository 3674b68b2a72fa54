"""The juror's dashboard: what is done, what is left, what comes next."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Case, Count, ExpressionWrapper, IntegerField, Q, QuerySet, Value, When

from accounts.models import User
from grants.states import ApplicationState
from reviews.models import Juror, Review, ScoringPeriod
from reviews.queries.sheets import SCORING_ROUNDS, UNBLOCKED, own_sheets
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
    Q(state__in=(S.ASSIGNED, S.IN_PROGRESS), application__state=ApplicationState.IN_REVIEW)
    & Q(application__round__state__in=SCORING_ROUNDS)
    & UNBLOCKED
)
# Open ones first: begun, then new; then what waits for the chair, then what is done.
_PLACES: Final = {S.IN_PROGRESS: 0, S.ASSIGNED: 1, S.SUBMITTED: 3, S.LOCKED: 4, S.LAPSED: 5, S.RECUSED: 6}
_LAST: Final = 10
_IN_ORDER: Final = Case(
    *(When(_OPEN & Q(state=state), then=Value(place)) for state, place in _PLACES.items()),
    *(When(Q(state=state), then=Value(_LAST + place)) for state, place in _PLACES.items()),
    output_field=IntegerField(),
)


def board_of(person: User, today: date, *, round_id: str = "", page: str | None = None) -> Board:
    """Return the dashboard of a juror (five queries for any number of sheets).

    Args:
        person: the juror.
        today: tells how many days are left.
        round_id: the jury whose sheets are shown; anything else shows the newest that is not over.
        page: of those sheets.
    """
    seats = _seats(person, today)
    shown = next((seat for seat in seats if str(seat.juror.round_id) == round_id), None)
    shown = shown or next((seat for seat in seats if not seat.over), seats[0] if seats else None)
    sheets = own_sheets(person).order_by(_IN_ORDER, "application__case_number", "pk")
    # A juror with several juries begins with the sheets on the page.
    mine_first = Case(When(juror=shown.juror.pk if shown else None, then=Value(0)), default=Value(1))
    following = sheets.filter(_OPEN).order_by(mine_first, *sheets.query.order_by).values_list("pk", flat=True).first()
    return Board(seats, shown, _page(sheets, shown, page) if shown else None, following)


def _seats(person: User, today: date) -> list[Seat]:
    jurors = list(
        Juror.objects.filter(user=person, ended_at__isnull=True)
        .select_related("round__fund")
        .order_by("-round__opens_at", "pk")
    )
    periods = ScoringPeriod.objects.filter(round__in=[juror.round_id for juror in jurors])
    due = dict(periods.values_list("round", "due_date"))
    counted = (
        own_sheets(person).order_by().values("juror")
        .annotate(done=Count("pk", Q(state__in=COUNTED)), total=Count("pk", ~Q(state=S.RECUSED)), sheets=Count("pk"))
    )  # fmt: skip
    counts = {row["juror"]: (row["done"], row["total"], row["sheets"]) for row in counted}
    return [_seat(juror, counts.get(juror.pk, (0, 0, 0)), due.get(juror.round_id), today) for juror in jurors]


def _seat(juror: Juror, counts: tuple[int, int, int], due: date | None, today: date) -> Seat:
    return Seat(juror, *counts, due, (due - today).days if due else None)


def _page(sheets: QuerySet[Review], seat: Seat, number: str | None) -> Page[tuple[Any, ...]]:
    blocked = ExpressionWrapper(~UNBLOCKED, output_field=BooleanField())
    rows = sheets.filter(juror=seat.juror).annotate(blocked=blocked).values_list(
        "pk", "application__case_number", "application__title", "application__organisation__name",
        "application__requested_cents", "state", "declared_at", "blocked",
    )  # fmt: skip
    return _Counted(rows, seat.sheets).get_page(number)


class _Counted(Paginator[tuple[Any, ...]]):
    """A paginator that was told how many rows there are."""

    def __init__(self, rows: QuerySet[Review, tuple[Any, ...]], total: int) -> None:
        super().__init__(rows, PER_PAGE)
        self.count = total  # counted with the seats
