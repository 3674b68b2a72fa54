"""The command that recomputes the books: silent when right, in words when not."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import translation

from accounts.guards import lifted
from payments import ledger
from payments.models import Budget, CaseAccount, Payment
from tests import factories
from tests.payments import chain
from tests.payments.books import SIGNED, close, commit_to, disburse, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def budget() -> Budget:
    return factories.make_budget(factories.make_fund(name="Fonds A", slug="a"), 2026, 1_000_000)


@pytest.fixture
def case(budget: Budget) -> CaseAccount:
    made = make_case(budget, 300_000, case_number="A-1")
    commit_to(made, 200_000, rest_cents=10_000)
    return made


def run(*arguments: str) -> str:
    out = StringIO()
    with translation.override("en"):
        call_command("check_books", *arguments, stdout=out)
    return out.getvalue()


def findings() -> list[str]:
    with pytest.raises(CommandError) as error:
        run()
    assert error.value.returncode == 1
    return str(error.value).replace("\u00a0", " ").splitlines()[1:]


def plant(statement: str) -> None:
    """An error that the guards would refuse, after they were taken away."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Tables with checks still to come cannot be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("budget", "case"):
            name = f"ledger_{table}_guarded"
            row = "payments_budget" if table == "budget" else "payments_caseaccount"
            cursor.execute(f"DROP TRIGGER {name}" if connection.vendor == "sqlite" else f"DROP TRIGGER {name} ON {row}")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            cursor.execute(
                "SELECT conrelid::regclass, conname FROM pg_constraint"
                " WHERE contype = 'c' AND conrelid::regclass::text LIKE 'payments_%'"
            )
            for table, name in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        cursor.execute(statement)
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


MISSING = [
    "The trigger ledger_budget_guarded is missing: the database does not protect the books.",
    "The trigger ledger_case_guarded is missing: the database does not protect the books.",
]


def test_right_books_are_right(case: CaseAccount) -> None:
    assert run() == "1 budgets, 1 cases, 3 transfers checked. The books are right.\n"


def test_every_posting_is_recomputed(budget: Budget, case: CaseAccount) -> None:
    by = factories.make_user()
    paid = make_case(budget, 100_000, round=factories.make_round(budget.fund, repaid_returns=True))
    disburse(paid, 100_000)
    ledger.claim(paid, 40_000, key="c", by=by)
    ledger.recover(paid, 30_000, key="r", by=by)
    ledger.write_off(paid, 10_000, key="w", by=by)
    ledger.return_repaid(paid, 30_000, key="t", by=by)
    ledger.interest_claim(paid, 100, key="i", by=by)
    ledger.interest_recover(paid, 60, key="ir", by=by)
    ledger.interest_waive(paid, 40, key="iw", by=by)
    ledger.order(case, 5_000, key="o", by=by, on=SIGNED)
    ledger.carry_all(case, key="y", by=by)
    close(budget)
    ledger.bounce(paid, 60_000, key="b", by=by)
    ledger.lapse(budget, 720_000, key="l", by=by)

    assert run("--fund", "a") == "2 budgets, 4 cases, 20 transfers checked. The books are right.\n"


def test_another_fund_is_left_out(case: CaseAccount) -> None:
    factories.make_fund(slug="b")

    assert run("--fund", "b") == "0 budgets, 0 cases, 0 transfers checked. The books are right.\n"


def test_an_unknown_fund_is_named() -> None:
    with pytest.raises(CommandError, match="“nowhere”"):
        run("--fund", "nowhere")


def test_a_moved_balance_is_found(case: CaseAccount) -> None:
    plant("UPDATE payments_budget SET available_cents = available_cents + 500")

    assert findings() == [
        *MISSING,
        "Fonds A 2026 Jury: AVAILABLE stands at 7.905,00 €, the transfers add up to 7.900,00 €.",
        "Fonds A 2026 Jury: sources are 10.000,00 €, uses are 10.005,00 €.",
    ]


def test_a_case_beside_its_budget_is_found(case: CaseAccount) -> None:
    plant("UPDATE payments_caseaccount SET disbursed_cents = 150000, claimed_cents = 160000")

    assert findings() == [
        *MISSING,
        "Fonds A 2026 Jury, sum of its cases: DISBURSED stands at 0,00 €, the transfers add up to 1.500,00 €.",
        "A-1 2026: DISBURSED stands at 1.500,00 €, the transfers add up to 0,00 €.",
        "A-1 2026: CLAIMED stands at 1.600,00 €, the transfers add up to 0,00 €.",
        "A-1 2026: committed and paid are 3.500,00 €, above the bound of 2.000,00 €.",
        "A-1 2026: reserved and more are 3.600,00 €, above the bound of 3.000,00 €.",
        "A-1 2026: claimed back are 1.600,00 €, above the bound of 1.500,00 €.",
    ]


def test_a_decision_above_the_limit_is_found(case: CaseAccount) -> None:
    plant("UPDATE payments_caseaccount SET decided_cents = 400000")

    assert findings() == [*MISSING, "A-1 2026: decided are 4.000,00 €, above the bound of 3.000,00 €."]


def test_a_balance_below_zero_and_a_lost_carry_are_found(case: CaseAccount) -> None:
    plant("UPDATE payments_budget SET lapsed_cents = -700, carried_out_cents = 700")

    assert findings() == [
        *MISSING,
        "Fonds A 2026 Jury: CARRIED_OUT stands at 7,00 €, the transfers add up to 0,00 €.",
        "Fonds A 2026 Jury: LAPSED stands at -7,00 €, the transfers add up to 0,00 €.",
        "Fonds A 2026 Jury: LAPSED is below zero: -7,00 €.",
        "Fonds A 2026 Jury: 7,00 € were carried out, 0,00 € came in the year after.",
    ]


def test_an_illegal_move_is_found(case: CaseAccount, engine: str) -> None:
    plant(
        "INSERT INTO payments_transfer (posting, budget_id, case_id, debit, credit, amount_cents, key, reason, at,"
        " on_date) SELECT 'reserve', budget_id, id, 'LAPSED', 'BLOCKED', 100, 'x', '', CURRENT_TIMESTAMP,"
        " '2026-11-02' FROM payments_caseaccount"
    )

    assert "1 transfers “reserve” between accounts that it may not touch." in findings()


def test_a_million_transfers_need_few_queries(
    budget: Budget, case: CaseAccount, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(8):  # type: ignore[operator]
        run()


def test_payments_that_the_ledger_knows_nothing_of_are_named() -> None:
    chain.at(chain.NOW)
    case = chain.make_case(case_number="MIT-1")
    chain.final_award(case)
    payment = chain.ordered(case, 100_000)
    assert "The books are right." in run()

    with lifted("payment_request_frozen", "payments_payment"):
        Payment.objects.filter(pk=payment.pk).update(amount_cents=1_000_000)

    assert findings() == ["MIT-1: payments ordered are 10.000,00 €, the ledger holds 1.000,00 €."]
