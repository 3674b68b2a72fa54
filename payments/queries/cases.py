"""Awards, payments and bank accounts: who sees which, and what can be requested."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum

from accounts.clock import berlin_day
from accounts.models import BankAccount, Person
from accounts.permissions import fund_ids, own_organisations
from accounts.states import FINANCE_ROLES, OFFICE_ROLES, Role
from grants.models import Application
from grants.queries import NOT_SENT
from payments.models import Award, CaseAccount, Payment, PaymentExport
from payments.permissions import BANK_CHECKERS, BANK_READERS
from payments.queries.scopes import in_funds
from payments.states import AwardState, PaymentState
from payments.terms import withheld_cents

# Requested or certified money still lies in COMMITTED; from the order on the ledger has moved it.
NOT_YET_ORDERED = (PaymentState.REQUESTED, PaymentState.CHECKED)
PAYMENT_READERS = (*FINANCE_ROLES, Role.CASE_OFFICER, Role.COORDINATOR, Role.HEAD_OF_UNIT, Role.AUDITOR)
OPEN_PAYMENTS = (*NOT_YET_ORDERED, PaymentState.ORDERED, PaymentState.EXPORTED, PaymentState.FAILED)


def has_checked_account(organisation_id: int | None) -> bool:
    """Tell whether a second person has checked the bank account of the organisation."""
    return BankAccount.objects.filter(
        organisation=organisation_id, checked_by__isnull=False, replaced_at__isnull=True
    ).exists()


def account_usable(account: BankAccount | None, now: datetime) -> bool:
    """Tell whether money may go to the account at this instant."""
    if account is None or account.checked_by_id is None or account.usable_from is None:
        return False
    return account.usable_from <= berlin_day(now) and (account.replaced_at is None or account.replaced_at > now)


def awards_for(person: Person) -> QuerySet[Award]:
    """Return the awards of the funds in which the person works or audits."""
    scope = in_funds(person, *OFFICE_ROLES, *FINANCE_ROLES, Role.AUDITOR)
    return (
        Award.objects.filter(**scope)
        .exclude(application__organisation__in=own_organisations(person))
        .select_related("application__organisation", "application__round", "account", "letter", "fund")
    )


def awards_of_member(person: Person) -> QuerySet[Award]:
    """Return the awards that the person may see as the grantee: nothing before the letter is announced."""
    # An award whose letter came back has no day of announcement, and yet its grantee knows of it.
    known = Q(notified_on__isnull=False) | Q(state=AwardState.NOTIFIED)
    return (
        Award.objects.filter(known, application__organisation__in=own_organisations(person))
        .exclude(state__in=(AwardState.ISSUED, AwardState.VOID))
        .select_related("application__organisation", "application__round", "account", "letter", "fund")
    )


def requestable_cents(award: Award, payments: Iterable[Payment] | None = None) -> int:
    """Return how much of the award (cents) can be requested now: committed, not requested yet, and not held back.

    Args:
        award: the award; what is committed for it now may have come along (`with_committed_now`).
        payments: all of its payments, where a page has loaded them already.
    """
    if payments is None:
        waiting = _sum(award.payments.filter(state__in=NOT_YET_ORDERED))
    else:
        waiting = sum(payment.amount_cents for payment in payments if payment.state in NOT_YET_ORDERED)
    committed: int | None = getattr(award, "committed_now_cents", None)
    if committed is None:
        committed = _committed_now(award.application_id).values_list("committed_cents", flat=True).first() or 0
    return max(0, committed - waiting - withheld_cents(award.terms, award.amount_cents, award.state))


def _committed_now(application: int | OuterRef) -> QuerySet[CaseAccount]:
    """Open money may have been carried: it lives in the latest year."""
    return CaseAccount.objects.filter(application=application).order_by("-budget__year", "-pk")


def with_committed_now(awards: QuerySet[Award]) -> QuerySet[Any]:
    """Bring along what is committed for each award now (cents), for a page that only shows it."""
    newest = _committed_now(OuterRef("application")).values("committed_cents")[:1]
    return awards.annotate(committed_now_cents=Subquery(newest))


def _sum(payments: QuerySet[Payment]) -> int:
    return int(payments.aggregate(total=Sum("amount_cents"))["total"] or 0)


def open_money(award: Award) -> bool:
    """Tell whether money is paid and not paid back, or under way."""
    if award.payments.filter(state__in=OPEN_PAYMENTS).exists():
        return True
    accounts = CaseAccount.objects.filter(application=award.application_id)
    sums = accounts.aggregate(paid=Sum("disbursed_cents"), back=Sum("recovered_cents"), late=Sum("late_returned_cents"))
    return int(sums["paid"] or 0) > int(sums["back"] or 0) + int(sums["late"] or 0)


def payments_for(person: Person) -> QuerySet[Payment]:
    """Return the payments of the funds in which the person works with money, or audits."""
    scope = in_funds(person, *PAYMENT_READERS)
    return (
        Payment.objects.filter(**scope)
        .exclude(award__application__organisation__in=own_organisations(person))
        .select_related(
            "award__application__organisation", "award__letter", "bank_account", "certified_by", "ordered_by",
            "exported_by", "requested_by", "confirmed_by", "export", "fund",
        )
    )  # fmt: skip


def bank_accounts_for(person: Person) -> QuerySet[BankAccount]:
    """Return the bank accounts of organisations with a sent case in the person's funds, checked or not."""
    funds = fund_ids(person, *BANK_READERS)
    cases = Application.objects.exclude(state__in=NOT_SENT)
    cases = cases if funds is None else cases.filter(fund_id__in=funds)
    return (
        BankAccount.objects.filter(organisation__in=cases.values("organisation"))
        .exclude(organisation__in=own_organisations(person))
        .select_related("organisation", "entered_by", "checked_by")
    )


