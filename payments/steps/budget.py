"""Writes of the budget that actions and the demo share; they run inside an open transaction."""

from datetime import date

from accounts.models import Fund, Person
from payments import ledger
from payments.models import Budget
from payments.states import SubBudget


def set_budget(
    fund: Fund,
    year: int,
    *,
    amount_cents: int,
    decree: str,
    in_force_from: date,
    key: str,
    by: Person,
    sub_budget: SubBudget = SubBudget.JURY,
    reason: str = "",
) -> Budget:
    """Put a budget in force and post its appropriation, once per fund, year and sub-budget.

    Raises:
        ledger.AppropriatedBefore: it is set already.
        ledger.NoDecree: the decree is empty.
    """
    budget = ledger.open_budget(fund, year, sub_budget)
    budget = ledger.put_in_force(budget, decree=decree, in_force_from=in_force_from)
    ledger.appropriate(budget, amount_cents, key=key, by=by, reason=reason)
    budget.refresh_from_db()
    return budget
