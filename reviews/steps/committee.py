"""Papers and decisions, and the money that follows them: reserved, adjusted, released."""

from dataclasses import dataclass
from datetime import date, datetime

from accounts import audit
from accounts.audit import perform
from accounts.clock import berlin_day
from accounts.exceptions import LostRace, NeedsReason, NotPossible
from accounts.models import SYSTEM, Person, User
from grants.models import Application, Round
from grants.states import RoundState
from payments import ledger
from payments.models import Budget
from reviews.exceptions import (
    LetterExists,
    ListTooExpensive,
    NothingToHandIn,
    NotInChain,
    NotNextInRank,
    NotOfABody,
    PaperNumberTaken,
    RankingIncomplete,
    RankTaken,
    ReserveListOver,
)
from reviews.models import Decision, Paper, PaperItem
from reviews.queries import committee as queries
from reviews.queries.ranking import FUNDING, PaperPreview, Row, paper_preview
from reviews.states import DecisionOutcome as O
from reviews.states import Recommendation
from reviews.steps.days import check_decision_day, check_paper_day
from reviews.steps.decisions import settle_money, supersede, tell_applicant, tell_decision
from reviews.steps.jury import check_conflicts
from reviews.steps.session import check_amount

# --- The paper -------------------------------------------------------------------------------------------


def make_paper(
    round: Round, *, number: str, title: str, paper_date: date, by: User, now: datetime, seen: str | None = None
) -> Paper:
    """Hand the whole list in: reserve the proposals in rank order, all or nothing.

    Only proposals to fund reserve money; what a case had reserved above its proposal is released first.
    `seen` is the seal of the preview that was shown; None hands in what there is.

    Raises:
        LostRace: the list, a vote or the money has changed since it was seen.
        RankingIncomplete: a case has not passed the jury.
        NothingToHandIn: no case is ranked.
        ConflictOpen: a sheet of a case waits for the chair.
        ListTooExpensive: the list needs more than is available; says by how much.
        PaperNumberTaken: the round has a paper of that number.
        DayOutOfPlace: the day is still to come, or before the jury's session.
    """
    check_paper_day(round, paper_date, today=berlin_day(now))
    if round.state == RoundState.JURY and queries.before_vote(round).exists():
        raise RankingIncomplete
    if Paper.objects.filter(round=round, number=number).exists():
        raise PaperNumberTaken
    preview = paper_preview(round)
    rows = preview.rows
    if not rows:
        raise NothingToHandIn
    if seen not in (None, preview.seal):
        raise LostRace
    check_conflicts([row.application for row in rows])
    budget = _budget_for(preview)
    paper = Paper.objects.create(
        round=round, number=number, title=title, paper_date=paper_date, created_by=by, created_at=now
    )
    PaperItem.objects.bulk_create(_item(paper, place, row) for place, row in enumerate(rows, start=1))
    for row in sorted(rows, key=lambda row: row.proposed_cents > row.reserved_cents):
        _reserve(row, budget, f"paper:{paper.pk}:{row.application.pk}", by)
        _submit(row.application, by)
        tell_applicant("N08", row.application, f"paper:{paper.pk}", on=_first_session(round))
    if round.state == RoundState.JURY:
        perform(round.submit_papers, by=by)
    audit.record("make_paper", paper, by=by)
    return paper


def _budget_for(preview: PaperPreview) -> Budget | None:
    """Lock the budget and see that it carries the whole list; None where the list needs no money."""
    paying = next((row for row in preview.rows if row.proposed_cents or row.reserved_cents), None)
    if paying is None:
        return None
    budget = ledger.lock(ledger.budget_of(paying.application))
    if preview.needed_cents > budget.available_cents:
        raise ListTooExpensive(preview.needed_cents - budget.available_cents)
    if budget.available_cents != preview.available_cents:
        raise LostRace
    return budget


def _submit(application: Application, by: User) -> None:
    """Put a case before the bodies, unless the jury voted anew while we waited for the budget."""
    if perform(application.submit_to_committee, by=by).version != application.version + 1:
        raise LostRace


