"""Requests for money, payment files and their way to the bank."""

import hashlib
import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.urls import reverse

from accounts import audit
from accounts.clock import berlin_day
from accounts.exceptions import NotPossible
from accounts.models import BankAccount, Fund, User
from notifications.dates import fmt_day
from notifications.exceptions import FileDamaged
from payments import ledger
from payments.bank import payment_file
from payments.exceptions import AccountReplaced, BankNotChecked, NoBankAccount, TooMuchRequested
from payments.models import Award, CaseAccount, Payment, PaymentExport
from payments.queries import requestable_cents
from payments.steps.letters import owe_to_applicant

EXPORT_FOLDER: Final = "exports"


def account_of(award: Award) -> BankAccount:
    """Return the account to pay to: the newest checked one of the organisation, else its newest.

    Raises:
        NoBankAccount: there is none.
    """
    living = BankAccount.objects.filter(organisation_id=award.organisation_id, replaced_at__isnull=True)
    # A change that nobody has checked yet does not replace the account that was checked.
    account = living.filter(checked_at__isnull=False).first() or living.first()
    if account is None:
        raise NoBankAccount
    return account


def lock_money(award: Award) -> CaseAccount:
    """Lock the budget in which the money of the award lives now, and return the account of the case in it.

    Raises:
        NotPossible: the case has no money.
        Busy: somebody else held the lock for too long.
    """
    ledger.lock(ledger.budget_of(award.application))
    account = ledger.account_of(award.application)
    if account is None:
        raise NotPossible
    return account


def require_usable(payment: Payment, *, on: date) -> None:
    """Refuse a payment to an account that, as the database knows it now, must not be paid to.

    Raises:
        BankNotChecked: nobody checked it, or its cooling-off period still runs.
        AccountReplaced: another account took its place.
    """
    account = BankAccount.objects.get(pk=payment.bank_account_id)
    if account.checked_by_id is None or account.usable_from is None or account.usable_from > on:
        raise BankNotChecked
    if account.replaced_at is not None:
        raise AccountReplaced


def require_authority(award: Award, *, on: date) -> None:
    """Refuse to hand money to the bank from a year that is over or closed.

    Raises:
        YearOver, YearClosed: what was ordered has to be carried first.
    """
    account = ledger.account_of(award.application)
    if account is not None and account.budget.closed_at is not None:
        raise ledger.YearClosed
    if account is not None and account.budget.year < on.year:
        raise ledger.YearOver


def request_payment(award: Award, *, amount_cents: int, purpose: str, by: User, now: datetime) -> Payment:
    """Add a request for money (cents); the award is locked by the caller.

    Raises:
        TooMuchRequested: more than what is still committed and not requested.
        NoBankAccount: there is no account to pay to.
    """
    if not 0 < amount_cents <= requestable_cents(award):
        raise TooMuchRequested
    number = award.payments.count() + 1
    payment = Payment.objects.create(
        fund_id=award.fund_id,
        award=award,
        number=number,
        amount_cents=amount_cents,
        purpose=purpose,
        bank_account=account_of(award),
        end_to_end_id=end_to_end_id(award.application.case_number or str(award.pk), number),
        requested_by=by,
        requested_at=now,
    )
    audit.record("request_payment", payment, by=by)
    return payment


def end_to_end_id(case_number: str, number: int) -> str:
    """Return the id under which the bank reports the payment: the case number and a serial, at most 35 characters."""
    plain = re.sub(r"[^A-Za-z0-9-]", "-", case_number)
    return f"{plain[:31]}-{number}"


def replace_older_accounts(account: BankAccount, *, now: datetime) -> None:
    """Mark the organisation's older accounts as replaced by this checked one."""
    BankAccount.objects.filter(
        organisation_id=account.organisation_id, replaced_at__isnull=True, pk__lt=account.pk
    ).update(replaced_at=now)


def make_export(fund: Fund, payments: Sequence[Payment], *, by: User, now: datetime) -> tuple[PaymentExport, bytes]:
    """Make the payment file of locked payments and record it with its hash; the caller stores the bytes last."""
    message_id, content = payment_file(fund, payments, on=berlin_day(now))
    record = PaymentExport.objects.create(
        fund=fund,
        message_id=message_id,
        file=f"{EXPORT_FOLDER}/{message_id}.xml",
        sha256=hashlib.sha256(content).hexdigest(),
        total_cents=sum(payment.amount_cents for payment in payments),
        count=len(payments),
        created_by=by,
        created_at=now,
    )
    audit.record("export_payments", record, by=by, data={"count": record.count})
    return record, content


def path_of(record: PaymentExport) -> Path:
    """Return where the payment file lies."""
    return Path(settings.MEDIA_ROOT) / record.file


def content_of(record: PaymentExport) -> bytes:
    """Return the stored payment file. Raises: FileDamaged when it is missing or not the one that was made."""
    try:
        content = path_of(record).read_bytes()
    except OSError as error:
        raise FileDamaged from error
    if hashlib.sha256(content).hexdigest() != record.sha256:
        raise FileDamaged
    return content


def owe_paid(payment: Payment) -> None:
    """Owe N19: money is on its way, and until when it has to be used."""
    _owe("N19", payment, {"use_by": fmt_day(payment.use_by) if payment.use_by else ""})


def owe_failed(payment: Payment) -> None:
    """Owe N24: a payment was refused or came back; the reason stands on the page behind the link."""
    _owe("N24", payment, {})


def _owe(code: str, payment: Payment, context: dict[str, str]) -> None:
    award = payment.award
    owe_to_applicant(
        code,
        award.application,
        key=f"{code}:{payment.pk}:{payment.version}",
        context=context,
        link=reverse("payments:award", args=[award.pk]),
    )
