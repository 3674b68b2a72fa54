"""Postings of a case: from reserved over committed and ordered to disbursed, and back."""

from datetime import date
from typing import NamedTuple

from django.db.models import Case, F, Sum, When

from accounts.models import Person
from grants.models import Application
from payments.ledger.book import (
    Book,
    Locked,
    accounts_of,
    for_update,
    hold,
    hold_exactly,
    lock,
    post,
    used_before,
    write,
)
from payments.ledger.refusals import KeyClash, OverCase, YearClosed
from payments.models import Budget, CaseAccount, Transfer
from payments.states import Account, Posting


def open_case(application: Application, budget: Budget) -> CaseAccount:
    """Return the account of a case in a budget, locked; it is opened when there is none.

    Its limit is the least of requested grant, maximum of the round and eligible cost, in cents. It follows the
    application until money is reserved or an amount decided.

    Raises:
        Busy: the lock timeout passed.
    """
    return _open(application, lock(budget))


def _open(application: Application, budget: Locked) -> CaseAccount:
    limit = min(application.requested_cents, application.round.maximum_cents, application.eligible_cents)
    terms = {"limit_cents": limit, "repaid_returns": application.round.repaid_returns}
    case, made = for_update(CaseAccount.objects.all()).get_or_create(
        application=application, budget=budget, defaults=terms
    )
    if not made and not case.spent_cents and case.decided_cents is None and case.limit_cents != limit:
        case.limit_cents = limit
        case.save(update_fields=["limit_cents"])
    return case


def account_of(application: Application) -> CaseAccount | None:
    """Return the account in which the money of a case lives now, else its last one, if it has any.

    An account that was emptied before anything was decided is left behind when the case goes on to be paid from
    another part of the budget.
    """
    accounts = list(accounts_of(application.pk).select_related("budget__fund"))
    living = [account for account in accounts if account.spent_cents or account.decided_cents]
    return next(reversed(living or accounts), None)


def reserve_to(case: CaseAccount, *, target_cents: int, key: str, by: Person, reason: str = "") -> Transfer | None:
    """Reserve or release the difference, so that exactly `target_cents` are reserved; None: nothing to do.

    Raises:
        OverBudget: the budget has less available.
        OverCase: the case allows less.
        KeyClash: the key was used for another target.
    """
    return _reserve(hold(case), target_cents, key, by, reason)


def _reserve(book: Book, target_cents: int, key: str, by: Person, reason: str = "") -> Transfer | None:
    budget, case = book
    first = Transfer.objects.filter(key=key).first()
    if first is not None:
        return _same_target(first, case, target_cents)
    difference = target_cents - case.reserved_cents
    if difference < 0:
        return write(Posting.RELEASE, -difference, budget=budget, case=case, key=key, by=by, reason=reason)
    if difference == 0:
        return None
    if case.spent_cents + difference > case.limit_cents:
        raise OverCase(case.limit_cents - case.bound_cents)
    return write(Posting.RESERVE, difference, budget=budget, case=case, key=key, by=by, reason=reason)


def _same_target(first: Transfer, case: CaseAccount, target_cents: int) -> Transfer:
    """A key used before must have led to the same reservation."""
    mine = first.case is not None and first.case.application_id == case.application_id
    before = Transfer.objects.filter(case=first.case, pk__lte=first.pk)
    signed = Case(
        When(credit=Account.RESERVED, then=F("amount_cents")),
        When(debit=Account.RESERVED, then=-F("amount_cents")),
        default=0,
    )
    carried = Transfer.objects.filter(
        other_case=first.case, posting=Posting.CARRY, debit=Account.RESERVED, pk__lte=first.pk
    ).aggregate(sum=Sum("amount_cents"))["sum"]
    reached = (before.aggregate(sum=Sum(signed))["sum"] or 0) + (carried or 0)
    if not mine or first.posting not in (Posting.RESERVE, Posting.RELEASE) or reached != target_cents:
        raise KeyClash
    return first


def release_all(case: CaseAccount, *, key: str, by: Person, reason: str = "") -> Transfer | None:
    """Release whatever is still reserved; None: nothing was."""
    budget, case = hold(case)
    first = used_before(key, Posting.RELEASE, case)
    if first is not None or not case.reserved_cents:
        return first
    return post(Posting.RELEASE, case.reserved_cents, budget=budget, case=case, key=key, by=by, reason=reason)


def set_decided(case: CaseAccount, cents: int, *, by: Person) -> CaseAccount:
    """Record the amount of a new decision for the whole case, over all years; each decision may commit once.

    Args:
        case: any account of the case.
        cents: amount decided; not below what is committed or paid.
        by: who decided (kept by the caller's history).

    Raises:
        OverCase: more than requested, the maximum or the eligible cost, or less than is bound already.
    """
    current = hold(case).case
    return _set_decided(current, cents, _pieces(current.application_id))


def decide(application: Application, budget: Locked, cents: int, *, key: str, by: Person) -> None:
    """Record what was decided as the case's amount, and reserve exactly that.

    Everybody else who decides about this budget waits meanwhile: so nothing is read twice here.

    Args:
        application: the case; its account is opened when there is none.
        budget: locked before the case was.
        cents: amount decided for the whole case.
        key: same key twice reserves once.
        by: who decided.

    Raises: as `reserve_to` and `set_decided`.
    """
    case, pieces = _open(application, budget), _pieces(application.pk)
    latest = [piece for piece in pieces if piece.sub_budget == budget.sub_budget][-1]
    book = Book(budget, case) if latest.pk == case.pk else hold(case)
    _set_decided(book.case, cents, pieces)
    if book.case.reserved_cents != cents:
        _reserve(book, cents, key, by)


