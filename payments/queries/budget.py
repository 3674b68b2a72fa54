"""Reads of budgets: what there is, per case, and the transfers behind every figure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Window

from accounts import clock
from accounts.audit import subject_type
from accounts.models import Fund, Membership, Person, Proposal, User
from accounts.permissions import fund_ids, has_role, know_roles
from accounts.states import Outcome, Role
from accounts.text import search_key
from payments.models import Budget, CaseAccount, Transfer
from payments.permissions import BUDGET_PROPOSERS, BUDGET_READERS
from payments.postings import DEBIT_GROWS, SOURCES, USES, column
from payments.states import Account, BudgetStep, Posting

OPEN_ACCOUNTS = (Account.RESERVED, Account.COMMITTED, Account.ORDERED)
SORTS = {
    "number": "application__case_number",
    "organisation": "application__organisation__name",
    "title": "application__title",
    "reserved": "reserved_cents",
    "committed": "committed_cents",
    "ordered": "ordered_cents",
    "disbursed": "disbursed_cents",
}


@dataclass(frozen=True)
class Figure:
    """A balance of a budget, in cents."""

    account: Account
    cents: int


def budgets_for(person: Person) -> QuerySet[Budget]:
    """Return the budgets of the funds in which the person may see them, newest year first."""
    funds = fund_ids(person, *BUDGET_READERS)
    rows = Budget.objects.select_related("fund").order_by("fund__name", "-year", "-sub_budget")
    return rows if funds is None else rows.filter(fund_id__in=funds)


def funds_to_propose(person: Person) -> QuerySet[Fund]:
    """Return the funds for which the person may propose a budget."""
    funds = fund_ids(person, *BUDGET_PROPOSERS)
    return Fund.objects.all() if funds is None else Fund.objects.filter(pk__in=funds)


def sources_of(budget: Budget) -> list[Figure]:
    """Return where the money comes from; what is empty is left out, except the appropriation."""
    return [f for f in _figures(budget, SOURCES) if f.cents or f.account is Account.APPROPRIATION]


def uses_of(budget: Budget) -> list[Figure]:
    """Return where the money is; what happens only at times is left out while it is empty."""
    rare = (Account.BLOCKED, Account.CARRIED_OUT, Account.LAPSED)
    return [f for f in _figures(budget, USES) if f.cents or f.account not in rare]


def _figures(budget: Budget, accounts: tuple[Account, ...]) -> list[Figure]:
    return [Figure(account, int(getattr(budget, column(account)))) for account in accounts]


def _own(reader: Person | None) -> QuerySet[Any, Any]:
    """Name the organisations of a person inside a statement, for files, which need nothing else of them."""
    return Membership.objects.filter(user=reader.pk if reader else None, ended_at__isnull=True).values("organisation")


def case_of(budget: Budget, pk: int, *, reader: Person) -> CaseAccount | None:
    """Return the account of one case with the case; None also for those left out by `cases_of`."""
    rows = CaseAccount.objects.filter(budget=budget, pk=pk).exclude(application__organisation__in=_own(reader))
    return rows.select_related("application__organisation", "application__round").first()


def cases_of(budget: Budget, *, words: str = "", sort: str = "", reader: Person | None = None) -> QuerySet[CaseAccount]:
    """Return the cases that ever had money in the budget, with `total`, the number of all that were found.

    Args:
        budget: the budget.
        reader: whoever reads; cases of organisations for which the person acts are left out.
        words: what to look for in number, title, organisation and town.
        sort: a key of `SORTS`, with a minus for descending; anything else sorts by case number.
    """
    rows = CaseAccount.objects.filter(budget=budget, last_transfer_id__gt=0).select_related(
        "application__organisation", "application__round"
    )
    rows = rows.exclude(application__organisation__in=_own(reader))
    for word in search_key(words).split():
        rows = rows.filter(application__search_key__contains=word)
    name = SORTS.get(sort.removeprefix("-"), SORTS["number"])
    order = f"-{name}" if sort.startswith("-") else name
    return rows.annotate(total=Window(Count("pk"))).order_by(order, "pk")


def transfers_of(
    budget: Budget,
    account: Account | None = None,
    case: CaseAccount | None = None,
    *,
    reader: Person | None = None,
) -> QuerySet[Transfer]:
    """Return the transfers behind a figure, newest first: of the budget, an account of it, a case of it.

    What was carried in belongs to it as well, although it was posted in the year before. `reader` as in `cases_of`.
    """
    own = Q(budget=budget)
    carried = Q(posting=Posting.CARRY, other_case__budget=budget)
    if account is not None:
        own &= Q(debit=account) | Q(credit=account)
        carried &= Q() if account is Account.CARRIED_IN else Q(debit=account)
    if case is not None:
        own, carried = own & Q(case=case), carried & Q(other_case=case)
    rows = Transfer.objects.filter(own | carried).exclude(case__application__organisation__in=_own(reader))
    rows = rows.select_related("case__application", "by", "budget")
    return rows.annotate(total=Window(Count("pk"))).order_by("-pk")


def effect(transfer: Transfer, budget: Budget, account: Account) -> int:
    """Return by how many cents the transfer moved the account of this budget."""
    if transfer.budget_id != budget.pk:
        return transfer.amount_cents
    grows = transfer.debit == account if account in DEBIT_GROWS else transfer.credit == account
    return transfer.amount_cents if grows else -transfer.amount_cents


def open_cases(budget: Budget) -> QuerySet[CaseAccount]:
    """Return the cases with money that can still be carried to the next year."""
    return _open_rows(budget).order_by("pk")


def _open_rows(budget: Budget | OuterRef) -> QuerySet[CaseAccount]:
    money = Q()
    for account in OPEN_ACCOUNTS:
        money |= Q(**{f"{column(account)}__gt": 0})
    return CaseAccount.objects.filter(money, budget=budget, carried_cents=0)


def cases_to_carry(budget: Budget, *, reader: Person | None = None) -> list[CaseAccount]:
    """Return the open cases of a budget with what a page shows of them, by case number.

    Cases of organisations for which the reader acts are left out: somebody else proposes to carry them.
    """
    rows = open_cases(budget).exclude(application__organisation__in=_own(reader))
    rows = rows.select_related("application__organisation")
    return list(rows.order_by("application__case_number", "pk"))


def cases_named(proposal: Proposal) -> dict[int, int]:
    """Return which cases a proposal carries: number of the account, and what was open of it (cents)."""
    return {int(pk): int(cents) for pk, cents in proposal.payload.get("cases", {}).items()}


def accounts_named(proposal: Proposal, *, reader: Person | None = None) -> list[CaseAccount]:
    """Return the accounts of the cases that a proposal carries, as they stand now, without the reader's own."""
    rows = CaseAccount.objects.filter(pk__in=cases_named(proposal)).exclude(application__organisation__in=_own(reader))
    return list(rows.select_related("application__organisation").order_by("application__case_number", "pk"))


