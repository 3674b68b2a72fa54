"""Who may do what with awards, payments and budgets."""

from typing import Protocol

import rules

from accounts.models import Fund, Person
from accounts.permissions import fund_ids, has_role, is_member, is_system, may_bind, role, within_limit
from accounts.states import FINANCE_ROLES, OFFICE_ROLES, Role
from grants.models import Application
from grants.queries import NOT_SENT

case_officer = role(Role.CASE_OFFICER)
head_of_unit = role(Role.HEAD_OF_UNIT)
head_of_finance = role(Role.HEAD_OF_FINANCE)


def pays_for(fund: Fund, person: Person) -> bool:
    """Hand payment files of the fund to the bank."""
    return has_role(person, fund.pk, Role.TREASURY)


system = is_system
# Who sees the budget: everybody who works with money or decides about it, and the auditor.
BUDGET_READERS = (*OFFICE_ROLES, *FINANCE_ROLES, Role.AUDITOR)
# One of finance proposes a change of it, the head of finance (another person) confirms.
BUDGET_PROPOSERS = (Role.FINANCE_A, Role.HEAD_OF_FINANCE)
budget_proposer = role(*BUDGET_PROPOSERS)


class OfCase(Protocol):
    """What these predicates need to know of an award or payment; the models themselves import this module."""

    @property
    def fund_id(self) -> int: ...
    @property
    def organisation_id(self) -> int: ...


class ChallengedLike(OfCase, Protocol):
    @property
    def challenged_by_id(self) -> int | None: ...


class CheckedLike(Protocol):
    @property
    def checked_by_id(self) -> int | None: ...


class PaymentLike(OfCase, Protocol):
    amount_cents: int

    @property
    def bank_account(self) -> CheckedLike: ...
    @property
    def certified_by_id(self) -> int | None: ...
    @property
    def ordered_by_id(self) -> int | None: ...
    @property
    def requested_by_id(self) -> int: ...


def _staff(*roles: Role) -> rules.predicates.Predicate:
    @rules.predicate
    def check(record: OfCase, person: Person) -> bool:
        return has_role(person, record.fund_id, *roles) and not is_member(person, record.organisation_id)

    return check


award_officer = _staff(Role.CASE_OFFICER)
award_head = _staff(Role.HEAD_OF_UNIT)
award_signatory = _staff(Role.SIGNATORY, Role.HEAD_OF_UNIT)
_finance_a_role = _staff(Role.FINANCE_A)


@rules.predicate
def _finance_a(payment: PaymentLike, person: Person) -> bool:
    """Certifies and refuses, never what the same person requested, also after leaving the organisation."""
    return person.pk != payment.requested_by_id and _finance_a_role(payment, person)


finance_a = _finance_a


@rules.predicate
def _grantee(record: OfCase, person: Person) -> bool:
    """An owner who represents the organisation: requests money, waives, relinquishes."""
    return may_bind(person, record.organisation_id)


grantee = _grantee


@rules.predicate
def _certifier(payment: PaymentLike, person: Person) -> bool:
    """Certifies, never a payment to an account that the same person checked: two pairs of eyes on the account."""
    return person.pk != payment.bank_account.checked_by_id and finance_a(payment, person)


@rules.predicate
def _ends_lawsuit(award: ChallengedLike, person: Person) -> bool:
    """Records how a lawsuit ended, never who recorded that it was filed."""
    return person.pk != award.challenged_by_id and award_head(award, person)


certifier = _certifier
ends_lawsuit = _ends_lawsuit


@rules.predicate
def _finance_b(payment: PaymentLike, person: Person) -> bool:
    """Orders up to the limit of the role, never what the same person requested or certified (LHO § 70, VV)."""
    return (
        person.pk not in (payment.requested_by_id, payment.certified_by_id)
        and not is_member(person, payment.organisation_id)
        and within_limit(person, payment.fund_id, Role.FINANCE_B, payment.amount_cents)
    )


@rules.predicate
def _treasury(payment: PaymentLike, person: Person) -> bool:
    """Pays, never what the same person requested, certified or ordered."""
    return (
        person.pk not in (payment.requested_by_id, payment.certified_by_id, payment.ordered_by_id)
        and not is_member(person, payment.organisation_id)
        and has_role(person, payment.fund_id, Role.TREASURY)
    )


finance_b = _finance_b
treasury = _treasury


class AccountLike(Protocol):
    organisation_id: int

    @property
    def entered_by_id(self) -> int: ...


BANK_CHECKERS = (Role.CASE_OFFICER, Role.COORDINATOR, Role.FINANCE_A)
# The auditor sees them masked.
BANK_READERS = (*BANK_CHECKERS, Role.AUDITOR)


@rules.predicate
def _bank_checker(account: AccountLike, person: Person) -> bool:
    """A second person who works on a case of the organisation, and does not belong to it."""
    funds = fund_ids(person, *BANK_CHECKERS)
    cases = Application.objects.filter(organisation_id=account.organisation_id).exclude(state__in=NOT_SENT)
    return (
        person.pk is not None
        and person.pk != account.entered_by_id
        and not is_member(person, account.organisation_id)
        and (cases if funds is None else cases.filter(fund_id__in=funds)).exists()
    )


bank_checker = _bank_checker
