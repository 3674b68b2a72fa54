"""Budgets and cases for the tests of the ledger."""

from datetime import date
from typing import Any

from django.db import transaction

from grants.models import Application
from grants.states import ApplicationState
from payments import ledger
from payments.models import Budget, CaseAccount
from tests import factories

SIGNED = date(2026, 11, 2)


def make_case(budget: Budget, limit_cents: int = 300_000, **fields: Any) -> CaseAccount:
    """An account of a new application that asked for `limit_cents` (own round unless one is given)."""
    application = make_applicant(budget, limit_cents, **fields)
    with transaction.atomic():
        return ledger.open_case(application, budget)


def make_applicant(budget: Budget, limit_cents: int = 300_000, **fields: Any) -> Application:
    """An application before the committee that asked for `limit_cents`."""
    fields.setdefault("round", None)
    fields["round"] = fields["round"] or factories.make_round(
        budget.fund, budget_year=budget.year, maximum_cents=3_000_000
    )
    return factories.make_application(state=ApplicationState.IN_COMMITTEE, requested_cents=limit_cents, **fields)


def fresh(record: Any) -> Any:
    record.refresh_from_db()
    return record
