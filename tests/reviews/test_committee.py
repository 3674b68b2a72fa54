"""Papers and decisions, with exact amounts in the ledger after each."""

import pytest

from accounts import clock
from accounts.exceptions import LostRace, NeedsReason, NotPermitted
from grants.models import Application
from grants.states import ApplicationState as A
from grants.states import RoundState
from notifications.models import Notice
from payments import ledger
from reviews import steps
from reviews.exceptions import AmountOutOfBounds, ListTooExpensive, NotInChain, RankTaken
from reviews.models import Decision, PaperItem
from reviews.states import DecisionOutcome as O
from reviews.states import Recommendation
from reviews.steps.committee import Word
from tests.reviews.worlds import (
    DAY,
    World,
    account,
    fresh,
    give_money,
    hand_in,
    make_world,
    meet,
    money,
    score,
    start,
    to_committee,
    to_last_body,
    vote,
    within,
)

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


def decide(world: World, case: Application, word: Word, **more: object) -> Decision:
    decision: Decision = within(
        lambda: steps.record_decision(case, word, by=world.clerk, decided_on=DAY, now=clock.now(), **more)  # type: ignore[arg-type]
    )
    return decision


def test_paper_reserves_the_proposals_to_fund_and_nothing_else() -> None:
    world = score(start(make_world(cases=3)))
    give_money(world, 200_000)
    session = meet(world)
    vote(world, session, world.cases[0], 80_000)
    vote(world, session, world.cases[1], 50_000, Recommendation.PARTIAL)
    vote(world, session, world.cases[2], 70_000, Recommendation.RESERVE)

    hand_in(world)

    assert money(world) == (70_000, 130_000)
    assert [account(case).reserved_cents for case in world.cases[:2]] == [80_000, 50_000]
    assert [case.state for case in world.cases] == [A.IN_COMMITTEE] * 3
    assert world.round.state == RoundState.COMMITTEE
    assert list(PaperItem.objects.order_by("position").values_list("application", "amount_cents")) == [
        (world.cases[0].pk, 80_000), (world.cases[1].pk, 50_000), (world.cases[2].pk, 70_000),
    ]  # fmt: skip
    assert Notice.objects.filter(code="N08").count() == 3


def test_list_too_expensive_reserves_nothing_and_names_the_gap() -> None:
    world = score(start(make_world(cases=2)))
    give_money(world, 159_999)
    session = meet(world)
    for case in world.cases:
        vote(world, session, case, 80_000)

    with pytest.raises(ListTooExpensive) as refusal:
        hand_in(world)

    assert refusal.value.missing_cents == 1
    assert money(world) == (159_999, 0)
    assert {fresh(case).state for case in world.cases} == {A.RANKED}


def test_first_body_only_recommends_and_the_reservation_stays() -> None:
    world = to_committee()

    with pytest.raises(NotInChain):
        decide(world, world.cases[0], Word(O.FUND, 80_000))
    decide(world, world.cases[0], Word(O.RECOMMEND, 60_000))

    assert fresh(world.cases[0]).state == A.IN_COMMITTEE
    assert money(world) == (920_000, 80_000)


@pytest.mark.parametrize(
    ("word", "state", "books", "reserved", "decided"),
    [
        (Word(O.FUND, 80_000), A.APPROVED, (920_000, 80_000), 80_000, 80_000),
        (Word(O.FUND, 45_001), A.APPROVED, (954_999, 45_001), 45_001, 45_001),
        (Word(O.RESERVE, 80_000, rank=1), A.RESERVE_LISTED, (1_000_000, 0), 0, None),
        (Word(O.DECLINE, reason="zu teuer"), A.DECLINED, (1_000_000, 0), 0, None),
        (Word(O.POSTPONE, reason="vertagt"), A.RANKED, (920_000, 80_000), 80_000, None),
    ],
)
def test_decision_moves_the_money_exactly(
    word: Word, state: str, books: tuple[int, int], reserved: int, decided: int | None
) -> None:
    world = to_committee()
    case = to_last_body(world, world.cases[0])

    decide(world, case, word)

    assert fresh(case).state == state
    assert money(world) == books
    assert (account(case).reserved_cents, account(case).decided_cents) == (reserved, decided)


def test_amendment_upwards_must_be_available() -> None:
    world = to_committee(cents=50_000, money=60_000)
    case = to_last_body(world, world.cases[0])

    with pytest.raises(ledger.OverBudget) as refusal:
        decide(world, case, Word(O.FUND, 80_000))
    assert refusal.value.available_cents == 10_000
    assert fresh(case).state == A.IN_COMMITTEE

    decide(world, case, Word(O.FUND, 60_000))
    assert money(world) == (0, 60_000)


@pytest.mark.parametrize("cents", [0, 80_001])
def test_amount_stays_within_requested_maximum_and_eligible(cents: int) -> None:
    world = to_committee()
    case = to_last_body(world, world.cases[0])
    with pytest.raises(AmountOutOfBounds) as refusal:
        decide(world, case, Word(O.FUND, cents))
    assert refusal.value.limit_cents == 80_000


def test_rejection_needs_a_reason() -> None:
    world = to_committee()
    case = to_last_body(world, world.cases[0])
    with pytest.raises(NeedsReason):
        decide(world, case, Word(O.DECLINE, reason=" "))


def test_only_the_clerk_records() -> None:
    world = to_committee()
    with pytest.raises(NotPermitted):
        within(
            lambda: steps.record_decision(
                world.cases[0], Word(O.RECOMMEND, 1), by=world.coordinator, decided_on=DAY, now=clock.now()
            )
        )


def test_same_body_recorded_twice_from_an_old_page_loses() -> None:
    world = to_committee()
    case = world.cases[0]
    decide(world, case, Word(O.RECOMMEND, 80_000), seen_version=case.version)
    with pytest.raises(LostRace):
        decide(world, fresh(case), Word(O.FUND, 80_000), seen_version=case.version)
    assert Decision.objects.count() == 1


def test_rank_on_the_reserve_list_is_taken_once() -> None:
    world = to_committee(cases=2)
    first, second = (to_last_body(world, case) for case in world.cases)
    decide(world, first, Word(O.RESERVE, 80_000, rank=1))
    with pytest.raises(RankTaken):
        decide(world, second, Word(O.RESERVE, 80_000, rank=1))


def test_results_are_told_early_only_where_the_round_says_so() -> None:
    quiet, loud = to_committee(), to_committee(notify_decision=True)
    for world in (quiet, loud):
        decide(world, to_last_body(world, world.cases[0]), Word(O.FUND, 80_000))
    assert list(Notice.objects.filter(code="N10").values_list("case_key", flat=True)) == [loud.cases[0].case_key]
