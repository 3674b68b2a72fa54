"""The ranking of a round: exact figures of each case, the jury's votes, and where the money ends."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.models import Person
from accounts.permissions import memberships_of
from grants.models import Application, Round
from grants.states import ApplicationState, RoundState
from payments.models import Budget, CaseAccount
from payments.states import SubBudget
from reviews.figures import CaseFigures, Group, Sheet, Sums, Thresholds, figures_of, ranks
from reviews.models import Juror, Score, Vote
from reviews.queries.seats import cases_open_to, leads_round, seat_of
from reviews.states import COUNTED, Recommendation

RANKED_STATES = (
    ApplicationState.REVIEWED, ApplicationState.RANKED, ApplicationState.IN_COMMITTEE,
    ApplicationState.RESERVE_LISTED, ApplicationState.APPROVED, ApplicationState.PLAN_REVISION,
    ApplicationState.AWARDED, ApplicationState.DECLINED, ApplicationState.REJECTED,
)  # fmt: skip
SESSION_ROUNDS = (
    RoundState.JURY, RoundState.COMMITTEE, RoundState.DECIDED, RoundState.RUNNING, RoundState.ARCHIVED,
)  # fmt: skip
FUNDING = (Recommendation.FUND, Recommendation.PARTIAL)
_ORDER = [r.value for r in Recommendation]


def thresholds(round: Round) -> Thresholds:
    """Return when the round flags a case."""
    groups = (Group(frozenset(g["criteria"]), int(g["percent"])) for g in round.group_minimum)
    return Thresholds(round.score_minimum, round.spread_flag, tuple(groups))


@dataclass
class Row:
    """One case of the ranking."""

    application: Application
    figures: CaseFigures
    by_juror: dict[int, Fraction]
    rank: int | None = None
    vote: Vote | None = None
    proposed_cents: int = 0
    spent_cents: int = 0
    affordable: bool = True
    reserved_cents: int = 0
    # The same in every row: what the budget has available or holds for this list, how much of it is available, and
    # how many cases are listed for everybody.
    money_cents: int | None = None
    available_cents: int | None = None
    listed: int = 0

    @property
    def proposal(self) -> str:
        """The jury's proposal in words, nothing before its vote."""
        return str(Recommendation(self.vote.recommendation).label) if self.vote else ""

    def cells(self, jurors: Iterable[Juror]) -> list[Fraction | None]:
        """Return the jurors' totals, in their order."""
        return [self.by_juror.get(juror.pk) for juror in jurors]


@dataclass(frozen=True)
class Ranking:
    """The rows a viewer may see, best first, with the money they compete for."""

    rows: list[Row]
    jurors: list[Juror]
    available_cents: int | None
    hidden: int
    asked_cents: int

    @property
    def line_after(self) -> int:
        """The number of rows above the line where the money ends (0: before the first)."""
        return sum(row.affordable for row in self.rows)


def hidden_cases(round: Round, person: Person) -> Q:
    """Return the filter of applications this person must not see: recused, undeclared, or of the own organisation."""
    seat = seat_of(round, person)
    if seat is not None:
        return ~Q(pk__in=cases_open_to(seat).values("application"))
    return Q(organisation__in=[m.organisation_id for m in memberships_of(person)])


def may_see_ranking(round: Round, person: Person, *, follows: bool) -> bool:
    """Staff and the lead see rows once scoring of a case is closed; jurors from the session on."""
    if follows or leads_round(round, person):
        return True
    return round.state in SESSION_ROUNDS and seat_of(round, person) is not None


def sheets_by_case(cases: Iterable[int], limits: Thresholds) -> dict[int, dict[int, Sheet]]:
    """Return {application: {juror: sheet}} of the sheets that count, added up by the database (one query)."""
    among = [Q(), *(Q(criterion__code__in=group.codes) for group in limits.groups)]
    sums = {f"{name}_{place}": part for place, some in enumerate(among) for name, part in _sums(some).items()}
    rows = (
        Score.objects.filter(review__application__in=cases, review__state__in=COUNTED)
        .filter(Q(review__conflict_hint="") | Q(review__conflict_cleared_at__isnull=False))
        .order_by()
        .values_list("review__application", "review__juror")
        .annotate(**sums)
    )
    found: dict[int, dict[int, Sheet]] = defaultdict(dict)
    for application, juror, *figures in rows:
        whole, *groups = (Sums(*figures[place : place + 3]) for place in range(0, len(figures), 3))
        found[application][juror] = Sheet(whole, tuple(groups))
    return found


