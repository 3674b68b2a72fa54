"""Corrections by two people, the reserve list, the round's own steps, and what time does."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from accounts import clock
from accounts.audit import case_history, open_proposal
from accounts.exceptions import NeedsReason, NotPermitted, SecondPersonNeeded
from accounts.models import Proposal
from accounts.states import Role
from grants.models import Application, Round
from grants.states import ApplicationState as A
from grants.states import RoundState
from notifications.models import Notice
from payments import ledger
from reviews import steps
from reviews.actions import committee as actions
from reviews.actions import jury as jury_actions
from reviews.actions import sweeping
from reviews.exceptions import (
    AlreadySeated,
    ChairTaken,
    HandlesCases,
    NotNextInRank,
    NotYetDecided,
    PaperNumberTaken,
    ReserveListOver,
    ScoringNotFinished,
    StillInCheck,
)
from reviews.models import Decision, Juror
from reviews.states import CORRECTION, Recommendation
from reviews.states import DecisionOutcome as O
from reviews.steps.committee import Word
from tests import factories as make
from tests.reviews.worlds import (
    DAY,
    World,
    account,
    fill,
    fresh,
    hand_in,
    make_world,
    meet,
    money,
    start,
    to_committee,
    to_last_body,
    vote,
    within,
)

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]


def decided(world: World, *words: Word) -> list[Application]:
    """Let the last body say these words, one for each case."""
    for case, word in zip(world.cases, words, strict=True):
        last = to_last_body(world, case)
        within(partial(steps.record_decision, last, word, by=world.clerk, decided_on=DAY, now=clock.now()))
    return [fresh(case) for case in world.cases]


def proposed(world: World, case: Application) -> Proposal:
    actions.propose_correction(application=case, reason="Zahlendreher", by=world.clerk)
    proposal = open_proposal(CORRECTION, case)
    assert proposal is not None
    return proposal


@pytest.mark.parametrize(
    "word",
    [Word(O.FUND, 12_345), Word(O.RESERVE, 80_000, rank=1), Word(O.DECLINE, reason="zu teuer")],
)
def test_correction_supersedes_and_puts_the_reservation_back_to_the_proposal(word: Word) -> None:
    world = to_committee()
    (case,) = decided(world, word)

    actions.confirm_correction(application=case, proposal=proposed(world, case), by=world.head)

    assert fresh(case).state == A.IN_COMMITTEE
    assert money(world) == (920_000, 80_000)
    old = Decision.objects.get(outcome=word.outcome)
    assert (old.superseded_at is None, old.amount_cents) == (False, word.amount_cents)
    (again,) = [fresh(case)]
    within(lambda: steps.record_decision(again, Word(O.FUND, 70_000), by=world.clerk, decided_on=DAY, now=clock.now()))
    assert (account(case).reserved_cents, account(case).decided_cents) == (70_000, 70_000)


def test_correction_needs_a_second_person_of_the_fund() -> None:
    world = to_committee()
    (case,) = decided(world, Word(O.FUND, 80_000))
    proposal = proposed(world, case)
    with pytest.raises(SecondPersonNeeded):
        actions.confirm_correction(application=case, proposal=proposal, by=world.clerk)
    with pytest.raises(NotPermitted):
        actions.confirm_correction(application=case, proposal=proposal, by=world.chair.user)
    assert fresh(case).state == A.APPROVED


def test_correction_only_by_the_clerk_and_with_a_reason() -> None:
    world = to_committee()
    (case,) = decided(world, Word(O.FUND, 80_000))
    with pytest.raises(NotPermitted):
        actions.propose_correction(application=case, reason="x", by=world.coordinator)
    with pytest.raises(NeedsReason):
        actions.propose_correction(application=case, reason=" ", by=world.clerk)


def test_correction_waits_while_the_money_is_elsewhere() -> None:
    world = to_committee(cases=2, money=160_000)
    first, second = decided(world, Word(O.DECLINE, reason="nein"), Word(O.POSTPONE, reason="vertagt"))
    budget = ledger.budget_of(second)
    within(lambda: ledger.block(budget, 80_000, key="block", by=world.head, reason="Sperre"))
    with pytest.raises(ledger.OverBudget):
        actions.confirm_correction(application=first, proposal=proposed(world, first), by=world.head)
    assert fresh(first).state == A.DECLINED


def test_reserve_list_moves_up_by_rank_and_reserves_exactly() -> None:
    world = to_committee(cases=2)
    first, second = decided(world, Word(O.RESERVE, 60_000, rank=1), Word(O.RESERVE, 80_000, rank=2))
    with pytest.raises(NotNextInRank):
        actions.move_up(application=second, by=world.head)

    actions.move_up(application=first, by=world.head)

    assert fresh(first).state == A.APPROVED
    assert money(world) == (940_000, 60_000)
    assert account(first).decided_cents == 60_000
    assert list(first.decisions.filter(superseded_at=None).values_list("outcome", "amount_cents")) == [
        (O.FUND, 60_000), (O.RECOMMEND, 80_000),
    ]  # fmt: skip


def test_passing_over_is_logged_with_its_reason() -> None:
    world = to_committee(cases=2)
    first, second = decided(world, Word(O.RESERVE, 60_000, rank=1), Word(O.RESERVE, 80_000, rank=2))
    actions.move_up(application=second, by=world.head, reason="Projekt 1 ist verschoben")
    assert fresh(second).state == A.APPROVED
    passed = case_history(first.case_key).get(action="passed_over")
    assert passed.reason == "Projekt 1 ist verschoben"


def test_only_the_head_moves_up_and_only_what_fits() -> None:
    world = to_committee()
    (case,) = decided(world, Word(O.RESERVE, 80_000, rank=1))
    with pytest.raises(NotPermitted):
        actions.move_up(application=case, by=world.clerk)
    budget = ledger.budget_of(case)
    within(lambda: ledger.block(budget, 920_001, key="block", by=world.head, reason="Sperre"))
    with pytest.raises(ledger.OverBudget):
        actions.move_up(application=case, by=world.head)
    assert (fresh(case).state, money(world)) == (A.RESERVE_LISTED, (79_999, 0))


def test_reserve_list_ends_with_its_last_day() -> None:
    last = clock.today()
    world = to_committee(reserve_list_until=last)
    (case,) = decided(world, Word(O.RESERVE, 80_000, rank=1))
    sweeping.expire_reserve_lists()
    assert fresh(case).state == A.RESERVE_LISTED

    make.change_round(world.round, reserve_list_until=last - timedelta(days=1))

    with pytest.raises(ReserveListOver):
        actions.move_up(application=fresh(case), by=world.head)
    sweeping.expire_reserve_lists()
    assert fresh(case).state == A.DECLINED


def test_list_sent_back_keeps_its_money_and_comes_again() -> None:
    world = to_committee(cases=2)

    actions.send_back(round=world.round, reason="neue Reihenfolge", by=world.clerk)

    assert Round.objects.get(pk=world.round.pk).state == RoundState.JURY
    assert {fresh(case).state for case in world.cases} == {A.RANKED}
    assert money(world) == (840_000, 160_000)
    assert Notice.objects.filter(code="N09").count() == 2
    hand_in(world, "2")
    assert money(world) == (840_000, 160_000)
    assert {case.state for case in world.cases} == {A.IN_COMMITTEE}


def test_postponed_case_with_a_lower_vote_releases_the_difference() -> None:
    world = to_committee(cases=2)
    decided(world, Word(O.POSTPONE, reason="vertagt"), Word(O.FUND, 80_000))
    case = fresh(world.cases[0])
    within(lambda: steps.reopen_ranking(case, by=world.chair.user, reason="neu", now=clock.now()))
    session = world.round.jury_sessions.get()
    vote(world, session, case, 30_000)
    with pytest.raises(PaperNumberTaken):
        hand_in(world)
    hand_in(world, "2")
    assert fresh(case).state == A.IN_COMMITTEE
    assert money(world) == (890_000, 110_000)


def test_round_is_decided_when_every_case_is() -> None:
    world = to_committee(cases=2)
    with pytest.raises(NotYetDecided):
        actions.finish_round(round=world.round, by=world.clerk)
    decided(world, Word(O.FUND, 80_000), Word(O.POSTPONE, reason="vertagt"))
    assert actions.finish_round(round=world.round, by=world.clerk).state == RoundState.DECIDED


def test_scoring_starts_when_the_check_is_done_or_the_rest_is_marked() -> None:
    world = make_world()
    late = make.make_application(round=world.round, state=A.RETURNED)
    with pytest.raises(StillInCheck):
        jury_actions.start_scoring(round=world.round, due_date=DAY, stragglers=[], by=world.coordinator)
    started = jury_actions.start_scoring(round=world.round, due_date=DAY, stragglers=[late.pk], by=world.coordinator)
    assert started.state == RoundState.SCORING
    assert case_history(late.case_key).filter(action="mark_straggler").count() == 1


def test_session_waits_for_the_end_of_scoring() -> None:
    world = start(make_world())
    with pytest.raises(ScoringNotFinished):
        meet(world)


def test_seats_are_refused_to_people_who_handle_cases() -> None:
    world = make_world()
    for person in (world.coordinator, world.officer, make.make_staff(world.fund, Role.TREASURY), make.make_auditor()):
        with pytest.raises(HandlesCases):
            jury_actions.appoint_juror(round=world.round, user=person, by=world.coordinator)
    with pytest.raises(AlreadySeated):
        jury_actions.appoint_juror(round=world.round, user=world.chair.user, by=world.coordinator)
    with pytest.raises(ChairTaken):
        jury_actions.appoint_juror(round=world.round, user=make.make_user(), by=world.coordinator, chairs=True)
    with pytest.raises(NotPermitted):
        jury_actions.appoint_juror(round=world.round, user=make.make_user(), by=world.head)


def test_juror_who_takes_up_a_role_loses_the_seat() -> None:
    world = make_world()
    make.give_role(world.jurors[2].user, world.fund, Role.CASE_OFFICER)
    make.give_role(world.jurors[3].user, make.make_fund(), Role.CASE_OFFICER)
    sweeping.end_seats_of_staff()
    ended = Juror.objects.filter(ended_at__isnull=False)
    assert [juror.pk for juror in ended] == [world.jurors[2].pk]


def test_jurors_with_open_sheets_are_reminded_once_a_day() -> None:
    world = start(make_world())
    fill(world, world.cases[0], world.jurors[0], 4)
    clock.freeze(datetime(2026, 11, 18, 9, tzinfo=UTC))
    sweeping.remind_jurors()
    sweeping.remind_jurors()
    assert date(2026, 11, 18) == DAY - timedelta(days=2)
    reminded = Notice.objects.filter(key__startswith="N07:reminder").values_list("user", flat=True)
    assert sorted(reminded) == sorted(juror.user_id for juror in world.jurors[1:])
    clock.freeze(None)


def test_small_fund_without_a_jury_is_ranked_by_its_coordinator() -> None:
    world = start(make_world(jurors=0, min_reviews=0, quorum=0))
    within(lambda: steps.close_scoring(world.cases[0], by=world.coordinator))
    round_ = Round.objects.get(pk=world.round.pk)
    session = within(lambda: steps.open_session(round_, [], by=world.coordinator, held_on=DAY, now=clock.now()))
    ballot = steps.Ballot(Recommendation.FUND, 80_000, "gut", yes=0)
    within(lambda: steps.record_vote(fresh(world.cases[0]), session, ballot, by=world.coordinator, now=clock.now()))
    assert fresh(world.cases[0]).state == A.RANKED


def test_jurors_hear_once_of_many_cases_assigned_later() -> None:
    world = start(make_world())
    later = [make.make_application(round=world.round, state=A.ELIGIBLE) for _ in range(3)]
    before = Notice.objects.filter(code="N07").count()
    assert before == len(world.jurors)

    assert jury_actions.assign_jury(applications=later, jurors=world.jurors, by=world.coordinator) == 3

    assert Notice.objects.filter(code="N07").count() == before + len(world.jurors)
    assert {fresh(case).state for case in later} == {A.IN_REVIEW}
