"""Small projects: routed by one person, decided by another, paid from a part of the budget of their own."""

from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import audit
from accounts.exceptions import LostRace, NeedsReason, NotPermitted, NotPossible, SecondPersonNeeded
from accounts.models import Membership, User
from accounts.states import MemberRole, Role
from grants import applicant_view
from grants.models import Application
from grants.states import ApplicationState as A
from grants.states import RoundState
from notifications.models import Notice
from payments import ledger
from payments.actions import letters
from payments.models import Budget, CaseAccount, Transfer
from payments.states import Posting, SubBudget
from reviews.actions import committee, fast_track
from reviews.actions.withdrawals import withdraw
from reviews.exceptions import AmountOutOfBounds, FastTrackSpent, NotOfABody
from reviews.queries.basis import basis_of
from reviews.queries.case import steps_for
from reviews.queries.ranking import all_rows, ranked_cases
from reviews.queries.tasks import tasks_of
from reviews.states import DecisionOutcome as O
from reviews.states import Recommendation
from tests import factories as make
from tests.payments import chain
from tests.reviews.worlds import (
    World,
    fresh,
    give_money,
    hand_in,
    make_world,
    meet,
    score,
    start,
    vote,
    within,
)

pytestmark = [pytest.mark.django_db, pytest.mark.earnest]

# What a case of the factories asks for.
ASKED = 80_000


def small_world(*, cases: int = 1, money: int = 1_000_000, **rules: Any) -> World:
    """Accepted cases in a round whose office decides up to 1,000 € alone, with money for them."""
    world = make_world(cases=cases, **{"fast_track_max_cents": 100_000} | rules)
    make.make_budget(world.fund, 2026, money, sub_budget=SubBudget.FAST_TRACK)
    return world


def routed(world: World, case: Application | None = None) -> Application:
    fast_track.route(application=fresh(case or world.cases[0]), by=world.coordinator)
    return fresh(case or world.cases[0])


def small_books(world: World) -> tuple[int, int, int]:
    """Available, reserved and committed cents of the part for small projects."""
    budget = Budget.objects.get(fund=world.fund, sub_budget=SubBudget.FAST_TRACK)
    return budget.available_cents, budget.reserved_cents, budget.committed_cents


def postings(case: Application) -> list[tuple[str, int, str]]:
    rows = Transfer.objects.filter(case__application=case).order_by("pk")
    return list(rows.values_list("posting", "amount_cents", "budget__sub_budget"))


# --- putting it there ---------------------------------------------------------------------------------------


def test_routing_reserves_what_is_asked_for_in_the_part_for_small_projects() -> None:
    world = small_world()

    case = routed(world)

    assert (case.state, case.routed_by) == (A.FAST_TRACK, world.coordinator)
    assert small_books(world) == (1_000_000 - ASKED, ASKED, 0)
    assert postings(case) == [(Posting.RESERVE, ASKED, SubBudget.FAST_TRACK)]


@pytest.mark.parametrize(("limit", "fits"), [(0, False), (ASKED - 1, False), (ASKED, True)])
def test_only_up_to_the_limit_of_the_round(limit: int, fits: bool) -> None:
    world = small_world(fast_track_max_cents=limit)
    case = fresh(world.cases[0])

    if fits:
        assert routed(world).state == A.FAST_TRACK
    else:
        with pytest.raises(NotPossible):
            fast_track.route(application=case, by=world.coordinator)
        assert (fresh(case).state, small_books(world)) == (A.ELIGIBLE, (1_000_000, 0, 0))


def test_only_the_coordinator_routes() -> None:
    world = small_world()
    for person in (world.head, world.officer, world.clerk, world.chair.user, world.cases[0].created_by):
        with pytest.raises(NotPermitted):
            fast_track.route(application=fresh(world.cases[0]), by=person)


@pytest.mark.parametrize("state", [s for s in A if s not in (A.ELIGIBLE, A.DRAFT, A.DISCARDED)])
def test_only_accepted_cases_are_routed(state: str) -> None:
    world = small_world(state=state)

    with pytest.raises(NotPossible):
        fast_track.route(application=fresh(world.cases[0]), by=world.coordinator)


def test_no_more_than_the_part_of_the_budget_holds() -> None:
    world = small_world(cases=2, money=ASKED * 2 - 1)
    routed(world, world.cases[0])

    with pytest.raises(FastTrackSpent) as refusal:
        fast_track.route(application=fresh(world.cases[1]), by=world.coordinator)

    assert refusal.value.left_cents == ASKED - 1
    assert fresh(world.cases[1]).state == A.ELIGIBLE
    assert small_books(world) == (ASKED - 1, ASKED, 0)


