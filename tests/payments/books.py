"""Cases with money for the tests of the ledger."""

from datetime import UTC, date, datetime
from typing import Any

from django.db import transaction

from grants.models import Application
from grants.states import ApplicationState
from payments import ledger
from payments.models import Budget, CaseAccount
from tests import factories

SIGNED = date(2026, 11, 2)
NEXT_YEAR = date(2027, 2, 1)
NEW_YEAR = datetime(2027, 1, 4, 8, tzinfo=UTC)
BALANCES = (
    "appropriation", "carried_in", "returned", "available", "blocked", "reserved", "committed", "ordered",
    "disbursed", "carried_out", "lapsed",
)  # fmt: skip


def make_applicant(budget: Budget, limit_cents: int = 300_000, **fields: Any) -> Application:
    """An application before the committee that asked for `limit_cents`."""
    if "round" not in fields:
        fields["round"] = factories.make_round(budget.fund, budget_year=budget.year)
    return factories.make_application(state=ApplicationState.IN_COMMITTEE, requested_cents=limit_cents, **fields)


def make_case(budget: Budget, limit_cents: int = 300_000, **fields: Any) -> CaseAccount:
    """An account of a new application that asked for `limit_cents`."""
    application = make_applicant(budget, limit_cents, **fields)
    with transaction.atomic():
        return ledger.open_case(application, budget)


def commit_to(case: CaseAccount, cents: int, *, rest_cents: int = 0) -> None:
    """Reserve, decide and commit `cents`; `rest_cents` more stay reserved."""
    by = factories.make_user()
    with transaction.atomic():
        ledger.reserve_to(case, target_cents=cents + rest_cents, key=f"reserve:{case.pk}", by=by)
        ledger.set_decided(case, cents, by=by)
        ledger.commit(case, cents, key=f"commit:{case.pk}", by=by, on=SIGNED)


def disburse(case: CaseAccount, cents: int) -> None:
    """Commit, order and pay `cents`."""
    by = factories.make_user()
    commit_to(case, cents)
    with transaction.atomic():
        ledger.order(case, cents, key=f"order:{case.pk}", by=by, on=SIGNED)
        ledger.pay(case, cents, key=f"pay:{case.pk}", by=by)


def close(budget: Budget) -> None:
    with transaction.atomic():
        ledger.close_year(budget, at=NEW_YEAR)


def balances(record: Budget | CaseAccount) -> dict[str, int]:
    """The balances that are not zero, read afresh, in cents."""
    record.refresh_from_db()
    figures = {name: getattr(record, f"{name}_cents", 0) for name in BALANCES}
    return {name: cents for name, cents in figures.items() if cents}