def carries_own_case(cases: Collection[int], person: Person) -> bool:
    """Tell whether one of the accounts belongs to an organisation for which the person acts."""
    return CaseAccount.objects.filter(pk__in=cases, application__organisation__in=_own(person)).exists()


def budgets_to_look_after(person: Person, *, this_year: int) -> QuerySet[Any]:
    """Return the budgets that the person may propose to change, the newest first.

    Each tells by `to_carry` whether it is of a past year with open money that nobody has proposed to carry yet.
    """
    waiting = Proposal.objects.filter(
        kind=BudgetStep.CARRY, subject_type=subject_type(Budget()), outcome=Outcome.OPEN, subject_id=OuterRef("pk")
    )
    funds = fund_ids(person, *BUDGET_PROPOSERS)
    rows = Budget.objects.all() if funds is None else Budget.objects.filter(fund_id__in=funds)
    to_carry = Q(~Exists(waiting), Exists(_open_rows(OuterRef("pk"))), year__lt=this_year)
    return rows.annotate(to_carry=to_carry).select_related("fund").order_by("-year", "fund__name", "-sub_budget")[:50]


def somebody_else_confirms(fund_id: int, person: User) -> bool:
    """Tell whether another person may confirm a change of the fund's budget today; a deputy counts."""
    today = clock.today()
    heads = Q(fund_roles__fund=fund_id, fund_roles__role=Role.HEAD_OF_FINANCE, fund_roles__ended_at=None)
    deputies = Q(
        stands_in_for__fund=fund_id,
        stands_in_for__ended_at=None,
        stands_in_for__from_date__lte=today,
        stands_in_for__to_date__gte=today,
    )
    found = list(User.objects.filter(heads | deputies, is_active=True).exclude(pk=person.pk).distinct())
    know_roles(found)
    return any(has_role(user, fund_id, Role.HEAD_OF_FINANCE) for user in found)


def carries_waiting(budgets: Collection[int]) -> dict[int, Proposal]:
    """Return the proposals to carry open money of these budgets that wait for their second person, by budget."""
    waiting = _waiting().filter(kind=BudgetStep.CARRY, subject_id__in=budgets)
    return {proposal.subject_id: proposal for proposal in waiting}


def proposals_of(budgets: list[Budget]) -> list[Proposal]:
    """Return the changes of these budgets that wait for their second person."""
    return list(_waiting().filter(subject_id__in=[budget.pk for budget in budgets]))


def proposals_for(person: Person) -> QuerySet[Proposal]:
    """Return the waiting changes of every budget that the person may see."""
    return _waiting().filter(Exists(budgets_for(person).filter(pk=OuterRef("subject_id"))))


def all_proposals_for(person: Person) -> QuerySet[Proposal]:
    """Return the changes, waiting or decided, of every budget that the person may see."""
    rows = Proposal.objects.filter(kind__in=BudgetStep.values, subject_type=subject_type(Budget()))
    return rows.filter(Exists(budgets_for(person).filter(pk=OuterRef("subject_id")))).select_related(
        "proposed_by", "decided_by", "fund"
    )


def _waiting() -> QuerySet[Proposal]:
    return Proposal.objects.filter(
        kind__in=BudgetStep.values, subject_type=subject_type(Budget()), outcome=Outcome.OPEN
    ).select_related("proposed_by")