def test_no_more_than_the_share_of_the_round() -> None:
    world = small_world(cases=2, fast_track_budget_cents=ASKED * 2 - 1)
    case = routed(world, world.cases[0])
    with pytest.raises(FastTrackSpent):
        routed(world, world.cases[1])

    fast_track.grant(application=case, amount_cents=ASKED - 1, by=world.head)

    assert routed(world, world.cases[1]).state == A.FAST_TRACK


def test_money_of_the_jury_is_not_money_for_small_projects() -> None:
    world = make_world(fast_track_max_cents=100_000)
    give_money(world, 1_000_000)

    with pytest.raises(ledger.NoBudget):
        fast_track.route(application=fresh(world.cases[0]), by=world.coordinator)


# --- deciding -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [1, 50_000, ASKED])
def test_grant_keeps_exactly_the_amount_reserved(amount: int) -> None:
    world = small_world()
    case = routed(world)

    decision = fast_track.grant(application=case, amount_cents=amount, by=world.head)

    assert fresh(case).state == A.APPROVED
    assert small_books(world) == (1_000_000 - amount, amount, 0)
    account = CaseAccount.objects.get(application=case)
    assert (account.reserved_cents, account.decided_cents) == (amount, amount)
    assert (decision.outcome, decision.amount_cents, decision.paper) == (O.FUND, amount, None)
    assert basis_of(fresh(case)).decided_by == world.fund.authority


@pytest.mark.parametrize("amount", [-1, 0, ASKED + 1])
def test_amount_out_of_bounds(amount: int) -> None:
    world = small_world()
    case = routed(world)

    with pytest.raises(AmountOutOfBounds):
        fast_track.grant(application=case, amount_cents=amount, by=world.head)

    assert (fresh(case).state, small_books(world)) == (A.FAST_TRACK, (1_000_000 - ASKED, ASKED, 0))


def test_who_routed_does_not_grant() -> None:
    world = small_world()
    both = make.make_staff(world.fund, Role.COORDINATOR, Role.HEAD_OF_UNIT)
    fast_track.route(application=fresh(world.cases[0]), by=both)
    case = fresh(world.cases[0])

    with pytest.raises(SecondPersonNeeded):
        fast_track.grant(application=case, amount_cents=ASKED, by=both)
    assert "decide_fast_track" not in audit.available(case, both)
    fast_track.grant(application=case, amount_cents=ASKED, by=world.head)


@pytest.mark.parametrize("act", ["grant", "decline", "hand_to_jury"])
def test_only_the_head_of_unit_decides(act: str) -> None:
    world = small_world()
    case = routed(world)
    words: dict[str, Any] = {"amount_cents": 1} if act == "grant" else {"reason": "weil"}
    second = make.make_staff(world.fund, Role.COORDINATOR)
    for person in (second, world.officer, world.clerk, world.chair.user, case.created_by):
        with pytest.raises(NotPermitted):
            getattr(fast_track, act)(application=case, by=person, **words)


def test_head_never_decides_for_the_own_organisation() -> None:
    world = small_world()
    case = routed(world)
    assert case.organisation is not None
    Membership.objects.create(organisation=case.organisation, user=world.head, role=MemberRole.READER)

    with pytest.raises(NotPermitted):
        fast_track.grant(application=case, amount_cents=1, by=world.head)


def test_rejection_needs_reasons_and_frees_the_money() -> None:
    world = small_world()
    case = routed(world)
    with pytest.raises(NeedsReason):
        fast_track.decline(application=case, by=world.head, reason="  ")

    decision = fast_track.decline(application=case, by=world.head, reason="Kein Bezug")

    assert (fresh(case).state, decision.outcome, decision.reason) == (A.DECLINED, O.DECLINE, "Kein Bezug")
    assert small_books(world) == (1_000_000, 0, 0)
    assert basis_of(fresh(case)).decided_by == world.fund.authority