def _sums(among: Q) -> dict[str, Any]:
    return {
        "points": Coalesce(Sum(F("weight") * F("value"), filter=among), 0),
        "weights": Coalesce(Sum("weight", filter=among & Q(value__isnull=False)), 0),
        "open": Count("pk", filter=among & Q(value=None, not_judged=False)),
    }


# What the page shows of a case and what its amount is bounded by; answers and plans are not among it.
_SHOWN = ("case_number", "title", "state", "round", "requested_cents", "eligible_cents", "organisation__name")


def ranking(round: Round, person: Person) -> Ranking:
    """Return the ranking as the person may see it; hidden cases leave ranks, sums and the line alone.

    The viewer's ranks count only what the viewer sees, so that a gap tells nothing about a hidden case.
    Three queries beside the person's own seats and memberships.
    """
    hidden = hidden_cases(round, person)
    everything = ranked_cases(round)
    rows = _rows(round, everything.exclude(hidden).only(*_SHOWN))
    unseen = everything.filter(hidden).count() if not rows else rows[0].listed - len(rows)
    available = _draw_line(rows)
    jurors = list(Juror.objects.filter(round=round).select_related("user").order_by("pk")) if rows else []
    seen = {juror for row in rows for juror in row.by_juror}
    asked = sum(row.proposed_cents for row in rows)
    return Ranking(rows, [juror for juror in jurors if juror.pk in seen], available, unseen, asked)


def ranked_cases(round: Round) -> QuerySet[Application]:
    """Return the cases that came to the jury: neither small projects nor formal rejections."""
    rejected = Q(state__in=(ApplicationState.DECLINED, ApplicationState.REJECTED))
    voted = Exists(Vote.objects.filter(application=OuterRef("pk")))
    cases = Application.objects.filter(round=round, state__in=RANKED_STATES, routed_by=None)
    return cases.filter(~rejected | voted)


def all_rows(round: Round, state: ApplicationState) -> list[Row]:
    """Return the rows of the cases in one state for the office's own work, best first, nothing hidden."""
    return _rows(round, Application.objects.filter(round=round, state=state))


def _one(rows: QuerySet[Any], field: str) -> Subquery:
    return Subquery(rows.order_by().values(field)[:1])


def _with_vote_and_money(round: Round, cases: QuerySet[Application]) -> QuerySet[Any]:
    """Bring each case's valid vote, its reservation and the money of the round along in the same query."""
    vote = Vote.objects.filter(application=OuterRef("pk"), superseded_at__isnull=True)
    account = CaseAccount.objects.filter(application=OuterRef("pk"), budget__in=budgets_of_round(round))
    listed = ranked_cases(round).order_by()
    held = CaseAccount.objects.filter(application__in=listed, budget__in=budgets_of_round(round)).values("budget")
    return cases.select_related("organisation").annotate(
        vote_word=_one(vote, "recommendation"),
        vote_cents=_one(vote, "amount_cents"),
        vote_rank=_one(vote, "rank"),
        reserved_cents=_one(account, "reserved_cents"),
        available_cents=_one(budgets_of_round(round), "available_cents"),
        # Of all cases, also those that the viewer must not see: else the sum would tell what one of them was given.
        held_cents=Subquery(held.order_by().annotate(cents=Sum("reserved_cents")).values("cents")),
        listed=Subquery(listed.values("round").annotate(n=Count("pk")).values("n")),
    )


