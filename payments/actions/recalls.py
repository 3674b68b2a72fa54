"""A signed letter is taken back before dispatch: proposed by one signatory, confirmed by another."""

from django.db import transaction

from accounts import audit
from accounts.exceptions import NeedsReason, NotPermitted, NotPossible, SecondPersonNeeded
from accounts.models import Proposal, User
from accounts.states import Outcome
from notifications.models import Letter
from notifications.permissions import signatory
from notifications.states import DocumentKind, LetterState
from payments import ledger
from payments.queries import case_of
from payments.states import RECALL
from payments.steps import letters as steps

RECALLABLE = (LetterState.SIGNED, LetterState.RELEASED)


def propose_recall(*, letter: Letter, by: User, reason: str) -> Proposal:
    """First half of taking a signed letter back before dispatch.

    Raises:
        NeedsReason: no reason given.
        NotPossible: the letter has been dispatched, or a recall already waits.
        NotPermitted: not a signatory of the fund.
    """
    if not reason.strip():
        raise NeedsReason
    with transaction.atomic(durable=True):
        fresh = audit.locked(letter)
        if "recall" not in audit.available(fresh, by):
            raise NotPermitted if fresh.state in RECALLABLE else NotPossible
        return audit.propose(RECALL, fresh, by=by, payload={}, reason=reason)


def confirm_recall(*, proposal: Proposal, by: User) -> Letter:
    """Second half: the letter is void, the case is decided but without a letter again, the books follow.

    Raises:
        SecondPersonNeeded: the author cannot confirm.
        LostRace: the letter went out meanwhile, or somebody decided already.
    """
    with transaction.atomic(durable=True):
        case = case_of(Letter(pk=proposal.subject_id))
        application, letter = case.application, case.letter
        if proposal.proposed_by_id == by.pk:
            raise SecondPersonNeeded
        if letter.kind == DocumentKind.AWARD:
            ledger.lock(ledger.budget_of(application))
        audit.decide(proposal, by=by, outcome=Outcome.CONFIRMED)
        voided: Letter = audit.perform(letter.recall, by=by, reason=proposal.reason)
        if letter.kind == DocumentKind.AWARD:
            steps.recall_award(application, voided, by=by)
        else:
            steps.recall_rejection(application, by=by)
        return voided


def decline_recall(*, proposal: Proposal, by: User, note: str) -> Proposal:
    """The second person keeps the letter, or the first takes the proposal back.

    Raises:
        NotPermitted: neither the author nor a signatory of the fund.
        LostRace: somebody decided already.
    """
    with transaction.atomic(durable=True):
        if not signatory(proposal, by):
            raise NotPermitted
        own = proposal.proposed_by_id == by.pk
        return audit.decide(proposal, by=by, outcome=Outcome.WITHDRAWN if own else Outcome.DECLINED, note=note)
