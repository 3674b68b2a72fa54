"""The juror's dashboard: what is done, what is left, what comes next."""

from dataclasses import dataclass
from datetime import date

from accounts.models import User
from grants.states import ApplicationState
from reviews.models import Juror, Review, ScoringPeriod
from reviews.queries.sheets import SCORING_ROUNDS, own_sheets, waits_for_chair
from reviews.states import ReviewState as S


@dataclass(frozen=True)
class Seat:
    """One jury in which the person sits, with its sheets in order: open ones first."""

    juror: Juror
    sheets: list[Review]
    done: int
    total: int
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
    """Everything on the dashboard."""

    seats: list[Seat]
    next_sheet: Review | None


# Open ones first: begun, then new, then those that wait for the chair, then what is done.
_ORDER = {S.IN_PROGRESS: 0, S.ASSIGNED: 1, S.SUBMITTED: 3, S.LOCKED: 4, S.LAPSED: 5, S.RECUSED: 6}


def is_open(review: Review) -> bool:
    """Tell whether the sheet waits for its juror now."""
    return (
        review.state in (S.ASSIGNED, S.IN_PROGRESS)
        and not waits_for_chair(review)
        and review.application.state == ApplicationState.IN_REVIEW
        and review.application.round.state in SCORING_ROUNDS
    )


def board_of(person: User, today: date) -> Board:
    """Return the dashboard of a juror (three queries for any number of sheets)."""
    seats = list(
        Juror.objects.filter(user=person, ended_at__isnull=True)
        .select_related("round__fund")
        .order_by("-round__opens_at", "pk")
    )
    due = dict(
        ScoringPeriod.objects.filter(round__in=[seat.round_id for seat in seats]).values_list("round", "due_date")
    )
    sheets = sorted(own_sheets(person), key=_place)
    made = [_seat(seat, [s for s in sheets if s.juror_id == seat.pk], due.get(seat.round_id), today) for seat in seats]
    return Board(made, next((sheet for sheet in sheets if is_open(sheet)), None))


def _place(review: Review) -> tuple[bool, int, str]:
    return not is_open(review), _ORDER[S(review.state)], review.application.case_number or ""


def _seat(juror: Juror, sheets: list[Review], due: date | None, today: date) -> Seat:
    counted = [sheet for sheet in sheets if sheet.state != S.RECUSED]
    done = sum(sheet.state in (S.SUBMITTED, S.LOCKED) for sheet in counted)
    return Seat(juror, sheets, done, len(counted), due, (due - today).days if due else None)
