"""Taking a grant back before its letter: the plan never came, the financing fell through, the applicant is gone."""

from datetime import date, datetime

from accounts.audit import perform
from accounts.models import User
from grants.models import Application
from grants.states import ApplicationState as A
from payments import ledger
from reviews.exceptions import LetterExists, NoPlanMissing
from reviews.models import Decision
from reviews.queries import committee as queries
from reviews.states import DecisionOutcome as O
from reviews.states import WithdrawalGround
from reviews.steps.decisions import of_the_office, settle_money, supersede


def check_ground(application: Application, ground: WithdrawalGround, *, today: date) -> None:
    """Check that a ground that the record itself can tell is true.

    Raises:
        NoPlanMissing: no revised plan is overdue, or it had one deadline only.
    """
    waits = application.state == A.PLAN_REVISION and application.plan_sent_at is None
    overdue = application.due_date is not None and application.due_date < today
    if ground == WithdrawalGround.PLAN_MISSING and not (waits and overdue and application.plan_days_missed):
        raise NoPlanMissing


def withdraw_approval(application: Application, *, by: User, reason: str, now: datetime) -> Decision:
    """Turn a grant into a rejection; the decision before is superseded, its money is free again.

    Args:
        application: decided to be funded, without a letter.
        by: head of unit; a second person has confirmed.
        reason: for the file and the rejection letter.
        now: instant of the confirmation.

    Raises:
        LetterExists: a letter of the case is drafted or signed.
    """
    account = ledger.account_of(application)
    budget = ledger.lock(account.budget) if account else None
    old = queries.final_decision(application)
    declined: Application = perform(application.withdraw_approval, by=by, reason=reason)
    # Asked under the lock of the case: a letter may have been drafted while we waited.
    if queries.has_living_letter(declined):
        raise LetterExists
    if old:
        supersede(old, now=now)
    decision = of_the_office(declined, O.DECLINE, by=by, now=now, reason=reason)
    settle_money(decision, budget, by)
    if account:
        ledger.set_decided(account, 0, by=by)
    return decision