class _Piece(NamedTuple):
    """What one account of a case has of its decision."""

    pk: int
    sub_budget: str
    decided_cents: int | None
    late_returned_cents: int
    decision: int


def _pieces(application_id: int) -> list[_Piece]:
    """Return the accounts of a case as far as its decision goes, the latest year last."""
    columns = ("pk", "budget__sub_budget", "decided_cents", "late_returned_cents", "decision")
    return [_Piece(*row) for row in accounts_of(application_id).values_list(*columns)]


def _set_decided(current: CaseAccount, cents: int, pieces: list[_Piece]) -> CaseAccount:
    elsewhere = sum(
        (piece.decided_cents or 0) - piece.late_returned_cents for piece in pieces if piece.pk != current.pk
    )
    here = cents - elsewhere
    if not current.bound_cents <= here <= current.limit_cents:
        raise OverCase(current.limit_cents + elsewhere)
    # One count over all years: an account opened anew must not begin with a number that was committed before.
    current.decided_cents, current.decision = here, max(piece.decision for piece in pieces) + 1
    current.save(update_fields=["decided_cents", "decision"])
    return current


def commit(case: CaseAccount, amount_cents: int, *, key: str, by: Person, on: date, reason: str = "") -> Transfer:
    """Commit reserved money by the signed award letter; the rest stays reserved.

    Args:
        case: account of the case; its decision is the last one set.
        amount_cents: amount of the award.
        key: same key twice changes nothing.
        by: signatory.
        on: day of the signature; the budget must be in force on it, or the money carried in.
        reason: kept with the transfer.

    Raises:
        OverCase: more than reserved or decided.
        NotInForce: vorläufige Haushaltsführung (NKomVG § 116).
        YearOver: the budget year ended before `on`.
        CommittedBefore: this decision has its commit already.
    """
    budget, case = hold(case)
    left = min(case.reserved_cents, (case.decided_cents or 0) - case.bound_cents)
    if amount_cents > left and not Transfer.objects.filter(key=key).exists():
        raise OverCase(left)
    return post(Posting.COMMIT, amount_cents, budget=budget, case=case, key=key, by=by, on=on, reason=reason)


def decommit(case: CaseAccount, amount_cents: int, *, key: str, by: Person, reason: str = "") -> Transfer:
    """Give committed money back to the budget: unspent, relinquished or recalled.

    Raises:
        OverCase: less is committed.
    """
    return _post(Posting.DECOMMIT, hold(case), amount_cents, key, by, reason)


def order(
    case: CaseAccount,
    amount_cents: int,
    *,
    key: str,
    by: Person,
    on: date | None = None,
    reason: str = "",
) -> Transfer:
    """Order a payment from committed money.

    Raises:
        OverCase: less is committed.
        YearOver: the year's authority has ended; the money has to be carried first.
    """
    return _post(Posting.ORDER, hold(case), amount_cents, key, by, reason, on)


def cancel_order(case: CaseAccount, amount_cents: int, *, key: str, by: Person, reason: str = "") -> Transfer:
    """Take an order back: cancelled before export, or returned unpaid."""
    return _post(Posting.CANCEL_ORDER, hold(case), amount_cents, key, by, reason)


def pay(case: CaseAccount, amount_cents: int, *, key: str, by: Person, reason: str = "") -> Transfer:
    """Record that the bank has paid an order."""
    return _post(Posting.PAY, hold(case), amount_cents, key, by, reason)


def bounce(case: CaseAccount, amount_cents: int, *, key: str, by: Person, reason: str = "") -> Transfer:
    """Record that paid money came back. After its year has closed it is booked in the open year (late_bounce).

    Raises:
        OverCase: less was paid (and is not claimed).
        YearClosed: the year is closed and no later budget is open.
    """
    first = Transfer.objects.filter(key=key, posting=Posting.LATE_BOUNCE).first()
    book = hold_exactly(_paid_from(case, amount_cents))
    if first is None and book.budget.closed_at is None:
        return _post(Posting.BOUNCE, book, amount_cents, key, by, reason)
    here = _open_account_beside(book)
    return post(
        Posting.LATE_BOUNCE, amount_cents, budget=here.budget, case=here.case, other_case=book.case, key=key,
        by=by, reason=reason,
    )  # fmt: skip


def _paid_from(case: CaseAccount, amount_cents: int) -> CaseAccount:
    """Return the account from which so much was paid, the latest year first."""
    accounts = list(accounts_of(case.application_id).select_related("budget").reverse())
    for account in accounts:
        if account.disbursed_cents - account.claimed_cents - account.late_returned_cents >= amount_cents:
            return account
    return accounts[-1]


def _open_account_beside(book: Book) -> Book:
    rows = Budget.objects.filter(
        fund=book.budget.fund_id, sub_budget=book.budget.sub_budget, closed_at=None, year__gt=book.budget.year
    )
    later = rows.order_by("year").first()
    if later is None:
        raise YearClosed
    budget = lock(later)
    here, _ = for_update(CaseAccount.objects.all()).get_or_create(
        application_id=book.case.application_id,
        budget=budget,
        defaults={"limit_cents": 0, "repaid_returns": book.case.repaid_returns},
    )
    return Book(budget, here)


def _post(
    posting: Posting,
    book: Book,
    amount_cents: int,
    key: str,
    by: Person,
    reason: str,
    on: date | None = None,
) -> Transfer:
    return post(posting, amount_cents, budget=book.budget, case=book.case, key=key, by=by, on=on, reason=reason)