def handles_payments(person: Person) -> bool:
    """Tell whether the person has to do with payments of any fund."""
    return fund_ids(person, *PAYMENT_READERS) != set()


# The tabs of the work list: what each shows.
TABS: dict[str, tuple[PaymentState, ...]] = {
    "certify": (PaymentState.REQUESTED,),
    "order": (PaymentState.CHECKED,),
    "export": (PaymentState.ORDERED,),
    "confirm": (PaymentState.EXPORTED,),
    "returned": (PaymentState.FAILED,),
    "all": tuple(PaymentState),
}


def tab_rows(person: Person, tab: str) -> QuerySet[Payment]:
    """Return the payments of one tab; the oldest first where work waits."""
    return payments_for(person).filter(state__in=TABS[tab]).order_by("-pk" if tab == "all" else "pk")


def payment_counts(person: Person) -> dict[str, int]:
    """Return how many payments each tab holds."""
    rows = payments_for(person).order_by().values_list("state").annotate(n=Count("pk"))
    counts = dict(rows)
    return {tab: sum(counts.get(state, 0) for state in states) for tab, states in TABS.items()}


def payments_of(award: Award) -> QuerySet[Payment]:
    """Return the payments of an award, oldest first."""
    return award.payments.select_related("bank_account", "certified_by", "ordered_by", "exported_by").order_by("pk")


def accounts_to_check(person: Person) -> QuerySet[BankAccount]:
    """Return the bank accounts that wait for a second person, of organisations with a case in the person's funds."""
    return (
        bank_accounts_for(person)
        .filter(checked_by__isnull=True, replaced_at__isnull=True)
        .exclude(entered_by=person.pk)
    )


def checks_accounts(person: Person) -> bool:
    """Tell whether the person checks bank accounts for any fund."""
    return fund_ids(person, *BANK_CHECKERS) != set()


def reads_accounts(person: Person) -> bool:
    """Tell whether the person sees bank accounts of any fund, if only masked."""
    return fund_ids(person, *BANK_READERS) != set()


def holds_role(person: Person, role: Role) -> bool:
    """Tell whether the person holds the role for any fund."""
    return fund_ids(person, role) != set()


def is_treasury(person: Person) -> bool:
    """Tell whether the person pays for any fund."""
    return holds_role(person, Role.TREASURY)


def exports_for(person: Person) -> QuerySet[PaymentExport]:
    """Return the payment files of the funds for which the person pays, or which it audits."""
    scope = in_funds(person, Role.TREASURY, Role.AUDITOR)
    return PaymentExport.objects.filter(**scope).select_related("created_by", "fund")
