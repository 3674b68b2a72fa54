"""A grant is taken back before its letter: proposed by the head of unit, confirmed by a second person."""

from django.db import transaction

from accounts import audit, clock
from accounts.exceptions import NeedsReason, NotPermitted, NotPossible
from accounts.models import Proposal, User
from accounts.states import Outcome
from grants import permissions as grants_may
from grants.models import Application
from reviews.exceptions import LetterExists
from reviews.models import Decision
from reviews.queries.committee import has_living_letter
from reviews.states import WITHDRAWAL, WithdrawalGround
from reviews.steps import approvals as steps


def propose_withdrawal(*, application: Application, ground: WithdrawalGround, reason: str, by: User) -> Proposal:
    """Propose to take a grant back before its letter; nothing changes until a second person confirms.

    Raises:
        NotPermitted: not the head of unit.
        NeedsReason, NoPlanMissing, LetterExists: what stands in the way.
        NotPossible: the case has no grant to take back, or a proposal waits already.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(application)
        if not grants_may.case_head(fresh, by):
            raise NotPermitted
        if not reason.strip():
            raise NeedsReason
        if WITHDRAWAL not in audit.available(fresh, by):
            raise NotPossible
        if has_living_letter(fresh):
            raise LetterExists
        steps.check_ground(fresh, ground, today=clock.today())
        return audit.propose(WITHDRAWAL, fresh, by=by, payload={"ground": ground.value}, reason=reason)


def confirm_withdrawal(*, application: Application, proposal: Proposal, by: User) -> Decision:
    """Confirm it: the case is rejected, its money is free again, the letter with the reasons comes next.

    The transition is done in the name of the head of unit who proposed it; this person's word is the proposal's end.

    Raises:
        NotPermitted: no second person of this fund.
        SecondPersonNeeded: the author cannot confirm.
        NoPlanMissing, LetterExists, LostRace: what has changed since.
    """
    with transaction.atomic(durable=True):
        if not grants_may.case_second_person(application, by):
            raise NotPermitted
        decided = audit.decide(proposal, by=by, outcome=Outcome.CONFIRMED)
        steps.check_ground(application, WithdrawalGround(decided.payload["ground"]), today=clock.today())
        return steps.withdraw_approval(application, by=decided.proposed_by, reason=decided.reason, now=clock.now())
