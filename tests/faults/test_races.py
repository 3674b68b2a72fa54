"""Many people at once at the same euros: the sum never passes the budget, and one of two wins.

Each race has its negative control: with the guard off the same race gives out too much, else it proves nothing.
"""

import os
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from accounts.exceptions import LostRace, Refused
from accounts.models import SYSTEM
from payments import ledger
from payments.models import Budget, CaseAccount, Transfer
from payments.queries import books
from payments.states import Account, Posting
from tests import factories
from tests.payments.books import SIGNED, commit_to, make_case

pytestmark = pytest.mark.committing

PEOPLE = 64
EACH = 250_000
ROUNDS = int(os.environ.get("RACE_ROUNDS", "1"))
InThreads = Callable[[Sequence[Callable[[], Any]]], list[Any]]


def make_race(wins: int) -> tuple[Budget, list[CaseAccount]]:
    """A budget for `wins` awards and 64 cases that want one."""
    budget = factories.make_budget(factories.make_fund(), 2026, wins * EACH + EACH - 1)
    round_ = factories.make_round(budget.fund, budget_year=2026)
    organisation = factories.make_organisation()
    by = factories.make_member(organisation)
    cases = [make_case(budget, EACH, round=round_, organisation=organisation, by=by) for _ in range(PEOPLE)]
    return budget, cases


def decide(case: CaseAccount) -> Callable[[], Any]:
    """One person's decision through the ledger's door."""

    def call() -> Transfer | None:
        with transaction.atomic(durable=True):
            return ledger.reserve_to(case, target_cents=EACH, key=f"reserve:{case.pk}", by=SYSTEM)

    return call


def insert(case: CaseAccount, *, checks: bool = True) -> Callable[[], Any]:
    """The same by plain insertion: no lock and no check in Python."""

    def call() -> Transfer:
        if not checks and connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA ignore_check_constraints = ON")
        with transaction.atomic(durable=True):
            return Transfer.objects.create(
                posting=Posting.RESERVE, debit=Account.AVAILABLE, credit=Account.RESERVED, budget_id=case.budget_id,
                case=case, amount_cents=EACH, key=f"reserve:{case.pk}", on_date=SIGNED,
            )  # fmt: skip

    return call


def reserved(budget: Budget) -> int:
    """What the transfers give out, in cents."""
    return books.recompute(budget.fund).budgets[budget.pk]["reserved_cents"]