def test_back_to_the_jury_frees_the_money_and_the_jury_pays_from_its_own() -> None:
    world = small_world(cases=2)
    case = routed(world)
    with pytest.raises(NeedsReason):
        fast_track.hand_to_jury(application=case, by=world.head, reason="")

    fast_track.hand_to_jury(application=case, by=world.head, reason="Das soll die Jury sehen")

    assert (fresh(case).state, fresh(case).routed_by, small_books(world)) == (A.ELIGIBLE, None, (1_000_000, 0, 0))
    world.cases = [fresh(c) for c in world.cases]
    score(start(world))
    budget = give_money(world, 500_000)
    session = meet(world)
    for one in world.cases:
        vote(world, session, one, 60_000)
    hand_in(world)
    budget.refresh_from_db()
    assert (budget.available_cents, budget.reserved_cents) == (380_000, 120_000)
    assert small_books(world) == (1_000_000, 0, 0)
    assert postings(case)[-1] == (Posting.RESERVE, 60_000, SubBudget.JURY)
    assert [row.reserved_cents for row in all_rows(world.round, A.IN_COMMITTEE)] == [60_000, 60_000]


def test_a_case_never_holds_money_in_two_parts() -> None:
    world = small_world()
    case = routed(world)
    budget = give_money(world, 500_000)
    other = within(lambda: ledger.open_case(case, budget))

    with pytest.raises(ledger.OtherPart):
        within(partial(ledger.reserve_to, other, target_cents=1, key="x", by=world.head))


def test_money_that_was_carried_on_stays_in_its_part() -> None:
    world = small_world()
    case = routed(world)
    account = CaseAccount.objects.get(application=case)
    within(partial(ledger.carry_all, account, key="carry", by=world.head))
    fast_track.hand_to_jury(application=case, by=world.head, reason="Jury")
    jury = give_money(world, 500_000)

    own = within(partial(ledger.open_case, fresh(case), jury))
    within(partial(ledger.reserve_to, own, target_cents=60_000, key="jury", by=world.head))

    found = Budget.objects.filter(fund=world.fund).order_by("sub_budget", "year")
    assert list(found.values_list("sub_budget", "year", "reserved_cents", "available_cents")) == [
        (SubBudget.FAST_TRACK, 2026, 0, 1_000_000 - ASKED),
        (SubBudget.FAST_TRACK, 2027, 0, ASKED),
        (SubBudget.JURY, 2026, 60_000, 440_000),
    ]


def test_withdrawal_by_the_applicant_frees_the_money() -> None:
    world = small_world()
    case = routed(world)

    withdraw(application=case, by=case.created_by)

    assert (fresh(case).state, small_books(world)) == (A.WITHDRAWN, (1_000_000, 0, 0))


def test_an_old_page_decides_nothing() -> None:
    world = small_world()
    case = routed(world)
    fast_track.hand_to_jury(application=case, by=world.head, reason="Jury")
    routed(world)

    with pytest.raises(LostRace):
        fast_track.grant(application=case, amount_cents=1, by=world.head)


def test_no_committee_corrects_what_the_office_decided() -> None:
    world = small_world()
    case = routed(world)
    fast_track.decline(application=case, by=world.head, reason="Kein Bezug")

    with pytest.raises(NotOfABody):
        committee.propose_correction(application=fresh(case), reason="Zahlendreher", by=world.clerk)


# --- what follows -------------------------------------------------------------------------------------------


def test_award_letter_commits_from_the_same_part_and_goes_out_alone() -> None:
    chain.at(chain.NOW)
    office = chain.make_office()
    round_ = make.make_round(office.fund, RoundState.CLOSED, budget_year=2026, fast_track_max_cents=500_000)
    budget = make.make_budget(office.fund, 2026, 1_000_000, sub_budget=SubBudget.FAST_TRACK)
    case = chain.make_case(
        office, state=A.ELIGIBLE, budget=budget, round=round_, decided_cents=0, requested_cents=250_000
    )
    fast_track.route(application=fresh(case.application), by=make.make_staff(office.fund, Role.COORDINATOR))
    fast_track.grant(application=fresh(case.application), amount_cents=250_000, by=office.head)
    case.application = fresh(case.application)

    letter = letters.release_letter(letter=chain.signed(case), by=office.head)

    assert letter.released_at is not None
    assert (case.books, case.available) == ((0, 250_000, 0, 0), 750_000)
    assert Budget.objects.filter(sub_budget=SubBudget.JURY, committed_cents__gt=0).count() == 0


@pytest.mark.parametrize(("early", "told"), [(True, 1), (False, 0)])
def test_the_result_is_told_early_only_where_the_round_says_so(early: bool, told: int) -> None:
    world = small_world(notify_decision=early)

    fast_track.grant(application=routed(world), amount_cents=ASKED, by=world.head)

    assert Notice.objects.filter(code="N10").count() == told


