"""Postings of a budget as a whole."""

from datetime import date

from accounts.models import Fund, Person
from grants.models import Application
from payments.ledger.book import lock, post
from payments.ledger.cases import account_of
from payments.ledger.refusals import NoBudget, NoDecree
from payments.models import Budget, Transfer
from payments.states import Posting, SubBudget


def open_budget(fund: Fund, year: int, sub_budget: SubBudget = SubBudget.JURY) -> Budget:
    """Return the budget of a fund, year and sub-budget; an empty one is made when there is none."""
    return Budget.objects.get_or_create(fund=fund, year=year, sub_budget=sub_budget)[0]


def budget_of(application: Application, sub_budget: SubBudget = SubBudget.JURY) -> Budget:
    """Return the budget from which a case is paid: that of its money, else that of its round's year.

    Args:
        application: the case.
        sub_budget: part of the budget that pays it while it has no money yet.

    Raises:
        NoBudget: finance has not set one.
    """
    account = account_of(application)
    if account and (account.spent_cents or account.decided_cents or account.budget.sub_budget == sub_budget):
        return account.budget
    rows = Budget.objects.select_related("fund").filter(
        fund_id=application.fund_id, year=application.round.budget_year, sub_budget=sub_budget
    )
    budget = rows.first()
    if budget is None:
        raise NoBudget
    return budget


def put_in_force(budget: Budget, *, decree: str, in_force_from: date) -> Budget:
    """Record the decree of a budget and the first day (Berlin) on which awards may be committed from it."""
    if not decree:
        raise NoDecree
    budget = lock(budget)
    budget.decree, budget.in_force_from = decree, in_force_from
    budget.save(update_fields=["decree", "in_force_from"])
    return budget


def appropriate(budget: Budget, amount_cents: int, *, key: str, by: Person, reason: str = "") -> Transfer:
    """Post the voted budget, once per fund, year and sub-budget.

    Raises:
        NoDecree: the budget has no decree or no day from which it is in force.
    """
    return _post(Posting.APPROPRIATE, budget, amount_cents, key, by, reason)


def supplement(budget: Budget, amount_cents: int, *, key: str, by: Person, reason: str = "") -> Transfer:
    """Post a supplementary budget upwards (NKomVG § 115)."""
    return _post(Posting.SUPPLEMENT, budget, amount_cents, key, by, reason)


def reduce(budget: Budget, amount_cents: int, *, key: str, by: Person, reason: str = "") -> Transfer:
    """Post a supplementary budget downwards (NKomVG § 115).

    Raises:
        OverBudget: less is available.
    """
    return _post(Posting.REDUCE, budget, amount_cents, key, by, reason)


def block(budget: Budget, amount_cents: int, *, key: str, by: Person, reason: str = "") -> Transfer:
    """Block available money.

    Raises:
        OverBudget: less is available.
    """
    return _post(Posting.BLOCK, budget, amount_cents, key, by, reason)


def unblock(budget: Budget, amount_cents: int, *, key: str, by: Person, reason: str = "") -> Transfer:
    """Lift a block.

    Raises:
        OverBudget: less is blocked.
    """
    return _post(Posting.UNBLOCK, budget, amount_cents, key, by, reason)


def lapse(budget: Budget, amount_cents: int, *, key: str, by: Person, reason: str = "") -> Transfer:
    """Let available money lapse at the end of the year.

    Raises:
        OverBudget: less is available.
    """
    return _post(Posting.LAPSE, budget, amount_cents, key, by, reason)


def _post(posting: Posting, budget: Budget, amount_cents: int, key: str, by: Person, reason: str) -> Transfer:
    return post(posting, amount_cents, budget=lock(budget), key=key, by=by, reason=reason)
