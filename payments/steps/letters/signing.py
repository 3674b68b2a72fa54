"""What a signature does to case and money, and how it is undone; plans that follow a decision."""

from datetime import date, datetime

from accounts import audit
from accounts.exceptions import NotPossible
from accounts.models import Person, User
from accounts.money import format_cents
from grants.models import Application
from grants.states import ApplicationState
from notifications.models import Letter
from payments import ledger, terms
from payments.exceptions import BankNotChecked, NothingDecided, PlanNotAtAmount
from payments.models import Award, CaseAccount
from payments.queries import has_checked_account


def decided_account(application: Application) -> CaseAccount:
    """Return the case account that carries the decided amount, locked after its budget.

    Raises:
        NothingDecided: no amount was decided.
    """
    budget = ledger.lock(ledger.budget_of(application))
    account = CaseAccount.objects.filter(budget=budget, application=application, decided_cents__gt=0).first()
    if account is None:
        raise NothingDecided
    return account


def issue_award(application: Application, letter: Letter, *, by: User, now: datetime, today: date) -> Award:
    """Do what the signature does: commit the money, release the rest, create the Award.

    The letter's own amount counts; it equals the decided amount or the ledger refuses.

    Raises:
        PlanNotAtAmount: another amount was decided since the letter was drafted.
        BankNotChecked: no second person has checked the bank account of the organisation.
        OverCase, NotInForce, YearOver: the ledger refuses.
    """
    account = decided_account(application)
    amount_cents = letter.amount_cents or 0
    if amount_cents != account.decided_cents:
        raise PlanNotAtAmount
    if not has_checked_account(application.organisation_id):
        raise BankNotChecked
    issued = audit.perform(application.issue_award, by=by)
    ledger.commit(account, amount_cents, key=f"letter:{letter.pk}:commit", by=by, on=today)
    ledger.release_all(account, key=f"letter:{letter.pk}:release", by=by)
    award = Award.objects.create(
        fund=application.fund,
        application=issued,
        letter=letter,
        account=account,
        amount_cents=amount_cents,
        funding_type=terms.funding_type(application.round, amount_cents),
        terms=terms.frozen_terms(application.round),
        period_from=application.starts_on or today,
        period_to=application.ends_on or today,
        created_at=now,
    )
    audit.record("issue", award, by=by, data={"amount": format_cents(amount_cents)})
    return award


def recall_award(application: Application, letter: Letter, *, by: User) -> None:
    """Take a signed award back before dispatch: the letter and the Award are void, the money is reserved again."""
    account = decided_account(application)
    award = application.awards.get(letter=letter)
    audit.perform(award.recall, by=by)
    audit.perform(application.recall_award, by=by)
    ledger.decommit(account, award.amount_cents, key=f"letter:{letter.pk}:decommit", by=by)
    ledger.reserve_to(account, target_cents=award.amount_cents, key=f"letter:{letter.pk}:reserve", by=by)


def recall_rejection(application: Application, *, by: User) -> None:
    """Take a signed rejection back before dispatch.

    Raises:
        NotPossible: the case is no longer rejected.
    """
    if application.state != ApplicationState.REJECTED:
        raise NotPossible
    audit.perform(application.recall_rejection, by=by)


def accept_plan(application: Application, *, by: Person) -> Application:
    """Accept the revised plan; the decision and the reservation follow the plan down, never up.

    Raises:
        PlanNotAtAmount: the plan does not balance, or asks for more than was decided.
    """
    account = decided_account(application)
    fresh = audit.locked(application)
    if not fresh.plan_balances() or not 0 < fresh.requested_cents <= (account.decided_cents or 0):
        raise PlanNotAtAmount
    accepted: Application = audit.perform(application.accept_plan, by=by)
    amount = fresh.requested_cents
    if amount < (account.decided_cents or 0):
        ledger.reserve_to(account, target_cents=amount, key=f"plan:{application.pk}:{fresh.version}", by=by)
        ledger.set_decided(account, amount, by=by)
    return accepted