def count(results: list[Any]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


@pytest.mark.parametrize("wins", [1, 7] * ROUNDS)
def test_64_decisions_for_the_last_euros(wins: int, in_threads: InThreads) -> None:
    budget, cases = make_race(wins)

    results = in_threads([decide(case) for case in cases])

    assert count(results) == {"Transfer": wins, "OverBudget": PEOPLE - wins}
    assert reserved(budget) == wins * EACH
    assert books.check().errors == []


@pytest.mark.parametrize("wins", [1, 7] * ROUNDS)
def test_64_insertions_past_the_door(wins: int, in_threads: InThreads) -> None:
    budget, cases = make_race(wins)

    results = in_threads([insert(case) for case in cases])

    assert count(results) == {"Transfer": wins, "IntegrityError": PEOPLE - wins}
    assert reserved(budget) == wins * EACH
    assert books.check().errors == []


def test_negative_control_without_checks_the_same_race_gives_out_too_much(in_threads: InThreads) -> None:
    budget, cases = make_race(7)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE payments_budget DROP CONSTRAINT budget_nothing_below_zero")

    results = in_threads([insert(case, checks=False) for case in cases])

    assert count(results) == {"Transfer": PEOPLE}
    assert reserved(budget) == PEOPLE * EACH > budget.appropriation_cents
    with translation.override("en"):
        assert any("AVAILABLE is below zero" in error for error in books.check().errors)


def test_negative_control_without_the_trigger_reading_before_writing_gives_out_too_much(
    in_threads: InThreads,
) -> None:
    budget, cases = make_race(1)
    with connection.cursor() as cursor:
        on = " ON payments_transfer" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER ledger_transfer_moves{on}")
    everybody_has_read = threading.Barrier(2)

    def read_then_write(case: CaseAccount) -> Callable[[], Any]:
        def call() -> Transfer | None:
            left = Budget.objects.get(pk=case.budget_id).available_cents
            everybody_has_read.wait(30)
            return insert(case)() if left >= EACH else None

        return call

    results = in_threads([read_then_write(case) for case in cases[:2]])

    assert count(results) == {"Transfer": 2}
    assert reserved(budget) == 2 * EACH > budget.appropriation_cents


def test_one_of_many_signatures_commits(in_threads: InThreads) -> None:
    budget, _ = factories.make_budget(factories.make_fund(), 2026), None
    case = make_case(budget, 1_000_000)
    with transaction.atomic():
        ledger.reserve_to(case, target_cents=1_000_000, key="r", by=SYSTEM)
        ledger.set_decided(case, 1_000_000, by=SYSTEM)

    def sign(number: int) -> Callable[[], Any]:
        def call() -> Transfer:
            with transaction.atomic(durable=True):
                return ledger.commit(case, 10_000, key=f"sign:{number}", by=SYSTEM, on=SIGNED)

        return call

    results = in_threads([sign(number) for number in range(12)])

    assert count(results) == {"Transfer": 1, "CommittedBefore": 11}
    case.refresh_from_db()
    assert case.committed_cents == 10_000


def test_a_doubled_press_posts_once(in_threads: InThreads) -> None:
    case = make_case(factories.make_budget(factories.make_fund(), 2026))
    commit_to(case, 100_000)

    def press() -> Transfer:
        with transaction.atomic(durable=True):
            return ledger.order(case, 60_000, key="the same press", by=SYSTEM, on=SIGNED)

    results = in_threads([press] * 12)

    assert len({transfer.pk for transfer in results}) == 1
    case.refresh_from_db()
    assert (case.committed_cents, case.ordered_cents) == (40_000, 60_000)


def test_two_orders_for_the_same_money(in_threads: InThreads) -> None:
    case = make_case(factories.make_budget(factories.make_fund(), 2026))
    commit_to(case, 100_000)

    def order(number: int) -> Callable[[], Any]:
        def call() -> Transfer:
            with transaction.atomic(durable=True):
                return ledger.order(case, 60_000, key=f"order:{number}", by=SYSTEM, on=SIGNED)

        return call

    results = in_threads([order(number) for number in range(8)])

    assert count(results) == {"Transfer": 1, "OverCase": 7}


def test_carrying_and_ordering_at_once_never_locks_up(in_threads: InThreads) -> None:
    budget = factories.make_budget(factories.make_fund(), 2026)
    factories.make_budget(budget.fund, 2027)
    cases = [make_case(budget, 100_000) for _ in range(8)]
    for case in cases:
        commit_to(case, 100_000)

    def carry(case: CaseAccount) -> Callable[[], Any]:
        def call() -> list[Transfer]:
            with transaction.atomic(durable=True):
                return ledger.carry_all(case, key=f"y:{case.pk}", by=SYSTEM)

        return call

    def order(case: CaseAccount) -> Callable[[], Any]:
        def call() -> Transfer:
            with transaction.atomic(durable=True):
                return ledger.order(case, 1_000, key=f"o:{case.pk}", by=SYSTEM, on=SIGNED)

        return call

    results = in_threads([call(case) for case in cases for call in (carry, order)])

    refused = [r for r in results if isinstance(r, Exception)]
    assert {type(r) for r in refused} <= {LostRace}
    assert books.check().errors == []


@pytest.mark.postgresql
def test_a_lock_held_too_long_is_told(in_threads: InThreads) -> None:
    budget = factories.make_budget(factories.make_fund(), 2026)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(durable=True):
            ledger.lock(budget)
            held.set()
            done.wait(30)

    def wait() -> Budget:
        held.wait(30)
        try:
            with transaction.atomic(durable=True), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
                return ledger.lock(budget)
        finally:
            done.set()

    _, refused = in_threads([hold, wait])

    assert isinstance(refused, ledger.Busy)
    assert isinstance(refused, Refused)


@pytest.mark.postgresql
def test_a_held_budget_lets_applicants_go_on(in_threads: InThreads) -> None:
    budget = factories.make_budget(factories.make_fund(), 2026)
    application = make_case(budget).application
    other = factories.make_budget(budget.fund, 2027)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic(durable=True):
            ledger.lock(other)
            held.set()
            done.wait(30)

    def refer_to_it() -> CaseAccount:
        held.wait(30)
        try:
            return CaseAccount.objects.create(budget=other, application=application, limit_cents=1)
        finally:
            done.set()

    results = in_threads([hold, refer_to_it])

    assert isinstance(results[1], CaseAccount)


def test_refusals_of_the_database_are_integrity_errors() -> None:
    budget, cases = make_race(0)

    with pytest.raises(IntegrityError):
        insert(cases[0])()
    assert reserved(budget) == 0
