"""What time does, each in a transaction of its own; a repeat changes nothing."""

from collections import defaultdict
from datetime import date

from django.db import transaction
from django.db.models import Q

from accounts import clock, days
from accounts.exceptions import LostRace
from accounts.models import SYSTEM
from grants.models import Application
from grants.states import ApplicationState, RoundState
from notifications import outbox
from reviews import steps
from reviews.models import Juror, Review, ScoringPeriod
from reviews.permissions import handles_cases
from reviews.queries.committee import reserve_ends_on
from reviews.queries.sheets import undecided_sheets
from reviews.states import ReviewState

# Days before the sheets are due on which jurors with open ones are reminded.
REMIND_DAYS = (7, 2, 0)


def remind_jurors() -> None:
    """Owe N07 to jurors with open sheets, 7 and 2 days before the day and on it."""
    with transaction.atomic(durable=True):
        today = clock.today()
        for period in ScoringPeriod.objects.filter(round__state=RoundState.SCORING).select_related("round__fund"):
            days = (period.due_date - today).days
            if days in REMIND_DAYS:
                _remind(period, today)


def _remind(period: ScoringPeriod, today: date) -> None:
    open_states = [ReviewState.ASSIGNED, ReviewState.IN_PROGRESS]
    busy = Juror.objects.filter(
        round=period.round_id,
        ended_at__isnull=True,
        reviews__state__in=open_states,
        reviews__application__state=ApplicationState.IN_REVIEW,
    )
    for juror in busy.select_related("user").distinct():
        outbox.owe(
            "N07",
            key=f"N07:reminder:{period.round_id}:{juror.pk}:{today.isoformat()}",
            to=juror.user,
            fund=period.round.fund,
            link="/jury/",
            context={"round": period.round.name, "due": days.later(days.day, period.due_date), "kind": "reminder"},
        )


def end_seats_of_staff() -> None:
    """End the seat of a juror who has since been given a role in the fund or a principal: nobody may be both."""
    with transaction.atomic(durable=True):
        seats = Juror.objects.filter(ended_at__isnull=True).select_related("user", "round")
        holds_role = Q(user__fund_roles__ended_at__isnull=True, user__fund_roles__isnull=False)
        stands_in = Q(user__stands_in_for__ended_at__isnull=True, user__stands_in_for__isnull=False)
        candidates = seats.filter(holds_role | stands_in)
        for juror in candidates.distinct():
            if handles_cases(juror.user, juror.fund_id):
                steps.end_seat(juror, by=SYSTEM, now=clock.now(), reason="role in the fund")


def look_for_conflicts() -> None:
    """Block the sheets of jurors who joined the applicant, or its federation, after they had declared."""
    with transaction.atomic(durable=True):
        of_fund: dict[int, list[Review]] = defaultdict(list)
        for sheet in undecided_sheets():
            of_fund[sheet.fund_id].append(sheet)
        for fund_id, sheets in of_fund.items():
            steps.refresh_hints(sheets, fund_id=fund_id)


def expire_reserve_lists() -> None:
    """Decline what is still on a reserve list whose last day has passed."""
    today = clock.today()
    waiting = Application.objects.filter(state=ApplicationState.RESERVE_LISTED).select_related("round")
    for application in waiting:
        if reserve_ends_on(application.round) < today:
            _expire(application)


def _expire(application: Application) -> None:
    try:
        with transaction.atomic(durable=True):
            steps.expire_reserve(application)
    except LostRace:
        return  # somebody moved it up a moment ago