def _rows(round: Round, cases: QuerySet[Application]) -> list[Row]:
    found = list(_with_vote_and_money(round, cases))
    limits = thresholds(round)
    sheets = sheets_by_case([case.pk for case in found], limits)
    for case in found:
        case.round = round
    rows = [_row(case, sheets[case.pk], limits) for case in found]
    places = ranks({row.application.pk: row.figures.mean for row in rows})
    for row in rows:
        row.rank = places[row.application.pk]
    return sorted(rows, key=_place)


def _row(case: Any, sheets: dict[int, Sheet], limits: Thresholds) -> Row:
    """Build a row from a case that came with its vote and money."""
    vote = None
    if case.vote_word is not None:
        vote = Vote(recommendation=case.vote_word, amount_cents=case.vote_cents, rank=case.vote_rank)
    return Row(
        application=case,
        figures=figures_of(sheets.values(), limits),
        by_juror={juror: total for juror, sheet in sheets.items() if (total := sheet.whole.total) is not None},
        vote=vote,
        proposed_cents=_proposed_cents(case, vote),
        reserved_cents=case.reserved_cents or 0,
        money_cents=None if case.available_cents is None else case.available_cents + (case.held_cents or 0),
        available_cents=case.available_cents,
        listed=case.listed,
    )


def _proposed_cents(case: Application, vote: Vote | None) -> int:
    """What the case counts in sums: the vote to fund, nothing otherwise; before the vote all it may ask for."""
    if vote is None:
        return bound_cents(case)
    return vote.amount_cents if vote.recommendation in FUNDING else 0


def _place(row: Row) -> tuple[int, Fraction, int, str]:
    """Best mean first; among equals the jury's own order, then by title: never by date of receipt."""
    order = row.vote.rank if row.vote and row.vote.rank else 10_000
    worst = row.figures.mean is None
    return int(worst), -(row.figures.mean or Fraction()), order, row.application.title


def _draw_line(rows: list[Row]) -> int | None:
    """Walk down the ranking and mark what the money still reaches; returns it in cents, None without a budget."""
    money = rows[0].money_cents if rows else None
    if money is None:
        return None
    spent, reached = 0, True
    for row in rows:
        spent += row.proposed_cents
        reached = reached and spent <= money
        row.spent_cents, row.affordable = spent, reached
    return money


def bound_cents(application: Application) -> int:
    """Return the most that may be proposed or decided: min(requested, maximum of the round, eligible cost)."""
    return min(application.requested_cents, application.round.maximum_cents, application.eligible_cents)


def paper_order(row: Row) -> tuple[int, tuple[int, Fraction, int, str]]:
    """Order of a committee paper: by recommendation, then as ranked."""
    word = row.vote.recommendation if row.vote else Recommendation.DECLINE
    return _ORDER.index(word), _place(row)


@dataclass(frozen=True)
class PaperPreview:
    """The list before it is handed in: lines in order, its sum beyond what is reserved, and the money."""

    rows: list[Row]
    needed_cents: int
    available_cents: int | None

    @property
    def missing_cents(self) -> int:
        """What the list needs beyond what is available."""
        return max(0, self.needed_cents - (self.available_cents or 0))

    @property
    def seal(self) -> str:
        """A fingerprint of what is shown: the list, each vote, what is reserved, and the money left."""
        lines = [
            (row.application.pk, row.vote and (row.vote.recommendation, row.vote.amount_cents), row.reserved_cents)
            for row in self.rows
        ]
        return hashlib.sha256(repr((lines, self.available_cents)).encode()).hexdigest()


def paper_preview(round: Round) -> PaperPreview:
    """Return the list as it would be handed in now; all of it, because money and order are the office's own work."""
    rows = sorted(all_rows(round, ApplicationState.RANKED), key=paper_order)
    needed = sum(row.proposed_cents - row.reserved_cents for row in rows)
    return PaperPreview(rows, needed, rows[0].available_cents if rows else None)


def budgets_of_round(round: Round) -> QuerySet[Budget]:
    """Return the jury's budget of the round's year, as a queryset of at most one."""
    return Budget.objects.filter(fund=round.fund_id, year=round.budget_year, sub_budget=SubBudget.JURY)


def budget_of_round(round: Round) -> Budget | None:
    """Return the jury's budget of the round's year."""
    return budgets_of_round(round).first()
