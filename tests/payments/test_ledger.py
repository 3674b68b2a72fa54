"""The postings of the ledger, to the cent."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction

from accounts.models import User
from payments import ledger
from payments.models import Budget, CaseAccount, Transfer
from payments.states import Account
from tests import factories
from tests.payments.books import (
    NEXT_YEAR,
    SIGNED,
    balances,
    close,
    commit_to,
    disburse,
    make_applicant,
    make_case,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def by() -> User:
    return factories.make_user()


@pytest.fixture
def budget() -> Budget:
    return factories.make_budget(factories.make_fund(), 2026, 1_000_000)


@pytest.fixture
def case(budget: Budget) -> CaseAccount:
    return make_case(budget, 300_000)


# --- The budget ----------------------------------------------------------------------------------------------


def test_appropriate_makes_money_available(budget: Budget) -> None:
    assert balances(budget) == {"appropriation": 1_000_000, "available": 1_000_000}


def test_appropriate_twice_is_refused(budget: Budget, by: User) -> None:
    with pytest.raises(ledger.KeyClash):
        ledger.appropriate(budget, 1, key=f"appropriate:{budget.pk}", by=by)


def test_appropriate_with_another_key_is_refused(budget: Budget, by: User) -> None:
    with pytest.raises(ledger.AppropriatedBefore):
        ledger.appropriate(budget, 1_000_000, key="other", by=by)


def test_appropriate_without_decree_is_refused(by: User) -> None:
    budget = ledger.open_budget(factories.make_fund(), 2026)

    with pytest.raises(ledger.NoDecree):
        ledger.appropriate(budget, 100, key="a", by=by)


def test_put_in_force_without_decree_is_refused(budget: Budget) -> None:
    with pytest.raises(ledger.NoDecree):
        ledger.put_in_force(budget, decree="", in_force_from=SIGNED)


def test_supplement_and_reduce_move_appropriation(budget: Budget, by: User) -> None:
    ledger.supplement(budget, 50_001, key="s", by=by)
    ledger.reduce(budget, 20_000, key="r", by=by)

    assert balances(budget) == {"appropriation": 1_030_001, "available": 1_030_001}


def test_block_and_unblock(budget: Budget, by: User) -> None:
    ledger.block(budget, 400_000, key="b", by=by)
    ledger.unblock(budget, 150_000, key="u", by=by)

    assert balances(budget) == {"appropriation": 1_000_000, "available": 750_000, "blocked": 250_000}


@pytest.mark.parametrize("move", [ledger.reduce, ledger.block, ledger.lapse])
def test_more_than_available_is_refused_with_what_is_left(
    move: Callable[..., Transfer], budget: Budget, by: User
) -> None:
    with pytest.raises(ledger.OverBudget) as refusal:
        move(budget, 1_000_001, key="k", by=by)

    assert refusal.value.available_cents == 1_000_000


def test_unblock_more_than_blocked_is_refused(budget: Budget, by: User) -> None:
    ledger.block(budget, 100, key="b", by=by)

    with pytest.raises(ledger.OverBudget):
        ledger.unblock(budget, 101, key="u", by=by)


# --- From reserved to disbursed ------------------------------------------------------------------------------


def test_open_case_limits_to_the_least_of_request_maximum_and_eligible_cost(budget: Budget) -> None:
    fund_round = factories.make_round(budget.fund, budget_year=2026, maximum_cents=90_000)

    limits = [
        make_case(budget, 80_000, round=fund_round).limit_cents,
        make_case(budget, 100_000, round=fund_round).limit_cents,
        make_case(budget, 80_000, round=fund_round, eligible_cents=70_000).limit_cents,
    ]

    assert limits == [80_000, 90_000, 70_000]


def test_open_case_follows_the_application_until_money_is_in_it(budget: Budget, by: User) -> None:
    application = make_applicant(budget, 100_000)
    ledger.open_case(application, budget)
    application.requested_cents = 90_000
    case = ledger.open_case(application, budget)
    ledger.reserve_to(case, target_cents=1, key="r", by=by)
    application.requested_cents = 200_000

    assert (case.limit_cents, ledger.open_case(application, budget).limit_cents) == (90_000, 90_000)


def test_reserve_to_posts_only_the_difference(budget: Budget, case: CaseAccount, by: User) -> None:
    ledger.reserve_to(case, target_cents=200_000, key="1", by=by)
    ledger.reserve_to(case, target_cents=250_000, key="2", by=by)
    ledger.reserve_to(case, target_cents=120_000, key="3", by=by)
    nothing = ledger.reserve_to(case, target_cents=120_000, key="4", by=by)

    posted = list(Transfer.objects.filter(case=case).values_list("posting", "amount_cents"))
    assert nothing is None
    assert posted == [("reserve", 200_000), ("reserve", 50_000), ("release", 130_000)]
    assert balances(budget) == {"appropriation": 1_000_000, "available": 880_000, "reserved": 120_000}
    assert balances(case) == {"reserved": 120_000}


def test_reserve_above_the_case_is_refused(case: CaseAccount, by: User) -> None:
    with pytest.raises(ledger.OverCase) as refusal:
        ledger.reserve_to(case, target_cents=300_001, key="r", by=by)

    assert refusal.value.limit_cents == 300_000


def test_reserve_above_the_budget_is_refused(case: CaseAccount, budget: Budget, by: User) -> None:
    ledger.block(budget, 900_000, key="b", by=by)

    with pytest.raises(ledger.OverBudget) as refusal:
        ledger.reserve_to(case, target_cents=100_001, key="r", by=by)

    assert refusal.value.available_cents == 100_000


def test_release_all_gives_back_what_is_reserved(case: CaseAccount, budget: Budget, by: User) -> None:
    ledger.reserve_to(case, target_cents=77_777, key="r", by=by)
    ledger.release_all(case, key="x", by=by)

    assert ledger.release_all(case, key="y", by=by) is None
    assert balances(budget) == {"appropriation": 1_000_000, "available": 1_000_000}


def test_commit_order_pay_bounce(budget: Budget, case: CaseAccount, by: User) -> None:
    commit_to(case, 200_000, rest_cents=50_000)
    ledger.release_all(case, key="rest", by=by)
    ledger.order(case, 120_000, key="o", by=by, on=SIGNED)
    ledger.cancel_order(case, 10_000, key="x", by=by)
    ledger.pay(case, 110_000, key="p", by=by)
    ledger.bounce(case, 5_000, key="b", by=by)
    ledger.decommit(case, 15_000, key="d", by=by)

    assert balances(case) == {"committed": 80_000, "disbursed": 105_000}
    assert balances(budget) == {
        "appropriation": 1_000_000, "available": 815_000, "committed": 80_000, "disbursed": 105_000,
    }  # fmt: skip


def test_commit_above_the_decision_is_refused(case: CaseAccount, by: User) -> None:
    ledger.reserve_to(case, target_cents=200_000, key="r", by=by)
    ledger.set_decided(case, 150_000, by=by)

    with pytest.raises(ledger.OverCase) as refusal:
        ledger.commit(case, 150_001, key="c", by=by, on=SIGNED)

    assert refusal.value.limit_cents == 150_000


def test_commit_above_the_reservation_is_refused(case: CaseAccount, by: User) -> None:
    ledger.reserve_to(case, target_cents=100_000, key="r", by=by)
    ledger.set_decided(case, 150_000, by=by)

    with pytest.raises(ledger.OverCase) as refusal:
        ledger.commit(case, 150_000, key="c", by=by, on=SIGNED)

    assert refusal.value.limit_cents == 100_000


def test_decision_above_the_limit_or_below_what_is_bound_is_refused(case: CaseAccount, by: User) -> None:
    commit_to(case, 200_000)

    for cents in (300_001, 199_999):
        with pytest.raises(ledger.OverCase):
            ledger.set_decided(case, cents, by=by)


def test_a_decision_commits_once(case: CaseAccount, by: User) -> None:
    ledger.reserve_to(case, target_cents=200_000, key="r", by=by)
    ledger.set_decided(case, 200_000, by=by)
    ledger.commit(case, 100_000, key="first", by=by, on=SIGNED)

    with pytest.raises(ledger.CommittedBefore):
        ledger.commit(case, 100_000, key="second", by=by, on=SIGNED)


def test_an_undone_commit_can_be_made_again(case: CaseAccount, by: User) -> None:
    commit_to(case, 200_000)
    ledger.decommit(case, 200_000, key="recall", by=by)
    ledger.reserve_to(case, target_cents=200_000, key="again", by=by)
    ledger.commit(case, 200_000, key="second", by=by, on=SIGNED)

    assert balances(case) == {"committed": 200_000}


def test_a_new_decision_commits_its_difference(case: CaseAccount, by: User) -> None:
    commit_to(case, 200_000)
    ledger.set_decided(case, 260_000, by=by)
    ledger.reserve_to(case, target_cents=60_000, key="more", by=by)
    ledger.commit(case, 60_000, key="second", by=by, on=SIGNED)

    assert balances(case) == {"committed": 260_000}


def test_commit_before_the_budget_is_in_force_is_refused(by: User) -> None:
    budget = factories.make_budget(factories.make_fund(), 2026, 100_000, in_force_from=date(2026, 11, 3))
    case = make_case(budget, 50_000)
    ledger.reserve_to(case, target_cents=50_000, key="r", by=by)
    ledger.set_decided(case, 50_000, by=by)

    with pytest.raises(ledger.NotInForce):
        ledger.commit(case, 50_000, key="c", by=by, on=date(2026, 11, 2))


def test_commit_on_the_day_the_budget_comes_into_force(by: User) -> None:
    budget = factories.make_budget(factories.make_fund(), 2026, 100_000, in_force_from=SIGNED)
    case = make_case(budget, 50_000)

    commit_to(case, 50_000)

    assert balances(case) == {"committed": 50_000}


@pytest.mark.parametrize("move", [ledger.order, ledger.decommit])
def test_more_than_committed_is_refused(move: Callable[..., Any], case: CaseAccount, by: User) -> None:
    commit_to(case, 100_000)

    with pytest.raises(ledger.OverCase) as refusal:
        move(case, 100_001, key="k", by=by)

    assert refusal.value.limit_cents == 100_000


def test_order_after_the_year_is_refused_until_the_money_is_carried(case: CaseAccount, by: User) -> None:
    commit_to(case, 100_000)

    ledger.order(case, 60_000, key="last day", by=by, on=date(2026, 12, 31))
    with pytest.raises(ledger.YearOver):
        ledger.order(case, 40_000, key="new year", by=by, on=date(2027, 1, 1))


# --- Keys ----------------------------------------------------------------------------------------------------


def test_the_same_key_twice_changes_nothing(budget: Budget, case: CaseAccount, by: User) -> None:
    commit_to(case, 100_000, rest_cents=1_000)
    calls: list[Callable[[], Transfer | None]] = [
        lambda: ledger.commit(case, 100_000, key=f"commit:{case.pk}", by=by, on=SIGNED),
        lambda: ledger.reserve_to(case, target_cents=101_000, key=f"reserve:{case.pk}", by=by),
        lambda: ledger.release_all(case, key="rest", by=by),
        lambda: ledger.order(case, 100_000, key="o", by=by, on=SIGNED),
        lambda: ledger.pay(case, 100_000, key="p", by=by),
        lambda: ledger.bounce(case, 100_000, key="b", by=by),
        lambda: ledger.block(budget, 10, key="block", by=by),
    ]
    first = [call() for call in calls]
    before = balances(budget), Transfer.objects.count()

    second = [call() for call in calls]

    assert first == second
    assert (balances(budget), Transfer.objects.count()) == before


@pytest.mark.parametrize(
    "again",
    [
        lambda case, other, by: ledger.order(case, 101, key="k", by=by, on=SIGNED),
        lambda case, other, by: ledger.decommit(case, 100, key="k", by=by),
        lambda case, other, by: ledger.order(other, 100, key="k", by=by, on=SIGNED),
        lambda case, other, by: ledger.block(case.budget, 100, key="k", by=by),
        lambda case, other, by: ledger.reserve_to(case, target_cents=100, key="k", by=by),
        lambda case, other, by: ledger.release_all(case, key="k", by=by),
    ],
)
def test_the_same_key_with_other_content_is_a_clash(
    again: Callable[..., Any], budget: Budget, case: CaseAccount, by: User
) -> None:
    other = make_case(budget)
    commit_to(case, 1_000)
    commit_to(other, 1_000)
    ledger.order(case, 100, key="k", by=by, on=SIGNED)

    with pytest.raises(ledger.KeyClash):
        again(case, other, by)


def test_reserve_to_another_target_with_the_same_key_is_a_clash(case: CaseAccount, by: User) -> None:
    ledger.reserve_to(case, target_cents=100, key="k", by=by)

    with pytest.raises(ledger.KeyClash):
        ledger.reserve_to(case, target_cents=200, key="k", by=by)


# --- Claims and interest -------------------------------------------------------------------------------------


def test_claim_recover_write_off_and_return(budget: Budget, by: User) -> None:
    fund_round = factories.make_round(budget.fund, budget_year=2026, repaid_returns=True)
    case = make_case(budget, round=fund_round)
    disburse(case, 100_000)
    ledger.claim(case, 40_000, key="c", by=by)
    ledger.recover(case, 25_000, key="r", by=by)
    ledger.write_off(case, 15_000, key="w", by=by)
    ledger.return_repaid(case, 25_000, key="t", by=by)

    case.refresh_from_db()
    assert (case.claimed_cents, case.receivable_cents, case.recovered_cents) == (40_000, 0, 25_000)
    assert (case.written_off_cents, case.returned_cents) == (15_000, 25_000)
    assert balances(budget) == {
        "appropriation": 1_000_000, "returned": 25_000, "available": 925_000, "disbursed": 100_000,
    }  # fmt: skip


def test_repaid_money_returns_only_where_the_round_says_so(case: CaseAccount, by: User) -> None:
    disburse(case, 100_000)
    ledger.claim(case, 40_000, key="c", by=by)
    ledger.recover(case, 40_000, key="r", by=by)

    with pytest.raises(ledger.NotReturnable):
        ledger.return_repaid(case, 1, key="t", by=by)


def test_claim_above_what_was_paid_is_refused(case: CaseAccount, by: User) -> None:
    disburse(case, 100_000)
    ledger.claim(case, 60_000, key="c", by=by)

    with pytest.raises(ledger.OverCase):
        ledger.claim(case, 40_001, key="d", by=by)


@pytest.mark.parametrize("move", [ledger.recover, ledger.write_off])
def test_more_than_receivable_is_refused(move: Callable[..., Any], case: CaseAccount, by: User) -> None:
    disburse(case, 100_000)
    ledger.claim(case, 60_000, key="c", by=by)

    with pytest.raises(ledger.OverCase):
        move(case, 60_001, key="k", by=by)


def test_interest_has_its_own_circle(budget: Budget, case: CaseAccount, by: User) -> None:
    before = balances(budget)
    ledger.interest_claim(case, 1_234, key="c", by=by)
    ledger.interest_recover(case, 1_000, key="r", by=by)
    ledger.interest_waive(case, 234, key="w", by=by)

    with pytest.raises(ledger.OverCase):
        ledger.interest_recover(case, 1, key="more", by=by)
    case.refresh_from_db()
    figures = (case.interest_claimed_cents, case.interest_receivable_cents)
    assert (*figures, case.interest_received_cents, case.interest_waived_cents) == (1_234, 0, 1_000, 234)
    assert balances(budget) == before


# --- The turn of the year ------------------------------------------------------------------------------------


def later_account(case: CaseAccount) -> CaseAccount:
    return CaseAccount.objects.get(application=case.application_id, budget__year=2027)


def test_carry_moves_open_money_limit_and_decision(budget: Budget, case: CaseAccount, by: User) -> None:
    commit_to(case, 200_000, rest_cents=30_000)
    ledger.order(case, 150_000, key="o", by=by, on=SIGNED)
    ledger.pay(case, 100_000, key="p", by=by)

    made = ledger.carry_all(case, key="y", by=by)

    later = later_account(case)
    assert [transfer.amount_cents for transfer in made] == [30_000, 50_000, 50_000]
    assert balances(case) == {"disbursed": 100_000}
    assert balances(later) == {"reserved": 30_000, "committed": 50_000, "ordered": 50_000}
    assert (case.limit_cents, case.decided_cents) == (100_000, 100_000)
    assert (later.limit_cents, later.decided_cents) == (200_000, 100_000)
    assert (later.origin_year, later.carried_cents) == (2026, 130_000)
    assert balances(budget) == {
        "appropriation": 1_000_000, "available": 770_000, "disbursed": 100_000, "carried_out": 130_000,
    }  # fmt: skip
    assert balances(later.budget) == {
        "carried_in": 130_000, "reserved": 30_000, "committed": 50_000, "ordered": 50_000,
    }  # fmt: skip


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_carry_in_any_order_keeps_the_sum_of_limits(order: tuple[int, ...], case: CaseAccount, by: User) -> None:
    commit_to(case, 290_000, rest_cents=10_000)
    ledger.order(case, 40_000, key="o", by=by, on=SIGNED)
    accounts = (Account.RESERVED, Account.COMMITTED, Account.ORDERED)

    for index in order:
        ledger.carry(case, accounts[index], key=f"y{index}", by=by)

    case.refresh_from_db()
    later = later_account(case)
    assert (case.limit_cents, later.limit_cents) == (0, 300_000)
    assert (case.decided_cents, later.decided_cents) == (0, 290_000)


def test_carry_twice_with_the_same_key_changes_nothing(case: CaseAccount, by: User) -> None:
    commit_to(case, 200_000)

    first = ledger.carry(case, Account.COMMITTED, key="y", by=by)

    assert ledger.carry(case, Account.COMMITTED, key="y", by=by) == first
    assert ledger.carry(case, Account.COMMITTED, key="z", by=by) is None
    assert balances(later_account(case)) == {"committed": 200_000}


def test_carried_money_is_not_carried_again(case: CaseAccount, by: User) -> None:
    commit_to(case, 200_000)
    ledger.carry_all(case, key="y", by=by)

    with pytest.raises(ledger.CarriedBefore):
        ledger.carry_all(later_account(case), key="z", by=by)


def test_carried_reservation_commits_before_the_new_budget_is_in_force(case: CaseAccount, by: User) -> None:
    ledger.reserve_to(case, target_cents=200_000, key="r", by=by)
    ledger.set_decided(case, 200_000, by=by)
    ledger.carry_all(case, key="y", by=by)

    ledger.commit(case, 200_000, key="c", by=by, on=NEXT_YEAR)

    assert balances(later_account(case)) == {"committed": 200_000}


def test_new_money_for_a_carried_case_waits_for_the_budget(case: CaseAccount, by: User) -> None:
    ledger.reserve_to(case, target_cents=100_000, key="r", by=by)
    ledger.set_decided(case, 200_000, by=by)
    ledger.carry_all(case, key="y", by=by)
    factories.make_budget(case.budget.fund, 2027, 500_000, in_force_from=date(2027, 5, 1))
    ledger.reserve_to(case, target_cents=200_000, key="more", by=by)

    with pytest.raises(ledger.NotInForce):
        ledger.commit(case, 100_001, key="c", by=by, on=NEXT_YEAR)


def test_payments_follow_the_money_into_the_next_year(case: CaseAccount, by: User) -> None:
    commit_to(case, 200_000)
    ledger.order(case, 50_000, key="o1", by=by, on=SIGNED)
    ledger.carry_all(case, key="y", by=by)

    ledger.order(case, 150_000, key="o2", by=by, on=NEXT_YEAR)
    ledger.pay(case, 200_000, key="p", by=by)

    assert balances(case) == {}
    assert balances(later_account(case)) == {"disbursed": 200_000}


def test_decision_after_carry_counts_all_years(case: CaseAccount, by: User) -> None:
    commit_to(case, 200_000)
    ledger.order(case, 120_000, key="o", by=by, on=SIGNED)
    ledger.pay(case, 120_000, key="p", by=by)
    ledger.carry_all(case, key="y", by=by)

    later = ledger.set_decided(case, 250_000, by=by)

    assert (later.decided_cents, later.limit_cents) == (130_000, 180_000)
    with pytest.raises(ledger.OverCase):
        ledger.set_decided(case, 300_001, by=by)


def test_authority_that_died_lapses(case: CaseAccount, by: User) -> None:
    commit_to(case, 200_000, rest_cents=30_000)
    ledger.order(case, 150_000, key="o", by=by, on=SIGNED)
    ledger.carry_all(case, key="y", by=by)
    later = later_account(case)

    made = ledger.end_authority(later, key="end", by=by)

    assert [t.posting for t in made] == ["cancel_order", "decommit", "release", "lapse"]
    assert balances(later.budget) == {"carried_in": 230_000, "lapsed": 230_000}


def test_a_closed_year_takes_only_carry_lapse_and_claims(budget: Budget, by: User) -> None:
    paid, open_case = make_case(budget), make_case(budget)
    disburse(paid, 100_000)
    commit_to(open_case, 80_000)
    close(budget)
    refused: list[Callable[[], object]] = [
        lambda: ledger.supplement(budget, 1, key="1", by=by),
        lambda: ledger.block(budget, 1, key="2", by=by),
        lambda: ledger.reserve_to(paid, target_cents=1, key="3", by=by),
        lambda: ledger.order(open_case, 1, key="4", by=by, on=SIGNED),
        lambda: ledger.decommit(open_case, 1, key="5", by=by),
        lambda: ledger.bounce(paid, 1, key="6", by=by),
    ]
    for call in refused:
        with pytest.raises(ledger.YearClosed):
            call()

    ledger.claim(paid, 10_000, key="c", by=by)
    ledger.recover(paid, 10_000, key="r", by=by)
    ledger.carry_all(open_case, key="y", by=by)
    ledger.lapse(budget, 820_000, key="l", by=by)

    assert balances(budget) == {
        "appropriation": 1_000_000, "disbursed": 100_000, "carried_out": 80_000, "lapsed": 820_000,
    }  # fmt: skip


def test_money_back_after_the_close_is_booked_in_the_open_year(budget: Budget, case: CaseAccount, by: User) -> None:
    disburse(case, 100_000)
    later = ledger.open_budget(budget.fund, 2027)
    close(budget)

    first = ledger.bounce(case, 30_000, key="b", by=by)

    assert ledger.bounce(case, 30_000, key="b", by=by) == first
    assert balances(budget) == {"appropriation": 1_000_000, "available": 900_000, "disbursed": 100_000}
    assert balances(later) == {"returned": 30_000, "committed": 30_000}
    account = later_account(case)
    assert (account.limit_cents, account.decided_cents) == (30_000, 30_000)
    assert CaseAccount.objects.get(pk=case.pk).late_returned_cents == 30_000


def test_money_back_can_be_given_up_and_committed_again(budget: Budget, case: CaseAccount, by: User) -> None:
    disburse(case, 100_000)
    later = factories.make_budget(budget.fund, 2027, 100_000)
    close(budget)
    ledger.bounce(case, 30_000, key="b", by=by)

    ledger.decommit(case, 30_000, key="d", by=by)
    ledger.reserve_to(case, target_cents=30_000, key="r", by=by)
    with pytest.raises(ledger.CommittedBefore), transaction.atomic():
        ledger.commit(case, 30_000, key="c", by=by, on=NEXT_YEAR)
    # 70,000 of the old decision stay paid, so the money needs a new one.
    ledger.set_decided(case, 100_000, by=by)
    ledger.commit(case, 30_000, key="c", by=by, on=NEXT_YEAR)

    assert balances(later_account(case)) == {"committed": 30_000}
    assert balances(later) == {
        "appropriation": 100_000, "returned": 30_000, "available": 100_000, "committed": 30_000,
    }  # fmt: skip


def test_no_more_comes_back_than_was_paid(budget: Budget, case: CaseAccount, by: User) -> None:
    disburse(case, 100_000)
    ledger.open_budget(budget.fund, 2027)
    close(budget)
    ledger.claim(case, 50_000, key="c", by=by)
    ledger.bounce(case, 50_000, key="b", by=by)

    with pytest.raises(ledger.OverCase):
        ledger.bounce(case, 1, key="b2", by=by)


def test_a_closed_year_stays_closed(budget: Budget) -> None:
    close(budget)
    before = Budget.objects.get(pk=budget.pk).closed_at
    close(budget)

    assert Budget.objects.get(pk=budget.pk).closed_at == before


# --- The rest ------------------------------------------------------------------------------------------------


def test_budget_of_is_the_budget_of_the_rounds_year(budget: Budget) -> None:
    assert ledger.budget_of(make_applicant(budget)) == budget


def test_budget_of_follows_carried_money(case: CaseAccount, by: User) -> None:
    commit_to(case, 1_000)
    ledger.carry_all(case, key="y", by=by)

    assert ledger.budget_of(case.application).year == 2027
    assert ledger.account_of(case.application) == later_account(case)


def test_budget_of_without_budget_is_refused(budget: Budget) -> None:
    application = make_applicant(budget, round=factories.make_round(budget.fund, budget_year=2031))

    with pytest.raises(ledger.NoBudget):
        ledger.budget_of(application)


def test_the_ledger_writes_only_inside_a_transaction(budget: Budget) -> None:
    connection.in_atomic_block, kept = False, connection.in_atomic_block
    try:
        with pytest.raises(RuntimeError):
            ledger.lock(budget)
    finally:
        connection.in_atomic_block = kept
