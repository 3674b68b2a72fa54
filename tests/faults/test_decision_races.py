"""64 decisions at once for the last euros, each the whole action of a clerk: the sum never passes the budget."""

import os
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import pytest

from accounts.exceptions import Busy
from accounts.models import User
from grants.states import ApplicationState as A
from grants.states import RoundState
from payments.queries import books
from reviews.actions import committee as actions
from reviews.models import Decision, JurySession, Vote
from reviews.states import DecisionOutcome as O
from reviews.states import Recommendation
from reviews.steps.committee import Word
from tests import factories as make
from tests.reviews.worlds import DAY, World, fresh, give_money, hand_in, make_world, money

pytestmark = pytest.mark.committing

CASES = 64
PROPOSED, DECIDED = 10_000, 60_000
ROUNDS = int(os.environ.get("ACTION_RACE_ROUNDS", "1"))
InThreads = Callable[[Sequence[Callable[[], Any]]], list[Any]]


def before_the_last_body(wins: int) -> World:
    """64 cases before a body that grants each more than was proposed; the money left is enough for `wins`."""
    world = make_world(
        cases=0, round_state=RoundState.JURY, committee_chain=[{"body": "Regionsausschuss", "decides": True}]
    )
    organisation = make.make_organisation()
    by = make.make_member(organisation)
    world.cases = [
        make.make_application(round=world.round, organisation=organisation, by=by, state=A.RANKED) for _ in range(CASES)
    ]
    session = JurySession.objects.create(round=world.round, held_on=DAY, opened_by=world.chair.user)
    Vote.objects.bulk_create(
        Vote(
            application=case, session=session, recommendation=Recommendation.FUND, amount_cents=PROPOSED,
            reason="gut", recorded_by=world.chair.user,
        )
        for case in world.cases
    )  # fmt: skip
    give_money(world, CASES * PROPOSED + (wins + 1) * (DECIDED - PROPOSED) - 1)
    hand_in(world)
    return world


def patiently(decide: Callable[[], Decision]) -> Decision:
    """Press again when somebody else held the budget for too long, as a clerk is asked to."""
    for _press in range(20):
        with suppress(Busy):
            return decide()
    return decide()


@pytest.mark.parametrize("wins", [1, 7] * ROUNDS)
def test_64_decisions_of_a_committee_for_the_last_euros(wins: int, in_threads: InThreads) -> None:
    world = before_the_last_body(wins)
    # Each clerk has a page and a sign-in of their own; what a person's object keeps is no common ground.
    seen = [(fresh(case), User.objects.get(pk=world.clerk.pk)) for case in world.cases]

    results = in_threads(
        [
            partial(
                patiently,
                partial(
                    actions.record_decision,
                    application=case, word=Word(O.FUND, DECIDED), decided_on=DAY, seen_version=case.version,
                    by=clerk,
                ),
            )
            for case, clerk in seen
        ]
    )  # fmt: skip

    assert Counter(type(result).__name__ for result in results) == {"Decision": wins, "OverBudget": CASES - wins}
    left, reserved = money(world)
    assert (left, reserved) == (DECIDED - PROPOSED - 1, CASES * PROPOSED + wins * (DECIDED - PROPOSED))
    assert Decision.objects.count() == wins
    assert sorted({fresh(case).state for case in world.cases}) == [A.APPROVED, A.IN_COMMITTEE]
    assert books.check().errors == []
