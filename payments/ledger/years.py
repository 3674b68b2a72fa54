"""Over the turn of the year."""

from datetime import datetime

from accounts.models import Person
from payments.ledger.book import for_update, hold, hold_exactly, lock, post
from payments.ledger.budgets import open_budget
from payments.ledger.refusals import CarriedBefore
from payments.models import Budget, CaseAccount, Transfer
from payments.postings import column
from payments.states import Account, Posting, SubBudget

CARRIED_ACCOUNTS = (Account.RESERVED, Account.COMMITTED, Account.ORDERED)


def carry(case: CaseAccount, account: Account, *, key: str, by: Person, reason: str = "") -> Transfer | None:
    """Carry what a case has open on an account to the next year (Ermächtigungsübertragung); None: nothing.

    One posting writes both years. What is left of limit and decision moves along.

    Args:
        case: account of the case in the year that ends.
        account: RESERVED, COMMITTED or ORDERED.
        key: same key twice changes nothing.
        by: head of finance.
        reason: kept with the transfer.

    Raises:
        CarriedBefore: the money had been carried into this year already; it cannot be carried again.
    """
    first = Transfer.objects.filter(key=key, posting=Posting.CARRY, debit=account).first()
    if first is not None:
        return first
    book = hold_exactly(case)
    amount_cents = int(getattr(book.case, column(account)))
    if not amount_cents:
        return None
    if book.case.carried_cents:
        raise CarriedBefore
    return post(
        Posting.CARRY, amount_cents, budget=book.budget, case=book.case,
        other_case=_account_in_next_year(book.budget, book.case), debit=account, key=key, by=by, reason=reason,
    )  # fmt: skip


def _account_in_next_year(budget: Budget, case: CaseAccount) -> CaseAccount:
    later = lock(open_budget(budget.fund, budget.year + 1, SubBudget(budget.sub_budget)))
    target, _ = for_update(CaseAccount.objects.all()).get_or_create(
        application_id=case.application_id,
        budget=later,
        defaults={"limit_cents": 0, "repaid_returns": case.repaid_returns},
    )
    return target


def carry_all(case: CaseAccount, *, key: str, by: Person, reason: str = "") -> list[Transfer]:
    """Carry everything that a case has open; the key is made longer by the account's name."""
    carried = (
        carry(case, account, key=f"{key}:{account.lower()}", by=by, reason=reason) for account in CARRIED_ACCOUNTS
    )
    return [transfer for transfer in carried if transfer is not None]


def end_authority(case: CaseAccount, *, key: str, by: Person, reason: str = "") -> list[Transfer]:
    """Cancel, decommit and release what is left of a case whose authority has ended, and let it lapse."""
    budget, held = hold(case)
    steps = (
        (Posting.CANCEL_ORDER, Account.ORDERED),
        (Posting.DECOMMIT, Account.COMMITTED),
        (Posting.RELEASE, Account.RESERVED),
    )
    made: list[Transfer] = []
    freed = held.reserved_cents + held.committed_cents + held.ordered_cents
    for posting, account in steps:
        amount_cents = int(getattr(held, column(account)))
        if amount_cents:
            made.append(
                post(posting, amount_cents, budget=budget, case=held, key=f"{key}:{posting}", by=by, reason=reason)
            )
    if freed:
        made.append(post(Posting.LAPSE, freed, budget=budget, key=f"{key}:lapse", by=by, reason=reason))
    return made


def close_year(budget: Budget, *, at: datetime) -> Budget:
    """Close the books of a year; from then on they take only carry, lapse and claims, and never open again."""
    budget = lock(budget)
    if budget.closed_at is None:
        budget.closed_at = at
        budget.save(update_fields=["closed_at"])
    return budget
