"""The jury's session: who is there, and its proposal for each case."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from accounts import audit
from accounts.audit import perform
from accounts.clock import berlin_day
from accounts.exceptions import LostRace
from accounts.models import Person, User
from grants.models import Application, Round
from grants.states import ApplicationState as A
from grants.states import RoundState
from reviews.exceptions import (
    AmountOutOfBounds,
    NoMajority,
    NoQuorum,
    NoSession,
    ScoringNotFinished,
    VotesDoNotAddUp,
)
from reviews.models import Juror, JurySession, Vote
from reviews.queries.ranking import bound_cents
from reviews.queries.session import absent_at, present_at
from reviews.states import Recommendation
from reviews.steps.days import check_session_day
from reviews.steps.jury import check_conflicts


@dataclass(frozen=True)
class Ballot:
    """What the jury proposes for one case; amount in cents, `rank` orders equals and the reserve list."""

    recommendation: Recommendation
    amount_cents: int
    reason: str
    yes: int
    no: int = 0
    abstained: int = 0
    rank: int | None = None


def open_session(
    round: Round, present: Collection[Juror], *, by: User, held_on: date, now: datetime, place: str = ""
) -> JurySession:
    """Open a session; the first one moves the round from scoring to the jury.

    Raises:
        ScoringNotFinished: a case is still being scored.
        NoQuorum: too few members are present.
        DayOutOfPlace: the day is still to come, or before the last session.
    """
    check_session_day(round, held_on, today=berlin_day(now))
    if Application.objects.filter(round=round, state=A.IN_REVIEW).exists() and round.state == RoundState.SCORING:
        raise ScoringNotFinished
    if len(present) < round.quorum and round.jury_size:
        raise NoQuorum
    if round.state == RoundState.SCORING:
        perform(round.hold_session, by=by)
    session = JurySession.objects.create(round=round, held_on=held_on, place=place, opened_by=by, opened_at=now)
    session.present.set(present)
    audit.record("open_session", session, by=by, data={"present": [juror.pk for juror in present]})
    return session


def record_vote(
    application: Application,
    session: JurySession | None,
    ballot: Ballot,
    *,
    by: User,
    now: datetime,
    seen_version: int | None = None,
) -> Vote:
    """Record the jury's proposal for a scored case; it becomes ranked.

    Raises:
        NoSession: the jury has not met.
        ConflictOpen: a sheet waits for the chair.
        LostRace: the case was changed since `seen_version`.
        AmountOutOfBounds: above min(requested, maximum, eligible), or nothing proposed where money is.
        NoQuorum, VotesDoNotAddUp, NoMajority: members with a conflict are absent and count nowhere.
    """
    if session is None:
        raise NoSession
    check_conflicts([application])
    check_amount(application, ballot.amount_cents, funds=ballot.recommendation != Recommendation.DECLINE)
    here, away = present_at(session, application), absent_at(session, application)
    if application.round.jury_size:
        _check_ballot(ballot, len(here), application.round.quorum)
    fresh = perform(application.rank, by=by, reason=ballot.reason)
    if seen_version is not None and fresh.version != seen_version + 1:
        raise LostRace
    vote = Vote.objects.create(
        application=application, session=session, recommendation=ballot.recommendation,
        amount_cents=ballot.amount_cents, rank=ballot.rank, reason=ballot.reason, yes=ballot.yes, no=ballot.no,
        abstained=ballot.abstained, recorded_by=by, recorded_at=now,
    )  # fmt: skip
    vote.recused.set(away)
    return vote


def _check_ballot(ballot: Ballot, here: int, quorum: int) -> None:
    if here < quorum:
        raise NoQuorum
    if ballot.yes + ballot.no + ballot.abstained != here:
        raise VotesDoNotAddUp
    if ballot.yes <= ballot.no:
        raise NoMajority


def check_amount(application: Application, cents: int, *, funds: bool, limit_cents: int | None = None) -> None:
    """Check a proposed or decided amount; the limit is `bound_cents` of the case unless a lower one is given.

    Raises:
        AmountOutOfBounds: above the limit, or not above 0 where money is meant.
    """
    limit = bound_cents(application) if limit_cents is None else limit_cents
    if funds and not 0 < cents <= limit:
        raise AmountOutOfBounds(limit)
    if not funds and cents:
        raise AmountOutOfBounds(0)


def reopen_ranking(application: Application, *, by: Person, reason: str, now: datetime) -> Application:
    """Take the vote up again; the old vote stays on record, a reservation stays too."""
    reopened: Application = perform(application.reopen_ranking, by=by, reason=reason)
    application.votes.filter(superseded_at__isnull=True).update(superseded_at=now)
    return reopened