def _item(paper: Paper, place: int, row: Row) -> PaperItem:
    vote = row.vote
    if vote is None:
        raise RankingIncomplete
    return PaperItem(
        paper=paper, application=row.application, position=place, recommendation=vote.recommendation,
        amount_cents=vote.amount_cents,
    )  # fmt: skip


def _reserve(row: Row, budget: Budget | None, key: str, by: Person) -> None:
    if budget is None or not (row.proposed_cents or row.reserved_cents):
        return
    case = ledger.open_case(row.application, budget)
    ledger.reserve_to(case, target_cents=row.proposed_cents, key=key, by=by)


def _first_session(round: Round) -> date | None:
    bodies = queries.chain(round)
    return bodies[-1].meets_on if bodies else None


# --- What a body said ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Word:
    """What a body said about one case; amount in cents, `rank` only for the reserve list."""

    outcome: O
    amount_cents: int = 0
    rank: int | None = None
    reason: str = ""


def record_decision(
    application: Application,
    word: Word,
    *,
    by: User,
    decided_on: date,
    now: datetime,
    seen_version: int | None = None,
) -> Decision:
    """Record what the next body of the chain said, and move the money with it.

    Args:
        application: a case before the committees.
        word: outcome, amount, rank, reason.
        by: committee clerk.
        decided_on: day of the session.
        now: instant of recording.
        seen_version: version that the clerk's page showed; None takes the record's own.

    Raises:
        LostRace: the case was changed since.
        NotInChain: this body only recommends, or only decides.
        AmountOutOfBounds, NeedsReason, RankTaken: what the word lacks.
        OverBudget: the amount decided is more than is available.
        DayOutOfPlace: the day is still to come, or before the paper or the body before.
    """
    body, item, before = _place(application)
    check_decision_day(item, before, decided_on, today=berlin_day(now))
    _check_word(application, word, item, decides=body.decides)
    budget = _lock_budget(application, word)
    transition = getattr(application, _TRANSITIONS[word.outcome])
    fresh: Application = perform(transition, by=by, reason=word.reason)
    if fresh.version != (application.version if seen_version is None else seen_version) + 1:
        raise LostRace
    # The rules of a published round are frozen: they need not be read again while others wait for the budget.
    fresh.round = application.round
    decision = Decision.objects.create(
        application=fresh, paper=item.paper if item else None, body=body.name, step=body.step,
        outcome=word.outcome, amount_cents=word.amount_cents, rank=word.rank, reason=word.reason,
        decided_on=decided_on, recorded_by=by, recorded_at=now,
    )  # fmt: skip
    settle_money(decision, budget, by)
    tell_decision(decision)
    return decision


_TRANSITIONS = {
    O.RECOMMEND: "record_step",
    O.FUND: "decide_fund",
    O.RESERVE: "decide_reserve",
    O.DECLINE: "decide_decline",
    O.POSTPONE: "postpone",
}


def _place(application: Application) -> tuple[queries.Body, PaperItem | None, date | None]:
    """Return the body whose word comes next, the case's place in the paper, and the day of the word before."""
    item = queries.current_item(application)
    said = list(queries.recommendations(item)) if item else []
    body = queries.body_after(application.round, len(said))
    if body is None:
        raise NotInChain
    return body, item, max((word.decided_on for word in said), default=None)


def _check_word(application: Application, word: Word, item: PaperItem | None, *, decides: bool) -> None:
    if word.outcome != O.POSTPONE and (word.outcome == O.RECOMMEND) == decides:
        raise NotInChain
    if word.outcome in (O.DECLINE, O.POSTPONE) and not word.reason.strip():
        raise NeedsReason
    # A body that follows a proposal to decline recommends no money.
    follows_no = word.outcome == O.RECOMMEND and item is not None and item.recommendation == Recommendation.DECLINE
    if word.amount_cents or not follows_no:
        check_amount(application, word.amount_cents, funds=word.outcome in (O.FUND, O.RESERVE, O.RECOMMEND))
    if word.outcome == O.RESERVE:
        _check_rank(application, word.rank)