def test_small_projects_stand_in_no_ranking() -> None:
    world = small_world(cases=3, round_state=RoundState.JURY)
    granted, declined, _waiting = (routed(world, case) for case in world.cases)
    fast_track.grant(application=granted, amount_cents=ASKED, by=world.head)
    fast_track.decline(application=declined, by=world.head, reason="Kein Bezug")

    assert list(ranked_cases(world.round)) == []


def test_small_projects_do_not_hold_the_list_up() -> None:
    world = small_world(cases=2)
    case = routed(world, world.cases[0])
    world.cases = [fresh(world.cases[1])]
    score(start(world))
    give_money(world, 500_000)
    vote(world, meet(world), world.cases[0], 60_000, Recommendation.FUND)

    hand_in(world)

    assert (fresh(case).state, fresh(world.cases[0]).state) == (A.FAST_TRACK, A.IN_COMMITTEE)


# --- pages --------------------------------------------------------------------------------------------------


def page(case: Application) -> str:
    return reverse("reviews:fast_track", args=[case.pk])


def as_(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def test_coordinator_sees_what_is_left_and_routes(client: Client) -> None:
    world = small_world()
    case = fresh(world.cases[0])
    assert page(case) in as_(client, world.coordinator).get(reverse("reviews:case", args=[case.pk])).text

    shown = client.get(page(case))
    assert shown.context["left_cents"] == 1_000_000
    assert "€9,200.00" in shown.text or "9.200,00" in shown.text
    client.post(page(case), {"step": "route", "version": case.version})

    assert fresh(case).state == A.FAST_TRACK


def test_too_little_left_keeps_the_case(client: Client) -> None:
    world = small_world(money=ASKED - 1)
    case = fresh(world.cases[0])

    answer = as_(client, world.coordinator).post(page(case), {"step": "route", "version": case.version})

    assert answer.status_code == 200
    assert "799,99" in answer.text or "799.99" in answer.text
    assert fresh(case).state == A.ELIGIBLE


def test_head_finds_it_among_the_tasks_and_grants(client: Client) -> None:
    world = small_world()
    case = routed(world)
    (task,) = [task for task in tasks_of(world.head) if "FAST_TRACK" in task.href]
    assert task.count == 1
    assert [step.href for step in steps_for(case, world.head)] == [page(case)]

    sent = {"step": "grant", "version": case.version, "amount": "500,00", "reason": ""}
    as_(client, world.head).post(page(case), sent)

    assert (fresh(case).state, small_books(world)) == (A.APPROVED, (950_000, 50_000, 0))


def test_bad_amount_keeps_what_was_typed(client: Client) -> None:
    world = small_world()
    case = routed(world)
    for amount in ("1e9", "-5", "800,01", "0", ""):
        sent = {"step": "grant", "version": case.version, "amount": amount, "reason": "Gut begründet"}
        answer = as_(client, world.head).post(page(case), sent)
        assert (answer.status_code, "Gut begründet" in answer.text) == (200, True)
    assert fresh(case).state == A.FAST_TRACK


def test_an_old_page_answers_409_with_the_text(client: Client) -> None:
    world = small_world()
    case = routed(world)
    fast_track.grant(application=case, amount_cents=ASKED, by=world.head)

    sent = {"step": "decline", "version": case.version, "reason": "Lange Begründung"}
    answer = as_(client, make.make_staff(world.fund, Role.HEAD_OF_UNIT)).post(page(case), sent)

    assert (answer.status_code, "Lange Begründung" in answer.text) == (409, True)


def test_who_routed_reads_why_somebody_else_has_to_grant(client: Client) -> None:
    world = small_world()
    both = make.make_staff(world.fund, Role.COORDINATOR, Role.HEAD_OF_UNIT)
    fast_track.route(application=fresh(world.cases[0]), by=both)

    shown = as_(client, both).get(page(world.cases[0]))

    assert (shown.context["own"], [act.name for act in shown.context["acts"]]) == (True, ["decline", "jury"])


def test_applicant_reads_that_the_office_decides_and_no_result(client: Client) -> None:
    world = small_world(cases=2)
    granted, declined = (routed(world, case) for case in world.cases)
    before = [item.title for item in applicant_view.timeline(granted, announced=False)]
    fast_track.grant(application=granted, amount_cents=ASKED, by=world.head)
    fast_track.decline(application=declined, by=world.head, reason="Kein Bezug")

    # Received, checked, decided by the office, letter; and the same whatever was decided.
    assert len(before) == 4
    one, other = (
        [(item.title, item.phase, item.text) for item in applicant_view.timeline(fresh(case), announced=False)]
        for case in (granted, declined)
    )
    assert one == other
    assert as_(client, granted.created_by).get(page(granted)).status_code == 404
