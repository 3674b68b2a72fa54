"""The postings of the ledger, to the cent."""

import pytest

from payments import ledger
from payments.models import Budget, CaseAccount, Transfer
from tests import factories
from tests.payments.books import SIGNED, fresh, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def budget() -> Budget:
    return factories.make_budget(factories.make_fund(), 2026, 1_000_000)


def test_smoke(budget: Budget) -> None:
    by = factories.make_user()
    case = make_case(budget, 300_000)
    ledger.reserve_to(case, target_cents=250_001, key="r", by=by)
    ledger.set_decided(case, 200_000, by=by)
    ledger.commit(case, 200_000, key="c", by=by, on=SIGNED)
    ledger.release_all(case, key="rel", by=by)
    ledger.order(case, 120_000, key="o", by=by, on=SIGNED)
    ledger.pay(case, 120_000, key="p", by=by)
    ledger.bounce(case, 20_000, key="b", by=by)
    case, budget = fresh(case), fresh(budget)
    assert (case.reserved_cents, case.committed_cents, case.ordered_cents, case.disbursed_cents) == (
        0,
        100_000,
        0,
        100_000,
    )
    assert budget.available_cents == 800_000
