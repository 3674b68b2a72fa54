"""Money on its way: requested by the grantee, certified by A, ordered by B, paid by C."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from accounts import audit, clock
from accounts.exceptions import LostRace, NeedsReason, NotPermitted, NotPossible
from accounts.models import Fund, User
from accounts.permissions import may_bind
from notifications.dates import use_by
from notifications.rendering import store
from payments import ledger, queries
from payments.bank import PayeeCheck
from payments.exceptions import NameDoubtful, NoOtherAccount, NotCompared, NothingChosen, NotThisDay
from payments.models import Award, Payment, PaymentExport
from payments.states import PaymentState
from payments.steps import payouts as steps


def request_payment(*, award: Award, amount_cents: int, purpose: str, planned_use_by: date, by: User) -> Payment:
    """Request money of a final award (cents), with the day until which it will have been used.

    Raises:
        LostRace: something was requested, or happened to the award, since the person saw it.
        NotPermitted: not an owner with representation of the grantee.
        NotPossible: the award is not final, or payments are on hold.
        TooMuchRequested, NotUsedInTime, DayInThePast, NoBankAccount: see the steps.
    """
    with transaction.atomic(durable=True):
        steps.require_announced(award)
        fresh = audit.locked(award)
        if not may_bind(by, fresh.organisation_id):
            raise NotPermitted
        if fresh.version != award.version:
            raise LostRace
        if not fresh.pays:
            raise NotPossible
        now = clock.now()
        return steps.request_payment(
            fresh, account=steps.account_of(fresh, now=now), amount_cents=amount_cents, purpose=purpose,
            planned_use_by=planned_use_by, by=by, now=now,
        )  # fmt: skip


def withdraw_request(*, payment: Payment, by: User) -> Payment:
    """Take a request back before anybody certified it."""
    with transaction.atomic(durable=True):
        withdrawn: Payment = audit.perform(payment.withdraw, by=by)
        return withdrawn


def certify(*, payment: Payment, by: User) -> Payment:
    """A: sachlich und rechnerisch richtig.

    Raises:
        NotPermitted: not finance A, or the person who checked the bank account.
        BankNotChecked, BankCoolingOff: the account is not checked by a second person, or may not be used yet.
    """
    with transaction.atomic(durable=True):
        now = clock.now()
        steps.require_usable(payment, now=now)
        steps.require_announced(payment.award)
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
        steps.require_usable(payment, now=now)
        steps.require_announced(payment.award)
        ordered: Payment = audit.perform(payment.order, by=by, at=now)
        ledger.order(account, ordered.amount_cents, key=steps.order_key(ordered), by=by)
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


def export(*, fund: Fund, checks: Sequence[PayeeCheck], by: User) -> PaymentExport:
    """C: put ordered payments into one payment file, each once in its life.

    Args:
        fund: whose account pays.
        checks: the payments, each with what the bank said about the payee's name.
        by: who hands the file over.

    Raises:
        NothingChosen: no payment given.
        NameDoubtful: the bank did not confirm a name, and nobody says why it is paid all the same.
        NotCompared: a backup was restored, and nobody asked the bank yet what it does not know.
        NotAsOrdered, AccountAltered: what would be paid is not what was ordered and checked.
        LostRace: one of them is no longer ordered, or belongs to another fund.
        DebtorAccountMissing: the fund has no paying account.
        BankNotChecked, BankCoolingOff, AccountReplaced, YearOver, YearClosed: one of them must not be paid now.
    """
    by_payment = {check.payment_id: check for check in checks}
    if not by_payment:
        raise NothingChosen
    if any(check.lacks_reason for check in checks):
        raise NameDoubtful
    with transaction.atomic(durable=True):
        if queries.uncompared(fund).exists():
            raise NotCompared
        now = clock.now()
        chosen = Payment.objects.filter(pk__in=by_payment, fund=fund).order_by("pk")
        payments = [_still_ordered(payment, now=now) for payment in chosen]
        if len(payments) != len(by_payment):
            raise LostRace
        steps.require_as_ordered(payments)
        record, content = steps.make_export(fund, payments, by=by, now=now)
        for payment in payments:
            check = by_payment[payment.pk]
            audit.perform(
                payment.hand_over, by=by, at=now, export=record,
                name_check=check.result, name_check_note=check.note.strip(),
            )  # fmt: skip
        # Last, so that nothing is written for a step that is refused; before the end, so that no record lacks its file.
        store(steps.path_of(record), content)
        return record


def _still_ordered(payment: Payment, *, now: datetime) -> Payment:
    fresh = audit.locked(payment)
    if fresh.state != PaymentState.ORDERED:
        raise LostRace
    steps.require_usable(fresh, now=now)
    steps.require_announced(fresh.award)
    steps.require_authority(fresh.award, on=clock.berlin_day(now))
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
        steps.require_announced(payment.award)
        award = audit.locked(payment.award)
        closed: Payment = audit.perform(payment.correct_account, by=by)
        account = steps.newest_account(award)
        if account is None or account.pk == closed.bank_account_id:
            raise NoOtherAccount
        if not award.pays:
            raise NotPossible
        now = clock.now()
        today = clock.berlin_day(now)
        return steps.request_payment(
            award, account=account, amount_cents=closed.amount_cents, purpose=closed.purpose,
            # The bank took its time: what was planned for a day that is over is due at once.
            planned_use_by=max(closed.planned_use_by or today, today), by=by, now=now,
        )  # fmt: skip


def _need(reason: str) -> None:
    if not reason.strip():
        raise NeedsReason
