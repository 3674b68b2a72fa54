"""Money on its way: requested by the grantee, certified by A, ordered by B, paid by C."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from accounts import audit, clock
from accounts.exceptions import LostRace, NeedsReason, NotPermitted, NotPossible
from accounts.models import Fund, User
from accounts.permissions import may_bind
from notifications.dates import use_by
from notifications.rendering import store
from payments import ledger
from payments.exceptions import NoOtherAccount, NothingChosen, NotThisDay
from payments.models import Award, Payment, PaymentExport
from payments.states import PAYING_STATES, PaymentState
from payments.steps import payouts as steps


def request_payment(*, award: Award, amount_cents: int, purpose: str, by: User) -> Payment:
    """Request money of a final award (cents).

    Raises:
        NotPermitted: not an owner with representation of the grantee.
        NotPossible: the award is not final, or payments are on hold.
        TooMuchRequested, NoBankAccount: see the step.
    """
    with transaction.atomic(durable=True):
        fresh = audit.locked(award)
        if not may_bind(by, fresh.organisation_id):
            raise NotPermitted
        if fresh.state not in PAYING_STATES or fresh.on_hold:
            raise NotPossible
        return steps.request_payment(fresh, amount_cents=amount_cents, purpose=purpose, by=by, now=clock.now())


def withdraw_request(*, payment: Payment, by: User) -> Payment:
    """Take a request back before anybody certified it."""
    with transaction.atomic(durable=True):
        withdrawn: Payment = audit.perform(payment.withdraw, by=by)
        return withdrawn


def certify(*, payment: Payment, by: User) -> Payment:
    """A: sachlich und rechnerisch richtig.

    Raises:
        BankNotChecked: the account is not checked by a second person, or may not be used yet.
    """
    with transaction.atomic(durable=True):
        now = clock.now()
        steps.require_usable(payment, on=clock.berlin_day(now))
        certified: Payment = audit.perform(payment.certify, by=by, at=now)
        return certified


def refuse(*, payment: Payment, by: User, reason: str) -> Payment:
    """A: refuse a request; the grantee is told why (N24)."""
    _need(reason)
    with transaction.atomic(durable=True):
        refused: Payment = audit.perform(payment.refuse, by=by, reason=reason, note=reason)
        steps.owe_failed(refused)
        return refused


def order(*, payment: Payment, by: User) -> Payment:
    """B: order the payment; the ledger moves committed to ordered."""
    with transaction.atomic(durable=True):
        account = steps.lock_money(payment.award)
        now = clock.now()
        steps.require_usable(payment, on=clock.berlin_day(now))
        ordered: Payment = audit.perform(payment.order, by=by, at=now)
        ledger.order(account, ordered.amount_cents, key=f"payment:{ordered.pk}:order", by=by)
        return ordered


def give_back(*, payment: Payment, by: User, reason: str) -> Payment:
    """B: give a certified payment back to A."""
    _need(reason)
    with transaction.atomic(durable=True):
        returned: Payment = audit.perform(payment.give_back, by=by, reason=reason, note=reason)
        return returned


def cancel(*, payment: Payment, by: User, reason: str) -> Payment:
    """B: cancel an ordered payment before it is handed to the bank."""
    _need(reason)
    with transaction.atomic(durable=True):
        account = steps.lock_money(payment.award)
        cancelled: Payment = audit.perform(payment.cancel, by=by, reason=reason, note=reason)
        ledger.cancel_order(account, cancelled.amount_cents, key=f"payment:{cancelled.pk}:cancel", by=by)
        return cancelled


def export(*, fund: Fund, payment_ids: Sequence[int], by: User) -> PaymentExport:
    """C: put ordered payments into one payment file, each once in its life.

    Raises:
        NothingChosen: no payment given.
        LostRace: one of them is no longer ordered, or belongs to another fund.
        DebtorAccountMissing: the fund has no paying account.
        BankNotChecked, AccountReplaced, YearOver, YearClosed: one of them must not be paid now.
    """
    if not payment_ids:
        raise NothingChosen
    with transaction.atomic(durable=True):
        now = clock.now()
        chosen = Payment.objects.filter(pk__in=payment_ids, fund=fund).order_by("pk")
        payments = [_still_ordered(payment, on=clock.berlin_day(now)) for payment in chosen]
        if len(payments) != len(set(payment_ids)):
            raise LostRace
        record, content = steps.make_export(fund, payments, by=by, now=now)
        for payment in payments:
            audit.perform(payment.hand_over, by=by, at=now, export=record)
        # Last, so that nothing is written for a step that is refused; before the end, so that no record lacks its file.
        store(steps.path_of(record), content)
        return record


def _still_ordered(payment: Payment, *, on: date) -> Payment:
    fresh = audit.locked(payment)
    if fresh.state != PaymentState.ORDERED:
        raise LostRace
    steps.require_usable(fresh, on=on)
    steps.require_authority(fresh.award, on=on)
    return fresh


def confirm(*, payment: Payment, by: User, booked_on: date) -> Payment:
    """C: the bank has booked it; the use-by period starts (calendar months of the award's terms).

    Raises:
        NotThisDay: the day lies in the future or before the file was made.
    """
    with transaction.atomic(durable=True):
        account = steps.lock_money(payment.award)
        now = clock.now()
        made_on = clock.berlin_day(payment.exported_at) if payment.exported_at else booked_on
        if not made_on <= booked_on <= clock.berlin_day(now):
            raise NotThisDay
        months = int(payment.award.terms.get("use_by_months", 2))
        paid: Payment = audit.perform(payment.confirm, by=by, booked_on=booked_on, use_by=use_by(booked_on, months))
        ledger.pay(account, paid.amount_cents, key=f"payment:{paid.pk}:pay", by=by)
        steps.owe_paid(paid)
        return paid


def bounce(*, payment: Payment, by: User, reason: str) -> Payment:
    """C: the bank returned the file's transfer; the money is committed again (N24)."""
    _need(reason)
    with transaction.atomic(durable=True):
        account = steps.lock_money(payment.award)
        failed: Payment = audit.perform(payment.bounce, by=by, reason=reason, note=reason)
        ledger.cancel_order(account, failed.amount_cents, key=f"payment:{failed.pk}:bounce", by=by)
        steps.owe_failed(failed)
        return failed


def late_return(*, payment: Payment, by: User, reason: str) -> Payment:
    """C: the money came back after it had been confirmed (N24)."""
    _need(reason)
    with transaction.atomic(durable=True):
        account = steps.lock_money(payment.award)
        failed: Payment = audit.perform(payment.late_return, by=by, reason=reason, note=reason)
        ledger.bounce(account, failed.amount_cents, key=f"payment:{failed.pk}:late_return", by=by)
        steps.owe_failed(failed)
        return failed


def give_up(*, payment: Payment, by: User, reason: str) -> Payment:
    """B: close a failed payment; the grantee may request the money again."""
    _need(reason)
    with transaction.atomic(durable=True):
        closed: Payment = audit.perform(payment.give_up, by=by, reason=reason, note=reason)
        return closed


def correct_account(*, payment: Payment, by: User) -> Payment:
    """Request the money of a failed payment again, to the account that took the place of the wrong one.

    Raises:
        NoOtherAccount: no other account of the organisation has been checked.
        NotPossible: the award no longer pays.
    """
    with transaction.atomic(durable=True):
        award = audit.locked(payment.award)
        closed: Payment = audit.perform(payment.correct_account, by=by)
        account = steps.account_of(award)
        if account.pk == closed.bank_account_id or account.checked_by_id is None:
            raise NoOtherAccount
        if award.state not in PAYING_STATES or award.on_hold:
            raise NotPossible
        return steps.request_payment(
            award, amount_cents=closed.amount_cents, purpose=closed.purpose, by=by, now=clock.now()
        )


def _need(reason: str) -> None:
    if not reason.strip():
        raise NeedsReason
