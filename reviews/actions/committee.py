"""Papers and decisions: the acts of coordinator, clerk and head of unit."""

from datetime import date

from django.db import transaction

from accounts import audit, clock
from accounts.audit import perform
from accounts.exceptions import NeedsReason, NotPermitted
from accounts.models import Proposal, User
from accounts.permissions import has_role
from accounts.states import Outcome, Role
from grants import permissions as grants_may
from grants.models import Application, Round
from reviews import steps
from reviews.exceptions import LetterExists, NotOfABody, NotYetDecided
from reviews.models import Decision, Paper
from reviews.queries import committee as queries
from reviews.states import CORRECTION
from reviews.steps.committee import Word


def make_paper(*, round: Round, number: str, title: str, paper_date: date, seen: str, by: User) -> Paper:
    """Hand the list in and reserve its money. Raises: as `steps.make_paper`; NotPermitted."""
    with transaction.atomic(durable=True):
        if not has_role(by, round.fund_id, Role.COORDINATOR):
            raise NotPermitted
        return steps.make_paper(
            round, number=number, title=title, paper_date=paper_date, by=by, now=clock.now(), seen=seen
        )


def record_decision(*, application: Application, word: Word, decided_on: date, seen_version: int, by: User) -> Decision:
    """Record what the next body said, and move the money. Raises: as `steps.record_decision`."""
    with transaction.atomic(durable=True), clock.hold(clock.now()) as now:
        return steps.record_decision(
            application, word, by=by, decided_on=decided_on, now=now, seen_version=seen_version
        )


def propose_correction(*, application: Application, reason: str, by: User) -> Proposal:
    """Say that a decision was recorded wrongly; a second person confirms.

    Raises:
        NotPermitted: not the clerk.
        NeedsReason, NotOfABody, LetterExists: what stands in the way.
        NotPossible: a proposal waits already.
    """
    with transaction.atomic(durable=True):
        if not grants_may.case_clerk(application, by):
            raise NotPermitted
        if not reason.strip():
            raise NeedsReason
        if not queries.was_decided_by_body(application):
            raise NotOfABody
        if queries.has_living_letter(application):
            raise LetterExists
        return audit.propose(CORRECTION, application, by=by, payload={}, reason=reason)


def confirm_correction(*, application: Application, proposal: Proposal, by: User) -> Application:
    """Confirm a correction: the old decision is superseded, the reservation is back at the proposal.

    The transition is done in the name of the clerk who proposed it; this person's word is the proposal's end.

    Raises:
        NotPermitted: no second person of this fund.
        SecondPersonNeeded: the author cannot confirm.
        LetterExists, OverBudget, LostRace: what has changed since.
    """
    with transaction.atomic(durable=True):
        if not grants_may.case_second_person(application, by):
            raise NotPermitted
        decided = audit.decide(proposal, by=by, outcome=Outcome.CONFIRMED)
        return steps.apply_correction(application, by=decided.proposed_by, reason=decided.reason, now=clock.now())


def move_up(*, application: Application, by: User, reason: str = "") -> Decision:
    """Fund a case from the reserve list. Raises: as `steps.move_up`."""
    with transaction.atomic(durable=True):
        now = clock.now()
        return steps.move_up(application, by=by, now=now, on=clock.berlin_day(now), reason=reason)


def send_back(*, round: Round, reason: str, by: User) -> Round:
    """Take the whole list back to the jury; reservations stay. Raises: NeedsReason, NotPermitted, LostRace."""
    with transaction.atomic(durable=True):
        if not reason.strip():
            raise NeedsReason
        now = clock.now()
        returned: Round = perform(round.send_back, by=by, reason=reason)
        for application in queries.in_committee(round):
            steps.postpone(application, by=by, reason=reason, decided_on=clock.berlin_day(now), now=now)
        return returned


def finish_round(*, round: Round, by: User) -> Round:
    """Record that every case of the list is decided, postponed or on the reserve list.

    Raises:
        NotYetDecided: a case is still before the committees.
    """
    with transaction.atomic(durable=True):
        if queries.in_committee(round).exists():
            raise NotYetDecided
        decided: Round = perform(round.record_decision, by=by)
        return decided
