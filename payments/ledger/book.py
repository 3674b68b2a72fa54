"""Locks and the one statement that writes a transfer."""

from datetime import date
from typing import NamedTuple, NewType, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

from accounts import clock
from accounts.exceptions import LostRace
from accounts.models import Person, User
from payments.ledger.refusals import KeyClash, OverBudget, OverCase, YearClosed, refusals
from payments.models import Budget, CaseAccount, Transfer
from payments.postings import CASE_USES, CLAIM_USES, MOVES, column
from payments.states import Account, Posting

M = TypeVar("M", bound=Model)
# A budget that `lock` has returned: nobody else changes it until the transaction ends.
Locked = NewType("Locked", Budget)


class Book(NamedTuple):
    """A budget and the account of a case in it, both locked until the transaction ends."""

    budget: Budget
    case: CaseAccount


def for_update(rows: QuerySet[M]) -> QuerySet[M]:
    """Lock the rows where the engine has row locks; SQLite lets one writer in at a time anyway.

    Without the key: applicants' rows that only refer to a budget may still be inserted beside us.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("the ledger writes inside the action's transaction")
    if connection.features.has_select_for_update:
        return rows.select_for_update(no_key=connection.features.has_select_for_no_key_update, of=("self",))
    return rows


def lock(budget: Budget) -> Locked:
    """Return the budget fresh and locked until the transaction ends.

    Raises:
        Busy: somebody else held it for longer than the lock timeout.
    """
    with refusals():
        fresh = for_update(Budget.objects.all()).get(pk=budget.pk)
    # A budget stays in its fund.
    fresh.fund = budget.fund
    return Locked(fresh)


def accounts_of(application_id: int) -> QuerySet[CaseAccount]:
    """Return the accounts of an application, the latest year last."""
    return CaseAccount.objects.filter(application_id=application_id).order_by("budget__year", "pk")


def accounts_beside(case: CaseAccount) -> QuerySet[CaseAccount]:
    """Return the accounts of the same application in the same part of the budget, the latest year last."""
    part = Budget.objects.filter(pk=case.budget_id).values("sub_budget")
    return accounts_of(case.application_id).filter(budget__sub_budget__in=part)


def hold(case: CaseAccount) -> Book:
    """Lock budget, then case, of the year in which the money of this case lives now (it may have been carried).

    Raises:
        Busy: the lock timeout passed.
        LostRace: the money was carried on while we waited.
    """
    latest = accounts_beside(case).select_related("budget").last()
    if latest is None:
        raise LostRace
    return hold_exactly(latest, latest_only=True)


def hold_exactly(case: CaseAccount, *, latest_only: bool = False) -> Book:
    """Lock budget, then case, of exactly this account (claims stay in the year of the payment).

    No other account of the application is locked: money reaches a later year only under the lock of this
    budget, and whoever holds a budget waits only for its own cases and for later years. So nobody waits in a ring.
    """
    budget = lock(case.budget)
    with refusals():
        fresh = for_update(CaseAccount.objects.filter(pk=case.pk)).get()
    if latest_only and accounts_beside(case).values_list("pk", flat=True).last() != case.pk:
        raise LostRace
    return Book(budget, fresh)


def used_before(key: str, posting: Posting, case: CaseAccount | None = None) -> Transfer | None:
    """Return the transfer that the key has made, if any.

    Raises:
        KeyClash: it was another posting, or of another application.
    """
    first = Transfer.objects.select_related("case").filter(key=key).first()
    if first is None:
        return None
    same_case = (first.case and first.case.application_id) == (case and case.application_id)
    if first.posting != posting or not same_case:
        raise KeyClash
    return first


def post(
    posting: Posting,
    amount_cents: int,
    *,
    budget: Budget,
    key: str,
    by: Person,
    case: CaseAccount | None = None,
    other_case: CaseAccount | None = None,
    debit: Account | None = None,
    on: date | None = None,
    reason: str = "",
) -> Transfer:
    """Write one transfer; budget and case are locked by the caller. The balances are the trigger's work.

    `debit` is needed only for carry, which has several. `on` is the day that counts for the budget's authority;
    None is today in Berlin.

    Raises:
        KeyClash: the key stands for another content.
        OverBudget, OverCase, NotInForce, YearClosed, YearOver and the other refusals of the database.
    """
    first = used_before(key, posting, case)
    if first is not None:
        if (first.amount_cents, first.budget.fund_id) != (amount_cents, budget.fund_id):
            raise KeyClash
        return first
    made = write(
        posting, amount_cents, budget=budget, key=key, by=by, case=case, other_case=other_case, debit=debit, on=on,
        reason=reason,
    )  # fmt: skip
    for record in (budget, case, other_case):
        if record is not None:
            record.refresh_from_db()
    return made


def write(
    posting: Posting,
    amount_cents: int,
    *,
    budget: Budget,
    key: str,
    by: Person,
    case: CaseAccount | None = None,
    other_case: CaseAccount | None = None,
    debit: Account | None = None,
    on: date | None = None,
    reason: str = "",
) -> Transfer:
    """Write a transfer under a key that was not used before; the records passed do not learn their new balances.

    Args and Raises: as `post`.
    """
    move = next(m for m in MOVES if m.posting == posting and debit in (None, m.debit))
    if budget.closed_at is not None and not move.in_closed_year:
        raise YearClosed
    _check_balance(move.debit, amount_cents, budget, case)
    now = clock.now()
    with refusals():
        return Transfer.objects.create(
            posting=posting, budget=budget, case=case, other_case=other_case, debit=move.debit,
            credit=move.credit, amount_cents=amount_cents, key=key, reason=reason[:300], at=now,
            decision=case.decision if case and posting == Posting.COMMIT else None,
            on_date=on or clock.berlin_day(now), by=by if isinstance(by, User) else None,
        )  # fmt: skip


def _check_balance(debit: Account, amount_cents: int, budget: Budget, case: CaseAccount | None) -> None:
    """Say in words what the database would refuse; it stays the judge."""
    if case is not None and debit in (*CASE_USES, *CLAIM_USES):
        left = int(getattr(case, column(debit)))
        if amount_cents > left:
            raise OverCase(left)
    elif debit in (Account.AVAILABLE, Account.BLOCKED):
        left = int(getattr(budget, column(debit)))
        if amount_cents > left:
            raise OverBudget(left)
