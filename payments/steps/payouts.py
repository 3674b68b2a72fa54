"""Requests for money, payment files and their way to the bank."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise

from accounts import audit, days
from accounts.clock import BERLIN, berlin_day
from accounts.exceptions import NotPossible
from accounts.models import BankAccount, Fund, User
from notifications.dates import use_by
from notifications.exceptions import FileDamaged
from notifications.states import LetterState
from payments import ledger
from payments.bank import payment_file
from payments.exceptions import (
    AccountReplaced,
    BankCoolingOff,
    BankNotChecked,
    DayInThePast,
    LetterBack,
    NoBankAccount,
    NotAsOrdered,
    NotUsedInTime,
    TooMuchRequested,
)
from payments.models import Award, CaseAccount, Payment, PaymentExport, Transfer
from payments.queries import requestable_cents
from payments.states import Posting
from payments.steps.letters import owe_to_applicant

EXPORT_FOLDER: Final = "exports"
# From a request to the bank's booking.
USUAL_WAY: Final = timedelta(days=30)


def account_of(award: Award, *, now: datetime) -> BankAccount:
    """Return the account to pay to: the one that may be used today, else the newest checked one, else the newest.

    A change that nobody has checked, or whose cooling-off days still run, leaves the older account in use.

    Raises:
        NoBankAccount: there is none.
    """
    living = BankAccount.objects.filter(
        Q(replaced_at__isnull=True) | Q(replaced_at__gt=now), organisation_id=award.organisation_id
    )
    checked = living.filter(checked_at__isnull=False)
    account = checked.filter(usable_from__lte=berlin_day(now)).first() or checked.first() or living.first()
    if account is None:
        raise NoBankAccount
    return account


def newest_account(award: Award) -> BankAccount | None:
    """Return the account that was checked last, also while its cooling-off days run."""
    return BankAccount.objects.filter(
        organisation_id=award.organisation_id, checked_at__isnull=False, replaced_at__isnull=True
    ).first()


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


def require_usable(payment: Payment, *, now: datetime) -> None:
    """Refuse a payment to an account that, as the database knows it now, must not be paid to.

    Raises:
        BankNotChecked: nobody checked it.
        BankCoolingOff: its cooling-off period still runs.
        AccountReplaced: another account took its place.
    """
    account = BankAccount.objects.get(pk=payment.bank_account_id)
    if account.checked_by_id is None or account.usable_from is None:
        raise BankNotChecked
    if account.usable_from > berlin_day(now):
        raise BankCoolingOff(account.usable_from)
    if account.replaced_at is not None and account.replaced_at <= now:
        raise AccountReplaced


def require_as_ordered(payments: Sequence[Payment]) -> None:
    """Refuse payments over another amount than the ledger ordered for them (one query).

    Raises:
        NotAsOrdered: of the first such payment.
    """
    keys = {order_key(payment): payment for payment in payments}
    ordered = Transfer.objects.filter(key__in=keys, posting=Posting.ORDER).values_list(
        "key", "case__application_id", "amount_cents"
    )
    found = {key: (application, cents) for key, application, cents in ordered}
    for key, payment in keys.items():
        if found.get(key) != (payment.award.application_id, payment.amount_cents):
            raise NotAsOrdered(payment)


def order_key(payment: Payment) -> str:
    """Return the key under which the ledger knows the order of a payment."""
    return f"payment:{payment.pk}:order"


def require_announced(award: Award) -> None:
    """Refuse money for an award whose letter came back; who takes the return down waits until this step is done.

    Source: VwVfG § 41 (2) sentence 3: what did not arrive is not announced, so it is not final either.

    Raises:
        LetterBack: until it has been announced again.
    """
    if audit.locked(award.letter).state != LetterState.ANNOUNCED:
        raise LetterBack


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


def request_payment(
    award: Award,
    *,
    account: BankAccount,
    amount_cents: int,
    purpose: str,
    planned_use_by: date,
    by: User,
    now: datetime,
) -> Payment:
    """Add a request for money; the award is locked by the caller and counts it in its version.

    Args:
        award: locked.
        account: where the money goes.
        amount_cents: what is needed now.
        purpose: what for.
        planned_use_by: day until which it will have been used.
        by: who asks.
        now: this instant.

    Raises:
        TooMuchRequested: more than what is still committed and not requested.
        NotUsedInTime: the money would lie longer than the terms allow.
    """
    _require_soon(award, planned_use_by, today=berlin_day(now))
    if not 0 < amount_cents <= requestable_cents(award):
        raise TooMuchRequested
    number = award.payments.count() + 1
    payment = Payment.objects.create(
        fund_id=award.fund_id,
        award=award,
        number=number,
        amount_cents=amount_cents,
        purpose=purpose,
        planned_use_by=planned_use_by,
        bank_account=account,
        end_to_end_id=end_to_end_id(award.application.case_number or str(award.pk), number),
        requested_by=by,
        requested_at=now,
    )
    # A page that was open before is told from one that knows of this request.
    award.version += 1
    award.save(update_fields=["version"])
    audit.record("request_payment", payment, by=by)
    return payment


def _require_soon(award: Award, planned_use_by: date, *, today: date) -> None:
    if planned_use_by < today:
        raise DayInThePast
    months = int(award.terms.get("use_by_months", 2))
    # Some weeks pass until the bank has booked it; from that day the months count.
    last = use_by(today + USUAL_WAY, months)
    if planned_use_by > last:
        raise NotUsedInTime(months, last)


def end_to_end_id(case_number: str, number: int) -> str:
    """Return the id under which the bank reports the payment: the case number and a serial, at most 35 characters."""
    plain = re.sub(r"[^A-Za-z0-9-]", "-", case_number)
    return f"{plain[:31]}-{number}"


def replace_older_accounts(account: BankAccount, *, now: datetime) -> None:
    """Let the organisation's older accounts end when this checked one may be used: now, or after its cooling-off."""
    first = account.usable_from
    ends = now if first is None or first <= berlin_day(now) else datetime.combine(first, time.min, BERLIN)
    BankAccount.objects.filter(
        organisation_id=account.organisation_id, replaced_at__isnull=True, pk__lt=account.pk
    ).update(replaced_at=ends)


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
    _owe("N19", payment, {"use_by": days.later(days.day, payment.use_by)})


def owe_failed(payment: Payment) -> None:
    """Owe N24: a payment was refused or came back; the reason stands on the page behind the link."""
    _owe("N24", payment, {})


def _owe(code: str, payment: Payment, context: Mapping[str, str | Promise]) -> None:
    award = payment.award
    owe_to_applicant(
        code,
        award.application,
        key=f"{code}:{payment.pk}:{payment.version}",
        context=context,
        link=reverse("payments:award", args=[award.pk]),
    )
