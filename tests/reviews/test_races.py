"""Two people at the same moment: one wins, nothing is half done."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from accounts.exceptions import LostRace, NotPossible
from accounts.models import User
from accounts.states import Role
from grants.states import ApplicationState as A
from reviews.actions import approvals, fast_track
from reviews.actions import committee as actions
from reviews.actions import sheets as sheet_actions
from reviews.models import Decision
from reviews.states import DecisionOutcome as O
from reviews.states import ReviewState as S
from reviews.states import WithdrawalGround
from reviews.steps import Summary
from reviews.steps.committee import Word
from tests import factories as make
from tests.reviews.test_decisions_later import decided
from tests.reviews.test_fast_track import ASKED, routed, small_books, small_world
from tests.reviews.worlds import (
    DAY,
    account,
    answers_of,
    fill,
    fresh,
    make_world,
    money,
    start,
    to_committee,
    to_last_body,
)

pytestmark = pytest.mark.committing

Threads = Callable[[list[Callable[[], Any]]], list[Any]]


def test_clerks_deciding_the_same_case_one_wins(in_threads: Threads) -> None:
    world = to_committee()
    case = to_last_body(world, world.cases[0])
    words = [Word(O.FUND, 10_000 * n) for n in range(1, 5)] + [Word(O.DECLINE, reason="nein")]
    clerks = [make.make_staff(world.fund, Role.COMMITTEE_CLERK) for _ in words]

    results = in_threads(
        [
            lambda word=word, clerk=clerk: actions.record_decision(  # type: ignore[misc]
                application=fresh(case), word=word, decided_on=DAY, seen_version=case.version, by=clerk
            )
            for word, clerk in zip(words, clerks, strict=True)
        ]
    )

    won = [result for result in results if isinstance(result, Decision)]
    lost = [result for result in results if isinstance(result, LostRace)]
    refused = [type(result).__name__ for result in results if not isinstance(result, Decision)]
    assert (len(won), len(won) + len(refused)) == (1, len(words))
    assert len(lost) + refused.count("NotPossible") + refused.count("NotInChain") == len(refused), results
    decision = Decision.objects.get(outcome__in=[O.FUND, O.DECLINE])
    assert money(world) == (1_000_000 - decision.amount_cents, decision.amount_cents)
    assert account(case).reserved_cents == decision.amount_cents


def test_last_euros_go_to_one_of_two_amendments(in_threads: Threads) -> None:
    world = to_committee(cases=2, cents=50_000, money=110_000)
    cases = [to_last_body(world, case) for case in world.cases]

    results = in_threads(
        [
            lambda case=case: actions.record_decision(  # type: ignore[misc]
                application=fresh(case), word=Word(O.FUND, 60_000), decided_on=DAY,
                seen_version=case.version, by=world.clerk,
            )
            for case in cases
        ]
    )  # fmt: skip

    assert sorted(type(result).__name__ for result in results) == ["Decision", "OverBudget"]
    assert money(world) == (0, 110_000)
    assert sorted(fresh(case).state for case in cases) == [A.APPROVED, A.IN_COMMITTEE]


def test_sheet_handed_in_twice_counts_once(in_threads: Threads) -> None:
    world = start(make_world())
    juror = world.jurors[2]
    sheet = fill(world, world.cases[0], juror, 3, hand_in=False)
    answers = answers_of(world.round, 4)

    def submit() -> Any:
        seen = world.sheet(world.cases[0], juror)
        return sheet_actions.submit_sheet(
            review=seen, answers=answers, summary=Summary(), seen_version=sheet.version, by=juror.user
        )

    results = in_threads([submit, submit, submit])

    assert sum(not isinstance(result, Exception) for result in results) == 1
    done = world.sheet(world.cases[0], juror)
    assert (done.state, done.version, done.scores.count()) == (S.SUBMITTED, sheet.version + 1, 8)


def test_decisions_about_a_small_project_one_wins(in_threads: Threads) -> None:
    world = small_world()
    case = routed(world)
    heads = [make.make_staff(world.fund, Role.HEAD_OF_UNIT) for _ in range(6)]
    acts: list[Callable[[User], Any]] = [
        lambda head: fast_track.grant(application=fresh(case), amount_cents=10_000, by=head),
        lambda head: fast_track.grant(application=fresh(case), amount_cents=20_000, by=head),
        lambda head: fast_track.decline(application=fresh(case), by=head, reason="nein"),
    ]

    results = in_threads([partial(act, head) for act, head in zip(acts * 2, heads, strict=True)])

    decision = Decision.objects.get()
    refused = [result for result in results if isinstance(result, LostRace | NotPossible)]
    assert len(refused) == len(results) - 1, results
    assert small_books(world) == (1_000_000 - decision.amount_cents, decision.amount_cents, 0)
    assert fresh(case).state == (A.APPROVED if decision.outcome == O.FUND else A.DECLINED)


def test_last_euros_for_small_projects_go_to_those_who_fit(in_threads: Threads) -> None:
    world = small_world(cases=6, money=ASKED * 2 + 1)

    results = in_threads(
        [partial(fast_track.route, application=fresh(case), by=world.coordinator) for case in world.cases]
    )

    states = [fresh(case).state for case in world.cases]
    assert small_books(world) == (1, ASKED * 2, 0), results
    assert (states.count(A.FAST_TRACK), states.count(A.ELIGIBLE)) == (2, 4)


def test_grant_is_taken_back_once(in_threads: Threads) -> None:
    world = to_committee()
    (case,) = decided(world, Word(O.FUND, 80_000))
    proposal = approvals.propose_withdrawal(
        application=case, ground=WithdrawalGround.ENDED, reason="Aufgelöst", by=world.head
    )
    seconds = [make.make_staff(world.fund, Role.CASE_OFFICER) for _ in range(4)]

    results = in_threads(
        [
            partial(approvals.confirm_withdrawal, application=fresh(case), proposal=proposal, by=second)
            for second in seconds
        ]
    )

    assert sum(isinstance(result, Decision) for result in results) == 1
    assert sum(isinstance(result, LostRace) for result in results) == 3, results
    assert (fresh(case).state, money(world)) == (A.DECLINED, (1_000_000, 0))
