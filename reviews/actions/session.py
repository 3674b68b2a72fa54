"""The acts of the jury's lead: session, votes, minutes."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from accounts import audit, clock
from accounts.exceptions import LostRace, NeedsReason, NotPermitted
from accounts.models import User
from accounts.permissions import has_role
from accounts.states import Role
from grants.models import Application, Round
from reviews import steps
from reviews.exceptions import MinutesClosed
from reviews.models import Juror, JurySession, Vote
from reviews.queries.seats import forget_seats, leads_case, leads_round
from reviews.queries.session import current_session, minutes_open
from reviews.steps import Ballot


def open_session(*, round: Round, present: Collection[Juror], held_on: date, place: str, by: User) -> JurySession:
    """Open the jury's session. Raises: NotPermitted, ScoringNotFinished, NoQuorum, LostRace."""
    with transaction.atomic(durable=True):
        forget_seats(by)
        if not leads_round(round, by):
            raise NotPermitted
        return steps.open_session(round, present, by=by, held_on=held_on, place=place, now=clock.now())


def record_vote(*, application: Application, ballot: Ballot, seen_version: int, by: User) -> Vote:
    """Record the jury's proposal; the lead of the case does. Raises: NotPermitted, and as `steps.record_vote`."""
    with transaction.atomic(durable=True):
        forget_seats(by)
        if not leads_case(application, by):
            raise NotPermitted
        session = current_session(application.round)
        return steps.record_vote(application, session, ballot, by=by, now=clock.now(), seen_version=seen_version)


def reopen_ranking(*, application: Application, reason: str, by: User) -> Application:
    """Take a vote up again. Raises: NotPermitted, NeedsReason, LostRace."""
    with transaction.atomic(durable=True):
        forget_seats(by)
        if not leads_case(application, by):
            raise NotPermitted
        if not reason.strip():
            raise NeedsReason
        return steps.reopen_ranking(application, by=by, reason=reason, now=clock.now())


def save_minutes(*, session: JurySession, minutes: str, seen_version: int, by: User) -> JurySession:
    """Keep the minutes; the lead or the coordinator writes them until the round is decided.

    Raises:
        NotPermitted: neither the lead nor the coordinator.
        MinutesClosed: the round is decided.
        LostRace: somebody saved since `seen_version`.
    """
    with transaction.atomic(durable=True):
        forget_seats(by)
        fresh = audit.locked(session)
        if not (leads_round(fresh.round, by) or has_role(by, fresh.fund_id, Role.COORDINATOR)):
            raise NotPermitted
        if not minutes_open(fresh.round):
            raise MinutesClosed
        if fresh.version != seen_version:
            raise LostRace
        fresh.minutes, fresh.version = minutes, fresh.version + 1
        fresh.save(update_fields=["minutes", "version"])
        audit.record("save_minutes", fresh, by=by)
        return fresh