def _check_rank(application: Application, rank: int | None) -> None:
    taken = queries.reserve_list(application.round).exclude(application=application)
    if rank is None or rank < 1 or taken.filter(rank=rank).exists():
        raise RankTaken


def _lock_budget(application: Application, word: Word) -> ledger.Locked | None:
    """Lock the budget before anything else where money moves."""
    if word.outcome == O.FUND:
        return ledger.lock(ledger.budget_of(application))
    account = ledger.account_of(application) if word.outcome in (O.RESERVE, O.DECLINE) else None
    return ledger.lock(account.budget) if account else None


def postpone(application: Application, *, by: User, reason: str, decided_on: date, now: datetime) -> Decision:
    """Record that a body put the case off, or sent the whole list back; its reservation stays."""
    word = Word(O.POSTPONE, reason=reason)
    return record_decision(application, word, by=by, decided_on=decided_on, now=now)


# --- Corrections and the reserve list --------------------------------------------------------------------


def apply_correction(application: Application, *, by: Person, reason: str, now: datetime) -> Application:
    """Take a wrongly recorded decision back; the case is before the committee again, as the paper proposed.

    Raises:
        NotOfABody: the office itself decided, so no body's word was recorded wrongly.
        LetterExists: a letter of the case is drafted or signed.
        OverBudget: the money of the proposal has gone elsewhere since.
    """
    if not queries.was_decided_by_body(application):
        raise NotOfABody
    item, account = queries.current_item(application), ledger.account_of(application)
    target = item.amount_cents if item and item.recommendation in FUNDING else 0
    budget = ledger.lock(account.budget if account else ledger.budget_of(application)) if account or target else None
    old = queries.final_decision(application)
    fresh: Application = perform(application.correct_decision, by=by, reason=reason)
    # Asked under the lock of the case: a letter may have been drafted while we waited.
    if queries.has_living_letter(fresh):
        raise LetterExists
    if old:
        supersede(old, now=now)
    if budget:
        case = ledger.open_case(fresh, budget)
        ledger.set_decided(case, 0, by=by)
        ledger.reserve_to(case, target_cents=target, key=f"correction:{fresh.pk}:{fresh.version}", by=by)
    return fresh


def move_up(application: Application, *, by: User, now: datetime, on: date, reason: str = "") -> Decision:
    """Fund a case from the reserve list, strictly by rank while the amount fits.

    Args:
        application: a case on the reserve list.
        by: head of unit.
        now: instant of the act.
        on: today's day in Berlin; the list ends with the round's last day.
        reason: why others of better rank are passed over; kept with each of them.

    Raises:
        ReserveListOver: the list is no longer valid.
        NotNextInRank: others come first and no reason is given.
        OverBudget: less is available than was decided.
    """
    if on > queries.reserve_ends_on(application.round):
        raise ReserveListOver
    old = queries.final_decision(application)
    if old is None or old.outcome != O.RESERVE:
        raise NotPossible
    before = [d for d in queries.reserve_list(application.round) if (d.rank or 0) < (old.rank or 0)]
    if before and not reason.strip():
        raise NotNextInRank
    budget = ledger.lock(ledger.budget_of(application))
    fresh: Application = perform(application.move_up, by=by, reason=reason)
    for other in before:
        audit.record("passed_over", other.application, by=by, reason=reason)
    supersede(old, now=now)
    decision = Decision.objects.create(
        application=fresh, paper=old.paper, body=old.body, step=old.step, outcome=O.FUND,
        amount_cents=old.amount_cents, reason=reason or old.reason, decided_on=on, recorded_by=by, recorded_at=now,
    )  # fmt: skip
    settle_money(decision, budget, by)
    tell_decision(decision)
    return decision


def expire_reserve(application: Application) -> Application:
    """End a case whose reserve list is over; its rejection letter follows."""
    expired: Application = perform(application.reserve_expired, by=SYSTEM)
    return expired
