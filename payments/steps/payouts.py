"""Requests for money, payment files and their way to the bank."""

import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Sum
from django.urls import reverse

from accounts import audit
from accounts.clock import berlin_day
from accounts.models import BankAccount, Fund, User
from notifications.dates import fmt_day
from payments.bank import payment_file
from payments.exceptions import BankNotChecked, NoBankAccount, TooMuchRequested
from payments.models import Award, Payment, PaymentExport
from payments.states import PaymentState
from payments.steps.letters import owe_to_applicant

# Requested or certified money still lies in COMMITTED; from the order on the ledger has moved it.
_NOT_YET_ORDERED = (PaymentState.REQUESTED, PaymentState.CHECKED)


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


def requestable_cents(award: Award) -> int:
    """Return how much of the award (cents) has neither been requested nor ordered nor paid."""
    waiting = award.payments.filter(state__in=_NOT_YET_ORDERED).aggregate(total=Sum("amount_cents"))["total"] or 0
    return award.account.committed_cents - int(waiting)


def require_usable(account: BankAccount, *, on: date) -> None:
    """Refuse an account that nobody checked or whose cooling-off period still runs. Raises: BankNotChecked."""
    if account.checked_by_id is None or account.usable_from is None or account.usable_from > on:
        raise BankNotChecked


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


def write_file(fund: Fund, payments: Sequence[Payment], *, by: User, now: datetime) -> PaymentExport:
    """Make the payment file once, keep it with its hash, and return its record."""
    message_id, content = payment_file(fund, payments, on=berlin_day(now))
    path = Path(settings.MEDIA_ROOT) / "exports" / f"{message_id}.xml"
    write_once(path, content)
    record = PaymentExport.objects.create(
        fund=fund,
        message_id=message_id,
        file=f"exports/{message_id}.xml",
        sha256=hashlib.sha256(content).hexdigest(),
        total_cents=sum(payment.amount_cents for payment in payments),
        count=len(payments),
        created_by=by,
        created_at=now,
    )
    audit.record("export_payments", record, by=by)
    return record


def write_once(path: Path, content: bytes) -> None:
    """Write a file so that after a crash it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    Path(handle.name).rename(path)


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
