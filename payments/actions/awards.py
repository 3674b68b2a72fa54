"""What grantees and the office do with an award after its letter."""

from datetime import date

from django.db import transaction

from accounts import audit, clock
from accounts import steps as people
from accounts.exceptions import NeedsReason, NotPermitted, NotPossible
from accounts.models import SYSTEM, BankAccount, User
from notifications.dates import period_to_sue_ends
from notifications.states import LetterState
from payments import ledger
from payments.exceptions import LetterNotBack, MoneyOut, NotAnnounced, NotThisDay
from payments.models import Award
from payments.models.awards import YEAR_TO_SUE
from payments.permissions import bank_checker
from payments.queries import open_money
from payments.steps import awards as steps
from payments.steps.payouts import replace_older_accounts


def waive_remedy(*, award: Award, by: User) -> Award:
    """Give up the right to sue in writing: the award is final at once and money can be requested.

    Raises:
        NotPossible: the round does not offer the waiver.
        NotAnnounced: the letter has not been announced, or came back.
    """
    with transaction.atomic(durable=True):
        now = clock.now()
        fresh = audit.locked(award)
        if not fresh.terms.get("waiver", True):
            raise NotPossible
        waived: Award = audit.perform(award.waive, by=by, at=now)
        # Without an announcement there is nothing yet to give up.
        if waived.notified_on is None or waived.letter.state != LetterState.ANNOUNCED:
            raise NotAnnounced
        return steps.become_final(waived, on=clock.berlin_day(now), by=SYSTEM)


def start_project(*, award: Award, by: User, on: date) -> Award:
    """Report the day on which the project started.

    Raises:
        NotThisDay: the day lies in the future.
        StartTooEarly: the rule of the round allows a start only later.
    """
    with transaction.atomic(durable=True):
        if on > clock.today():
            raise NotThisDay
        steps.require_start(award, on=on)
        started: Award = audit.perform(award.start, by=by, on=on)
        return started


def relinquish(*, award: Award, by: User, reason: str) -> Award:
    """Give the award up; what was committed is free again.

    Raises:
        NeedsReason: no reason given.
        MoneyOut: money has been paid and not paid back, or a payment is under way.
    """
    if not reason.strip():
        raise NeedsReason
    with transaction.atomic(durable=True):
        ledger.lock(ledger.budget_of(award.application))
        # From here on nobody can request money of it.
        given_up: Award = audit.perform(award.relinquish, by=by, reason=reason)
        if open_money(given_up):
            raise MoneyOut
        account = ledger.account_of(given_up.application)
        if account is not None and account.committed_cents:
            ledger.decommit(account, account.committed_cents, key=f"award:{award.pk}:relinquish", by=by)
        steps.owe_relinquished(given_up)
        return given_up


def file_lawsuit(*, award: Award, by: User, reason: str) -> Award:
    """Record the court's notice of a lawsuit: payments are on hold."""
    if not reason.strip():
        raise NeedsReason
    with transaction.atomic(durable=True):
        challenged: Award = audit.perform(award.lawsuit_filed, by=by, reason=reason)
        return challenged


def end_lawsuit(*, award: Award, by: User, reason: str) -> Award:
    """Record the result of the lawsuit: the award is final.

    Raises:
        NeedsReason: no reason given.
        NotPermitted: not head of unit, or who recorded that the lawsuit was filed.
    """
    if not reason.strip():
        raise NeedsReason
    with transaction.atomic(durable=True):
        ended: Award = audit.perform(award.lawsuit_ended, by=by, reason=reason, on=clock.today())
        return ended


def instruction_was_wrong(*, award: Award, by: User, reason: str) -> Award:
    """Record that the instruction on legal remedy was wrong or missing: a year to sue instead of a month.

    Source: VwGO § 58 (2).

    Raises:
        NeedsReason: no reason given.
        NotPossible: it is recorded already.
    """
    if not reason.strip():
        raise NeedsReason
    with transaction.atomic(durable=True):
        fresh = audit.locked(award)
        if fresh.sue_months == YEAR_TO_SUE:
            raise NotPossible
        until = period_to_sue_ends(fresh.notified_on, YEAR_TO_SUE) if fresh.notified_on else None
        longer: Award = audit.perform(award.instruction_wrong, by=by, reason=reason, sue_until=until)
        return longer


def letter_came_back(*, award: Award, by: User, reason: str) -> Award:
    """Stop a final award whose letter came back after the deemed day, until it is announced again.

    Raises:
        NeedsReason.
        LetterNotBack: the mail room has not recorded it; the letter still counts as announced.
    """
    if not reason.strip():
        raise NeedsReason
    with transaction.atomic(durable=True):
        letter = audit.locked(award.letter)
        stopped: Award = audit.perform(award.letter_returned, by=by, reason=reason)
        if letter.announced_on is not None:
            raise LetterNotBack
        return stopped


def check_bank_account(*, account: BankAccount, by: User) -> BankAccount:
    """Confirm, as a second person, that holder and IBAN are as at the bank.

    A first account may be used at once; a changed one only after the cooling-off days of the round. Until then the
    older one stays in use, and who acted for the organisation before is told of the change.

    Raises:
        NotPermitted: not an officer or finance A of a fund with a case of the organisation, or the author.
        NotPossible: somebody checked it already.
    """
    with transaction.atomic(durable=True):
        if not bank_checker(account, by):
            raise NotPermitted
        fresh = audit.locked(account)
        if fresh.checked_by_id is not None or fresh.replaced_at is not None:
            raise NotPossible
        now = clock.now()
        checked = people.check_bank_account(fresh, by=by, usable_from=steps.usable_from(fresh, clock.berlin_day(now)))
        steps.owe_account_changed(checked)
        replace_older_accounts(checked, now=now)
        return checked


def look_at_bank_account(*, account: BankAccount, by: User) -> None:
    """Record that the checker was shown the whole IBAN. Raises: NotPermitted."""
    with transaction.atomic(durable=True):
        if not bank_checker(account, by):
            raise NotPermitted
        audit.record("look_at_bank_account", account, by=by)
